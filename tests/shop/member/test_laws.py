"""The laws of the house, for logging in and for the address book."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import scenery
from laws_of import prove, prove_stored
from scenery import ADDRESSES, JOINED, MEMBERS, UNKNOWN, some
from sqlalchemy import text

from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command, MemberId
from frontline.shop.member import rows
from frontline.shop.member.book import CodeBook, CodeKeys, MemberBook, MemberKeys
from frontline.shop.member.feature import LOGIN, MEMBER
from frontline.shop.member.messages import (
    AskCode,
    ChangeProfile,
    LogIn,
    LogInByPhone,
    PreferAddress,
    PutAddress,
    Refusal,
    RemoveAddress,
)
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part

PHONES = ["13800138000", "13800138001"]
DIGESTS = [b"right", b"wrong"]


def _lay(_: Random) -> World:
    own = {
        member_id: tuple(one for one in ADDRESSES.values() if one.member_id == member_id)
        for member_id in MEMBERS
    }
    return World({MemberKeys: MemberBook(Page(JOINED), Page(own)), CodeKeys: CodeBook(Page({}))})


def _login(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    kind, phone = chance.randrange(5), chance.choice(PHONES)
    if kind == 0:
        return LogIn(id=id_, openid=chance.choice("ab"), locale="zh")
    code = world.book(CodeKeys).codes.get(phone)
    if kind == 1 or code is None:
        return AskCode(id=id_, phone=phone, digest=chance.choice(DIGESTS))
    digest = some(chance, [b"no"], [code.digest or b"no"])
    return LogInByPhone(id=id_, phone=phone, digest=digest, locale="en")


def _change(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    book = world.book(MemberKeys)
    member_id = some(chance, MEMBERS, [MemberId(UNKNOWN)])
    own = [one.id for one in book.addresses_of(member_id)]
    address_id = some(chance, own, [*ADDRESSES, UNKNOWN])
    match chance.randrange(6):
        case 0:
            return ChangeProfile(id=id_, member_id=member_id, nickname=chance.choice(("新", None)))
        case 1 if len(own) > 6:  # Of an empty book nothing is told, so none is emptied.
            return RemoveAddress(id=id_, member_id=member_id, address_id=address_id)
        case 2:
            return PreferAddress(id=id_, member_id=member_id, address_id=address_id)
        case _:
            return PutAddress(
                id=id_,
                member_id=member_id,
                address_id=some(chance, [None], [address_id]),
                name="某人",
                phone=PHONES[0],
                region_code=some(chance, ["110101", ""], ["440300"]),
                region=some(chance, ["California"], [""]),
                detail=f"{chance.randrange(9)} 号",
                preferred=chance.random() < 0.3,
            )


_MEMBERS = text("SELECT id FROM member WHERE shop_id = :shop_id")
_PHONES = text("SELECT phone FROM phone_code WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    ids = [row.id for row in await transaction.read(_MEMBERS)]
    phones = [row.phone for row in await transaction.read(_PHONES)]
    book = await rows.load(transaction, MemberKeys(with_addresses=ids))
    codes = await rows.load_codes(transaction, CodeKeys(phones))
    return {
        "MemberBook.members": book.members.rows(),
        "MemberBook.addresses": {id_: own for id_, own in book.addresses.rows().items() if own},
        "CodeBook.codes": codes.codes.rows(),
        **{name: rows for name, rows in scenery.PART.lay(Random(0)).content().items() if rows},
    }


PART = Part(name="member", lay=_lay, wishes=((LOGIN, _login), (MEMBER, _change)), read=_read)
CAST = Cast(assembled().library, (scenery.PART, PART))


def test_laws() -> None:
    at_the_doors = [one for one in Refusal if one.startswith(("wechat", "code_not"))]
    many = [Refusal.ADDRESSES_FULL, Refusal.CODE_TOO_OFTEN]  # In tests of the doors as well.
    prove(CAST, {*Refusal}.difference(at_the_doors, many))


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
