"""How the clients speak HTTP: patience, and what must never reach a log."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable

import httpx

from frontline.wechat.provider import NO_ANSWER, OutcomeUnknown

_TIMEOUT = httpx.Timeout(5.0, connect=3.0)
_LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=64)
_SECRETS = re.compile(r"((?:secret|access_token|js_code|key)=)[^&\s\"]+")


class _Redact(logging.Filter):
    """httpx logs whole URLs, and WeChat wants secrets in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _SECRETS.sub(r"\1***", record.getMessage())
        record.args = ()
        return True


_REDACT = _Redact()


def client(base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Make the client of one server. No redirects, no environment proxies, no retries.

    It speaks to no other: whatever a request is made of, it does not leave for another host.
    """
    logging.getLogger("httpx").addFilter(_REDACT)  # The same filter is added only once.
    return httpx.AsyncClient(
        base_url=base_url,
        transport=transport,
        timeout=_TIMEOUT,
        limits=_LIMITS,
        trust_env=False,
        follow_redirects=False,
        event_hooks={"request": [_only(httpx.URL(base_url))]},
    )


def _only(base: httpx.URL) -> Callable[[httpx.Request], Awaitable[None]]:
    async def look(request: httpx.Request) -> None:
        to = request.url
        assert (to.scheme, to.host, to.port) == (base.scheme, base.host, base.port), "elsewhere"

    return look


async def exchange(http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send once. Raises `OutcomeUnknown` when no whole answer came."""
    try:
        return await http.send(request)
    except httpx.HTTPError as error:
        # A refused connection did nothing, yet that is not worth a state of its own.
        raise OutcomeUnknown(NO_ANSWER, type(error).__name__) from error


def http_code(response: httpx.Response) -> str:
    """What to call an answer that has no word of its own."""
    return f"HTTP_{response.status_code}"
