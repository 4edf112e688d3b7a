"""Rules run in memory over a made-up year: commands in the order of their times, no database.

The same `gather` and `decide` as in the shop, on books that hold the whole year; what they come
to is stored at the end.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from frontline.engine.feature import CommandSet
from frontline.kernel.book import Keys
from frontline.kernel.ground import Because, Grounds
from frontline.kernel.words import Command, Event, Moment

Lend = Mapping[type[Keys[Any]], Callable[[Any], Any]]
"""By the type of its keys: what hands out a book."""
Hear = Callable[[datetime, Event], None]


class Stage:
    def __init__(
        self, sets: Iterable[CommandSet[Any, Any]], lend: Lend, hear: Hear, until: datetime
    ) -> None:
        """`hear`: told of each event; it may ask for more commands by `at`."""
        self.later: list[tuple[datetime, Command[Any]]] = []
        """Timers whose time has not come."""
        self._sets = {command: one for one in sets for command in one.commands}
        self._lend = lend
        self._hear = hear
        self._until = until
        self._due: list[tuple[datetime, int, Command[Any]]] = []
        self._numbers = count()

    def at(self, time: datetime, command: Command[Any]) -> None:
        """Have it given; what would be given after the end never is."""
        if time <= self._until:
            heapq.heappush(self._due, (time, next(self._numbers), command))

    async def run(self) -> None:
        while self._due:
            now, _, command = heapq.heappop(self._due)
            await self._give(now, command)

    async def _give(self, now: datetime, command: Command[Any]) -> None:
        command_set = self._sets[type(command)]
        desk = await command_set.gather([command], self)
        notes = command_set.decide(desk, [command], Moment(now, 0)).notes
        for due_at, later in notes.timers:
            if due_at > self._until:
                self.later.append((due_at, later))
            else:
                self.at(max(due_at, now), later)
        for event in notes.events:
            self._hear(now, event)

    # -- As what books are asked of --------------------------------------------------------

    async def __call__(self, keys: Keys[Any], /) -> Any:
        return self._lend[type(keys)](keys)

    async def grounds(self, becauses: Iterable[Because]) -> Grounds:
        assert not list(becauses)
        return {}
