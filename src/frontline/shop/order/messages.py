"""Orders: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.authority import Held
from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Event, Fen, MemberId, NoEffect, OrderId, SkuId
from frontline.shop.coupon.messages import USE_TEXTS as COUPON_TEXTS
from frontline.shop.order.states import CancelReason, State

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    SKU_UNKNOWN = "sku_unknown"
    OFF_SALE = "off_sale"
    SOLD_OUT = "sold_out"
    LIMIT_REACHED = "limit_reached"
    ADDRESS_NEEDED = "address_needed"
    ADDRESS_UNKNOWN = "address_unknown"
    NOT_SENT_THERE = "not_sent_there"
    PRICE_CHANGED = "price_changed"
    TOO_MUCH_MONEY = "too_much_money"
    NOTHING_TO_PAY = "nothing_to_pay"
    ORDER_UNKNOWN = "order_unknown"
    NOT_CANCELLABLE = "not_cancellable"
    NOT_SHIPPABLE = "not_shippable"
    NOT_THERE_TO_SEND = "not_there_to_send"
    NOT_RECEIVABLE = "not_receivable"
    PARCEL_UNKNOWN = "parcel_unknown"
    NOT_CORRECTABLE = "not_correctable"
    COUPON_UNKNOWN = "coupon_unknown"
    COUPON_USED = "coupon_used"
    COUPON_EXPIRED = "coupon_expired"
    COUPON_NOT_YET = "coupon_not_yet"
    COUPON_OUT_OF_SCOPE = "coupon_out_of_scope"
    COUPON_BELOW_THRESHOLD = "coupon_below_threshold"


ORDER_UNKNOWN = Text("订单不存在", "There is no such order", 404)

TEXTS: Texts = {
    Refusal.SKU_UNKNOWN: Text("商品不存在或已删除", "There is no such product", 404),
    Refusal.OFF_SALE: Text("商品已下架，看看别的吧", "It is not on sale now"),
    Refusal.SOLD_OUT: Text(
        "库存不足，请减少数量或换一款", "Not enough in stock; take fewer, or another one"
    ),
    Refusal.LIMIT_REACHED: Text("超过每人限购数量", "More than one customer may buy"),
    Refusal.ADDRESS_NEEDED: Text("请先选择收货地址", "Choose an address first", 400),
    Refusal.ADDRESS_UNKNOWN: Text(
        "收货地址不存在，请重新选择", "There is no such address; choose another", 404
    ),
    Refusal.NOT_SENT_THERE: Text(
        "该地区暂不配送，请换一个收货地址", "It is not sent there; choose another address"
    ),
    Refusal.PRICE_CHANGED: Text(
        "价格有变动，请确认新的金额后再下单", "The price has changed; look at it and order again"
    ),
    Refusal.TOO_MUCH_MONEY: Text(
        "订单金额过大，请分成几单", "Too much for one order; please split it", 400
    ),
    Refusal.NOTHING_TO_PAY: Text(
        "优惠后无需付款，不能参加活动，请不要使用优惠券",
        "Nothing would be left to pay; leave the coupon out to take part",
    ),
    Refusal.ORDER_UNKNOWN: ORDER_UNKNOWN,
    Refusal.NOT_CANCELLABLE: Text(
        "订单当前状态不能取消，如已付款请申请售后", "It is too late to cancel; ask for a refund"
    ),
    Refusal.NOT_SHIPPABLE: Text("订单当前状态不能发货", "An order in this state is not to be sent"),
    Refusal.NOT_THERE_TO_SEND: Text(
        "发货数量超过待发数量，请检查", "More than is left to be sent", 400
    ),
    Refusal.NOT_RECEIVABLE: Text("订单当前状态不能确认收货", "It cannot be received in this state"),
    Refusal.PARCEL_UNKNOWN: Text("这个订单没有这个包裹", "The order has no such parcel", 404),
    Refusal.NOT_CORRECTABLE: Text(
        "订单已完成或已退款，包裹信息不能再改", "The order is over; its parcels stay as they are"
    ),
    **{Refusal(refusal.value): said for refusal, said in COUPON_TEXTS.items()},
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal
    total: Fen | None = None  # What it would cost now, if only the price is in the way.
    sku_id: SkuId | None = None  # Which one, if it is one.


class Placed(msgspec.Struct, frozen=True, tag=True):
    order_id: OrderId
    total: Fen  # Nothing: paid already.
    pay_until: datetime


class Cancelled(msgspec.Struct, frozen=True, tag=True):
    order_id: OrderId


class Cancelling(msgspec.Struct, frozen=True, tag=True):
    """A payment was begun: the provider is asked to close it first."""

    order_id: OrderId


class MoneyBack(msgspec.Struct, frozen=True, tag=True):
    """The order was paid: all of it goes back."""

    order_id: OrderId
    refund_id: UUID | None  # None: it had cost nothing.
    amount: Fen


class Moved(msgspec.Struct, frozen=True, tag=True):
    order_id: OrderId
    state: State


class Released(msgspec.Struct, frozen=True, tag=True):
    order_ids: tuple[OrderId, ...]


class Reminded(msgspec.Struct, frozen=True, tag=True):
    """It is still unpaid: its buyer is told, and its end is awaited."""

    order_id: OrderId


class Noted(msgspec.Struct, frozen=True, tag=True):
    """Written down; the order stands where it stood."""

    order_id: OrderId


class Unchanged(NoEffect, frozen=True, tag=True):
    """Nothing was due: somebody or something else was faster."""


PlaceOutcome = Placed | Refused
Ungoverned = (
    Cancelled | Cancelling | MoneyBack | Moved | Released | Reminded | Noted | Unchanged | Refused
)
"""Of commands that ask nobody's authority."""
Outcome = Ungoverned | Held

