"""Settling: what money does to the order, the stock, the ledger and the game behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from frontline.kernel.ground import Grounds, Verdict
from frontline.kernel.ids import following, named
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes, OrderId
from frontline.shop.coupon.book import CouponKeys
from frontline.shop.coupon.messages import ClaimId
from frontline.shop.ledger.book import Account, LedgerKeys, Transfer
from frontline.shop.order.book import By, Order, OrderKeys, OriginKeys
from frontline.shop.order.sale import Safe, cancel
from frontline.shop.order.states import CancelReason, State
from frontline.shop.payment import book as payments
from frontline.shop.payment.book import Payment, PaymentKeys, RefundOriginKeys, order_of
from frontline.shop.payment.messages import (
    AlreadySettled,
    EndPayment,
    NothingToEnd,
    NothingToRecord,
    OrderPaid,
    Outcome,
    PaymentAsked,
    PaymentEnded,
    PaymentStarted,
    RecordRefund,
    RefundAbnormal,
    RefundDone,
    RefundRecorded,
    Refusal,
    Refused,
    Request,
    SentBack,
    Settle,
    Settled,
    StartPayment,
)
from frontline.shop.stock.book import StockKeys
from frontline.wechat.provider import RefundState as ProviderRefundState


@dataclass(frozen=True, slots=True)
class Desk(Safe):
    grounds: Grounds


def _order_id(command: Request) -> OrderId | None:
    match command:
        case StartPayment() | EndPayment():
            return command.order_id
        case Settle():
            return order_of(command.out_trade_no)
        case RecordRefund():
            return None  # Read off the refund.


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    refund_ids = {command.refund_id for command in batch if isinstance(command, RecordRefund)}
    settles = [command for command in batch if isinstance(command, Settle)]
    refunds = await load(RefundOriginKeys(refund_ids))
    asked = {order_id for command in batch if (order_id := _order_id(command)) is not None}
    order_ids = asked | set(refunds.order_ids.before.values())
    origins = await load(OriginKeys(asked))
    ledger = await load(LedgerKeys())
    grounds = await load.grounds(origins.becauses())
    coupon = await load(CouponKeys({ClaimId(claim_id) for claim_id in origins.claim_ids()}))
    transaction_ids = {command.transaction_id for command in settles}
    payment = await load(PaymentKeys(order_ids, refund_ids, transaction_ids))
    order = await load(OrderKeys(order_ids))
    stock = await load(StockKeys(order.sku_ids() if asked else ()))
    return Desk(ledger, coupon, payment, order, stock, grounds)


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    outcomes = tuple(_answer(desk, command, moment, notes) for command in batch)
    return Decision(outcomes, notes)


def _answer(desk: Desk, command: Request, moment: Moment, notes: Notes) -> Outcome:
    match command:
        case StartPayment():
            return _start(desk, command, moment, notes)
        case Settle():
            return _settle(desk, command, moment, notes)
        case EndPayment():
            return _end(desk, command, moment, notes)
        case RecordRefund():
            return _record(desk, command, moment, notes)


# -- Money comes --------------------------------------------------------------------------


def _start(desk: Desk, command: StartPayment, moment: Moment, notes: Notes) -> Outcome:
    order = desk.order.orders.get(command.order_id)
    if order is None or order.member_id != command.member_id:
        return Refused(Refusal.ORDER_UNKNOWN)
    payment = desk.payment.payments.get(order.id)
    if payment is not None:
        if order.state is not State.PAYING or payment.state is not payments.State.PENDING:
            return Refused(Refusal.NOT_PAYABLE)
        if payment.channel != command.channel:
            return Refused(Refusal.CHANNEL_FIXED)
        return PaymentStarted(order.id, payment.asked, order.pay_until)
    if order.state is not State.CREATED or moment.now >= order.pay_until:
        return Refused(Refusal.NOT_PAYABLE)
    desk.order.move(order.id, State.PAYING, By("buyer", moment.now, command.member_id))
    desk.payment.ask(
        Payment(
            order_id=order.id,
            state=payments.State.PENDING,
            asked=order.total,
            currency=command.currency,
            channel=command.channel,
            asked_at=moment.now,
        )
    )
    notes.announce(PaymentAsked(order_id=order.id))
    return PaymentStarted(order.id, order.total, order.pay_until)


def _settle(desk: Desk, command: Settle, moment: Moment, notes: Notes) -> Outcome:
    """One way for all money, whoever told of it: kept if an order waits for it, else sent back."""
    order_id = order_of(command.out_trade_no)
    payment = None if order_id is None else desk.payment.payments.get(order_id)
    if payment is not None and payment.transaction_id == command.transaction_id:
        return AlreadySettled()
    if desk.payment.suspense.get(command.transaction_id) is not None:
        return AlreadySettled()
    if payment is None:
        return _hold(desk, command, "unknown order", moment, notes)
    if (payment.asked, payment.currency) != (command.amount, command.currency):
        return _hold(desk, command, "wrong amount", moment, notes)
    match payment.state:
        case payments.State.PENDING | payments.State.CLOSING:
            return _receive(desk, payment, command, moment, notes)
        case payments.State.PAID:
            return _hold(desk, command, "paid twice", moment, notes)
        case payments.State.VOID:
            return _hold(desk, command, "paid after it was closed", moment, notes)
        case _:
            assert_never(payment.state)


def _receive(
    desk: Desk, payment: Payment, command: Settle, moment: Moment, notes: Notes
) -> Outcome:
    order = desk.order.orders[payment.order_id]
    assert order.state is State.PAYING, "a payment waits only while its order does"
    desk.payment.receive(order.id, command.transaction_id, command.payer, command.paid_at)
    desk.ledger.record(
        Transfer(
            following(order.id, "paid"),
            moment.now,
            Account.PROVIDER,
            Account.SALES,
            command.amount,
            order.id,
        )
    )
    verdict = Verdict.SHIP
    if (because := order.because) is not None:
        verdict = desk.grounds[because.kind].paid(because.id, order.id, moment, notes)
    if verdict is Verdict.TOO_LATE:
        return _send_back(desk, order, moment, notes)
    by = By("money", moment.now)
    desk.order.move(order.id, State.PAID, by)
    for line in order.lines:
        desk.stock.claim(line.sku_id, line.quantity, order.id, moment.now)
    if verdict is Verdict.SHIP:
        desk.order.move(order.id, State.TO_SHIP, by)
    notes.announce(OrderPaid(order_id=order.id, member_id=order.member_id, amount=order.total))
    return Settled(order.id)


def _send_back(desk: Desk, order: Order, moment: Moment, notes: Notes) -> Outcome:
    """The right to buy was gone when the money came: the order ends, the money goes back."""
    cancel(desk, order.id, CancelReason.LATE_PAY, By("money", moment.now), notes)
    refund_id = following(order.id, "late refund")
    reason = "paid too late"
    desk.payment.refund(order.id, refund_id, order.total, reason, moment.now, notes)
    desk.ledger.record(
        Transfer(
            following(refund_id, "refund due"),
            moment.now,
            Account.SALES,
            Account.REFUNDS_DUE,
            order.total,
            refund_id,
        )
    )
    return SentBack(refund_id, order.total, reason)


def _hold(desk: Desk, command: Settle, reason: str, moment: Moment, notes: Notes) -> Outcome:
    """Money of no order: into suspense, and back under a number derived from the payment."""
    refund_id = named("refund of a stray payment", command.transaction_id)
    entry = payments.Suspense(
        transaction_id=command.transaction_id,
        out_trade_no=command.out_trade_no,
        amount=command.amount,
        currency=command.currency,
        reason=reason,
        refund_id=refund_id,
        at=moment.now,
    )
    desk.payment.hold(entry, notes)
    for purpose, debit, credit in (
        ("suspense", Account.PROVIDER, Account.SUSPENSE),
        ("refund due", Account.SUSPENSE, Account.REFUNDS_DUE),
    ):
        transfer_id = following(refund_id, purpose)
        desk.ledger.record(
            Transfer(transfer_id, moment.now, debit, credit, command.amount, refund_id)
        )
    return SentBack(refund_id, command.amount, reason)


# -- No money comes, or it has gone back ----------------------------------------------------


def _end(desk: Desk, command: EndPayment, moment: Moment, notes: Notes) -> Outcome:
    payment = desk.payment.payments.get(command.order_id)
    if payment is None or payment.state is not payments.State.CLOSING:
        return NothingToEnd(command.order_id)
    order = desk.order.orders[command.order_id]
    desk.payment.move(order.id, payments.State.VOID)
    cancel(desk, order.id, command.reason, By("clock", moment.now), notes)
    if order.because is not None:
        desk.grounds[order.because.kind].lapsed(order.because.id, order.id)
    return PaymentEnded(order.id)


_RECORDED = {
    ProviderRefundState.REFUNDED: payments.RefundState.DONE,
    ProviderRefundState.ABNORMAL: payments.RefundState.ABNORMAL,
    ProviderRefundState.CLOSED: payments.RefundState.ABNORMAL,
}


def _record(desk: Desk, command: RecordRefund, moment: Moment, notes: Notes) -> Outcome:
    refund = desk.payment.refunds.get(command.refund_id)
    state = _RECORDED.get(command.state)
    if refund is None or state is None or refund.state in {state, payments.RefundState.DONE}:
        return NothingToRecord(command.refund_id)
    desk.payment.record(refund.id, state, moment.now)
    if state is payments.RefundState.ABNORMAL:
        notes.announce(RefundAbnormal(refund_id=refund.id))
        return RefundRecorded(refund.id, state)
    desk.ledger.record(
        Transfer(
            following(refund.id, "refunded"),
            moment.now,
            Account.REFUNDS_DUE,
            Account.PROVIDER,
            refund.amount,
            refund.id,
        )
    )
    notes.announce(RefundDone(refund_id=refund.id))
    if refund.order_id is not None:
        _finish(desk, desk.order.orders[refund.order_id], moment)
    return RefundRecorded(refund.id, state)


def _finish(desk: Desk, order: Order, moment: Moment) -> None:
    """The order is refunded when the last of its money is confirmed to be back."""
    if order.state is State.REFUNDING and desk.payment.all_back(order.id):
        desk.order.move(order.id, State.REFUNDED, By("money", moment.now))
