"""The laws of the house, for staff logging in."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from laws_of import prove, prove_stored

from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command
from frontline.shop.staff import rows
from frontline.shop.staff.book import TriesBook, TriesKeys
from frontline.shop.staff.feature import LOGIN
from frontline.shop.staff.messages import CountTry, ForgetTries, Refusal
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part

SLOTS = range(2)


def _lay(_: Random) -> World:
    return World({TriesKeys: TriesBook(Page({}))})


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    kind = ForgetTries if chance.random() < 0.1 else CountTry
    return kind(id=id_, slot=chance.choice(SLOTS))


async def _read(transaction: Transaction) -> Content:
    return {"TriesBook.tries": (await rows.load(transaction, TriesKeys(SLOTS))).tries.rows()}


CAST = Cast(
    assembled().library, (Part(name="staff", lay=_lay, wishes=((LOGIN, _wish),), read=_read),)
)


def test_laws() -> None:
    prove(CAST, [Refusal.LOGIN_TOO_OFTEN])


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
