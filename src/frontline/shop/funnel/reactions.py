"""The steps that the server knows of itself: orders placed and paid."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from frontline.engine.engine import new_id
from frontline.engine.feature import Outside
from frontline.kernel.words import OrderId, ShopId
from frontline.shop.funnel import views
from frontline.shop.funnel.messages import NameVisitor, RecordStep, Step
from frontline.shop.order.messages import OrderPlaced
from frontline.shop.payment.messages import OrderPaid
from frontline.shop.share.messages import VisitorKnown


async def placed(outside: Outside, shop_id: ShopId, event: OrderPlaced) -> None:
    await _record(outside, shop_id, event.order_id, Step.PLACED)
    if not event.total:  # Nothing to pay: no payment will ever say so.
        await _record(outside, shop_id, event.order_id, Step.PAID)


async def paid(outside: Outside, shop_id: ShopId, event: OrderPaid) -> None:
    await _record(outside, shop_id, event.order_id, Step.PAID)


async def named(outside: Outside, shop_id: ShopId, event: VisitorKnown) -> None:
    wish = NameVisitor(id=new_id(), visitor=event.visitor, member_id=event.member_id)
    await outside.engine.submit(shop_id, wish)


async def _record(outside: Outside, shop_id: ShopId, order_id: OrderId, step: Step) -> None:
    order = await views.ordered(outside.database, shop_id, order_id)
    at: datetime | None = None
    if order is not None:
        at = order.placed_at if step is Step.PLACED else order.paid_at
    if order is None or at is None:
        return
    wish = RecordStep(
        id=new_id(),
        visitor=None,
        member_id=order.member_id,
        day=at.astimezone(ZoneInfo(order.timezone)).date(),
        step=step,
        product_ids=order.product_ids,
    )
    await outside.engine.submit(shop_id, wish)
