"""The simulator's payment page, shown at the shop's own address.

The simulator listens on loopback; a phone that tries a demo out reaches only the shop. Where the
money is collected by the real WeChat there is no such page, and no such service.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

PATH = "/simulator/h5/pay"
BYTES_MAX = 16_384
_ASKED = ("accept-language", "content-type")
_ANSWERED = ("content-type", "content-security-policy", "cache-control", "location")


class Sheet:
    """Hands requests for the page on to the simulator, and for nothing else of it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @staticmethod
    def near(h5_url: str) -> str:
        """The same page at the address that the shopper came by."""
        parts = urlsplit(h5_url)
        assert parts.path == PATH, "not the simulator's page"
        return f"{parts.path}?{parts.query}"

    async def ask(
        self, method: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the page. Raises httpx.HTTPError."""
        given = {name: headers[name] for name in _ASKED if name in headers}
        given["x-forwarded-host"] = headers.get("host", "")
        answer = await self._http.request(
            method, f"{PATH}?{query}" if query else PATH, headers=given, content=body
        )
        told = {name: answer.headers[name] for name in _ANSWERED if name in answer.headers}
        return answer.status_code, told, answer.content
