"""One batch, one transaction."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from frontline.engine import records
from frontline.engine.feature import Answered, CommandSet
from frontline.engine.library import Library, Loan
from frontline.kernel.words import Command, IdReused, Moment, NoEffect, ShopId, wish_of
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
        reacting: records.Reacting = records.NOTHING,
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
        first: dict[UUID, Command[Any]] = {}
        for command in batch:
            first.setdefault(command.id, command)
        for attempt in range(TRIES_MAX):
            try:
                known, decided = await self._once(first)
                break
            except TryAgain:
                await asyncio.sleep(PAUSE_S * 2**attempt * (1 + secrets.randbelow(100) / 100))
        else:
            known, decided = await self._once(first)
        answers: list[Any] = []
        for command in batch:
            if (before := known.get(command.id)) is not None:
                same, outcome = before.wish == wish_of(command), before.outcome
            else:
                same, outcome = command == first[command.id], decided[command.id]
            answers.append(outcome if same else IdReused())
        return answers

    async def _once(
        self, first: dict[UUID, Command[Any]]
    ) -> tuple[Mapping[UUID, Answered], dict[UUID, Any]]:
        """What was answered before, and the outcomes of the others."""
        decided: dict[UUID, Any] = {}
        reacting = False
        async with self._database.transaction(self._shop_id) as transaction:
            known = await self._known(transaction, list(first))
            fresh = [command for id_, command in first.items() if id_ not in known]
            if fresh:
                moment = Moment(self._now(), self._seed())
                loan = Loan(self._library, transaction)
                desk = await self._set.gather(fresh, loan)
                decision = self._set.decide(desk, fresh, moment)
                outcomes = zip(fresh, decision.outcomes, strict=True)
                decided = {command.id: outcome for command, outcome in outcomes}
                effects = await self._effects(transaction, decided)
                await loan.store()
                if self._set.recall is None:
                    kept = {id_: Answered(wish_of(first[id_]), effects[id_]) for id_ in effects}
                    records.remember(transaction, kept)
                reacting = records.note(transaction, decision.notes, moment, self._reacting)
        if reacting:
            self._on_events()
        return known, decided

    async def _known(
        self, transaction: Transaction, ids: Sequence[UUID]
    ) -> Mapping[UUID, Answered]:
        """Answers given before."""
        if self._set.recall is not None:
            return await self._set.recall(transaction, ids)
        return await records.known(transaction, ids, self._decoder)

    async def _effects(
        self, transaction: Transaction, decided: Mapping[UUID, Any]
    ) -> dict[UUID, Any]:
        """The outcomes that changed something, once it is certain that the others never did.

        The same command may have been answered elsewhere while we waited for its rows: then it
        was refused here for its own doing (the unit it bought was the last one).
        """
        without = [id_ for id_, outcome in decided.items() if isinstance(outcome, NoEffect)]
        if without and await self._known(transaction, without):
            message = "a command refused for what it did itself"
            raise TryAgain(message)
        return {id_: one for id_, one in decided.items() if not isinstance(one, NoEffect)}
