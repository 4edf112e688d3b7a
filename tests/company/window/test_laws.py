"""The laws of the house, for windows; the gate of authority is played by a stub with a limit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from laws_of import prove, prove_stored
from scenery import STAFF, UNKNOWN, some
from sqlalchemy import text

from frontline.company.window import rows
from frontline.company.window.book import Step, WindowBook, WindowKeys
from frontline.company.window.feature import WINDOWS
from frontline.company.window.messages import (
    Facts,
    Imported,
    ImportWindows,
    MissWindow,
    PutWindow,
    Refusal,
    ReopenWindow,
    SignUp,
    SkipWindow,
    State,
    WindowId,
)
from frontline.engine.library import Library
from frontline.engine.shelf import Shelf
from frontline.kernel.authority import Ask, AuthorityKeys, Held
from frontline.kernel.book import Page
from frontline.kernel.ids import following
from frontline.kernel.seen import seen_of
from msgspec.structs import asdict
from frontline.kernel.words import Command, Fen, Moment, Notes, StaffId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part

LIMIT = 10_000
WHO = StaffId(STAFF)


class Gate:
    """May do alone what costs no more than the limit."""

    def held(self, ask: Ask, command: Command[Any], moment: Moment, notes: Notes) -> Held | None:
        if ask.amount is not None and ask.amount <= LIMIT:
            return None
        return Held(following(command.id, "proposal"), ask.action, ask.amount, LIMIT)

    def check(self) -> None:
        pass


async def _gate(_: Transaction, __: AuthorityKeys) -> Gate:
    return Gate()


def _facts(chance: Random, now: datetime) -> Facts:
    closes_at = now + timedelta(hours=chance.choice((-1, 1, 1, 12, 40, 100)))
    opens = [None, closes_at - timedelta(hours=3), closes_at - timedelta(days=9)]
    margin = chance.choice((None, Fen(50_000)))
    how = chance.choice(("", "去年的三成", "去年的三成", "去年的三成"))
    day = date(2026, 1, chance.randint(1, 20))
    return Facts(
        platform="抖音",
        title=f"大促 {chance.randrange(3)}",
        closes_at=closes_at,
        opens_at=some(chance, opens, [closes_at + timedelta(hours=1)]),
        places=chance.choice((None, 30)),
        starts_on=day,
        ends_on=day + timedelta(days=chance.choice((-1, 3, 3, 3, 3, 3))),
        expected_margin=margin,
        margin_how=how,
    )


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    windows = world.book(WindowKeys).windows.rows()
    open_ = [one.id for one in windows.values() if one.state is State.OPEN]
    window_id = some(chance, open_, [*windows, WindowId(UNKNOWN)])
    match chance.randrange(9):
        case 0 | 1:
            facts = _facts(chance, now)
            return PutWindow(id=id_, staff_id=WHO, facts=facts)
        case 2:
            facts = _facts(chance, now)
            there = windows.get(window_id)
            now_seen = seen_of({} if there is None else asdict(there.facts))
            return PutWindow(
                id=id_,
                staff_id=WHO,
                facts=facts,
                window_id=window_id,
                seen=chance.choice(("", now_seen, seen_of({"once": 1}))),
            )
        case 3:
            new = [WindowId(following(id_, str(number))) for number in range(2)]
            ids = chance.sample([*windows, *new], 2)
            items = tuple(
                Imported(one, chance.choice((_facts(chance, now), windows[one].facts)))
                if one in windows
                else Imported(one, _facts(chance, now))
                for one in ids
            )
            return ImportWindows(id=id_, staff_id=WHO, items=items)
        case 4 | 5:
            return SignUp(
                id=id_,
                window_id=window_id,
                staff_id=WHO,
                discount_bp=1_000,
                stock_units=5,
                cost=Fen(chance.choice((LIMIT, LIMIT + 1))),
            )
        case 6:
            return SkipWindow(id=id_, window_id=window_id, staff_id=WHO, reason="没货")
        case 7:
            skipped = [one.id for one in windows.values() if one.state is State.SKIPPED]
            return ReopenWindow(id=id_, window_id=some(chance, skipped, [window_id]), staff_id=WHO)
        case _:
            return MissWindow(id=id_, window_id=window_id)


def conserved(_: Content, after: Content) -> None:
    """A window is what its last step made it; nobody signs up for more than may be, or too late."""
    steps: dict[WindowId, list[Step]] = {}
    for step in after["WindowBook.steps"]:
        steps.setdefault(step.window_id, []).append(step)
    made = {"sign_up": State.SIGNED_UP, "skip": State.SKIPPED, "miss": State.MISSED}
    for window in after["WindowBook.windows"].values():
        last = steps[window.id][-1]
        assert window.state is made.get(last.deed, State.OPEN)
        assert window.cost <= LIMIT
        if last.deed == "sign_up":
            assert last.at < window.facts.closes_at
        if last.deed == "miss":
            assert last.at >= window.facts.closes_at


_IDS = text("SELECT id FROM signup_window WHERE shop_id = :shop_id")
_STEPS = text("""
    SELECT window_id, deed, said, staff_id, at FROM signup_window_step WHERE shop_id = :shop_id
    ORDER BY window_id, id
""")


async def _read(transaction: Transaction) -> Content:
    ids = [row.id for row in await transaction.read(_IDS)]
    book = await rows.load(transaction, WindowKeys(ids))
    return {
        "WindowBook.windows": book.windows.rows(),
        "WindowBook.steps": tuple(Step(*row) for row in await transaction.read(_STEPS)),
    }


CAST = Cast(
    Library([rows.SHELF, Shelf(keys=AuthorityKeys, load=_gate)], grounds={}),
    (
        Part(
            name="window",
            lay=lambda _: World({WindowKeys: WindowBook(Page({}))}, {"WindowBook.steps": ()}),
            derived={AuthorityKeys: lambda _: Gate()},
            wishes=((WINDOWS, _wish),),
            conserved=conserved,
            read=_read,
        ),
    ),
)


def test_laws() -> None:
    prove(CAST, Refusal)


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
