"""Request combining: many waiting commands, one transaction.

While one batch is at the database the next one gathers in memory, so the batch grows
with the load and a lone command never waits for company. There is no timer to tune.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from frontline.store.database import Unreachable

CommandT = TypeVar("CommandT")
OutcomeT = TypeVar("OutcomeT")

Handle = Callable[[Sequence[CommandT]], Awaitable[Sequence[OutcomeT]]]
"""Answers a batch in one transaction: returns after commit, raises after rollback."""

_log = logging.getLogger(__name__)


class Overloaded(Exception):
    """The queue is full; the caller should be told to come back (HTTP 503)."""


@dataclass(slots=True)
class Counts:
    batches: int = 0
    commands: int = 0
    halvings: int = 0
    """An alarm: a batch failed for a reason that running again did not cure."""


class Combiner(Generic[CommandT, OutcomeT]):
    def __init__(
        self,
        handle: Handle[CommandT, OutcomeT],
        *,
        batch_size_max: int,
        waiting_max: int,
        lanes: int = 1,
    ) -> None:
        assert 0 < batch_size_max <= waiting_max
        self.counts = Counts()
        self._handle = handle
        self._batch_size_max = batch_size_max
        self._waiting_max = waiting_max
        self._lanes = lanes
        self._waiting: deque[tuple[CommandT, asyncio.Future[OutcomeT]]] = deque()
        self._workers: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop  # Of the workers.

    async def submit(self, command: CommandT) -> OutcomeT:
        """The outcome, after commit. Raises Overloaded, or what the handler raised for it."""
        if len(self._waiting) >= self._waiting_max:
            raise Overloaded
        if len(self._workers) < self._lanes:
            # Asked for once a rush, not once a command: in CPython 3.11 it costs a system call.
            self._loop = asyncio.get_running_loop()
            self._workers.add(self._loop.create_task(self._work()))
        answer: asyncio.Future[OutcomeT] = self._loop.create_future()
        self._waiting.append((command, answer))
        return await answer

    async def _work(self) -> None:
        batch: list[tuple[CommandT, asyncio.Future[OutcomeT]]] = []
        try:
            while self._waiting:
                size = min(self._batch_size_max, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(size)]
                await self._answer(batch)
        except asyncio.CancelledError:  # Shutting down: nobody is left waiting for ever.
            for _, answer in (*batch, *self._waiting):
                answer.cancel()
            self._waiting.clear()
            raise
        finally:  # Here, not in a callback: a command handed in meanwhile would wait for ever.
            self._workers.remove(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _answer(self, batch: list[tuple[CommandT, asyncio.Future[OutcomeT]]]) -> None:
        try:
            outcomes = await self._handle([command for command, _ in batch])
            assert len(outcomes) == len(batch)
        except Unreachable as fault:  # Whatever the commands were, each would wait as long again.
            _log.error("a batch of %d failed: %r", len(batch), fault)
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(fault)
            return
        except Exception as error:  # noqa: BLE001 - one bad command must not fail its neighbours
            await self._halve(batch, error)
            return
        self.counts.batches += 1
        self.counts.commands += len(batch)
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if not answer.done():  # The caller may have hung up; its command still counts.
                answer.set_result(outcome)

    async def _halve(
        self, batch: list[tuple[CommandT, asyncio.Future[OutcomeT]]], error: Exception
    ) -> None:
        """Narrow the failure down until the command that causes it stands alone."""
        if len(batch) == 1:
            _log.error("a command failed: %r", error)
            if not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        self.counts.halvings += 1
        _log.warning("halving a batch of %d: %r", len(batch), error)
        middle = len(batch) // 2
        await self._answer(batch[:middle])
        await self._answer(batch[middle:])
