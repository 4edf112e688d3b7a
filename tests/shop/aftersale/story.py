"""After-sale in stories: asked for, withdrawn, refused, approved, sent back, received, refunded."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from scenery import MEMBERS, STAFF, UNKNOWN, sensible, some
from sqlalchemy import text

from frontline.kernel.book import Page
from frontline.kernel.words import Command, StaffId
from frontline.shop.aftersale import rows
from frontline.shop.aftersale.book import (
    OPEN,
    TRANSITIONS,
    AftersaleBook,
    AftersaleKeys,
    Case,
    CaseOriginBook,
    CaseOriginKeys,
    OpenCaseBook,
    OpenCaseKeys,
    Step,
)
from frontline.shop.aftersale.feature import CASES
from frontline.shop.aftersale.messages import (
    ApproveRefund,
    AskRefund,
    CaseId,
    FinishRefund,
    Kind,
    MarkCaseOverdue,
    Reason,
    ReceiveGoods,
    RefuseRefund,
    SendBack,
    State,
    WithdrawRefund,
)
from frontline.shop.aftersale.rules import ANSWER_WITHIN
from frontline.shop.order.book import Order, OrderKeys
from frontline.shop.order.states import REFUNDABLE
from frontline.shop.order.states import State as OrderState
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Part


def _lay(_: Random) -> World:
    return World({AftersaleKeys: AftersaleBook(Page({}), Page({}))}, {"AftersaleBook.steps": ()})


def origins(world: World) -> CaseOriginBook:
    cases = world.book(AftersaleKeys).cases.rows()
    return CaseOriginBook(Page({case.id: case.order_id for case in cases.values()}))


def open_cases(world: World) -> OpenCaseBook:
    units: Counter[Any] = Counter()
    for (order_id, _), count in world.book(AftersaleKeys).counts.rows().items():
        units[order_id] += count.open
    return OpenCaseBook(Page({order_id: count for order_id, count in units.items() if count}))


# -- Wishes -------------------------------------------------------------------------------


def wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    orders = world.book(OrderKeys).orders.rows()
    cases = world.book(AftersaleKeys).cases.rows()
    refundable = [order.id for order in orders.values() if order.state in REFUNDABLE]
    likely: dict[str, list[Any]] = {"ask": refundable, "ask again": refundable}
    for kind, states in _LIKELY.items():
        likely[kind] = [case.id for case in cases.values() if case.state in states]
    likely["overdue"] = [i for i in likely["overdue"] if now >= cases[i].asked_at + ANSWER_WITHIN]
    kind = sensible(chance, likely)
    if kind is None:
        return None
    if kind in {"ask", "ask again"}:
        return _ask(chance, world, some(chance, refundable, [*orders, UNKNOWN]), id_)
    case_id = some(chance, likely[kind], [*cases, CaseId(UNKNOWN)])
    return _move(chance, kind, case_id, cases.get(case_id), id_)


_LIKELY = {
    "withdraw": {State.ASKED, State.APPROVED},
    "approve": {State.ASKED},
    "approve again": {State.ASKED},
    "refuse": OPEN,
    "send back": {State.APPROVED},
    "receive": {State.APPROVED, State.SENT_BACK},
    "finish": {State.REFUNDING},
    "overdue": {State.ASKED},
}


def _ask(chance: Random, world: World, order_id: Any, id_: UUID) -> AskRefund:
    order = world.book(OrderKeys).orders.get(order_id)
    member_id = some(chance, [order.member_id] if order is not None else [], MEMBERS)
    sent = order is not None and not any(line.unsent for line in order.lines)
    lines = () if order is None or chance.random() < 0.3 else _some_units(chance, order)
    by_staff = chance.random() < 0.1
    return AskRefund(
        id=id_,
        order_id=order_id,
        member_id=some(chance, [None] if by_staff else [member_id], [*MEMBERS, None]),
        staff_id=StaffId(STAFF) if by_staff else None,
        kind=some(chance, [Kind.RETURN_REFUND if sent else Kind.REFUND_ONLY], [*Kind]),
        lines=lines,
        reason=chance.choice([*Reason]),
    )


def _some_units(chance: Random, order: Order) -> tuple[tuple[int, int], ...]:
    chosen = chance.sample(order.lines, chance.randint(1, len(order.lines)))
    return tuple(
        (some(chance, [line.number], [9]), some(chance, [1, line.quantity], [0, 2, -1, 99]))
        for line in chosen
    )


def _move(chance: Random, kind: str, case_id: CaseId, case: Case | None, id_: UUID) -> Command[Any]:
    buyer = some(chance, [case.member_id] if case is not None else [], MEMBERS)
    staff = StaffId(STAFF)
    match kind:
        case "withdraw":
            return WithdrawRefund(id=id_, case_id=case_id, member_id=buyer)
        case "refuse":
            return RefuseRefund(id=id_, case_id=case_id, staff_id=staff, answer="已使用")
        case "send back":
            return SendBack(
                id=id_, case_id=case_id, member_id=buyer, carrier="SF", tracking=str(id_.int)
            )
        case "receive":
            units = () if case is None else case.units
            sellable = chance.choice((None, units[:1], (), ((1, 99),)))
            return ReceiveGoods(id=id_, case_id=case_id, staff_id=staff, sellable=sellable)
        case "finish":
            return FinishRefund(id=id_, case_id=case_id)
        case "overdue":
            return MarkCaseOverdue(id=id_, case_id=case_id)
        case _:
            restock = chance.choice((None, True, False))
            return ApproveRefund(id=id_, case_id=case_id, staff_id=staff, restock=restock)


# -- Laws ---------------------------------------------------------------------------------


def conserved(_: Content, after: Content) -> None:
    """No unit is under two cases, and cases and refunds tell the same of the money."""
    cases, counts = after["AftersaleBook.cases"], after["AftersaleBook.counts"]
    orders, refunds = after["OrderBook.orders"], after["PaymentBook.refunds"]
    state = dict.fromkeys(cases, State.ASKED)
    for step in after["AftersaleBook.steps"]:
        assert step.state in TRANSITIONS[state[step.case_id]]
        state[step.case_id] = step.state
    held: Counter[Any] = Counter()
    back: Counter[Any] = Counter()
    for case in cases.values():
        assert state[case.id] is case.state
        paid_back = case.state in {State.REFUNDING, State.REFUNDED}
        units = back if paid_back else held if case.state in OPEN else Counter()
        for number, count in case.units:
            units[case.order_id, number] += count
        assert (case.id in refunds) == (paid_back and case.amount > 0)
        if case.id in refunds:
            assert refunds[case.id].amount == case.amount
    for key, count in counts.items():
        assert (count.open, count.refunded) == (held[key], back[key])
    assert set(held) | set(back) <= set(counts)
    for order in orders.values():
        _order_kept(order, held, back)


def _order_kept(order: Order, held: Counter[Any], back: Counter[Any]) -> None:
    by_cases = [back[order.id, line.number] for line in order.lines]
    returned = [line.returned for line in order.lines]
    if order.state in REFUNDABLE | {OrderState.DONE}:
        assert by_cases == returned  # Everything else that gives back gives all of it back.
        for line in order.lines:
            assert held[order.id, line.number] + line.returned <= line.quantity
    if order.state is OrderState.DONE:
        assert not any(held[order.id, line.number] for line in order.lines)
    if order.state is OrderState.PART_SHIPPED:
        assert any(line.unsent for line in order.lines)


# -- Rows ---------------------------------------------------------------------------------

_CASE_IDS = text("SELECT id FROM aftersale WHERE shop_id = :shop_id")
_ORDER_IDS = text("SELECT DISTINCT order_id FROM aftersale_count WHERE shop_id = :shop_id")
_STEPS = text("""
    SELECT case_id, state, at, who, actor_id FROM aftersale_step
    WHERE shop_id = :shop_id ORDER BY case_id, id
""")


async def _read(transaction: Transaction) -> Content:
    keys = AftersaleKeys(
        [row.id for row in await transaction.read(_CASE_IDS)],
        [row.order_id for row in await transaction.read(_ORDER_IDS)],
    )
    book = await rows.load(transaction, keys)
    return {
        "AftersaleBook.cases": book.cases.rows(),
        "AftersaleBook.counts": book.counts.rows(),
        "AftersaleBook.steps": tuple(
            Step(row.case_id, State(row.state), row.at, row.who, row.actor_id)
            for row in await transaction.read(_STEPS)
        ),
    }


PART = Part(
    name="aftersale",
    lay=_lay,
    derived={CaseOriginKeys: origins, OpenCaseKeys: open_cases},
    wishes=((CASES, wish),),
    conserved=conserved,
    read=_read,
    breaks={
        "cases counted": "UPDATE aftersale_count SET asked = asked + 1",
        "units asked once": "UPDATE aftersale_count SET refunded = refunded + 1",
        "cases paid back": "UPDATE aftersale SET state = 'refunding' WHERE state = 'asked'",
        "case moves": "UPDATE aftersale_step SET state = 'refunded'",
        "case history": "UPDATE aftersale SET state = 'received' WHERE state = 'asked'",
    },
)
