"""What the owner's screen shows of group-buys."""

from __future__ import annotations

from frontline.games.groupbuy.states import CampaignState
from frontline.games.groupbuy.views.running import running as running_campaigns
from frontline.kernel.text import Words
from frontline.web.pages import DeskVisit, Tile, View

STATES = {
    CampaignState.PREVIEW: Words("预告中", "Preview"),
    CampaignState.LIVE: Words("进行中", "Live"),
    CampaignState.PAUSED: Words("已暂停", "Paused"),
}


async def running(visit: DeskVisit) -> View | None:
    """Games running, and what they have cost of what they may."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await running_campaigns(transaction, visit.opened.now())
    if not found:
        return None
    title = Words("拼团", "Group-buys")
    values = {"campaigns": found, "states": STATES}
    return View("groupbuy/tile_running.html", title, values, bare=True)


TILES = (Tile(place=60, act=running),)
