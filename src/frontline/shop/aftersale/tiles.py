"""What the owner's screen shows of after-sale."""

from __future__ import annotations

from datetime import timedelta

from frontline.kernel.text import Words
from frontline.shop.aftersale import figures
from frontline.shop.aftersale.words import REASONS
from frontline.web.pages import DeskVisit, Tile, View

WEEK = timedelta(days=7)


async def overdue(visit: DeskVisit) -> View | None:
    """Promises broken: after-sale that nobody has answered in time."""
    now = visit.opened.now()
    yesterday = visit.shop.begins(visit.shop.day(now) - timedelta(days=1))
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await figures.overdue(transaction, now, yesterday)
    if not found.count:
        return None
    values = {"overdue": found, "reasons": REASONS, "counted_max": figures.COUNTED_MAX}
    title = Words("售后超时未处理", "After-sale not answered in time")
    return View("aftersale/tile_overdue.html", title, values, bare=True)


async def reasons(visit: DeskVisit) -> View | None:
    """What customers said: why they want their money back, against a week ago."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await figures.reasons(transaction, now - 2 * WEEK, now - WEEK, now)
    if not found:
        return None
    title = Words("退款原因", "Why refunds were asked for")
    values = {"counted": found, "reasons": REASONS}
    return View("aftersale/tile_reasons.html", title, values, bare=True)


TILES = (Tile(place=20, act=overdue), Tile(place=30, act=reasons))
