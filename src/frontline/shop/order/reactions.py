"""What follows after commit. It may be done again."""

from __future__ import annotations

from frontline.engine.feature import Outside
from frontline.kernel.words import ShopId
from frontline.shop.order.messages import PaymentDue
from frontline.shop.order.notifier import Notifier


async def remind(outside: Outside, shop_id: ShopId, event: PaymentDue) -> None:
    """The buyer is told outside the shop, if anybody is there to carry it."""
    notifier: Notifier | None = outside.services.get(Notifier)
    if notifier is not None and outside.now() < event.pay_until:
        await notifier.remind(shop_id, event)
