"""One batch, one transaction."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from frontline.engine import records
from frontline.engine.feature import Answered, CommandSet
from frontline.engine.library import Library, Loan
from frontline.kernel.words import Command, Event, IdReused, Moment, NoEffect, ShopId, wish_of
from frontline.store.database import Database, TryAgain

TRIES_MAX = 6
PAUSE_S = 0.005  # Doubles with every try.


class Handler:
    """Answers batches of one shop with the rules of one command set."""

    def __init__(  # noqa: PLR0913 - it stands where everything meets
        self,
        database: Database,
        library: Library,
        command_set: CommandSet[Any, Any],
        shop_id: ShopId,
        now: Callable[[], datetime],
        *,
        seed: Callable[[], int] = lambda: secrets.randbits(63),
        reacting: frozenset[type[Event]] = frozenset(),
        on_events: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._library = library
        self._set = command_set
        self._shop_id = shop_id
        self._now = now
        self._seed = seed
        self._reacting = reacting
        self._on_events = on_events
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(command_set.outcome)

    async def __call__(self, batch: Sequence[Command[Any]]) -> Sequence[Any]:
        """Answer every command, in order, after commit; raise after rollback."""
        wishes = [wish_of(command) for command in batch]
        unique: dict[UUID, tuple[Command[Any], int]] = {}
        for command, wish in zip(batch, wishes, strict=True):
            unique.setdefault(command.id, (command, wish))
        for attempt in range(TRIES_MAX):
            try:
                answers = await self._once(unique)
                break
            except TryAgain:
                await asyncio.sleep(PAUSE_S * 2**attempt * (1 + secrets.randbelow(100) / 100))
        else:
            answers = await self._once(unique)
        return [
            answers[command.id].outcome if answers[command.id].wish == wish else IdReused()
            for command, wish in zip(batch, wishes, strict=True)
        ]

    async def _once(self, unique: dict[UUID, tuple[Command[Any], int]]) -> dict[UUID, Answered]:
        reacting = False
        async with self._database.transaction(self._shop_id) as transaction:
            if self._set.recall is not None:
                answers = dict(await self._set.recall(transaction, list(unique)))
            else:
                answers = await records.known(transaction, list(unique), self._decoder)
            fresh = [one for id_, one in unique.items() if id_ not in answers]
            if fresh:
                moment = Moment(self._now(), self._seed())
                loan = Loan(self._library, transaction)
                desk = await self._set.gather([command for command, _ in fresh], loan)
                decision = self._set.decide(desk, [command for command, _ in fresh], moment)
                await loan.store()
                decided = {
                    command.id: Answered(wish, outcome)
                    for (command, wish), outcome in zip(fresh, decision.outcomes, strict=True)
                }
                if self._set.recall is None:
                    effects = {
                        id_: answered
                        for id_, answered in decided.items()
                        if not isinstance(answered.outcome, NoEffect)
                    }
                    await records.remember(transaction, effects)
                reacting = await records.note(transaction, decision.notes, moment, self._reacting)
                answers |= decided
        if reacting:
            self._on_events()
        return answers
