"""What happens in the cart after an order was placed from it."""

from __future__ import annotations

from frontline.engine.feature import Outside
from frontline.kernel.ids import following
from frontline.kernel.words import ShopId
from frontline.shop.cart.messages import TakeCartLines
from frontline.shop.order.messages import CartOrdered


async def take_lines(outside: Outside, shop_id: ShopId, event: CartOrdered) -> None:
    """Once an order: what is put in later stays, however often the event is told."""
    wish = TakeCartLines(
        id=following(event.order_id, "take cart lines"),
        member_id=event.member_id,
        sku_ids=event.sku_ids,
    )
    await outside.engine.submit(shop_id, wish)
