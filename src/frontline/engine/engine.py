"""Where commands are handed in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec

from frontline.engine import records
from frontline.engine.combiner import Combiner
from frontline.engine.feature import CommandSet
from frontline.engine.handler import Handler
from frontline.engine.library import Library
from frontline.kernel.ids import uuid7
from frontline.kernel.words import Command, ShopId
from frontline.store.database import Database

BATCH_SIZE_MAX = 256
WAITING_MAX = 10_000

OutcomeT = TypeVar("OutcomeT")


def clock() -> datetime:
    return datetime.now(UTC)


def new_id() -> UUID:
    """For a command that begins here, not with a caller who may repeat it."""
    return uuid7(time.time_ns() // 1_000_000, os.urandom(10))


class Engine:
    """Routes each command to the combiner of its shop and command set."""

    def __init__(
        self,
        database: Database,
        library: Library,
        command_sets: Iterable[CommandSet[Any, Any]],
        *,
        reacting: records.Reacting = records.NOTHING,
        now: Callable[[], datetime] = clock,
    ) -> None:
        """`reacting`: the events that the relay must look at after commit, and how soon."""
        self.combiners: dict[tuple[ShopId, str], Combiner[Command[Any], Any]] = {}
        self.now = now
        self.reacting = reacting
        self.on_events: Callable[[], None] = lambda: None
        self._database = database
        self._library = library
        self._sets = {command: one for one in command_sets for command in one.commands}
        self._names = {command.__name__: command for command in self._sets}
        assert len(self._names) == len(self._sets), "two commands of one name"

    async def submit(self, shop_id: ShopId, command: Command[OutcomeT]) -> OutcomeT:
        """The outcome, once it is committed. Raises Overloaded when too many are waiting.

        An id that was used before for another wish is answered with `IdReused`.
        """
        command_set = self._sets[type(command)]
        combiner = self.combiners.get((shop_id, command_set.name))
        if combiner is None:
            combiner = Combiner(
                self.handler(shop_id, command_set),
                batch_size_max=BATCH_SIZE_MAX,
                waiting_max=WAITING_MAX,
                lanes=command_set.lanes,
            )
            self.combiners[shop_id, command_set.name] = combiner
        return cast("OutcomeT", await combiner.submit(command))

    def handler(self, shop_id: ShopId, command_set: CommandSet[Any, Any]) -> Handler:
        return Handler(
            self._database,
            self._library,
            command_set,
            shop_id,
            self.now,
            reacting=self.reacting,
            on_events=lambda: self.on_events(),  # noqa: PLW0108 - it may be set later
        )

    def command(self, name: str, encoded: msgspec.Raw) -> Command[Any]:
        """The command of this name, as it was put down in a row."""
        command: Command[Any] = msgspec.json.decode(encoded, type=self._names[name])
        return command
