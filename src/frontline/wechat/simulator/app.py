"""The simulator whole: who may ask what, what goes wrong on the way, and how it travels."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import msgspec

from frontline.wechat.clock import Clock, system_clock
from frontline.wechat.pay.signing import (
    AGE_SECONDS_MAX,
    SCHEME,
    SIGNTEST,
    answer_message,
    request_message,
    sign,
    verified,
)
from frontline.wechat.simulator.app_doors import AppDoors
from frontline.wechat.simulator.books import Books
from frontline.wechat.simulator.exchange import Answer, Dropped, Request, told
from frontline.wechat.simulator.faults import APP_CALLS, Call, Fault, FaultPanel
from frontline.wechat.simulator.home import BOOKS_FILE, open_home, stranger
from frontline.wechat.simulator.notifier import Notifier
from frontline.wechat.simulator.pay_doors import PayDoors
from frontline.wechat.simulator.payer_doors import PayerDoors
from frontline.wechat.simulator.refusals import Code, Refusal
from frontline.wechat.simulator.shelf import Shelf

Door = Callable[..., Awaitable[Answer]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_BODY_BYTES_MAX = 64 * 1024
_AUTHORIZATION = re.compile(r'(\w+)="([^"]*)"')
_FRESH = timedelta(seconds=AGE_SECONDS_MAX)


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    path: re.Pattern[str]
    door: Door
    call: Call | None = None


class Simulator:
    """An ASGI application. In a test without a socket, use `transport()` of this.

    `notify` sends the notices; `retry_scale` shortens WeChat's waits between attempts.
    """

    def __init__(  # noqa: PLR0913 -- each has a default but the folder.
        self,
        folder: Path,
        *,
        base_url: str = "http://127.0.0.1",
        notify: httpx.AsyncClient | None = None,
        clock: Clock = system_clock,
        retry_scale: float = 1.0,
        refund_seconds: float = 0.0,
        keeps: bool = True,
    ) -> None:
        self.clock = clock
        self.home = open_home(folder, clock())
        self.merchant_file = self.home.write_merchant_file(base_url)
        self._shelf = Shelf(folder / BOOKS_FILE if keeps else None)
        self.books = Books(self.home, self._shelf, clock)
        self.faults = FaultPanel()
        self._notify = notify or httpx.AsyncClient(timeout=5.0, trust_env=False)
        self.notifier = Notifier(
            self.home, self.books, self.faults, self._notify, clock, retry_scale=retry_scale
        )
        self._pay = PayDoors(
            self.home, self.books, self.faults, self.notifier, base_url, refund_seconds
        )
        app = AppDoors(self.home, clock)
        payer = PayerDoors(self.home, self.books, self.faults, self._pay, app, clock)
        self._routes = _routes(self._pay, app, payer)

    def transport(self) -> Loopback:
        return Loopback(self)

    def resume(self) -> None:
        """Take up what an earlier run left undone."""
        self._pay.resume()
        self.notifier.resume()

    async def close(self) -> None:
        await self.notifier.stop()
        await self._notify.aclose()
        self._shelf.close()

    # -- Answering -----------------------------------------------------------------------

    async def answer(self, request: Request) -> Answer:
        """Raises `Dropped` when a fault says that no answer comes."""
        for route in self._routes:
            matched = route.path.fullmatch(request.path)
            if matched is not None and route.method == request.method:
                if route.call is None:
                    return await _open_answer(route.door(request, **matched.groupdict()))
                work = _Work(route.call, route.door, request, matched.groupdict())
                return await self._with_faults(work)
        return told({"code": "NOT_FOUND", "message": "no such address"}, HTTPStatus.NOT_FOUND)

    async def _with_faults(self, work: _Work) -> Answer:
        call, take = work.call, self.faults.take
        if take(call, Fault.DROP):
            raise Dropped
        if take(call, Fault.TOO_MANY):
            return _failed(call, HTTPStatus.TOO_MANY_REQUESTS)
        if take(call, Fault.SERVER_ERROR):
            return _failed(call, HTTPStatus.INTERNAL_SERVER_ERROR)
        answer = await self._done(work)
        delay = take(call, Fault.DELAY)
        if delay is not None:
            await asyncio.sleep(delay.seconds)
        if take(call, Fault.LOSE_ANSWER):
            raise Dropped
        if take(call, Fault.SERVER_ERROR_BUT_DONE):
            return _failed(call, HTTPStatus.INTERNAL_SERVER_ERROR)
        return answer

    async def _done(self, work: _Work) -> Answer:
        if work.call in APP_CALLS:
            return await _open_answer(work.door(work.request, **work.groups))
        try:
            self._require_signature(work.request)
            answer = await work.door(work.request, **work.groups)
        except Refusal as refusal:
            answer = _refused(refusal)
            if refusal.status is HTTPStatus.UNAUTHORIZED:
                return answer  # Not signed: WeChat does not know to whom it speaks.
        except msgspec.MsgspecError as error:
            answer = _refused(Refusal(Code.PARAM_ERROR, str(error)))
        return self._signed(answer, work)

    def _require_signature(self, request: Request) -> None:
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        parts = dict(_AUTHORIZATION.findall(rest))
        timestamp = parts.get("timestamp", "")
        message = request_message(
            request.method, request.target, timestamp, parts.get("nonce_str", ""), request.body
        )
        proven = (
            scheme == SCHEME
            and parts.get("mchid") == self.home.mchid
            and parts.get("serial_no") == self.home.merchant_serial
            and timestamp.isascii()
            and timestamp.isdigit()
            and abs(self.clock().timestamp() - int(timestamp)) < _FRESH.total_seconds()
            and verified(self.home.merchant_key, message, parts.get("signature", ""))
        )
        if not proven:
            raise Refusal(Code.SIGN_ERROR)

    def _signed(self, answer: Answer, work: _Work) -> Answer:
        timestamp, nonce = str(int(self.clock().timestamp())), secrets.token_hex(16)
        serial, key = self.home.signing_key(work.request.headers.get("wechatpay-serial"))
        if work.call is Call.CERTIFICATES:  # Signed by what it lists, or nobody could begin.
            serial, key = self.home.certificates[-1].serial, self.home.certificates[-1].key
        if self.faults.take(work.call, Fault.FORGE):
            key = stranger()
        signature = sign(key, answer_message(timestamp, nonce, answer.body))
        if self.faults.take(work.call, Fault.SIGNTEST):
            signature = SIGNTEST + signature[len(SIGNTEST) :]
        headers = {
            "wechatpay-serial": serial,
            "wechatpay-timestamp": timestamp,
            "wechatpay-nonce": nonce,
            "wechatpay-signature": signature,
            "wechatpay-signature-type": SCHEME,
            "request-id": secrets.token_hex(12).upper(),
        }
        return Answer(answer.status, answer.body, answer.content_type, headers)

    # -- Travelling ----------------------------------------------------------------------

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        assert scope["type"] == "http"
        body = await _read_body(receive)
        if body is None:
            answer = told({"code": "PARAM_ERROR"}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            target = scope["raw_path"]
            if scope["query_string"]:
                target += b"?" + scope["query_string"]
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in scope["headers"]
            }
            try:
                answer = await self.answer(
                    Request(scope["method"], scope["path"], target, headers, body)
                )
            except Dropped:
                await _cut_off(send)
                return
        raw_headers = [(name.encode(), value.encode()) for name, value in answer.all_headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw_headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.resume()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


@dataclass(frozen=True, slots=True)
class _Work:
    call: Call
    door: Door
    request: Request
    groups: dict[str, str]


class Loopback(httpx.AsyncBaseTransport):
    """The way from an httpx client to a simulator in the same process, cuts included."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path
        path = unquote(target.partition(b"?")[0].decode("latin-1"))
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.aread()
        try:
            answer = await self._simulator.answer(
                Request(request.method, path, target, headers, body)
            )
        except Dropped as dropped:
            message = "the connection was cut"
            raise httpx.ReadError(message, request=request) from dropped
        return httpx.Response(
            answer.status, headers=answer.all_headers, content=answer.body, request=request
        )


