"""What changes, told to the pages that are open: `changed` and `badges`, as server-sent events.

Events stand in the outbox, whichever process wrote them: while somebody listens, one task a shop
looks there every second, or at once when this process has committed something. Nobody relies on
it; a page that hears nothing is one that must be loaded anew. One that comes back (the phone was
put away, the line was gone) is told that everything may have changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.desk.asked import Asked, Reply
from frontline.desk.frame import Frame
from frontline.engine.feature import Feature
from frontline.kernel.words import Event, ShopId
from frontline.store.database import Fault
from frontline.web.door import Opened
from frontline.web.pages import DeskVisit

PATH = "/desk/feed"
EACH_MAX, ALL_MAX = 8, 400
"""Pages that listen at once: of one person, and of this process."""
LOOKED_S = 1.0
TOLD_S_MIN = 0.3  # A batch of orders is told once.
PING_S = 10.0  # So late it may be noticed that somebody signed out elsewhere.
_ROWS_MAX = 200

LATE_MAX = 500
"""Numbers are given when a page is written and seen when it is committed, which may be in another
order: so far behind the latest one, some that were not seen yet are looked for."""

_LAST = text("""
    SELECT id FROM outbox WHERE shop_id = :shop_id ORDER BY id DESC LIMIT :rows_max
""")
_SINCE = text("""
    SELECT id, events FROM outbox
    WHERE shop_id = :shop_id AND id > :after AND NOT id = ANY(CAST(:seen AS bigint[]))
    ORDER BY id LIMIT :rows_max
