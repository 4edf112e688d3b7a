"""The steps that the server knows of itself: orders placed and paid."""

from __future__ import annotations

from frontline.engine.engine import new_id
from frontline.engine.feature import Outside
from frontline.kernel.words import ShopId
from frontline.shop.funnel.messages import NameVisitor, RecordOrder, Step
from frontline.shop.order.messages import OrderPlaced
from frontline.shop.payment.messages import OrderPaid
from frontline.shop.share.messages import VisitorKnown


async def placed(outside: Outside, shop_id: ShopId, event: OrderPlaced) -> None:
    wish = RecordOrder(id=new_id(), order_id=event.order_id, step=Step.PLACED)
    await outside.engine.submit(shop_id, wish)


async def paid(outside: Outside, shop_id: ShopId, event: OrderPaid) -> None:
    wish = RecordOrder(id=new_id(), order_id=event.order_id, step=Step.PAID)
    await outside.engine.submit(shop_id, wish)


async def named(outside: Outside, shop_id: ShopId, event: VisitorKnown) -> None:
    wish = NameVisitor(id=new_id(), visitor=event.visitor, member_id=event.member_id)
    await outside.engine.submit(shop_id, wish)
