"""Doors: from a request to a command or a read, from an outcome to a response.

A door is plain ASGI before the framework's routes: at a thousand orders a second the
building of request and response objects costs more than deciding and storing the order.
All that a door is told stands in the form: the body of a POST, the query of a GET.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from frontline.engine.combiner import Overloaded
from frontline.engine.engine import Engine
from frontline.kernel.words import Command, ShopId
from frontline.store.database import Database, Fault
from frontline.web.replies import Replies, WebRefusal, language_of
from frontline.web.session import Caller, Role, Sessions
from frontline.web.shops import Shops

BODY_BYTES_MAX = 16_384
_READ_BYTES_MAX = 64 * 2**20  # Whoever sends more is not worth an answer.

FormT = TypeVar("FormT", bound=msgspec.Struct)

_log = logging.getLogger(__name__)


class Who(StrEnum):
    """Who may come through a door: the role matrix is made of these."""

    ANYONE = "anyone"
    MEMBER = "member"
    STAFF = "staff"
    OWNER = "owner"


MAY: Mapping[Who, frozenset[Role]] = {
    Who.MEMBER: frozenset({Role.MEMBER}),
    Who.STAFF: frozenset({Role.STAFF, Role.OWNER}),
    Who.OWNER: frozenset({Role.OWNER}),
}


OF_STAFF = frozenset({Who.STAFF, Who.OWNER})


@dataclass(frozen=True, slots=True)
class Opened:
    """What the application keeps for its doors."""

    engine: Engine
    database: Database
    sessions: Sessions
    shops: Shops
    replies: Replies
    services: Mapping[type, Any]
    now: Callable[[], datetime]


class Visit(msgspec.Struct, frozen=True):
    """One request: in which shop, by whom (None: not signed in), in which language."""

    opened: Opened
    shop_id: ShopId
    caller: Caller | None
    language: str
    authorization: bytes
    client_ip: str

    @property
    def known(self) -> Caller:
        """The caller behind a door that is not for anyone."""
        assert self.caller is not None
        return self.caller


class NotFound(msgspec.Struct, frozen=True):
    refusal: WebRefusal = WebRefusal.NOT_FOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    method: str
    path: str
    who: Who
    form: type[msgspec.Struct]
    answers: Any  # Type form of what `act` returns, for the OpenAPI document.
    act: Callable[[Visit, Any], Awaitable[Any]]
    decode: Callable[[bytes], Any]
    body_bytes_max: int = BODY_BYTES_MAX
    summary: str = ""
    area: str = ""  # What staff must be let into; empty: the feature's name, or everywhere.


def command_door(  # noqa: PLR0913 - a door has this many sides
    path: str,
    form: type[FormT],
    command_of: Callable[[Caller, FormT], Command[Any]],
    answers: Any,
    *,
    who: Who = Who.MEMBER,
    body_bytes_max: int = BODY_BYTES_MAX,
) -> Door:
    """A POST that hands in a command and answers with its outcome."""

    async def act(visit: Visit, wish: FormT) -> Any:
        return await visit.opened.engine.submit(visit.shop_id, command_of(visit.known, wish))

    return Door(
        method="POST",
        path=path,
        who=who,
        form=form,
        answers=answers,
        act=act,
        decode=msgspec.json.Decoder(form).decode,
        body_bytes_max=body_bytes_max,
        summary=command_of.__doc__ or "",
    )


def post(  # noqa: PLR0913 - a door has this many sides
    path: str,
    form: type[FormT],
    act: Callable[[Visit, FormT], Awaitable[Any]],
    answers: Any,
    *,
    who: Who,
    body_bytes_max: int = BODY_BYTES_MAX,
    area: str = "",
) -> Door:
    """A POST that does more than hand in one command."""
    return Door(
        method="POST",
        path=path,
        who=who,
        form=form,
        answers=answers,
        act=act,
        decode=msgspec.json.Decoder(form).decode,
        body_bytes_max=body_bytes_max,
        summary=act.__doc__ or "",
        area=area,
    )


def get(  # noqa: PLR0913 - a door has this many sides
    path: str,
    form: type[FormT],
    act: Callable[[Visit, FormT], Awaitable[Any]],
    answers: Any,
    *,
    who: Who,
    area: str = "",
) -> Door:
    """A read. The form is the query string; a None is answered with 404."""

    def decode(query: bytes) -> FormT:
        try:
            pairs = parse_qsl(query.decode(), keep_blank_values=True, strict_parsing=bool(query))
        except ValueError as error:
            raise msgspec.DecodeError(str(error)) from error
        return msgspec.convert(dict(pairs), form, strict=False)

    return Door(
        method="GET",
        path=path,
        who=who,
        form=form,
        answers=answers,
        act=act,
        decode=decode,
        summary=act.__doc__ or "",
        area=area,
    )


class _Refused(Exception):
    def __init__(self, refusal: WebRefusal, **detail: Any) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.detail = detail


class Front:
    """The application's face: doors by path, and the framework for everything else."""

    def __init__(
        self, doors: Iterable[Door], behind: ASGIApp, opened: Callable[[], Opened]
    ) -> None:
        self._doors: dict[str, dict[str, Door]] = {}
        for door in doors:
            methods = self._doors.setdefault(door.path, {})
            assert door.method not in methods, f"two doors at {door.path}"
            methods[door.method] = door
        self._behind = behind
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        methods = self._doors.get(scope["path"]) if scope["type"] == ScopeType.HTTP else None
        if methods is None:
            await self._behind(scope, receive, send)
            return
        http = cast("HTTPScope", scope)
        opened = self._opened()
        language = "zh"
        extra: tuple[tuple[bytes, bytes], ...] = ()
        try:
            headers = dict(http["headers"])
            language = language_of(headers.get(b"accept-language", b""))
            door = methods.get(http["method"])
            if door is None:
                extra = ((b"allow", ", ".join(methods).encode()),)
                raise _Refused(WebRefusal.WRONG_METHOD)
            visit = await _visit(opened, door, headers, language, _ip(http))
            form = await _form(door, http, receive)
            outcome = await door.act(visit, form)
            status, body = opened.replies.outcome(
                NotFound() if outcome is None else outcome, language
            )
        except _Refused as no:
            status, body = opened.replies.refused(no.refusal, language, **no.detail)
        except (Overloaded, Fault):
            extra = ((b"retry-after", b"1"),)
            status, body = opened.replies.refused(WebRefusal.BUSY, language)
        except Exception:  # noqa: BLE001 - whatever it is, the caller gets an answer
            _log.exception("a bug behind %s", scope["path"])
            status, body = opened.replies.refused(WebRefusal.BUG, language)
        await _send(send, status, body, extra)


