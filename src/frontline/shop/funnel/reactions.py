"""The steps that the server knows of itself: orders placed and paid."""

from __future__ import annotations

from frontline.engine.engine import new_id
from frontline.engine.feature import Outside
from frontline.kernel.ids import following
from frontline.kernel.words import OrderId, ShopId
from frontline.shop.funnel.messages import NameVisitor, RecordOrder, Step
from frontline.shop.order.messages import OrderPlaced
from frontline.shop.payment.messages import OrderPaid
from frontline.shop.share.messages import VisitorKnown


async def placed(outside: Outside, shop_id: ShopId, event: OrderPlaced) -> None:
    await outside.engine.submit(shop_id, _wish(event.order_id, Step.PLACED))


async def paid(outside: Outside, shop_id: ShopId, event: OrderPaid) -> None:
    await outside.engine.submit(shop_id, _wish(event.order_id, Step.PAID))


def _wish(order_id: OrderId, step: Step) -> RecordOrder:
    return RecordOrder(id=following(order_id, f"funnel {step}"), order_id=order_id, step=step)


async def named(outside: Outside, shop_id: ShopId, event: VisitorKnown) -> None:
    wish = NameVisitor(id=new_id(), visitor=event.visitor, member_id=event.member_id)
    await outside.engine.submit(shop_id, wish)
