"""The storefront at /m/: the built files, or a page that says how far the building is.

`tools/storefront.py` builds beside the running shop and puts a whole build in its place; it is
noticed at the next request. Pages of the storefront live in the browser, so that every path of
a page is answered with the same document; a file that is not there is not found.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from frontline.store.database import Fault
from frontline.storefront.built import INDEX, Built, File, Place, Progress, place
from frontline.storefront.first import First, first, packed, styled
from frontline.web.door import Opened
from frontline.web.replies import language_of
from frontline.web.shell import HEADERS, environment

__all__ = ["place", "storefront"]

LAND = "/m/pages/share/land?scene="
"""What a shared link opens: see the feature `share`."""

_HEADERS = {
    # uni-app writes its sizes into style elements; pictures of imported products may stand on
    # other hosts. Nothing else comes from elsewhere, and no script stands in a page.
    "content-security-policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
        "connect-src 'self' blob:; "
        "font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
_FOREVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"
_RELOAD_S, _RELOAD_FAILED_S = 2, 10
_HASHED = "assets/"
_PLAIN = "text/plain"
_SHARED = re.compile(r"s/([\w!#$&'()*+,/:;=?@.~-]{1,64})")

_templates = environment("frontline.storefront")


def storefront(at: Place) -> HTTPRouteHandler:
    """The route of everything below /m/, for the storefront that is built at this place."""
    hosted = _Hosted(at)

    @route(["/m", "/m/{path:path}"], http_method=["GET", "HEAD"], include_in_schema=False)
    async def answer(request: Request[Any, Any, State]) -> Response[bytes]:
        return await hosted.answer(request, request.path_params.get("path", "").strip("/"))

    return answer


class _Hosted:
    def __init__(self, at: Place) -> None:
        self._at = at
        self._built: Built | None = None
        self._styled = b""

    async def answer(self, request: Request[Any, Any, State], name: str) -> Response[bytes]:
        if request.scope["raw_path"] == b"/m":
            return _redirect("/m/")
        if shared := _SHARED.fullmatch(name):
            return _redirect(LAND + quote(shared[1], safe=""))
        built = self._now()
        if built is None:
            return _preparing(self._at.progress())
        if name != INDEX and (file := built.files.get(name)):
            return _sent(request, file, _FOREVER if name.startswith(_HASHED) else _AN_HOUR)
        if name.startswith(_HASHED) or "." in name.rpartition("/")[2]:
            return Response(b"", status_code=HTTPStatus.NOT_FOUND, media_type=_PLAIN)
        document = await _document(request, built.files[INDEX], self._styled, name)
        if ahead := built.wanted_by(name):
            document.headers["link"] = ", ".join(ahead)
        return document

    def _now(self) -> Built | None:
        """The build that stands there now; files of the one before stay within reach."""
        version = self._at.version()
        if version is None:
            return None
        if self._built is None or self._built.version != version:
            self._built = self._at.load(version, self._built)
            sheets = {name: one.plain for name, one in self._built.files.items()}
            self._styled = styled(self._built.files[INDEX].plain, sheets)
        return self._built


async def _document(
    request: Request[Any, Any, State], index: File, styled_index: bytes, path: str
) -> Response[bytes]:
    """The document of every page; with its first paint where there is one."""
    try:
        painted = await _first(request, path)
    except Fault:  # The page itself tells that nobody answers, and tries again.
        painted = None
    if painted is None:
        return _sent(request, index, "no-cache")
    body = painted.within(styled_index)
    headers = {**_HEADERS, "cache-control": "no-cache", "vary": "accept-encoding, accept-language"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = packed(body), "gzip"
    return Response(body, media_type=index.media_type, headers=headers)


async def _first(request: Request[Any, Any, State], path: str) -> First | None:
    opened: Opened = request.app.state.opened
    host = request.headers.get("host", "").encode("latin-1", "replace")
    shop = await opened.shops.meant(b"", host)
    if shop is None:
        return None
    accepted = request.headers.get("accept-language", "").encode("latin-1", "replace")
    return await first(opened, shop, path, request.query_params, language_of(accepted))


def _sent(request: Request[Any, Any, State], file: File, cached: str) -> Response[bytes]:
    encoding, body = file.encoded(request.headers.get("accept-encoding", ""))
    tag = f'"{file.digest}{encoding and "-" + encoding}"'
    headers = {**_HEADERS, "cache-control": cached, "etag": tag, "vary": "accept-encoding"}
    if encoding:
        headers["content-encoding"] = encoding
    known = request.headers.get("if-none-match", "")
    if tag in {each.strip().removeprefix("W/") for each in known.split(",")}:
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type=file.media_type, headers=headers)


def _redirect(to: str) -> Response[bytes]:
    return Response(b"", status_code=HTTPStatus.FOUND, headers={"location": to}, media_type=_PLAIN)


def _preparing(progress: Progress | None) -> Response[bytes]:
    """Not built yet; reloads itself until it is."""
    wait_s = _RELOAD_FAILED_S if progress is None or progress.failed else _RELOAD_S
    text = _templates.get_template("preparing.html").render(progress=progress, wait_s=wait_s)
    headers = {**HEADERS, "cache-control": "no-store", "retry-after": str(wait_s)}
    return Response(
        text.encode(),
        media_type="text/html",
        status_code=HTTPStatus.SERVICE_UNAVAILABLE,
        headers=headers,
    )
