"""The first page: what this shop sells, and where a developer goes on.

A phone is sent on to the storefront, which is made for it, unless the address has a query:
`/?stay` is this page on every device.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from frontline.shop.catalog.views import lists
from frontline.web.door import Opened
from frontline.web.shell import environment, page

GOODS_MAX = 24
PHONE = "Mobi"
"""Stands in what every browser of a phone, and WeChat's, says of itself."""

_templates = environment("frontline.start")


@get("/", include_in_schema=False)
async def start(request: Request[Any, Any, State]) -> Response[str]:
    if not request.query_params and PHONE in request.headers.get("user-agent", ""):
        headers = {"location": "/m/", "vary": "user-agent"}
        return Response("", status_code=302, headers=headers, media_type="text/plain")
    opened: Opened = request.app.state.opened
    host = request.headers.get("host", "").encode("latin-1", "replace")
    shop = await opened.shops.meant(b"", host)
    goods: tuple[lists.Card, ...] = ()
    if shop is not None:
        wish = lists.Wish(on_sale=True, limit=GOODS_MAX)
        goods = (await lists.find(opened.database, shop.id, wish)).items
    answer = page(_templates, "start.html", request, shop=shop, goods=goods)
    answer.headers["vary"] = "user-agent, accept-language"
    return answer
