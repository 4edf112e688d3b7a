"""Crowds: several processes with commands of their own at one shop, all let go at once.

And guards taken out of them, to see that somebody notices: `Without` replaces a part of one
statement, in the crowd's processes only.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from importlib import import_module
from operator import or_
from random import Random
from typing import Any

from databases import connect, new_database, owner
from scenery import GOODS
from stories import CAST, lay

from frontline.audit.run import audited
from frontline.engine.engine import Engine
from frontline.house import assembled
from frontline.kernel.words import Command, ShopId, SkuId
from frontline.shop.stock.book import StockKeys
from frontline.store.database import Database, Transaction
from frontline.testing.memory import World
from frontline.testing.story import BEGIN

SHOP = ShopId(1)
WAIT_S_MAX = 60
NAP_S = 0.4
"""What a statement without its lock takes longer, so that it is overtaken every time it is run:
a race that is lost now and then proves little."""

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["crowds"])


@dataclass(frozen=True)
class Without:
    """A statement (`module:name`) with one part of it replaced."""

    statement: str
    part: str
    instead: str = ""

    def apply(self) -> None:
        module, _, name = self.statement.partition(":")
        statement = getattr(import_module(f"frontline.{module}"), name)
        assert self.part in statement.text, f"{self.statement} has changed"
        statement.text = statement.text.replace(self.part, self.instead)


def napping(statement: str, lock: str) -> Without:
    """The lock is taken, and held for a while: whoever comes second has read before it waits."""
    return Without(statement, lock, f"AND pg_sleep({NAP_S}) IS NOT NULL {lock}")


def unlocked(statement: str, lock: str) -> Without:
    """No lock is taken, and what was read is old before it is used."""
    return Without(statement, lock, f"AND pg_sleep({NAP_S}) IS NOT NULL")


ANY_COUNT = "any count"
"""Instead of a `Without`: writing fewer rows than were decided is nothing to wonder at."""


async def _write_any_count(self: Transaction, statement: Any, **columns: Any) -> None:
    await self.rows(statement, **columns)


@dataclass
class Heard:
    """What the callers of one process were told."""

    outcomes: list[Any] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    halvings: int = 0


Waves = Sequence[Sequence[Command[Any]]]


async def _crowd(url: str, waves: Waves, now: datetime, ready: Any) -> Heard:
    database = Database(url, connections_max=4)
    await asyncio.gather(*(database.shared("SELECT pg_sleep(0.01)") for _ in range(4)))
    engine = Engine(database, assembled().library, assembled().command_sets, now=lambda: now)
    ready()
    heard = Heard()
    for wave in waves:
        answers = await asyncio.gather(
            *(engine.submit(SHOP, command) for command in wave), return_exceptions=True
        )
        heard.outcomes += [one for one in answers if not isinstance(one, BaseException)]
        heard.failures += [repr(one) for one in answers if isinstance(one, BaseException)]
    heard.halvings = sum(combiner.counts.halvings for combiner in engine.combiners.values())
    await database.close()
    return heard


def crowd(url: str, waves: Waves, now: datetime = BEGIN) -> Heard:
    """A crowd in this process."""
    return asyncio.run(_crowd(url, waves, now, lambda: None))


def _process(url: str, waves: Waves, removed: Any, now: datetime, start: Any, told: Any) -> None:
    for one in removed:
        if one == ANY_COUNT:
            Transaction.write = _write_any_count  # type: ignore[method-assign]
        else:
            one.apply()
    told.send(asyncio.run(_crowd(url, waves, now, lambda: start.wait(WAIT_S_MAX))))


def race(
    url: str, crowds: Sequence[Waves], *removed: Any, now: datetime = BEGIN
) -> list[Heard]:
    """One process per crowd, all connected before the first command is given."""
    start = _forks.Barrier(len(crowds))
    pipes, processes = [], []
    for waves in crowds:
        hear, tell = _forks.Pipe(duplex=False)
        arguments = (url, waves, removed, now, start, tell)
        processes.append(_forks.Process(target=_process, args=arguments, daemon=True))
        pipes.append(hear)
    for process in processes:
        process.start()
    heard = []
    for pipe in pipes:
        assert pipe.poll(WAIT_S_MAX), "a crowd went silent"
        heard.append(pipe.recv())
    for process in processes:
        process.join(WAIT_S_MAX)
    return heard


# -- The shop they meet in ------------------------------------------------------------------


def shop(server_url: str, free: dict[SkuId, int], *broken: str) -> str:
    """A shop with so much of each SKU, in a database of its own; its URL."""

    async def go() -> str:
        url = await new_database(server_url, *broken)
        world = reduce(or_, (part.lay(Random(1)) for part in CAST.parts), World({}))
        levels = world.book(StockKeys).levels
        for sku_id in GOODS:
            levels.before[sku_id] = type(levels.before[sku_id])(free.get(sku_id, 0), 0, 0)
        await lay(url, SHOP, _counted(world))
        return url

    return asyncio.run(go())


def _counted(world: World) -> World:
    """The same, with the movements that make its stock."""
    from shop.stock.story import world as stocked

    levels = world.book(StockKeys).levels.rows()
    fresh = stocked({sku_id: level.on_hand for sku_id, level in levels.items()})
    return World({**world.books, **fresh.books}, {**world.logs, **fresh.logs})


def broken_claims(url: str, now: datetime = BEGIN) -> dict[str, int]:
    """What the audits find, by name."""

    async def go() -> dict[str, int]:
        database = Database(url, connections_max=1)
        try:
            findings = await audited(database, SHOP, now)
        finally:
            await database.close()
        return {one.name: one.violations for one in findings if one.violations}

    return asyncio.run(go())


def value(url: str, sql: str, *arguments: Any) -> Any:
    """One value, as the owner of the tables sees it."""

    async def go() -> Any:
        connection = await connect(owner(url))
        try:
            await connection.execute(f"SET app.shop_id = '{SHOP:d}'")
            return await connection.fetchval(sql, *arguments)
        finally:
            await connection.close()

    return asyncio.run(go())


def told(heard: Sequence[Heard]) -> Counter[str]:
    """How many were told what; a refusal by its reason."""
    return Counter(
        str(getattr(outcome, "refusal", type(outcome).__name__))
        for one in heard
        for outcome in one.outcomes
    )


def troubles(heard: Sequence[Heard]) -> int:
    """Batches that had to be halved and commands that failed: an alarm, and none in peace."""
    return sum(one.halvings + len(one.failures) for one in heard)


LATER = timedelta(minutes=31)
