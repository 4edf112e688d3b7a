"""An order was paid, or all of it went back: it is counted so a moment later."""

from __future__ import annotations

from frontline.engine.feature import Outside
from frontline.kernel.ids import following
from frontline.kernel.words import ShopId
from frontline.shop.order.messages import OrderRefunded
from frontline.shop.payment.messages import OrderPaid
from frontline.shop.recommend.messages import CountOrder


async def paid(outside: Outside, shop_id: ShopId, event: OrderPaid) -> None:
    wish = CountOrder(id=following(event.order_id, "count"), order_id=event.order_id)
    await outside.engine.submit(shop_id, wish)


async def refunded(outside: Outside, shop_id: ShopId, event: OrderRefunded) -> None:
    if event.whole:
        wish = CountOrder(id=following(event.order_id, "count no more"), order_id=event.order_id)
        await outside.engine.submit(shop_id, wish)