""")

_log = logging.getLogger(__name__)


class _Tag(msgspec.Struct):
    type: str


@dataclass(eq=False, slots=True)
class _Listener:
    actor_id: UUID
    token: bytes
    changed: set[str] = field(default_factory=set)  # Features, since it was told last.
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def end(self) -> None:
        self.ended = True
        self.woken.set()


class Feed:
    def __init__(self, frame: Frame, features: Iterable[Feature]) -> None:
        self._frame = frame
        self._places = {
            feature.name: sorted({tile.place for tile in feature.tiles}) for feature in features
        }
        self._listeners: dict[ShopId, set[_Listener]] = {}
        self._tasks: dict[ShopId, asyncio.Task[None]] = {}
        self._committed: dict[ShopId, asyncio.Event] = {}
        self._features: dict[str, str] | None = None
        self._chained: Opened | None = None
        self._closed = False

    def reply(self, visit: DeskVisit, asked: Asked) -> Reply:
        listening = [one for those in self._listeners.values() for one in those]
        mine = Counter(one.actor_id for one in listening)[visit.known.actor_id]
        if self._closed or mine >= EACH_MAX or len(listening) >= ALL_MAX:
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, b"", "text/plain")
        reply = Reply(HTTPStatus.OK, self._told(visit, asked), "text/event-stream")
        return reply.header("x-accel-buffering", "no")

    def end(self, token: bytes) -> None:
        """Somebody signed out: their pages are told no more."""
        for those in self._listeners.values():
            for one in those:
                if one.token == token:
                    one.end()

    async def close(self) -> None:
        """Everybody is sent home; nothing is left running."""
        self._closed = True
        for those in self._listeners.values():
            for one in those:
                one.end()
        for task in self._tasks.values():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()

    async def _told(self, visit: DeskVisit, asked: Asked) -> AsyncIterator[bytes]:
        me = _Listener(visit.known.actor_id, asked.token)
        if b"last-event-id" in asked.headers:  # It was away: whatever it shows may have changed.
            me.changed |= self._places.keys()
            me.woken.set()
        self._listeners.setdefault(visit.shop_id, set()).add(me)
        self._begin(visit)
        gone = asyncio.ensure_future(_hung_up(asked))
        badges: dict[str, int] = {}
        signed_out = False
        try:
            yield b"id: heard\nretry: 2000\n\n"
            while not me.ended:
                counted = await self._badges(visit, badges)
                if counted != badges:
                    badges = counted
                    yield _event("badges", counted)
                with suppress(TimeoutError):
                    async with asyncio.timeout(PING_S):
                        await _first(me.woken, gone)
                if gone.done() or me.ended:
                    break
                if await visit.opened.sessions.caller(visit.authorization) is None:
                    signed_out = True
                    break
                changed = sorted(me.changed)  # What comes while this is told is told next.
                me.changed.clear()
                me.woken.clear()
                if changed:
                    places = sorted({it for one in changed for it in self._places.get(one, ())})
                    yield _event("changed", {"features": changed, "places": places})
                else:
                    yield b": still here\n\n"
        except Fault:
            pass  # The page asks again, and is told then.
        finally:
            gone.cancel()
            self._leave(visit.shop_id, me)
        if signed_out or (me.ended and not self._closed):
            yield _event("ended", {})  # Else it comes back by itself.

    async def _badges(self, visit: DeskVisit, known: dict[str, int]) -> dict[str, int]:
        try:
            return await self._frame.badges(visit)
        except Fault:
            return known

    # -- What was committed ----------------------------------------------------------------

    def _begin(self, visit: DeskVisit) -> None:
        opened, shop_id = visit.opened, visit.shop_id
        if self._chained is not opened:
            self._chained = opened
            opened.engine.on_events = _both(opened.engine.on_events, self._wake)
        if shop_id not in self._tasks:
            self._committed[shop_id] = asyncio.Event()
            self._tasks[shop_id] = asyncio.create_task(self._watch(opened, shop_id))

    def _leave(self, shop_id: ShopId, me: _Listener) -> None:
        self._listeners[shop_id].discard(me)
        if not self._listeners[shop_id] and (task := self._tasks.pop(shop_id, None)):
            task.cancel()

    def _wake(self) -> None:
        for one in self._committed.values():
            one.set()

    async def _watch(self, opened: Opened, shop_id: ShopId) -> None:
        seen: frozenset[int] | None = None
        committed = self._committed[shop_id]
        while True:
            try:
                seen, features = await self._since(opened, shop_id, seen)
                for one in self._listeners[shop_id] if features else ():
                    one.changed |= features
                    one.woken.set()
            except Fault as fault:
                _log.warning("the desk's feed waits: %r", fault)
            except Exception:  # noqa: BLE001 - the next look may see more
                _log.exception("a bug in the desk's feed")
            await asyncio.sleep(TOLD_S_MIN)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKED_S - TOLD_S_MIN):
                    await committed.wait()
            committed.clear()

    async def _since(
        self, opened: Opened, shop_id: ShopId, seen: frozenset[int] | None
    ) -> tuple[frozenset[int], set[str]]:
        """What was seen by now, and the features of what is new."""
        async with opened.database.transaction(shop_id) as transaction:
            if seen is None:
                found = await transaction.read(_LAST, rows_max=LATE_MAX)
                return frozenset(row.id for row in found), set()
            after = max(seen, default=0) - LATE_MAX
            rows = await transaction.read(_SINCE, after=after, seen=list(seen), rows_max=_ROWS_MAX)
        names = {tag.type for row in rows for tag in _tags(row.events)}
        seen |= {row.id for row in rows}
        latest = max(seen, default=0)
        return frozenset(id_ for id_ in seen if id_ > latest - LATE_MAX), {
            self._of_event(name) for name in names
        }

    def _of_event(self, name: str) -> str:
        if self._features is None:
            self._features = {one.__name__: one.__module__.split(".")[2] for one in _kinds(Event)}
        return self._features.get(name, "")


_tags = msgspec.json.Decoder(list[_Tag]).decode


def _kinds(of: type[Event]) -> Iterable[type[Event]]:
    for one in of.__subclasses__():
        yield one
        yield from _kinds(one)


def _event(name: str, data: Any) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(data))


def _both(one: Callable[[], None], other: Callable[[], None]) -> Callable[[], None]:
    def call() -> None:
        one()
        other()

    return call


async def _hung_up(asked: Asked) -> None:
    """What is received first is the request's own body, though it is empty."""
    while (await asked.receive())["type"] != "http.disconnect":
        pass


async def _first(woken: asyncio.Event, gone: asyncio.Future[Any]) -> None:
    """Wait until something changed, or whoever listened has gone."""
    waiting = asyncio.ensure_future(woken.wait())
    try:
        await asyncio.wait({waiting, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
