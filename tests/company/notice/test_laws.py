"""The laws of the house, for notices."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from laws_of import prove, prove_stored
from scenery import UNKNOWN, some, uid
from sqlalchemy import text

from frontline.company.notice import rows
from frontline.company.notice.book import NoticeBook, NoticeKeys
from frontline.company.notice.feature import NOTICES
from frontline.company.notice.messages import (
    NoticeId,
    PutNotice,
    ReadNotices,
    Refusal,
    SetReach,
    Wants,
)
from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command, StaffId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part

PEOPLE = [StaffId(uid(52, number)) for number in range(3)]


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    notices = world.book(NoticeKeys).notices.rows()
    who = chance.choice(PEOPLE)
    match chance.randrange(4):
        case 0 | 1:
            return PutNotice(
                id=id_, to=who, title_zh="到期", title_en="Due", text_zh="", text_en="",
                url="/desk/x", urgent=chance.random() < 0.5,
            )  # fmt: skip
        case 2:
            own = [one.id for one in notices.values() if one.to == who]
            ids = [some(chance, own, [*notices, NoticeId(UNKNOWN)]) for _ in range(2)]
            return ReadNotices(id=id_, staff_id=who, notice_ids=tuple(ids))
        case _:
            return SetReach(
                id=id_,
                staff_id=who,
                mail=chance.choice(("", "a@b.cn", "a@b.cn", "a b@c")),
                openid=chance.choice(("", "o1")),
                language="zh",
                wants=chance.choice([*Wants]),
            )


_IDS = text("SELECT id FROM notice WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    ids = [row.id for row in await transaction.read(_IDS)]
    book = await rows.load(transaction, NoticeKeys(ids, PEOPLE))
    return {
        "NoticeBook.notices": book.notices.rows(),
        "NoticeBook.reaches": book.reaches.rows(),
    }


CAST = Cast(
    assembled().library,
    (
        Part(
            name="notice",
            lay=lambda _: World({NoticeKeys: NoticeBook(Page({}), Page({}))}),
            wishes=((NOTICES, _wish),),
            read=_read,
        ),
    ),
)


def test_laws() -> None:
    prove(CAST, Refusal)


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
