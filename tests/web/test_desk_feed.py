"""What changes, told to pages that are open: to whom, how soon it ends, and that nothing stays."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from shopping import SHOP, AtDesk, House, house, run
from sqlalchemy import text

from frontline.desk import feed
from frontline.desk.asked import SESSION
from frontline.store.database import Transaction
from frontline.web.session import Role

_TELL = text("""
    INSERT INTO outbox (shop_id, at, next_at, done, attempts, events)
    VALUES (:shop_id, now(), now(), true, 0, CAST(:events AS text)) RETURNING id
""")


class Listening:
    """A page that listens, as the server sees it."""

    def __init__(self, at: House, desk: AtDesk, *more: tuple[bytes, bytes]) -> None:
        self.status = 0
        self.slow, self.telling = asyncio.Event(), asyncio.Event()
        self.slow.set()  # Not set: its line is busy with a change that it is told of.
        self._left: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._left.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        self._heard: asyncio.Queue[bytes | None] = asyncio.Queue()
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/desk/feed",
            "query_string": b"",
            "client": None,
            "headers": [
                (b"host", b"shop.test"),
                (b"cookie", f"{SESSION}={desk.token}".encode()),
                *more,
            ],
        }
        self.task = asyncio.create_task(at.http._transport.app(scope, self._left.get, self._send))

    async def _send(self, message: dict[str, Any]) -> None:
        if b"event: changed" in message.get("body", b""):
            self.telling.set()
            await self.slow.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["body"]:
            await self._heard.put(message["body"])
        elif not message["more_body"]:
            await self._heard.put(None)

    def leave(self) -> None:
        self._left.put_nowait({"type": "http.disconnect"})

    async def hear(self, name: str) -> Any:
        """What the next event of this name says; None: there will be none."""
        async with asyncio.timeout(30):
            while (part := await self._heard.get()) is not None:
                if part.startswith(f"event: {name}\n".encode()):
                    return json.loads(part.partition(b"data: ")[2])
        return None


async def tell(at: House, *names: str) -> None:
    """Events of some process, in the outbox."""
    async with at.opened.database.transaction(SHOP) as transaction:
        await write(transaction, *names)


async def write(transaction: Transaction, *names: str) -> None:
    events = json.dumps([{"type": name} for name in names])
    await transaction.read(_TELL, events=events)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "PING_S", 0.2)
    monkeypatch.setattr(feed, "LOOKED_S", 0.1)
    monkeypatch.setattr(feed, "TOLD_S_MIN", 0.05)


def test_all_pages_hear_what_any_process_committed(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            those = [Listening(at, await at.desk(role)) for role in (Role.OWNER, Role.STAFF)]
            for one in those:
                assert await one.hear("badges") is not None
            await tell(at, "OrderPlaced", "OrderPlaced")
            for one in those:
                told = await one.hear("changed")
                assert told["features"] == ["order"]
                assert 20 in told["places"]
                one.leave()
                await one.task

    run(go())


def test_what_is_committed_late_is_heard(database: str) -> None:
    """It was written before, and has the smaller number."""

    async def go() -> None:
        async with house(database) as at:
            page = Listening(at, await at.desk(Role.OWNER))
            assert await page.hear("badges") is not None
            async with at.opened.database.transaction(SHOP) as late:
                await write(late, "ProposalClosed")
                await tell(at, "OrderPlaced")
                assert (await page.hear("changed"))["features"] == ["order"]
            assert (await page.hear("changed"))["features"] == ["decision"]
            page.leave()
            await page.task

    run(go())


def test_what_comes_while_a_page_is_told_is_told_next(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            page = Listening(at, await at.desk(Role.OWNER))
            assert await page.hear("badges") is not None
            page.slow.clear()
            await tell(at, "OrderPlaced")
            await page.telling.wait()
            await tell(at, "ProposalClosed")
            await asyncio.sleep(0.5)  # Five looks; the page's line is still busy.
            page.slow.set()
            assert (await page.hear("changed"))["features"] == ["order"]
            assert (await page.hear("changed"))["features"] == ["decision"]
            page.leave()
            await page.task

    run(go())


def test_a_page_that_comes_back_is_told_that_all_may_have_changed(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            page = Listening(at, await at.desk(Role.OWNER), (b"last-event-id", b"heard"))
            told = await page.hear("changed")
            assert {"order", "decision", "stock"} <= set(told["features"])
            assert 20 in told["places"]
            page.leave()
            await page.task

    run(go())


def test_it_ends_when_somebody_signs_out(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            here, other = Listening(at, desk), Listening(at, await at.desk(Role.STAFF))
            await here.hear("badges")
            await at.http.post(
                "/desk/logout", headers=desk._headers() | {"origin": "http://shop.test"}
            )
            assert await here.hear("ended") == {}
            await here.task
            assert not other.task.done()
            other.leave()
            await other.task

    run(go())


def test_it_ends_when_the_session_was_ended_elsewhere(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            here = Listening(at, desk)
            await here.hear("badges")
            async with at.opened.database.transaction(SHOP) as transaction:
                await at.opened.sessions.end(transaction, desk.staff_id)
            assert await here.hear("ended") == {}
            await here.task

    run(go())


def test_one_person_does_not_take_every_place_and_whoever_leaves_makes_room(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            those = [Listening(at, desk) for _ in range(feed.EACH_MAX)]
            for one in those:
                await one.hear("badges")
            late = Listening(at, desk)
            await late.task
            assert late.status == 503
            for one in those:
                one.leave()
                await one.task
            again = Listening(at, desk)
            assert await again.hear("badges") is not None
            again.leave()
            await again.task

    run(go())


def test_nothing_is_left_running(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            before = asyncio.all_tasks()
            here = Listening(at, await at.desk(Role.STAFF))
            await here.hear("badges")
            here.leave()
            await here.task
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == before

    run(go())


def test_whoever_is_not_signed_in_hears_nothing(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            answer = await at.http.get("/desk/feed")
            assert answer.headers["location"].startswith("/desk/login")

    run(go())
