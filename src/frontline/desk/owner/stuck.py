"""Departments that keep others waiting: broken promises, and requests without an answer."""

from __future__ import annotations

from frontline.company.request.views import stuck
from frontline.kernel.text import Words
from frontline.web.pages import DeskVisit, Tile, View

SHOWN_MAX = 3


async def departments(visit: DeskVisit) -> View | None:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await stuck(transaction, visit.opened.now())
    if not found:
        return None
    values = {"rows": found[:SHOWN_MAX], "more": max(len(found) - SHOWN_MAX, 0)}
    return View("owner/tile_stuck.html", Words("等部门", "On departments"), values, bare=True)


TILES = (Tile(place=70, act=departments),)
