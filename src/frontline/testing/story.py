"""Stories: batches of every feature in any order, each drawn knowing the world so far.

Wishes drawn blindly are almost all refused, and no payment is ever reached; so a wish is drawn
by looking at the world for something that it may have an effect on, and now and then past it.
Chance is a `random.Random`: of a seed, or one whose choices Hypothesis makes and shrinks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from random import Random
from typing import Any
from uuid import UUID

import asyncpg

from frontline.engine.feature import CommandSet
from frontline.engine.library import Library
from frontline.kernel.words import Command, Decision, Moment, ShopId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, Derived, Simulator, World

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

Wish = Callable[[Random, World, datetime, UUID], Command[Any] | None]
"""A command with this id that a world of this moment gives reason for, if there is any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one feature brings to worlds, to the stories that happen in them, and to the laws."""

    name: str
    lay: Callable[[Random], World] = lambda _: World({})
    """Its books at the beginning."""
    derived: Derived = field(default_factory=dict)
    wishes: Sequence[tuple[CommandSet[Any, Any], Wish]] = ()
    weight: int = 1
    """How many chapters are its own, beside the other parts: what all others need has many."""
    conserved: Callable[[Content, Content], None] | None = None
    """Asserts what is true of every world, given the beginning and the end of its story."""
    fill: Callable[[asyncpg.Connection, ShopId, Content], Awaitable[None]] | None = None
    """Puts a beginning into the tables of a shop, as their owner."""
    read: Callable[[Transaction], Awaitable[Content]] | None = None
    """All its rows, by the names they have in `World.content`."""
    breaks: Mapping[str, str] = field(default_factory=dict)
    """For each audit of the feature, SQL after which it must find something wrong."""


@dataclass(frozen=True, slots=True)
class Chapter:
    command_set: CommandSet[Any, Any]
    batch: tuple[Command[Any], ...]
    moment: Moment
    before: World
    decision: Decision[Any]
    after: World

    def __repr__(self) -> str:
        return f"<a chapter of {self.command_set.name}>"

    def __str__(self) -> str:
        lines = (
            f"    {command}\n      -> {outcome}"
            for command, outcome in zip(self.batch, self.decision.outcomes, strict=True)
        )
        return "\n".join([f"  {self.command_set.name} at {self.moment.now:%d %H:%M}", *lines])


@dataclass(frozen=True, slots=True)
class Story:
    start: World
    chapters: tuple[Chapter, ...]

    @property
    def end(self) -> World:
        return self.chapters[-1].after if self.chapters else self.start

    def of(self, name: str) -> list[Chapter]:
        """Its chapters of one command set."""
        return [chapter for chapter in self.chapters if chapter.command_set.name == name]

    def __repr__(self) -> str:
        return f"<a story of {len(self.chapters)} chapters>"  # The whole of it is long.

    def __str__(self) -> str:
        return "\n".join(["a story:", *map(str, self.chapters)])


@dataclass(frozen=True, slots=True)
class Cast:
    """The parts that play together."""

    library: Library
    parts: Sequence[Part]

    @property
    def simulator(self) -> Simulator:
        sides = [side for part in self.parts for side in part.derived.items()]
        derived = dict(sides)
        assert len(derived) == len(sides), "a book derived twice"
        return Simulator(self.library, derived)

    @property
    def wishes(self) -> Mapping[str, tuple[CommandSet[Any, Any], Wish]]:
        """By the name of the command set."""
        return {one[0].name: one for part in self.parts for one in part.wishes}

    def tell(
        self,
        chance: Random,
        *,
        often: str | None = None,
        chapters_min: int = 1,
        chapters_max: int = 24,
        batch_max: int = 6,
    ) -> Story:
        """A story; `often` names the command set that is to have many of its chapters."""
        simulator = self.simulator
        acting = [part.wishes for part in self.parts if part.wishes for _ in range(part.weight)]
        if often is not None:
            acting += [(self.wishes[often],)] * (len(acting) // 2)
        start = world = reduce(or_, (part.lay(chance) for part in self.parts), World({}))
        chapters: list[Chapter] = []
        now = BEGIN
        for number in range(chance.randint(chapters_min, chapters_max)):
            command_set, wish = chance.choice(chance.choice(acting))
            now += chance.choice(_PAUSES)
            drawn = (
                wish(chance, world, now, id_of(number, place))
                for place in range(chance.randint(1, batch_max))
            )
            batch = tuple(command for command in drawn if command is not None)
            if not batch:
                continue
            moment = Moment(now, chance.getrandbits(32))
            decision, after = simulator.run(command_set, world, batch, moment)
            chapters.append(Chapter(command_set, batch, moment, world, decision, after))
            world = after
        return Story(start, tuple(chapters))


_PAUSES = [
    *[timedelta(seconds=1)] * 30,
    *[timedelta(minutes=2)] * 16,
    *[timedelta(minutes=31)] * 4,
    timedelta(days=1),
    timedelta(days=3),
]


def id_of(chapter: int, place: int) -> UUID:
    """Of a command: ids sort as their commands come, as those minted by a clock do."""
    return UUID(int=0xC0 << 120 | chapter << 64 | place)
