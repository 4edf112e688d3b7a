"""The outbox emptied: every event reaches its reaction, whatever fails on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from frontline.engine import records
from frontline.engine.engine import Engine
from frontline.engine.feature import Later, Outside
from frontline.engine.relay import CLAIMED_FOR, PAGES_MAX, Relay
from frontline.house import assembled
from frontline.kernel.words import Event, ShopId
from frontline.store.database import Database
from frontline.testing.story import BEGIN

SHOP = ShopId(1)


class Rung(Event, frozen=True, tag=True):
    number: int


class Counted(Event, frozen=True, tag=True):
    """Told together with the others of its page."""

    number: int


class Unheard(Event, frozen=True, tag=True):
    """Nobody reacts to it."""


class Bell:
    """Hears numbers; fails, puts off or hangs as it is told to."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now: datetime = BEGIN
        self.heard: list[int] = []
        self.counted: list[list[int]] = []
        self.fails: dict[int, Exception] = {}
        self.hangs: set[int] = set()
        self.began = asyncio.Event()
        self.rooms = 0  # How often there was room for more pages again.

    async def react(self, outside: Outside, shop_id: ShopId, event: Rung) -> None:
        assert shop_id == SHOP
        if event.number in self.hangs:
            self.began.set()
            await asyncio.Event().wait()
        if event.number in self.fails:
            raise self.fails[event.number]
        self.heard.append(event.number)

    def relay(self) -> Relay:
        engine = Engine(self.database, assembled().library, ())
        outside = Outside(engine, self.database, lambda: self.now, {})
        return Relay(outside, {Rung: self.react}, {Counted: self.count}, on_room=self.room)

    def room(self) -> None:
        self.rooms += 1

    async def count(self, outside: Outside, shop_id: ShopId, events: Sequence[Counted]) -> None:
        numbers = [event.number for event in events]
        if any(number in self.fails for number in numbers):
            raise self.fails[next(number for number in numbers if number in self.fails)]
        self.counted.append(numbers)

    async def ring(self, *numbers: int) -> None:
        async with self.database.transaction(SHOP) as transaction:
            events = [Unheard(), *(Rung(number=number) for number in numbers)]
            records.announce(transaction, events, at=self.now, next_at=self.now, done=False)

    async def turn(self) -> list[int]:
        """What is heard now."""
        self.heard = []
        await self.relay().run_once(SHOP)
        return sorted(self.heard)


def with_bell(url: str, act: Callable[[Bell], Awaitable[None]]) -> None:
    async def go() -> None:
        database = Database(url, connections_max=4)
        try:
            await asyncio.wait_for(act(Bell(database)), 30)
        finally:
            await database.close()

    asyncio.run(go())


def test_every_event_is_heard_once(database: str) -> None:
    async def act(bell: Bell) -> None:
        await bell.ring(1, 2)
        await bell.ring(3)
        assert await bell.turn() == [1, 2, 3]
        bell.now += timedelta(days=1)
        assert await bell.turn() == []

    with_bell(database, act)


def test_events_that_are_gathered_are_told_together(database: str) -> None:
    """All of one page at once; if that fails, each comes back, and nothing else does."""

    async def act(bell: Bell) -> None:
        async def announce(*events: Event) -> None:
            async with bell.database.transaction(SHOP) as transaction:
                records.announce(
                    transaction, list(events), at=bell.now, next_at=bell.now, done=False
                )

        await announce(Counted(number=1), Rung(number=7), Counted(number=2))
        assert await bell.turn() == [7]
        assert bell.counted == [[1, 2]]
        bell.counted, bell.fails = [], {4: ZeroDivisionError()}
        await announce(Counted(number=3), Rung(number=8), Counted(number=4))
        assert await bell.turn() == [8]
        assert bell.counted == []
        bell.fails, bell.now = {}, bell.now + timedelta(minutes=10)
        assert await bell.turn() == []
        assert sorted(number for page in bell.counted for number in page) == [3, 4]

    with_bell(database, act)


def test_what_failed_becomes_a_page_of_its_own(database: str) -> None:
    """Its neighbours are not told again; it comes back ever later, until it is done."""

    async def act(bell: Bell) -> None:
        bell.fails = {2: ZeroDivisionError()}
        await bell.ring(1, 2, 3)
        assert await bell.turn() == [1, 3]
        assert await bell.turn() == []
        waits = []
        for _ in range(3):
            begun = bell.now
            bell.fails = {2: ZeroDivisionError()}
            while not await bell.relay().run_once(SHOP):
                bell.now += timedelta(seconds=1)
            waits.append(bell.now - begun)
        assert waits == sorted(waits)
        assert waits[0] < waits[-1]
        bell.fails = {}
        bell.now += timedelta(minutes=10)
        assert await bell.turn() == [2]
        bell.now += timedelta(days=1)
        assert await bell.turn() == []

    with_bell(database, act)


def test_what_is_put_off_comes_at_its_time(database: str) -> None:
    async def act(bell: Bell) -> None:
        bell.fails = {2: Later(timedelta(minutes=5))}
        await bell.ring(1, 2)
        assert await bell.turn() == [1]
        bell.fails = {}
        bell.now += timedelta(minutes=4, seconds=59)
        assert await bell.turn() == []
        bell.now += timedelta(seconds=1)
        assert await bell.turn() == [2]

    with_bell(database, act)


def test_what_was_claimed_by_a_process_that_died_comes_back(database: str) -> None:
    async def act(bell: Bell) -> None:
        bell.hangs = {1}
        await bell.ring(1, 2)
        task = asyncio.create_task(bell.relay().run_once(SHOP))
        await bell.began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        bell.hangs = set()
        bell.now += CLAIMED_FOR - timedelta(seconds=1)
        assert await bell.turn() == []
        bell.now += timedelta(seconds=1)
        assert await bell.turn() == [1, 2]  # Reactions may be done again.
        bell.now += timedelta(days=1)
        assert await bell.turn() == []

    with_bell(database, act)


def test_two_relays_share_the_work(database: str) -> None:
    async def act(bell: Bell) -> None:
        for number in range(60):
            await bell.ring(number)
        counts: list[Any] = await asyncio.gather(*(bell.relay().run_once(SHOP) for _ in range(3)))
        assert sum(counts) == 60
        assert sorted(bell.heard) == [*range(60)]

    with_bell(database, act)


def test_one_that_waits_keeps_no_other_waiting(database: str) -> None:
    async def act(bell: Bell) -> None:
        relay = bell.relay()
        bell.hangs = {1}
        await bell.ring(1)
        assert await relay.begin(SHOP) == 1
        await bell.began.wait()
        await bell.ring(2)
        assert await relay.begin(SHOP) == 1
        while bell.heard != [2]:
            await asyncio.sleep(0)
        await relay.stop()
        bell.hangs = set()
        bell.now += CLAIMED_FOR
        assert 1 in await bell.turn()

    with_bell(database, act)


def test_no_more_pages_are_begun_than_there_is_room_for(database: str) -> None:
    async def act(bell: Bell) -> None:
        relay = bell.relay()
        bell.hangs = {0}
        for _ in range(PAGES_MAX):
            await bell.ring(0)
        await bell.ring(1)
        assert await relay.begin(SHOP) == PAGES_MAX
        assert await relay.begin(SHOP) == 0
        assert bell.rooms == 0
        await relay.stop()
        assert bell.rooms == 1
        assert await relay.begin(SHOP) == 1
        await relay.stop()

    with_bell(database, act)
