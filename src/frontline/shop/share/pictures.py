"""A share as a picture to scan: of its link, or WeChat's own code of the mini program."""

from __future__ import annotations

import io
import logging
import re
from functools import lru_cache
from typing import Any

import segno
from litestar import Request, Response, get
from litestar.datastructures import State

from frontline.kernel.words import ShopId
from frontline.shop.share import views
from frontline.shop.share.http import LANDING, link
from frontline.shop.share.messages import Refusal
from frontline.web.door import Opened
from frontline.web.replies import WebRefusal, language_of
from frontline.wechat.miniprogram import MiniProgram
from frontline.wechat.provider import ProviderFault

KEPT_MAX = 256  # Of each sort, in each process; some ten megabytes altogether.

_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:]{2,39}\](:[0-9]{1,5})?")
_HEADERS = {"cache-control": "public, max-age=86400", "x-content-type-options": "nosniff"}

_log = logging.getLogger(__name__)
_drawn: dict[tuple[ShopId, str], bytes] = {}
"""What WeChat has drawn. A code is good for ever, so its picture is too."""


@get("/api/share/qr", include_in_schema=False)
async def qr(request: Request[Any, Any, State]) -> Response[bytes]:
    """`?code=&form=link` or `miniprogram`: a picture, or a refusal in JSON."""
    opened: Opened = request.app.state.opened
    host = request.headers.get("host", "")
    shop = await opened.shops.meant(
        request.headers.get("frontline-shop", "").encode("latin-1", "replace"),
        host.encode("latin-1", "replace"),
    )
    if shop is None:
        return _refused(request, WebRefusal.SHOP_UNKNOWN)
    code, form = request.query_params.get("code", ""), request.query_params.get("form", "link")
    if await views.proved_code(opened.database, shop.id, code) is None:
        return _refused(request, Refusal.SHARE_CODE_INVALID)
    if form == "link" and _HOST.fullmatch(host):
        return _picture(_linked(f"{_scheme(request)}://{host}{link(code)}"))
    if form != "miniprogram":
        return _refused(request, WebRefusal.MALFORMED)
    try:
        return _picture(await _by_wechat(opened, shop.id, code))
    except ProviderFault as fault:
        _log.warning("WeChat drew no code: %r", fault)
        return _refused(request, Refusal.SHARE_PICTURE_AWAY)


@lru_cache(KEPT_MAX)
def _linked(address: str) -> bytes:
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="png", scale=10, border=3)
    return drawn.getvalue()


async def _by_wechat(opened: Opened, shop_id: ShopId, code: str) -> bytes:
    if (known := _drawn.get((shop_id, code))) is not None:
        return known
    program: MiniProgram = opened.services[MiniProgram]
    picture = await program.code_picture(code, LANDING)
    while len(_drawn) >= KEPT_MAX:
        del _drawn[next(iter(_drawn))]
    _drawn[shop_id, code] = picture
    return picture


def _scheme(request: Request[Any, Any, State]) -> str:
    """Of the address that the browser sees; who stands before us may have taken the TLS off."""
    forwarded = request.headers.get("x-forwarded-proto", "")
    return forwarded if forwarded in {"http", "https"} else str(request.url.scheme)


def _picture(content: bytes) -> Response[bytes]:
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    return Response(content, media_type=kind, headers=_HEADERS)


def _refused(request: Request[Any, Any, State], refusal: Refusal | WebRefusal) -> Response[bytes]:
    opened: Opened = request.app.state.opened
    accepted = request.headers.get("accept-language", "").encode("latin-1", "replace")
    status, body = opened.replies.refused(refusal, language_of(accepted))
    return Response(body, status_code=status, media_type="application/json")


ROUTES = (qr,)
