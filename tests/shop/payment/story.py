"""Payments in stories: begun, settled rightly and wrongly, closed, given back."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from scenery import MEMBERS, UNKNOWN, sensible, some
from sqlalchemy import text

from frontline.kernel.book import Page
from frontline.kernel.words import Command, Fen, OrderId
from frontline.shop.order.book import Order, OrderKeys
from frontline.shop.order.states import UNPAID, CancelReason
from frontline.shop.order.states import State as OrderState
from frontline.shop.payment import rows
from frontline.shop.payment.book import (
    PaymentBook,
    PaymentKeys,
    RefundOriginBook,
    RefundOriginKeys,
    RefundState,
    State,
    out_trade_no,
)
from frontline.shop.payment.feature import PAYING
from frontline.shop.payment.messages import EndPayment, RecordRefund, Settle, StartPayment
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Part
from frontline.wechat.provider import Channel
from frontline.wechat.provider import RefundState as ProviderRefundState


def _lay(_: Random) -> World:
    return World({PaymentKeys: PaymentBook(Page({}), Page({}), Page({}))})


def _refund_origins(world: World) -> RefundOriginBook:
    refunds = world.book(PaymentKeys).refunds.rows().values()
    return RefundOriginBook(
        Page({one.id: one.order_id for one in refunds if one.order_id is not None})
    )


# -- Wishes -------------------------------------------------------------------------------


def pay(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    orders, book = world.book(OrderKeys).orders.rows(), world.book(PaymentKeys)
    payments, refunds = book.payments.rows(), book.refunds.rows()
    likely: dict[str, list[Any]] = {
        "start": [
            order.id
            for order in orders.values()
            if order.state is OrderState.CREATED and now < order.pay_until
        ],
        "settle": [i for i, p in payments.items() if p.state in {State.PENDING, State.CLOSING}],
        "again": [i for i, p in payments.items() if p.state in {State.PAID, State.VOID}],
        "end": [i for i, p in payments.items() if p.state is State.CLOSING],
        "refund": [i for i, r in refunds.items() if r.state is not RefundState.DONE],
    }
    kind = sensible(chance, likely)
    if kind is None:
        return None
    if kind == "refund":
        return RecordRefund(
            id=id_,
            refund_id=some(chance, likely[kind], [*refunds, UNKNOWN]),
            state=some(chance, [ProviderRefundState.REFUNDED], [*ProviderRefundState]),
        )
    order_id = some(chance, likely[kind], [*orders, OrderId(UNKNOWN)])
    if kind == "start":
        own = [orders[order_id].member_id] if order_id in orders else []
        return StartPayment(
            id=id_,
            order_id=order_id,
            member_id=some(chance, own, MEMBERS),
            channel=some(chance, [Channel.H5], [Channel.JSAPI]),
            currency="CNY",
        )
    if kind == "end":
        reason = chance.choice((CancelReason.TIMEOUT, CancelReason.BUYER))
        return EndPayment(id=id_, order_id=order_id, reason=reason)
    asked = payments[order_id].asked if order_id in payments else Fen(1)
    return settle(chance, order_id, asked, id_, now)


def settle(chance: Random, order_id: OrderId, asked: Fen, id_: UUID, now: datetime) -> Settle:
    """A notice: of the right amount most times, and of one of few transactions per payment."""
    number = some(chance, [out_trade_no(order_id)], ["no number of ours"])
    return Settle(
        id=id_,
        out_trade_no=number,
        transaction_id=f"{number}-{chance.choice('aaaab')}",
        amount=some(chance, [asked], [Fen(asked + 1)]),
        currency=some(chance, ["CNY"], ["USD"]),
        payer=None,
        paid_at=now,
    )


# -- Laws ---------------------------------------------------------------------------------


def conserved(_: Content, after: Content) -> None:
    """Every fen that came is on one order, has gone back, or is on its way back."""
    orders, payments = after["OrderBook.orders"], after["PaymentBook.payments"]
    refunds = after["PaymentBook.refunds"].values()
    for order in orders.values():
        payment = payments.get(order.id)
        if payment is None:
            assert order.state is not OrderState.PAYING
            assert order.state in UNPAID | {OrderState.CANCELLED} or order.total == 0
            continue
        assert payment.asked == order.total
        assert payment.state in _BESIDE[_phase(order)], order
        own = [refund for refund in refunds if refund.order_id == order.id]
        done = [refund.amount for refund in own if refund.state is RefundState.DONE]
        assert payment.refunds == len(own)
        assert payment.refunded == sum(refund.amount for refund in own)
        assert payment.confirmed == sum(done)
        assert payment.kept == _kept(order)
        if order.state is OrderState.REFUNDING:
            assert payment.confirmed < payment.refunded
    strays = Counter((refund.id, refund.amount) for refund in refunds if refund.order_id is None)
    held = after["PaymentBook.suspense"].values()
    assert strays == Counter((entry.refund_id, entry.amount) for entry in held)
    assert payments.keys() <= orders.keys()
    settled = {p.transaction_id for p in payments.values() if p.state is State.PAID}
    assert not settled & after["PaymentBook.suspense"].keys()


def _phase(order: Order) -> str:
    match order.state:
        case OrderState.PAYING:
            return "paying"
        case OrderState.CANCELLED:
            return "late" if order.reason is CancelReason.LATE_PAY else "cancelled"
        case OrderState.CREATED:
            return "created"
        case _:
            return "paid"


_BESIDE = {
    "created": set(),
    "paying": {State.PENDING, State.CLOSING},
    "cancelled": {State.VOID},
    "late": {State.PAID},
    "paid": {State.PAID},
}


def _kept(order: Order) -> int:
    """What the shop may keep, by what the order still holds."""
    if _phase(order) != "paid":
        return 0
    goods = sum(line.paid - line.paid * line.returned // line.quantity for line in order.lines)
    return goods + order.freight - order.freight_refunded


# -- Rows ---------------------------------------------------------------------------------

_IDS = text("SELECT order_id FROM payment WHERE shop_id = :shop_id")
_REFUNDS = text("SELECT id FROM refund WHERE shop_id = :shop_id")
_SUSPENSE = text("SELECT transaction_id FROM suspense WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    async def ids(statement: Any) -> list[Any]:
        return [row[0] for row in await transaction.read(statement)]

    keys = PaymentKeys(await ids(_IDS), await ids(_REFUNDS), await ids(_SUSPENSE))
    book = await rows.load(transaction, keys)
    return {
        "PaymentBook.payments": book.payments.rows(),
        "PaymentBook.refunds": book.refunds.rows(),
        "PaymentBook.suspense": book.suspense.rows(),
    }


PART = Part(
    name="payment",
    lay=_lay,
    derived={RefundOriginKeys: _refund_origins},
    wishes=((PAYING, pay),),
    weight=6,
    conserved=conserved,
    read=_read,
    breaks={
        "payments asked": "UPDATE payment SET asked = asked + 1",
        "payments beside orders": "UPDATE payment SET state = 'pending' WHERE state = 'paid'",
        "money kept": "UPDATE payment SET refunded = refunded + 1 WHERE state = 'paid'",
        "money in suspense": "UPDATE suspense SET amount = amount + 1",
        "ledger causes": "UPDATE ledger_transfer SET amount = amount + 1",
        "refunds counted": "UPDATE refund SET amount = amount + 1 WHERE order_id IS NOT NULL",
        "refunds limited": "UPDATE payment SET refunded = asked + 1 WHERE state = 'paid'",
        "refunds in time": "UPDATE refund SET asked_at = '2000-01-01' WHERE state = 'asked'",
    },
)
