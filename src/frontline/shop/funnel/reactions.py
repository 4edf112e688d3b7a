"""The steps that the server knows of itself: orders placed and paid."""

from __future__ import annotations

from collections.abc import Sequence

from frontline.engine.engine import new_id
from frontline.engine.feature import Outside
from frontline.kernel.ids import named as id_named
from frontline.kernel.words import ShopId
from frontline.shop.funnel.messages import NameVisitor, RecordOrders, Step
from frontline.shop.order.messages import OrderPlaced
from frontline.shop.payment.messages import OrderPaid
from frontline.shop.share.messages import VisitorKnown


async def placed(outside: Outside, shop_id: ShopId, events: Sequence[OrderPlaced]) -> None:
    await outside.engine.submit(shop_id, _wish(events, Step.PLACED))


async def paid(outside: Outside, shop_id: ShopId, events: Sequence[OrderPaid]) -> None:
    await outside.engine.submit(shop_id, _wish(events, Step.PAID))


def _wish(events: Sequence[OrderPlaced | OrderPaid], step: Step) -> RecordOrders:
    order_ids = tuple(event.order_id for event in events)
    id_ = id_named(f"funnel {step}", " ".join(map(str, order_ids)))
    return RecordOrders(id=id_, order_ids=order_ids, step=step)


async def named(outside: Outside, shop_id: ShopId, event: VisitorKnown) -> None:
    wish = NameVisitor(id=new_id(), visitor=event.visitor, member_id=event.member_id)
    await outside.engine.submit(shop_id, wish)