# -- Asked ----------------------------------------------------------------------------


class Wanted(msgspec.Struct, frozen=True):
    sku_id: SkuId
    quantity: int


class PlaceOrder(Command[PlaceOutcome], frozen=True, tag=True):
    """Buy these things at the catalogue's prices. The order takes the command's id."""

    member_id: MemberId
    wanted: tuple[Wanted, ...]
    address_id: UUID | None = None
    claim_id: UUID | None = None  # The coupon to use.
    note: str = ""
    expected_total: Fen | None = None  # What the shopper was shown; another price is refused.
    from_cart: bool = False


class CancelOrder(
    Command[Cancelled | Cancelling | MoneyBack | Refused | Held], frozen=True, tag=True
):
    """By its buyer while unpaid; by staff until something was sent."""

    order_id: OrderId
    actor_id: UUID
    by_staff: bool


class RemindOrder(Command[Reminded | Unchanged], frozen=True, tag=True):
    """Some time before the time to pay is over."""

    order_id: OrderId


class ExpireOrder(Command[Cancelled | Cancelling | Unchanged], frozen=True, tag=True):
    order_id: OrderId


class ReleaseOrders(Command[Released], frozen=True, tag=True):
    """Their game lets them go: paid orders are now to be shipped."""

    order_ids: tuple[OrderId, ...]


class ShipOrder(Command[Moved | Refused], frozen=True, tag=True):
    """One parcel. Without contents, all that is left to send. The parcel takes the command's id."""

    order_id: OrderId
    staff_id: UUID
    carrier: str
    tracking: str
    contents: tuple[tuple[int, int], ...] = ()  # Line number, quantity.


class CorrectParcel(Command[Noted | Unchanged | Refused], frozen=True, tag=True):
    """Another carrier or tracking number than was written down when it was sent."""

    order_id: OrderId
    parcel_id: UUID
    staff_id: UUID
    carrier: str
    tracking: str


class RemarkOrder(Command[Noted | Refused], frozen=True, tag=True):
    """Staff write down something for each other; the buyer does not see it."""

    order_id: OrderId
    staff_id: UUID
    said: str


class ReceiveOrder(Command[Moved | Unchanged | Refused], frozen=True, tag=True):
    """By its buyer, or by the clock some days after it was sent."""

    order_id: OrderId
    member_id: MemberId | None


class CompleteOrder(Command[Moved | Unchanged], frozen=True, tag=True):
    """The time for after-sale is over."""

    order_id: OrderId


Request = (
    CancelOrder
    | RemindOrder
    | ExpireOrder
    | ReleaseOrders
    | ShipOrder
    | CorrectParcel
    | RemarkOrder
    | ReceiveOrder
    | CompleteOrder
)

# -- Announced ------------------------------------------------------------------------


class OrderPlaced(Event, frozen=True, tag=True):
    order_id: OrderId
    member_id: MemberId
    total: Fen


class PaymentDue(Event, frozen=True, tag=True):
    """The time to pay is nearly over, and nothing was paid."""

    order_id: OrderId
    member_id: MemberId
    total: Fen
    pay_until: datetime


class CartOrdered(Event, frozen=True, tag=True):
    """What was bought stood in the cart, and need not stand there any more."""

    order_id: OrderId
    member_id: MemberId
    sku_ids: tuple[SkuId, ...]


class OrderCancelled(Event, frozen=True, tag=True):
    order_id: OrderId
    reason: CancelReason


class OrderShipped(Event, frozen=True, tag=True):
    order_id: OrderId
    parcel_id: UUID


class OrderRefunded(Event, frozen=True, tag=True):
    """Part of an order goes back, or (`whole`) all that was left of it."""

    order_id: OrderId
    refund_id: UUID
    amount: Fen
    whole: bool
