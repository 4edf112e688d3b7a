"""The first page: what this shop sells, and where a developer goes on."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from frontline.shop.catalog.views import lists
from frontline.web.door import Opened
from frontline.web.shell import environment, page

GOODS_MAX = 24

_templates = environment("frontline.start")


@get("/", include_in_schema=False)
async def start(request: Request[Any, Any, State]) -> Response[str]:
    opened: Opened = request.app.state.opened
    host = request.headers.get("host", "").encode("latin-1", "replace")
    shop = await opened.shops.meant(b"", host)
    goods: tuple[lists.Card, ...] = ()
    if shop is not None:
        wish = lists.Wish(on_sale=True, limit=GOODS_MAX)
        goods = (await lists.find(opened.database, shop.id, wish)).items
    return page(_templates, "start.html", request, shop=shop, goods=goods)