async def _visit(
    opened: Opened, door: Door, headers: dict[bytes, bytes], language: str, client_ip: str
) -> Visit:
    authorization = headers.get(b"authorization", b"")
    meant = headers.get(b"frontline-shop", b"")
    caller = await opened.sessions.caller(authorization) if authorization else None
    if caller is None:
        if door.who is not Who.ANYONE:
            raise _Refused(WebRefusal.SIGNED_OUT)
        shop = await opened.shops.meant(meant, headers.get(b"host", b""))
        if shop is None:
            raise _Refused(WebRefusal.SHOP_UNKNOWN)
        return Visit(opened, shop.id, None, language, authorization, client_ip)
    if meant and meant != b"%d" % caller.shop_id:
        raise _Refused(WebRefusal.WRONG_SHOP)
    if door.who is not Who.ANYONE and caller.role not in MAY[door.who]:
        raise _Refused(WebRefusal.FORBIDDEN)
    if door.who in OF_STAFF and not caller.may(door.area, act=door.method != "GET"):
        raise _Refused(WebRefusal.FORBIDDEN)
    return Visit(opened, caller.shop_id, caller, language, authorization, client_ip)


def _ip(scope: HTTPScope) -> str:
    return scope["client"][0] if scope["client"] is not None else ""


async def _form(door: Door, scope: HTTPScope, receive: Receive) -> Any:
    given = scope["query_string"] if door.method == "GET" else await _body(door, receive)
    if b"\0" in given or b"\\u0000" in given or b"%00" in given:  # PostgreSQL holds no such text.
        raise _Refused(WebRefusal.MALFORMED, detail="it holds a NUL, which no text may")
    try:
        return door.decode(given)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _Refused(WebRefusal.MALFORMED, detail=str(error)) from error


async def _body(door: Door, receive: Receive) -> bytes:
    """The whole body; what is too large is read to its end, so that the answer is heard."""
    body, size = b"", 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _Refused(WebRefusal.MALFORMED, detail="the caller hung up")
        part = message["body"]
        size += len(part)
        if size <= door.body_bytes_max:
            body += part
        elif size > _READ_BYTES_MAX:
            break
        if not message["more_body"]:
            break
    if size > door.body_bytes_max:
        raise _Refused(WebRefusal.TOO_LARGE, bytes_max=door.body_bytes_max)
    return body


async def _send(
    send: Send, status: int, body: bytes, extra: tuple[tuple[bytes, bytes], ...]
) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        *extra,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
