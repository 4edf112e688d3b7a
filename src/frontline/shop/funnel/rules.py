"""Recording how far visitors come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.funnel.book import (
    WHOLE_SHOP,
    FunnelBook,
    FunnelKeys,
    Mark,
    OrderedBook,
    OrderedKeys,
    VisitorBook,
    VisitorKeys,
)
from frontline.shop.funnel.messages import (
    Outcome,
    Recorded,
    RecordOrders,
    RecordStep,
    Request,
    Step,
)

# -- What storefronts tell ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    visitors: VisitorBook
    funnel: FunnelBook


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    visitors = await load(
        VisitorKeys({one.member_id for one in batch if one.member_id is not None})
    )
    steps = [one for one in batch if isinstance(one, RecordStep)]
    marks = {mark for one in steps for mark in _marks(one)}
    return Desk(visitors, await load(FunnelKeys(_with_openings(marks))))


def decide(desk: Desk, batch: Sequence[Request], _moment: Moment) -> Decision[Outcome]:
    for one in batch:
        if one.member_id is not None:
            desk.visitors.name(one.member_id, one.visitor)
        if isinstance(one, RecordStep):
            _record(desk.funnel, _marks(one), shared=one.shared)
    return Decision((Recorded(),) * len(batch), Notes())


def _marks(command: RecordStep) -> Iterator[Mark]:
    """Of the whole shop, and of the product; opening the shop is no product's."""
    yield Mark(command.day, command.step, WHOLE_SHOP, command.visitor)
    if command.product_id is not None and command.step is not Step.OPEN:
        yield Mark(command.day, command.step, command.product_id, command.visitor)


# -- What we know ourselves ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderDesk:
    orders: OrderedBook
    visitors: VisitorBook
    funnel: FunnelBook


async def gather_orders(batch: Sequence[RecordOrders], load: Load) -> OrderDesk:
    orders = await load(OrderedKeys({id_ for one in batch for id_ in one.order_ids}))
    visitors = await load(VisitorKeys({one.member_id for one in orders.orders.rows().values()}))
    marks = {mark for one in batch for mark in _order_marks(orders, visitors, one)}
    return OrderDesk(orders, visitors, await load(FunnelKeys(_with_openings(marks))))


def decide_orders(
    desk: OrderDesk, batch: Sequence[RecordOrders], _moment: Moment
) -> Decision[Outcome]:
    for one in batch:
        _record(desk.funnel, _order_marks(desk.orders, desk.visitors, one), shared=False)
    return Decision((Recorded(),) * len(batch), Notes())


def _order_marks(
    orders: OrderedBook, visitors: VisitorBook, command: RecordOrders
) -> Iterator[Mark]:
    for order_id in command.order_ids:
        order = orders.orders.get(order_id)
        if order is None:
            continue
        visitor = visitors.visitor_of(order.member_id)
        products = (WHOLE_SHOP, *order.product_ids)
        if command.step is Step.PLACED:
            yield from (Mark(order.placed_on, Step.PLACED, it, visitor) for it in products)
        if order.paid_on is not None:  # Placed and paid at once, if it costs nothing.
            yield from (Mark(order.paid_on, Step.PAID, it, visitor) for it in products)


# -- Both ---------------------------------------------------------------------------------


def _record(funnel: FunnelBook, marks: Iterator[Mark], *, shared: bool) -> None:
    for mark in marks:
        came_by_share = funnel.marks.get(_opening(mark)) is True
        funnel.record(mark, shared=shared or came_by_share)


def _with_openings(marks: set[Mark]) -> set[Mark]:
    return marks | {_opening(mark) for mark in marks}


def _opening(mark: Mark) -> Mark:
    """Of the shop, by the same visitor on the same day: it tells whether a share led here."""
    return Mark(mark.day, Step.OPEN, WHOLE_SHOP, mark.visitor)
