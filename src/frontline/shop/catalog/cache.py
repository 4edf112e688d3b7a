"""Answers kept for a moment: under load, each thing is read once per `fresh_s`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class Cache(Generic[KeyT, ValueT]):
    """Whoever asks for what is being read waits for that reading instead of starting another."""

    def __init__(
        self,
        read: Callable[[KeyT], Awaitable[ValueT]],
        *,
        fresh_s: float,
        size_max: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._fresh_s = fresh_s
        self._size_max = size_max
        self._clock = clock
        self._kept: dict[KeyT, tuple[float, ValueT]] = {}
        self._reading: dict[KeyT, asyncio.Task[ValueT]] = {}

    async def get(self, key: KeyT) -> ValueT:
        """No older than `fresh_s` seconds when it was asked for. Raises what `read` raises."""
        kept = self._kept.get(key)
        if kept is not None and self._clock() < kept[0]:
            return kept[1]
        reading = self._reading.get(key)
        if reading is None:
            reading = asyncio.create_task(self._refresh(key))
            self._reading[key] = reading
        # One who hangs up must not take the answer from the others.
        return await asyncio.shield(reading)

    async def _refresh(self, key: KeyT) -> ValueT:
        begun = self._clock()
        try:
            value = await self._read(key)
        finally:
            del self._reading[key]
        self._kept.pop(key, None)
        if len(self._kept) >= self._size_max:  # The one refreshed longest ago goes first.
            del self._kept[next(iter(self._kept))]
        self._kept[key] = begun + self._fresh_s, value
        return value
