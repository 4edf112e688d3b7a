"""Recording how far visitors come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, MemberId, Moment, Notes, ProductId
from frontline.shop.funnel.book import (
    WHOLE_SHOP,
    FunnelBook,
    FunnelKeys,
    Mark,
    Ordered,
    OrderedBook,
    OrderedKeys,
    VisitorBook,
    VisitorKeys,
)
from frontline.shop.funnel.messages import (
    NameVisitor,
    Outcome,
    Recorded,
    RecordOrder,
    RecordStep,
    Request,
    Step,
)


@dataclass(frozen=True, slots=True)
class Desk:
    orders: OrderedBook
    visitors: VisitorBook
    funnel: FunnelBook


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    orders = await load(
        OrderedKeys({one.order_id for one in batch if isinstance(one, RecordOrder)})
    )
    buyers = {order.member_id for order in orders.orders.rows().values()}
    seen = {
        (one.member_id, one.visitor)
        for one in batch
        if not isinstance(one, RecordOrder) and one.member_id is not None
    }
    visitors = await load(VisitorKeys(buyers | {member_id for member_id, _ in seen}))
    marks: set[Mark] = set()
    for one in batch:
        match one:
            case RecordStep():
                marks |= _looked_at(_marks(one), one.visitor)
            case RecordOrder():
                order = orders.orders.get(one.order_id)
                for visitor in _may_be(order, visitors, seen):
                    marks |= _looked_at(_order_marks(order, one.step, visitor), visitor)
            case NameVisitor():
                pass
    return Desk(orders, visitors, await load(FunnelKeys(marks)))


def _may_be(
    order: Ordered | None, visitors: VisitorBook, seen: set[tuple[MemberId, UUID]]
) -> set[UUID]:
    """The buyer may be seen as somebody else earlier in this batch."""
    if order is None:
        return set()
    now = {visitor for member_id, visitor in seen if member_id == order.member_id}
    return {visitors.visitor_of(order.member_id), *now}


def _looked_at(marks: Iterator[Mark], visitor: UUID) -> set[Mark]:
    made = set(marks)
    return made | {_opening(mark.day, visitor) for mark in made}


def decide(desk: Desk, batch: Sequence[Request], _moment: Moment) -> Decision[Outcome]:
    for one in batch:
        match one:
            case RecordStep():
                if one.member_id is not None:
                    desk.visitors.name(one.member_id, one.visitor)
                _record(desk.funnel, _marks(one), shared=one.shared)
            case RecordOrder():
                order = desk.orders.orders.get(one.order_id)
                if order is not None:
                    visitor = desk.visitors.visitor_of(order.member_id)
                    _record(desk.funnel, _order_marks(order, one.step, visitor), shared=False)
            case NameVisitor():
                desk.visitors.name(one.member_id, one.visitor)
    return Decision((Recorded(),) * len(batch), Notes())


def _record(funnel: FunnelBook, marks: Iterator[Mark], *, shared: bool) -> None:
    for mark in marks:
        came_by_share = funnel.marks.get(_opening(mark.day, mark.visitor)) is True
        funnel.record(mark, shared=shared or came_by_share)


def _opening(day: date, visitor: UUID) -> Mark:
    return Mark(day, Step.OPEN, WHOLE_SHOP, visitor)


def _marks(command: RecordStep) -> Iterator[Mark]:
    """Of the whole shop, and of the product; opening the shop is no product's."""
    yield Mark(command.day, command.step, WHOLE_SHOP, command.visitor)
    if command.product_id is not None and command.step is not Step.OPEN:
        yield Mark(command.day, command.step, command.product_id, command.visitor)


def _order_marks(order: Ordered | None, step: Step, visitor: UUID) -> Iterator[Mark]:
    if order is None:
        return
    products: tuple[ProductId, ...] = (WHOLE_SHOP, *order.product_ids)
    if step is Step.PLACED:
        yield from (Mark(order.placed_on, Step.PLACED, it, visitor) for it in products)
    paid_on = order.placed_on if order.free else order.paid_on
    if paid_on is not None and (step is Step.PAID or order.free):
        yield from (Mark(paid_on, Step.PAID, it, visitor) for it in products)
