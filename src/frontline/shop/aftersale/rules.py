"""After-sale: what may be asked back, and what staff's answers do to money, goods and order."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from frontline.kernel.authority import Action, Ask, Authority, AuthorityKeys
from frontline.kernel.ground import Grounds
from frontline.kernel.ids import following
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Fen, Moment, Notes, OrderId
from frontline.shop.aftersale.book import (
    ASKED_MAX,
    OPEN,
    RECEIVABLE,
    WITHDRAWABLE,
    AftersaleBook,
    AftersaleKeys,
    Case,
    CaseOriginKeys,
)
from frontline.shop.aftersale.messages import (
    Answer,
    ApproveRefund,
    AskRefund,
    CaseId,
    CaseMoved,
    CaseOverdue,
    FinishRefund,
    Kind,
    MarkCaseOverdue,
    Moved,
    Outcome,
    ReceiveGoods,
    Refusal,
    Refused,
    RefuseRefund,
    Request,
    SendBack,
    State,
    Unchanged,
    WithdrawRefund,
)
from frontline.shop.coupon.book import CouponKeys
from frontline.shop.ledger.book import LedgerKeys
from frontline.shop.order.book import By, Line, Order, OrderKeys, OriginKeys
from frontline.shop.order.messages import CompleteOrder
from frontline.shop.order.sale import (
    DONE_AFTER,
    Return,
    Safe,
    amount_of,
    await_receipt,
    give_back,
)
from frontline.shop.order.states import REFUNDABLE
from frontline.shop.order.states import State as OrderState
from frontline.shop.payment.book import PaymentKeys
from frontline.shop.stock.book import StockKeys

ANSWER_WITHIN = timedelta(hours=48)
Paying = ApproveRefund | ReceiveGoods
"""Staff give money back by these; a return is paid when the goods are here."""


@dataclass(frozen=True, slots=True)
class Desk(Safe):
    grounds: Grounds
    aftersale: AftersaleBook
    authority: Authority


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    case_ids = {one.case_id for one in batch if not isinstance(one, AskRefund)}
    origins = (await load(CaseOriginKeys(case_ids))).order_ids.before
    # A case may be answered in the batch that opens it.
    order_of = {**origins, **{CaseId(one.id): one.order_id for one in _asks(batch)}}
    counting = {one.order_id for one in _asks(batch)}
    paying: set[OrderId] = set()
    asking = [(one.id, one.staff_id) for one in batch if isinstance(one, Paying)]
    for one in batch:
        if isinstance(one, Answer) and not isinstance(one, SendBack) and one.case_id in order_of:
            counting.add(order_of[one.case_id])
            if isinstance(one, Paying):
                paying.add(order_of[one.case_id])
    becauses = (await load(OriginKeys(paying))).becauses()
    ledger = await load(LedgerKeys())
    authority = await load(AuthorityKeys(asking))
    grounds = await load.grounds(becauses)
    aftersale = await load(AftersaleKeys(case_ids, counting))
    coupon = await load(CouponKeys())
    payment = await load(PaymentKeys(paying))
    order = await load(OrderKeys(counting))
    stock = await load(StockKeys(order.sku_ids() if paying else ()))
    return Desk(ledger, coupon, payment, order, stock, grounds, aftersale, authority)


def _asks(batch: Sequence[Request]) -> list[AskRefund]:
    return [one for one in batch if isinstance(one, AskRefund)]


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    outcomes = tuple(_answer(desk, command, moment, notes) for command in batch)
    return Decision(outcomes, notes)


def _answer(desk: Desk, command: Request, moment: Moment, notes: Notes) -> Outcome:
    if isinstance(command, AskRefund):
        return _ask(desk, command, moment, notes)
    case = desk.aftersale.cases.get(command.case_id)
    match command:
        case FinishRefund():
            return _finish(desk, case, moment, notes)
        case MarkCaseOverdue():
            return _mark_overdue(desk, case, moment, notes)
        case WithdrawRefund() | SendBack():
            by = By("buyer", moment.now, command.member_id)
            mine = case is not None and case.member_id == command.member_id
            return _moved_by_buyer(desk, case if mine else None, command, by, notes)
        case _:
            return _moved_by_staff(desk, case, command, moment, notes)


def _moved_by_buyer(
    desk: Desk, case: Case | None, command: WithdrawRefund | SendBack, by: By, notes: Notes
) -> Outcome:
    match command:
        case _ if case is None:
            return Refused(Refusal.CASE_UNKNOWN)
        case WithdrawRefund():
            return _withdraw(desk, case, by, notes)
        case SendBack():
            return _send_back(desk, case, command, by, notes)


def _moved_by_staff(
    desk: Desk,
    case: Case | None,
    command: ApproveRefund | RefuseRefund | ReceiveGoods,
    moment: Moment,
    notes: Notes,
) -> Outcome:
    by = By("staff", moment.now, command.staff_id)
    match command:
        case _ if case is None:
            return Refused(Refusal.CASE_UNKNOWN)
        case ApproveRefund():
            return _approve(desk, case, command, moment, notes)
        case RefuseRefund():
            return _refuse(desk, case, command, by, notes)
        case ReceiveGoods():
            return _receive(desk, case, command, moment, notes)


def _moved(case: Case, notes: Notes) -> Moved:
    notes.announce(
        CaseMoved(
            case_id=case.id, order_id=case.order_id, member_id=case.member_id, state=case.state
        )
    )
    return Moved(case.id, case.state, case.amount)


# -- Asking -----------------------------------------------------------------------------


def _ask(desk: Desk, command: AskRefund, moment: Moment, notes: Notes) -> Outcome:
    order = desk.order.orders.get(command.order_id)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN)
    if command.member_id != (order.member_id if command.staff_id is None else None):
        return Refused(Refusal.ORDER_UNKNOWN)
    if order.state not in REFUNDABLE:
        return Refused(Refusal.NOT_REFUNDABLE)
    units = _wanted(desk.aftersale, order, command)
    if isinstance(units, Refused):
        return units
    case_id, freight = CaseId(command.id), _freight(order, units)
    case = Case(
        id=case_id,
        order_id=order.id,
        member_id=order.member_id,
        kind=command.kind,
        units=tuple(units.items()),
        amount=amount_of(order, _return(case_id, units, freight, command.reason)),
        freight=freight,
        reason=command.reason,
        note=command.note,
        asked_at=moment.now,
        asked_by=command.staff_id,
    )
    desk.aftersale.ask(case, {line.number: line.quantity for line in order.lines})
    overdue = MarkCaseOverdue(id=following(case.id, "overdue"), case_id=case.id)
    notes.wake(moment.now + ANSWER_WITHIN, overdue)
    return _moved(case, notes)


def _wanted(book: AftersaleBook, order: Order, command: AskRefund) -> dict[int, int] | Refused:
    """Units by line number, all of them free to be asked for."""
    lines = {line.number: line for line in order.lines}
    free = {
        number: _free(line, book.open_units(order.id, number), command.kind)
        for number, line in lines.items()
    }
    wanted: Tally[int] = Tally()
    for number, count in command.lines or free.items():
        wanted[number] += count
    units = {number: count for number, count in wanted.items() if count}
    if not units:
        return Refused(Refusal.TOO_MANY_UNITS)
    for number, count in units.items():
        if number not in lines:
            return Refused(Refusal.LINE_UNKNOWN, number)
        if not 0 < count <= free[number]:
            return Refused(_why_not(lines[number], command.kind), number)
        if book.times_asked(order.id, number) >= ASKED_MAX:
            return Refused(Refusal.ASKED_TOO_OFTEN, number)
    return units


def _free(line: Line, under_cases: int, kind: Kind) -> int:
    """Units that may be asked for: of a line that is still being sent, only those not sent.

    Otherwise nobody could say whether a unit that was given back is still to be sent.
    """
    if not line.unsent:
        return line.quantity - line.returned - under_cases
    return max(0, line.unsent - under_cases) if kind is Kind.REFUND_ONLY else 0


def _why_not(line: Line, kind: Kind) -> Refusal:
    if line.unsent and kind is Kind.RETURN_REFUND:
        return Refusal.NOT_SENT_YET
    return Refusal.STILL_BEING_SENT if line.unsent and line.shipped else Refusal.TOO_MANY_UNITS


def _freight(order: Order, units: Mapping[int, int]) -> Fen:
    """It goes back only with the last of an order of which nothing was ever sent."""
    last = all(
        line.shipped == 0 and line.returned + units.get(line.number, 0) == line.quantity
        for line in order.lines
    )
    return Fen(order.freight - order.freight_refunded if last else 0)


def _return(case_id: CaseId, units: Mapping[int, int], freight: Fen, reason: str) -> Return:
    """Goods are put back on the shelf by `_pay_back`, for it knows which units."""
    return Return(
        refund_id=case_id, quantities=units, freight=freight, restock=False, reason=reason
    )


def _withdraw(desk: Desk, case: Case, by: By, notes: Notes) -> Outcome:
    if case.state not in WITHDRAWABLE:
        return Refused(Refusal.CASE_MOVED_ON)
    after = desk.aftersale.move(case.id, State.WITHDRAWN, by)
    _let_order_end(desk, after, by.at, notes)
    return _moved(after, notes)


# -- Answering --------------------------------------------------------------------------


def _approve(
    desk: Desk, case: Case, command: ApproveRefund, moment: Moment, notes: Notes
) -> Outcome:
    if case.state is not State.ASKED:
        return Refused(Refusal.CASE_MOVED_ON)
    order = desk.order.orders[case.order_id]
    if order.state not in REFUNDABLE:
        return Refused(Refusal.NOT_REFUNDABLE)
    if case.kind is Kind.RETURN_REFUND:
        by = By("staff", moment.now, command.staff_id)
        return _moved(desk.aftersale.move(case.id, State.APPROVED, by), notes)
    lines = {line.number: line for line in order.lines}
    match command.restock:
        case None:
            restock = {number: min(units, lines[number].unsent) for number, units in case.units}
        case True:
            restock = dict(case.units)
        case False:
            restock = {}
    return _pay_back(desk, case, command, restock, moment, notes)


def _refuse(desk: Desk, case: Case, command: RefuseRefund, by: By, notes: Notes) -> Outcome:
    if case.state not in OPEN:
        return Refused(Refusal.CASE_MOVED_ON)
    after = desk.aftersale.move(case.id, State.REFUSED, by, answer=command.answer)
    _let_order_end(desk, after, by.at, notes)
    return _moved(after, notes)


def _send_back(desk: Desk, case: Case, command: SendBack, by: By, notes: Notes) -> Outcome:
    if case.state is not State.APPROVED:
        return Refused(Refusal.CASE_MOVED_ON)
    after = desk.aftersale.move(
        case.id, State.SENT_BACK, by, carrier=command.carrier, tracking=command.tracking
    )
    return _moved(after, notes)


def _receive(
    desk: Desk, case: Case, command: ReceiveGoods, moment: Moment, notes: Notes
) -> Outcome:
    if case.state not in RECEIVABLE:
        return Refused(Refusal.CASE_MOVED_ON)
    if desk.order.orders[case.order_id].state not in REFUNDABLE:
        return Refused(Refusal.NOT_REFUNDABLE)
    came = dict(case.units)
    sellable: Tally[int] = Tally()
    for number, units in case.units if command.sellable is None else command.sellable:
        sellable[number] += units
    for number, units in sellable.items():
        if not 0 <= units <= came.get(number, 0):
            return Refused(Refusal.UNITS_NOT_IN_CASE, number)
    return _pay_back(desk, case, command, sellable, moment, notes)


def _pay_back(  # noqa: PLR0913, PLR0917 - it stands where everything meets
    desk: Desk,
    case: Case,
    command: Paying,
    restock: Mapping[int, int],
    moment: Moment,
    notes: Notes,
) -> Outcome:
    """Give the money back; only now is it certain how much that is."""
    order = desk.order.orders[case.order_id]
    units = dict(case.units)
    given = _return(case.id, units, _freight(order, units), case.reason)
    amount = amount_of(order, given)
    if amount and not desk.payment.can_refund(order.id, amount):
        return Refused(Refusal.REFUNDS_USED_UP)
    if amount:
        ask = Ask(Action.REFUND, amount, command.staff_id, case.id)
        if (held := desk.authority.held(ask, command, moment, notes)) is not None:
            return held
    by = By("staff", moment.now, command.staff_id)
    returns = case.kind is Kind.RETURN_REFUND
    desk.aftersale.move(case.id, State.RECEIVED if returns else State.APPROVED, by)
    after = desk.aftersale.move(case.id, State.REFUNDING, by, amount=amount, freight=given.freight)
    give_back(desk, order.id, given, by, notes)
    for line in order.lines:
        if back := restock.get(line.number, 0):
            desk.stock.restock(line.sku_id, back, case.id, by.at)
    _follow(desk, order.id, by, notes)
    if not amount:  # There is nothing to wait for.
        after = desk.aftersale.move(case.id, State.REFUNDED, by)
    _let_order_end(desk, after, by.at, notes)
    return _moved(after, notes)


def _follow(desk: Desk, order_id: OrderId, by: By, notes: Notes) -> None:
    """What it means for the order, and the game behind it, that part of it has gone back."""
    order = desk.order.orders[order_id]
    if order.whole_returned:
        if order.because is not None:
            desk.grounds[order.because.kind].refunded(order.because.id, order.id, notes)
    elif order.state is OrderState.PART_SHIPPED and not any(line.unsent for line in order.lines):
        # What was still to be sent is not wanted any more.
        await_receipt(desk.order.move(order_id, OrderState.SHIPPED, by), by.at, notes)


def _let_order_end(desk: Desk, case: Case, now: datetime, notes: Notes) -> None:
    """An order is not done while a case of it is open; now it may come to that."""
    order = desk.order.orders[case.order_id]
    if order.state is OrderState.RECEIVED:
        wish = CompleteOrder(id=following(case.id, "done"), order_id=order.id)
        notes.wake(now + DONE_AFTER, wish)


# -- Later ------------------------------------------------------------------------------


def _finish(desk: Desk, case: Case | None, moment: Moment, notes: Notes) -> Outcome:
    if case is None or case.state is not State.REFUNDING:
        return Unchanged()
    return _moved(desk.aftersale.move(case.id, State.REFUNDED, By("money", moment.now)), notes)


def _mark_overdue(desk: Desk, case: Case | None, moment: Moment, notes: Notes) -> Outcome:
    on_time = case is None or moment.now < case.asked_at + ANSWER_WITHIN
    if case is None or on_time or case.state is not State.ASKED or case.overdue:
        return Unchanged()
    after = desk.aftersale.mark_overdue(case.id)
    notes.announce(CaseOverdue(case_id=case.id, order_id=case.order_id))
    return Moved(after.id, after.state, after.amount)
