"""Sending notices: signed, sealed, sent again on WeChat's schedule until somebody says 2xx."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Coroutine, Sequence
from http import HTTPStatus
from typing import Any

import httpx
import msgspec
from msgspec.structs import replace

from frontline.wechat.clock import Clock
from frontline.wechat.pay.signing import AEAD, SCHEME, SIGNTEST, answer_message, seal, sign
from frontline.wechat.simulator.books import Books
from frontline.wechat.simulator.entries import Notice, rfc3339
from frontline.wechat.simulator.faults import Armed, Call, Fault, FaultPanel
from frontline.wechat.simulator.home import Home, stranger

RETRY_SECONDS = (
    *(15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600),
    *(10800, 10800, 10800, 21600, 21600),
)
"""WeChat's waits between attempts; the scale of the simulator shortens them."""
_TAKEN = (HTTPStatus.OK, HTTPStatus.NO_CONTENT)
_LOG = logging.getLogger(__name__)


class Notifier:
    def __init__(  # noqa: PLR0913 -- what it is made of; made in one place.
        self,
        home: Home,
        books: Books,
        faults: FaultPanel,
        http: httpx.AsyncClient,
        clock: Clock,
        *,
        retry_scale: float,
    ) -> None:
        self._home = home
        self._books = books
        self._faults = faults
        self._http = http
        self._clock = clock
        self._retry_scale = retry_scale
        self._held: list[Notice] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def announce(self, event: str, subject: str, notify_url: str, happening: Any) -> None:
        notice = Notice(
            id=secrets.token_hex(16),
            event=event,
            subject=subject,
            notify_url=notify_url,
            created_at=self._clock(),
            plaintext=msgspec.json.encode(happening).decode(),
        )
        call = _call(notice)
        if self._faults.take(call, Fault.NEVER_NOTIFY):
            self._books.keep_notice(replace(notice, silenced=True))
            return
        self._books.keep_notice(notice)
        if self._faults.take(call, Fault.REORDER):
            self._held.append(notice)
            return
        overtaken, self._held = self._held, []
        self.start(self._deliver_in_order(notice, overtaken))

    def resume(self) -> None:
        """Take up after a restart what had not been delivered."""
        for notice in list(self._books.notices.values()):
            if not notice.delivered and not notice.silenced:
                self.start(self._deliver(notice, tried=notice.attempts))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run in the background; `idle` waits for it, `stop` ends it."""
        self._begin()
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def idle(self) -> None:
        """Return when nothing is under way; what waits for its next attempt does not count."""
        await self._idle.wait()

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- Inside --------------------------------------------------------------------------

    async def _deliver_in_order(self, first: Notice, overtaken: list[Notice]) -> None:
        """Send `first`; those that it overtook when it has been tried once."""
        call = _call(first)
        delay = self._faults.take(call, Fault.DELAY)
        if delay is not None:
            await self._wait(delay.seconds)
        copies = self._faults.take(call, Fault.DUPLICATE)
        extra = copies.copies if copies is not None else 0
        results = await asyncio.gather(*(self._attempt(first) for _ in range(1 + extra)))
        for notice in overtaken:
            self.start(self._deliver(notice, tried=0))
        if not any(results):
            await self._retry(first, RETRY_SECONDS)

    async def _deliver(self, notice: Notice, tried: int) -> None:
        if not await self._attempt(notice):
            await self._retry(notice, RETRY_SECONDS[tried:])

    async def _retry(self, notice: Notice, waits: Sequence[int]) -> None:
        for seconds in waits:
            await self._wait(seconds * self._retry_scale)
            if await self._attempt(notice):
                return

    async def _attempt(self, notice: Notice) -> bool:
        known = self._books.notices[notice.id]
        self._books.keep_notice(replace(known, attempts=known.attempts + 1))
        call = _call(notice)
        if self._faults.take(call, Fault.DROP):
            return False
        lie = self._faults.take(call, Fault.FORGE, Fault.SIGNTEST)
        if lie is not None:
            await self._post(notice, lie)
        taken = await self._post(notice, None)
        if taken:
            self._books.keep_notice(replace(self._books.notices[notice.id], delivered=True))
        return taken

    async def _post(self, notice: Notice, lie: Armed | None) -> bool:
        body = self._envelope(notice)
        timestamp, nonce = str(int(self._clock().timestamp())), secrets.token_hex(16)
        serial, key = self._home.current
        if lie is not None and lie.fault is Fault.FORGE:
            key = stranger()
        signature = sign(key, answer_message(timestamp, nonce, body))
        if lie is not None and lie.fault is Fault.SIGNTEST:
            signature = SIGNTEST + signature[len(SIGNTEST) :]
        headers = {
            "Content-Type": "application/json",
            "Wechatpay-Serial": serial,
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": signature,
            "Wechatpay-Signature-Type": SCHEME,
        }
        try:
            response = await self._http.post(notice.notify_url, content=body, headers=headers)
        except httpx.HTTPError as error:
            _LOG.info("notice %s not delivered: %s", notice.id, type(error).__name__)
            return False
        return response.status_code in _TAKEN

    def _envelope(self, notice: Notice) -> bytes:
        kind = notice.event.partition(".")[0].lower()
        nonce = secrets.token_hex(6)
        return msgspec.json.encode(
            {
                "id": notice.id,
                "create_time": rfc3339(notice.created_at),
                "resource_type": "encrypt-resource",
                "event_type": notice.event,
                "summary": notice.event,
                "resource": {
                    "original_type": kind,
                    "algorithm": AEAD,
                    "ciphertext": seal(
                        self._home.apiv3_key,
                        nonce.encode(),
                        notice.plaintext.encode(),
                        kind.encode(),
                    ),
                    "associated_data": kind,
                    "nonce": nonce,
                },
            }
        )

    async def _wait(self, seconds: float) -> None:
        self._end()
        try:
            await asyncio.sleep(seconds)
        finally:
            self._begin()

    def _begin(self) -> None:
        self._busy += 1
        self._idle.clear()

    def _end(self) -> None:
        self._busy -= 1
        if self._busy == 0:
            self._idle.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._end()
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("the notifier failed", exc_info=task.exception())


def _call(notice: Notice) -> Call:
    is_payment = notice.event.startswith("TRANSACTION")
    return Call.PAYMENT_NOTICE if is_payment else Call.REFUND_NOTICE
