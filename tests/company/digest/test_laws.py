"""The laws of the house, for the digest."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from laws_of import prove, prove_stored

from frontline.company.digest import rows
from frontline.company.digest.book import DigestBook, DigestKeys
from frontline.company.digest.feature import DIGESTS
from frontline.company.digest.messages import SendDigest, SetDigest
from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command, StaffId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part

STAFF = [StaffId(UUID(int=number)) for number in (1, 2)]
ZONES = ("Asia/Shanghai", "Europe/London")


def _lay(_: Random) -> World:
    return World({DigestKeys: DigestBook(Page({}))})


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    staff_id = chance.choice(STAFF)
    setting = world.book(DigestKeys).settings.get(staff_id)
    if setting is None or chance.random() < 0.3:
        hour = chance.choice((None, 0, 8, 23))
        return SetDigest(id=id_, staff_id=staff_id, hour=hour, timezone=chance.choice(ZONES))
    awaited = setting.awaits if chance.random() < 0.8 else None
    return SendDigest(id=id_, staff_id=staff_id, turn=awaited or id_)


async def _read(transaction: Transaction) -> Content:
    return {
        "DigestBook.settings": (await rows.load(transaction, DigestKeys(STAFF))).settings.rows()
    }


CAST = Cast(
    assembled().library, (Part(name="digest", lay=_lay, wishes=((DIGESTS, _wish),), read=_read),)
)


def test_laws() -> None:
    prove(CAST, [])


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
