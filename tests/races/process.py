"""What runs in the processes of a crowd. Imports as little as can be: each one pays for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

from frontline.engine.engine import Engine
from frontline.house import assembled
from frontline.kernel.words import Command, ShopId
from frontline.store.database import Database, Transaction, TryAgain

SHOP = ShopId(1)
WAIT_S_MAX = 60
NAP_S = 0.4
"""What a statement without its lock takes longer, so that it is overtaken every time it is run:
a race that is lost now and then proves little."""


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


_flush = Transaction.flush


async def _flush_any_count(self: Transaction) -> None:
    with suppress(TryAgain):  # Raised for the count only, after everything was written.
        await _flush(self)


@dataclass
class Heard:
    """What the callers of one process were told."""

    outcomes: list[Any] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    halvings: int = 0


Waves = Sequence[Sequence[Command[Any]]]


async def submitting(url: str, waves: Waves, now: datetime, ready: Any) -> Heard:
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


def run(url: str, waves: Waves, removed: Any, now: datetime, start: Any, told: Any) -> None:
    for one in removed:
        if one == ANY_COUNT:
            Transaction.flush = _flush_any_count  # type: ignore[method-assign]
        else:
            one.apply()
    told.send(asyncio.run(submitting(url, waves, now, lambda: start.wait(WAIT_S_MAX))))
