"""What follows after commit. It may be done again."""

from __future__ import annotations

from frontline.engine.feature import Outside
from frontline.games.groupbuy.messages import TeamCompleted
from frontline.kernel.ids import following
from frontline.kernel.words import ShopId
from frontline.shop.order.messages import ReleaseOrders


async def release(outside: Outside, shop_id: ShopId, event: TeamCompleted) -> None:
    """The orders of a complete team are let go: now they are to be shipped."""
    wish = ReleaseOrders(id=following(event.team_id, "release orders"), order_ids=event.order_ids)
    await outside.engine.submit(shop_id, wish)
