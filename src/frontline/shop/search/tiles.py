"""What the owner's screen shows of searches."""

from __future__ import annotations

from frontline.kernel.text import Words
from frontline.shop.search import views
from frontline.web.pages import DeskVisit, Tile, View

WEEK = 7


async def missed(visit: DeskVisit) -> View | None:
    """What customers looked for within a week and would still not find."""
    today = visit.shop.day(visit.opened.now())
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await views.missed(transaction, *views.until(today, WEEK))
    if not found:
        return None
    title = Words("想买却没搜到（近 7 天）", "Looked for in vain (7 days)")
    return View("search/tile_missed.html", title, {"missed": found}, bare=True)


TILES = (Tile(place=30, act=missed),)
