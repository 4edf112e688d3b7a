"""What was put off comes due: a timer stays until its commands are answered, and does no harm."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from races.crowds import broken_claims, crowd, shop, value
from races.process import SHOP
from races.wishes import buys, order_id
from scenery import PLAIN

from frontline.app import Clockwork, open_house
from frontline.engine import records
from frontline.engine.engine import Engine
from frontline.engine.timers import DUE_MAX, PAUSE, give_due
from frontline.house import House, assembled
from frontline.kernel.words import Command, Event
from frontline.shop.order.messages import ExpireOrder, RemindOrder
from frontline.shop.order.sale import PAY_WITHIN, REMIND_BEFORE
from frontline.store.database import Database
from frontline.testing.story import BEGIN

DUE = BEGIN + PAY_WITHIN
REMINDED = DUE - REMIND_BEFORE


class Rung(Event, frozen=True, tag=True):
    """Something that is told outside."""


class Failing(Engine):
    """An engine that cannot answer some commands."""

    failing: frozenset[Any] = frozenset()

    async def submit(self, shop_id: Any, command: Command[Any]) -> Any:
        assert isinstance(command, ExpireOrder | RemindOrder)
        if command.order_id in self.failing:
            raise ZeroDivisionError
        return await super().submit(shop_id, command)


def turns(url: str, *turns: tuple[datetime, frozenset[Any]]) -> list[int]:
    """How many commands are given at these times, while those of these orders fail."""

    async def go() -> list[int]:
        database = Database(url, connections_max=2)
        given = []
        for now, failing in turns:
            house = assembled()
            engine = Failing(database, house.library, house.command_sets, now=lambda now=now: now)
            engine.failing = failing
            given.append(await give_due(database, engine, SHOP, now))
        await database.close()
        return given

    return asyncio.run(go())


def unpaid(server_url: str, *counts: int) -> str:
    """A shop with batches of so many unpaid orders each."""
    url = shop(server_url, {PLAIN: 1000})
    waves = iter(buys(0, sum(counts), waves=1)[0])
    crowd(url, [[next(waves) for _ in range(count)] for count in counts])
    return url


def timers(url: str) -> int:
    return value(url, "SELECT count(*) FROM timer")


def test_an_unpaid_order_closes_when_its_time_is_over(server_url: str) -> None:
    """Its buyer is reminded first."""
    url = unpaid(server_url, 3)
    none: frozenset[Any] = frozenset()
    second = timedelta(seconds=1)
    moments = (REMINDED - second, REMINDED, DUE - second, DUE, DUE + second)
    assert turns(url, *((moment, none) for moment in moments)) == [0, 3, 0, 3, 0]
    assert value(url, "SELECT count(*) FROM outbox WHERE events LIKE '%PaymentDue%'") == 1
    assert value(url, "SELECT count(*) FROM shop_order WHERE reason = 'timeout'") == 3
    assert value(url, "SELECT sum(reserved) FROM stock") == 0
    assert timers(url) == 0
    assert broken_claims(url, DUE) == {}


def test_a_timer_stays_until_all_its_commands_are_answered(server_url: str) -> None:
    """Given again, the answered ones change nothing."""
    url = unpaid(server_url, 3)
    assert turns(url, (REMINDED, frozenset())) == [3]
    failing = frozenset({order_id(0, 1)})
    assert turns(url, (DUE, failing)) == [0]
    assert timers(url) == 1
    assert turns(url, (DUE + PAUSE, frozenset())) == [3]
    assert timers(url) == 0
    assert value(url, "SELECT count(*) FROM order_step WHERE state = 'cancelled'") == 3


def test_timers_that_fail_do_not_keep_others_waiting(server_url: str) -> None:
    """More of them than are looked at in one turn, all due before the one that is sound."""
    url = unpaid(server_url, *[1] * (DUE_MAX + 1))
    failing = frozenset(order_id(0, n) for n in range(DUE_MAX))
    moments = [(REMINDED + timedelta(seconds=n), failing) for n in range(3)]
    assert sum(turns(url, *moments)) == 1
    failed = "FROM timer WHERE failures > 0"
    assert value(url, f"SELECT count(*) {failed}") == DUE_MAX
    assert value(url, f"SELECT max(failures) {failed}") == 1
    assert timers(url) == DUE_MAX + 1  # The sound one awaits the end of its order.


def test_timers_do_not_wait_for_what_hangs_outside(server_url: str) -> None:
    url = unpaid(server_url, 3)
    began = asyncio.Event()

    async def hang(*_: Any) -> None:
        began.set()
        await asyncio.Event().wait()

    async def go() -> None:
        opened = open_house(url, {}, now=lambda: DUE)
        async with opened.database.transaction(SHOP) as transaction:
            records.announce(transaction, [Rung()], at=DUE, next_at=DUE, done=False)
        house = cast("House", SimpleNamespace(reactions={Rung: hang}, gathered={}))
        running = asyncio.create_task(Clockwork(opened, house).run())
        await began.wait()
        while await asyncio.to_thread(timers, url):
            assert not running.done()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await opened.database.close()

    asyncio.run(asyncio.wait_for(go(), 60))
