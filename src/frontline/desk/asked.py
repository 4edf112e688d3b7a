"""One request at the desk as it came, and one answer as it goes."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from litestar.types import HTTPScope, Receive, Send

_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
    b"connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    b"base-uri 'none'"
)
HEADERS = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
"""Of everything below /desk. No style stands in a page, and no script: pictures of imported
products may be on other hosts, all else is ours."""

SESSION = "__Host-frontline-desk"
SAID = "__Host-frontline-said"
THEMES, DENSE = frozenset({"light", "dark"}), "dense"
LANGUAGE, THEME, DENSITY = "frontline-language", "frontline-theme", "frontline-density"
_READ_BYTES_MAX = 64 * 2**20  # Whoever sends more is not worth an answer.
_YEAR_S = 31_536_000


class TooLarge(Exception):
    pass


class HungUp(Exception):
    pass


class By(StrEnum):
    """What asks, and so what it can do with the answer."""

    PAGE = "page"  # The browser itself.
    FORM = "form"  # desk.js, for a form: it reads JSON.
    HTMX = "htmx"  # It reads headers, and puts HTML in its place.


@dataclass(frozen=True, slots=True)
class Asked:
    scope: HTTPScope = field(repr=False)
    receive: Receive = field(repr=False)
    headers: Mapping[bytes, bytes] = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)

    @property
    def method(self) -> str:
        return "GET" if self.scope["method"] == "HEAD" else str(self.scope["method"])

    @property
    def path(self) -> str:
        return self.scope["path"]

    @property
    def query(self) -> bytes:
        return self.scope["query_string"]

    @property
    def url(self) -> str:
        query = self.query.decode("latin-1")
        return f"{self.path}?{query}" if query else self.path

    @property
    def token(self) -> bytes:
        return self.cookies.get(SESSION, "").encode()

    @property
    def by(self) -> By:
        if self.headers.get(b"frontline-desk") == b"form":
            return By.FORM
        return By.HTMX if b"hx-request" in self.headers else By.PAGE

    @property
    def ip(self) -> str:
        client = self.scope["client"]
        return client[0] if client is not None else ""

    @property
    def page_url(self) -> str:
        """The page that is looked at: for a POST, where the form stands."""
        if self.method == "GET" and self.by is not By.HTMX:
            return self.url
        came = self.headers.get(b"hx-current-url") or self.headers.get(b"referer", b"")
        parts = urlsplit(came.decode("latin-1"))
        if not parts.path.startswith("/desk"):
            return "/desk"
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    @property
    def ours(self) -> bool:
        """Was this sent by a page of this host? Browsers say so, and pages cannot make them lie."""
        site, origin = self.headers.get(b"sec-fetch-site"), self.headers.get(b"origin")
        if site is None and origin is None:
            return False
        host = self.headers.get(b"host", b"").decode("latin-1")
        same = origin is None or urlsplit(origin.decode("latin-1")).netloc == host
        return same and site in {None, b"same-origin"}

    async def body(self, bytes_max: int) -> bytes:
        """The whole body; what is too large is read to its end, so that the answer is heard."""
        body, size = bytearray(), 0
        while True:
            message = await self.receive()
            if message["type"] != "http.request":
                raise HungUp
            part = message["body"]
            size += len(part)
            if size <= bytes_max:
                body += part
            if not message["more_body"] or size > _READ_BYTES_MAX:
                break
        if size > bytes_max:
            raise TooLarge
        return bytes(body)


def asked(scope: HTTPScope, receive: Receive) -> Asked:
    headers = dict(scope["headers"])
    jar: SimpleCookie = SimpleCookie()
    for raw in (value for name, value in scope["headers"] if name == b"cookie"):
        try:
            jar.load(raw.decode("latin-1"))
        except CookieError:
            continue
    return Asked(scope, receive, headers, {name: one.value for name, one in jar.items()})


@dataclass(slots=True)
class Reply:
    status: int
    body: bytes | AsyncIterator[bytes] = b""
    media_type: str = "text/html; charset=utf-8"
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    def header(self, name: str, value: str) -> Reply:
        self.headers.append((name.encode(), value.encode("latin-1")))
        return self

    def cookie(
        self, name: str, value: str, *, max_age_s: int = _YEAR_S, script: bool = False
    ) -> Reply:
        kept = f"{name}={value}; Path=/; Secure; SameSite=Lax; Max-Age={max_age_s}"
        return self.header("set-cookie", kept if script else f"{kept}; HttpOnly")

    def end_cookie(self, name: str) -> Reply:
        return self.cookie(name, "", max_age_s=0)

    async def send(self, send: Send, *, head: bool = False) -> None:
        headers = [*HEADERS, (b"content-type", self.media_type.encode()), *self.headers]
        if not any(name == b"cache-control" for name, _ in self.headers):
            headers.append((b"cache-control", b"no-store"))
        if isinstance(self.body, bytes):
            headers.append((b"content-length", b"%d" % len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        if isinstance(self.body, bytes):
            body = b"" if head else self.body
            await send({"type": "http.response.body", "body": body, "more_body": False})
            return
        try:
            async for part in self.body:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        finally:
            if isinstance(self.body, AsyncGenerator):
                await self.body.aclose()  # What it holds is let go of now, not some time.
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def to(url: str) -> Reply:
    """See there instead; only ever to an address of our own."""
    return Reply(HTTPStatus.SEE_OTHER).header("location", url)


def csrf_of(token: bytes) -> str:
    """What every form of a session carries; whoever does not know the session cannot make it."""
    return blake2b(b"csrf", key=token[:64], digest_size=16).hexdigest()


def same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())
