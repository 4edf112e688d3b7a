"""What the owner's screen shows of reviews."""

from __future__ import annotations

from datetime import timedelta

from frontline.kernel.text import Words
from frontline.shop.review import figures
from frontline.web.pages import DeskVisit, Tile, View

LOOKED_BACK = timedelta(days=14)
LOW_MAX = 3
TELLING_MAX = 2


async def voices(visit: DeskVisit) -> View | None:
    """What customers said: low ratings, and those who had something to tell."""
    since = visit.opened.now() - LOOKED_BACK
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await figures.voices(transaction, since, low_max=LOW_MAX, telling_max=TELLING_MAX)
    if not found:
        return None
    title = Words("评价", "Reviews")
    return View("review/tile_voices.html", title, {"voices": found}, bare=True)


TILES = (Tile(place=30, act=voices),)
