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
from frontline.store.database import Database, Transaction, TryAgain

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
            answers = await self._known(transaction, list(unique))
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
                await self._keep(transaction, decided)
                reacting = await records.note(transaction, decision.notes, moment, self._reacting)
                answers |= decided
        if reacting:
            self._on_events()
        return answers

    async def _known(self, transaction: Transaction, ids: Sequence[UUID]) -> dict[UUID, Answered]:
        """Answers given before."""
        if self._set.recall is not None:
            return dict(await self._set.recall(transaction, ids))
        return await records.known(transaction, ids, self._decoder)

    async def _keep(self, transaction: Transaction, decided: dict[UUID, Answered]) -> None:
        """Keep what had an effect, and make sure that what had none never had one.

        The same command may have been answered elsewhere while we waited for its rows: then it
        was refused here for its own doing (the unit it bought was the last one).
        """
        without = {id_ for id_, one in decided.items() if isinstance(one.outcome, NoEffect)}
        if without and await self._known(transaction, list(without)):
            message = "a command refused for what it did itself"
            raise TryAgain(message)
        if self._set.recall is None:
            effects = {id_: one for id_, one in decided.items() if id_ not in without}
            await records.remember(transaction, effects)
