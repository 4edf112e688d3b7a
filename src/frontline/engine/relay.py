"""The outbox emptied: after commit, each event is handed to the reaction that waits for it.

A page is claimed for a while (`next_at` moves on), so that several processes share the
work; whoever dies holding one loses nothing but time. What failed becomes a page of its own
and is tried again, later and later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import text

from frontline.engine import records
from frontline.engine.feature import GatheredReaction, Later, Outside, Reaction
from frontline.kernel.words import Event, ShopId

PAGES_MAX = 50
CLAIMED_FOR = timedelta(minutes=2)
PAUSE_MAX = timedelta(minutes=10)
AT_ONCE_MAX = 16  # Reactions running at the same time in one process.

_CLAIM = text("""
    UPDATE outbox SET next_at = :until, attempts = attempts + 1
    WHERE shop_id = :shop_id AND id = ANY(ARRAY(
        SELECT id FROM outbox
        WHERE shop_id = :shop_id AND NOT done AND next_at <= :now
        ORDER BY next_at LIMIT CAST(:pages_max AS int) FOR UPDATE SKIP LOCKED))
    RETURNING id, at, attempts, events
""")
_DONE = text("""
    UPDATE outbox SET done = true
    WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS bigint[])) AND NOT done
""")

_log = logging.getLogger(__name__)


class _Tag(msgspec.Struct):
    type: str


class Relay:
    def __init__(
        self,
        outside: Outside,
        reactions: Mapping[type[Event], Reaction],
        gathered: Mapping[type[Event], GatheredReaction],
        *,
        on_room: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_room` is called when `begin` had no room for more pages and has some again."""
        self._outside = outside
        self._reactions = {kind.__name__: (kind, react) for kind, react in reactions.items()}
        self._gathered = {kind.__name__: (kind, react) for kind, react in gathered.items()}
        self._at_once = asyncio.Semaphore(AT_ONCE_MAX)
        self._begun: set[asyncio.Task[None]] = set()
        self._on_room = on_room

    async def run_once(self, shop_id: ShopId) -> int:
        """React to a few pages of what is due; how many pages that were."""
        pages = await self._claim(shop_id, PAGES_MAX)
        await asyncio.gather(*(self._turn(shop_id, page) for page in pages))
        return len(pages)

    async def begin(self, shop_id: ShopId) -> int:
        """The same, without waiting for the reactions: one may take long to be answered."""
        room = PAGES_MAX - len(self._begun)
        pages = await self._claim(shop_id, room) if room else ()
        for page in pages:
            task = asyncio.create_task(self._turn(shop_id, page))
            self._begun.add(task)
            task.add_done_callback(self._ended)
        return len(pages)

    async def stop(self) -> None:
        """What has begun and not ended is given up, and comes again when its claim is over."""
        for task in self._begun:
            task.cancel()
        await asyncio.gather(*self._begun, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if len(self._begun) == PAGES_MAX:
            self._on_room()
        self._begun.remove(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a page of events stays, to be handed on again: %r", error)

    async def _claim(self, shop_id: ShopId, pages_max: int) -> Sequence[Any]:
        now = self._outside.now()
        async with self._outside.database.transaction(shop_id) as transaction:
            return await transaction.read(
                _CLAIM, until=now + CLAIMED_FOR, now=now, pages_max=pages_max
            )

    async def _turn(self, shop_id: ShopId, page: Any) -> None:
        events = msgspec.json.decode(page.events, type=list[msgspec.Raw])
        names = [msgspec.json.decode(event, type=_Tag).type for event in events]
        told = list(zip(names, events, strict=True))
        pauses = await asyncio.gather(
            *(self._react(shop_id, name, event, page.attempts) for name, event in told)
        )
        for name in self._gathered.keys() & set(names):
            those = [event for other, event in told if other == name]
            if (pause := await self._react_to_all(shop_id, name, those, page.attempts)) is not None:
                pauses = [
                    max(pause, before or pause) if other == name else before
                    for other, before in zip(names, pauses, strict=True)
                ]
        left = [
            (event, pause) for event, pause in zip(events, pauses, strict=True) if pause is not None
        ]
        now = self._outside.now()
        async with self._outside.database.transaction(shop_id) as transaction:
            await transaction.write(_DONE, ids=[page.id])
            for event, pause in left:
                records.announce(
                    transaction,
                    [event],
                    at=page.at,
                    next_at=_no_earlier(now, pause),
                    done=False,
                    attempts=page.attempts,
                )

    async def _react(
        self, shop_id: ShopId, name: str, raw: msgspec.Raw, attempts: int
    ) -> timedelta | None:
        """None when done; else how long to wait before trying again."""
        if name not in self._reactions:
            return None
        kind, react = self._reactions[name]
        event = msgspec.json.decode(raw, type=kind)
        return await self._tried(name, attempts, lambda: react(self._outside, shop_id, event))

    async def _react_to_all(
        self, shop_id: ShopId, name: str, raws: Sequence[msgspec.Raw], attempts: int
    ) -> timedelta | None:
        kind, react = self._gathered[name]
        events = [msgspec.json.decode(raw, type=kind) for raw in raws]
        return await self._tried(name, attempts, lambda: react(self._outside, shop_id, events))

    async def _tried(
        self, name: str, attempts: int, act: Callable[[], Awaitable[None]]
    ) -> timedelta | None:
        async with self._at_once:
            try:
                await act()
            except Later as later:
                return later.wait
            except Exception as error:  # noqa: BLE001 - whatever failed is tried again
                _log.warning("%s failed, to be tried again: %r", name, error)
                return min(PAUSE_MAX, timedelta(seconds=2 ** min(attempts, 10)))
        return None


def _no_earlier(now: datetime, pause: timedelta) -> datetime:
    return now + max(pause, timedelta(0))