def _routes(pay: PayDoors, app: AppDoors, payer: PayerDoors) -> tuple[_Route, ...]:
    trade = r"/v3/pay/transactions/out-trade-no/(?P<out_trade_no>[^/]+)"
    refunds = r"/v3/refund/domestic/refunds"
    table: tuple[tuple[str, str, Door, Call | None], ...] = (
        ("POST", r"/v3/pay/transactions/jsapi", pay.prepay_jsapi, Call.PREPAY),
        ("POST", r"/simulator/pay", payer.pay, None),
        ("GET", trade, pay.query, Call.QUERY),
        ("POST", refunds, pay.refund, Call.REFUND),
        ("GET", refunds + r"/(?P<out_refund_no>[^/]+)", pay.query_refund, Call.QUERY_REFUND),
        ("POST", trade + "/close", pay.close, Call.CLOSE),
        ("POST", r"/v3/pay/transactions/h5", pay.prepay_h5, Call.PREPAY),
        ("GET", r"/v3/certificates", pay.certificates, Call.CERTIFICATES),
        ("GET", r"/sns/jscode2session", app.code2session, Call.CODE2SESSION),
        ("POST", r"/cgi-bin/stable_token", app.stable_token, Call.STABLE_TOKEN),
        ("POST", r"/wxa/business/getuserphonenumber", app.phone_number, Call.PHONE_NUMBER),
        ("POST", r"/wxa/getwxacodeunlimit", app.page_code, Call.PAGE_CODE),
        ("POST", r"/simulator/login", app.login, None),
        ("POST", r"/simulator/phone", app.give_phone, None),
        ("GET", r"/simulator/h5/pay", payer.open_page, None),
        ("POST", r"/simulator/h5/pay", payer.press_button, None),
        ("GET", r"/simulator/faults", payer.list_faults, None),
        ("POST", r"/simulator/faults", payer.arm, None),
        ("DELETE", r"/simulator/faults", payer.clear_faults, None),
        ("POST", r"/simulator/rotate", payer.rotate, None),
        ("GET", r"/simulator/books", payer.read_books, None),
    )
    return tuple(_Route(method, re.compile(path), door, call) for method, path, door, call in table)


async def _open_answer(asking: Awaitable[Answer]) -> Answer:
    """For doors that nobody signs at."""
    try:
        return await asking
    except msgspec.MsgspecError as error:
        return told({"error": str(error)}, HTTPStatus.BAD_REQUEST)


def _refused(refusal: Refusal) -> Answer:
    return told({"code": refusal.code, "message": refusal.message}, refusal.status)


def _failed(call: Call, status: HTTPStatus) -> Answer:
    if call not in APP_CALLS:
        limited = status is HTTPStatus.TOO_MANY_REQUESTS
        code = "FREQUENCY_LIMITED" if limited else "SYSTEM_ERROR"
        message = "频率超限" if limited else "系统异常，请用相同参数重试"
        return told({"code": code, "message": message}, status)
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        return told({"errcode": 45011, "errmsg": "api minute-quota reach limit"})
    return told({"errcode": -1, "errmsg": "system error"})


async def _read_body(receive: Receive) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > _BODY_BYTES_MAX:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _cut_off(send: Send) -> None:
    """Promise more than is sent: the server can only close the connection."""
    headers = [(b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
