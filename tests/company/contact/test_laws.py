"""The laws of the house, for contacts with customers."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from laws_of import prove, prove_stored
from scenery import MEMBERS, STAFF, UNKNOWN, some
from sqlalchemy import text

from frontline.company.contact.book import Contact, ContactBook, ContactKeys
from frontline.company.contact.feature import CONTACTS
from frontline.company.contact.messages import SPOKEN, How, LogContact, Refusal
from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command, MemberId, ShopId, StaffId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    return LogContact(
        id=id_,
        staff_id=StaffId(STAFF),
        how=chance.choice(SPOKEN),
        said="想要小包装",
        member_id=some(chance, [None, *MEMBERS], [MemberId(UNKNOWN)]),
        at=some(chance, [None, now - timedelta(hours=1)], [now + timedelta(seconds=1)]),
    )


def conserved(_: Content, after: Content) -> None:
    assert all(one.member_id in {None, *MEMBERS} for one in after["ContactBook.contacts"])


async def _fill(sql: asyncpg.Connection, shop_id: ShopId, _: Content) -> None:
    for member_id in MEMBERS:
        await sql.execute(
            "INSERT INTO member (shop_id, id, nickname, locale, joined_at)"
            " VALUES ($1, $2, '', 'zh', now())",
            shop_id, member_id,
        )  # fmt: skip


_CONTACTS = text("""
    SELECT id, staff_id, at, how, said, member_id FROM customer_contact WHERE shop_id = :shop_id
""")


async def _read(transaction: Transaction) -> Content:
    found = await transaction.read(_CONTACTS)
    return {
        "ContactBook.contacts": tuple(
            Contact(**{**row._mapping, "how": How(row.how)}) for row in found
        ),
        "ContactBook.members": dict.fromkeys(MEMBERS, True),
    }


CAST = Cast(
    assembled().library,
    (
        Part(
            name="contact",
            lay=lambda _: World(
                {ContactKeys: ContactBook(Page(dict.fromkeys(MEMBERS, True)))},
                {"ContactBook.contacts": ()},
            ),
            wishes=((CONTACTS, _wish),),
            conserved=conserved,
            fill=_fill,
            read=_read,
        ),
    ),
)


def test_laws() -> None:
    prove(CAST, Refusal)


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
