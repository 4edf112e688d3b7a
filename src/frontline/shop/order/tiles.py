"""What the owner's screen shows of orders."""

from __future__ import annotations

from datetime import timedelta

from frontline.kernel.text import Words
from frontline.shop.order import figures
from frontline.web.pages import DeskVisit, Tile, View


async def late(visit: DeskVisit) -> View | None:
    """Promises broken: paid, and not sent in time."""
    now = visit.opened.now()
    yesterday = visit.shop.begins(visit.shop.day(now) - timedelta(days=1))
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await figures.late(transaction, now, yesterday)
    if not found.count:
        return None
    values = {"late": found, "counted_max": figures.COUNTED_MAX}
    title = Words("超时未发货", "Not sent in time")
    return View("order/tile_late.html", title, values, bare=True)


TILES = (Tile(place=20, act=late),)
