"""Payment: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Event, Fen, MemberId, NoEffect, OrderId
from frontline.shop.order.states import CancelReason
from frontline.wechat.provider import Channel, RefundState

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    ORDER_UNKNOWN = "order_unknown"
    NOT_PAYABLE = "not_payable"
    CHANNEL_FIXED = "channel_fixed"
    PAYER_UNKNOWN = "payer_unknown"
    PROVIDER_AWAY = "provider_away"


TEXTS: Texts = {
    Refusal.ORDER_UNKNOWN: Text("订单不存在", "There is no such order", 404),
    Refusal.NOT_PAYABLE: Text(
        "订单已付款或已关闭，不能再支付，请刷新查看", "The order is paid or closed; please reload"
    ),
    Refusal.CHANNEL_FIXED: Text(
        "该订单已用另一种方式发起支付，请回到原来的页面付款，或取消后重新下单",
        "Payment was begun in another way; go on there, or cancel and order again",
    ),
    Refusal.PAYER_UNKNOWN: Text(
        "请在微信中登录后再支付", "Sign in through WeChat to pay there, or pay in a browser", 400
    ),
    Refusal.PROVIDER_AWAY: Text(
        "支付通道暂时不可用，请稍后再试；如已付款请勿重复支付",
        "The payment service did not answer; try again in a moment, and do not pay twice",
        503,
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class PaymentStarted(msgspec.Struct, frozen=True, tag=True):
    """The provider may now be asked to prepare the payment."""

    order_id: OrderId
    amount: Fen
    pay_until: datetime


class Settled(msgspec.Struct, frozen=True, tag=True):
    """The money is kept and the order goes on."""

    order_id: OrderId


class SentBack(msgspec.Struct, frozen=True, tag=True):
    """The money came and cannot be kept: all of it is refunded."""

    refund_id: UUID
    amount: Fen
    reason: str


class AlreadySettled(NoEffect, frozen=True, tag=True):
    """The money was dealt with before."""


class PaymentEnded(msgspec.Struct, frozen=True, tag=True):
    """No money can come any more; the order is cancelled and its goods are free."""

    order_id: OrderId


class NothingToEnd(NoEffect, frozen=True, tag=True):
    order_id: OrderId


class RefundRecorded(msgspec.Struct, frozen=True, tag=True):
    refund_id: UUID
    state: str


class NothingToRecord(NoEffect, frozen=True, tag=True):
    """Known before, or not ours."""

    refund_id: UUID


Outcome = (
    PaymentStarted
    | Settled
    | SentBack
    | AlreadySettled
    | PaymentEnded
    | NothingToEnd
    | RefundRecorded
    | NothingToRecord
    | Refused
)

# -- Asked ----------------------------------------------------------------------------


class StartPayment(Command[PaymentStarted | Refused], frozen=True, tag=True):
    """The member wants to pay. May be given again: the same payment goes on."""

    order_id: OrderId
    member_id: MemberId
    channel: Channel
    currency: str


class Settle(Command[Settled | SentBack | AlreadySettled], frozen=True, tag=True):
    """The provider says that this much was paid. It may say so many times, in many ways.

    Notices, queries and the poller all end here; who gives it has proved that the provider
    said it, and to this merchant.
    """

    out_trade_no: str
    transaction_id: str
    amount: Fen
    currency: str
    payer: str | None
    paid_at: datetime


class EndPayment(Command[PaymentEnded | NothingToEnd], frozen=True, tag=True):
    """The provider has closed the payment: no money can come."""

    order_id: OrderId
    reason: CancelReason


class RecordRefund(Command[RefundRecorded | NothingToRecord], frozen=True, tag=True):
    """The provider says how a refund stands."""

    refund_id: UUID
    state: RefundState


Request = StartPayment | Settle | EndPayment | RecordRefund

# -- Announced ------------------------------------------------------------------------


class PaymentAsked(Event, frozen=True, tag=True):
    """A payment was begun; should no notice come, the provider is asked."""

    order_id: OrderId


class OrderPaid(Event, frozen=True, tag=True):
    order_id: OrderId
    member_id: MemberId
    amount: Fen


class CloseAsked(Event, frozen=True, tag=True):
    """The payment must be closed at the provider before its goods may be freed."""

    order_id: OrderId
    reason: CancelReason


class RefundAsked(Event, frozen=True, tag=True):
    """Money must go back; the relay carries this to the provider until it is done."""

    refund_id: UUID
    out_trade_no: str
    amount: Fen
    payment_total: Fen
    currency: str
    reason: str


class RefundDone(Event, frozen=True, tag=True):
    """The provider has confirmed that the money is back."""

    refund_id: UUID


class RefundAbnormal(Event, frozen=True, tag=True):
    """The provider could not give the money back: somebody must act."""

    refund_id: UUID
