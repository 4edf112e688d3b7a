"""Selling: the ways everything is sold, whether from the catalogue or by a game.

A game hands over an `Entitlement` and never prices, pays or moves stock itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from frontline.kernel.ground import Because
from frontline.kernel.ids import following
from frontline.kernel.words import Fen, MemberId, Moment, Notes, OrderId, SkuId
from frontline.shop.catalog.book import CatalogBook, Sku
from frontline.shop.coupon.book import Charge, CouponBook
from frontline.shop.coupon.messages import ClaimId, UseRefusal
from frontline.shop.freight.book import FreightBook
from frontline.shop.freight.messages import Measure
from frontline.shop.ledger.book import Account, LedgerBook, Transfer
from frontline.shop.member.book import Address, AddressBook
from frontline.shop.order.book import By, Line, Order, OrderBook
from frontline.shop.order.messages import (
    CompleteOrder,
    ExpireOrder,
    OrderCancelled,
    OrderPlaced,
    OrderRefunded,
    ReceiveOrder,
    Refusal,
    Refused,
    RemindOrder,
)
from frontline.shop.order.states import CancelReason, State
from frontline.shop.payment.book import PaymentBook
from frontline.shop.payment.book import State as PaymentState
from frontline.shop.payment.messages import CloseAsked
from frontline.shop.stock.book import StockBook

PAY_WITHIN = timedelta(minutes=30)
REMIND_BEFORE = timedelta(minutes=10)  # Or at half of the time to pay, if that is later.
RECEIVED_AFTER = timedelta(days=10)  # From the last parcel, if the buyer says nothing.
DONE_AFTER = timedelta(days=7)  # From receipt: so long after-sale may be asked for.
TOTAL_MAX = Fen(10**12)

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Till:
    """The books that a sale is made with."""

    catalog: CatalogBook
    freight: FreightBook
    addresses: AddressBook
    coupon: CouponBook
    order: OrderBook
    stock: StockBook


@dataclass(frozen=True, slots=True)
class Safe:
    """The books that a sale is undone with, once a payment was begun or money came."""

    ledger: LedgerBook
    coupon: CouponBook
    payment: PaymentBook
    order: OrderBook
    stock: StockBook


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    sku_id: SkuId
    quantity: int
    price: Fen | None = None  # Of one; None: the catalogue's.
    per_member_max: int | None = None  # Besides the catalogue's own limit.


class Entitlement(msgspec.Struct, frozen=True, kw_only=True):
    """The right to buy on these terms. Whoever grants it has already checked that it is due."""

    member_id: MemberId
    offers: tuple[Offer, ...]
    pay_until: datetime
    address_id: UUID | None = None
    claim_id: UUID | None = None
    note: str = ""
    because: Because | None = None  # None: the catalogue's own offer.
    expected_total: Fen | None = None
    wish: int | None = None  # Digest of the command, where the order row is its answer.


def place(
    till: Till, order_id: OrderId, entitlement: Entitlement, moment: Moment, notes: Notes
) -> Order | Refused:
    """Turn a right to buy into an order. A refusal leaves every book as it was."""
    order = priced(till, order_id, entitlement, moment)
    if isinstance(order, Refused):
        return order
    if entitlement.expected_total is not None and entitlement.expected_total != order.total:
        return Refused(Refusal.PRICE_CHANGED, total=order.total)
    if order.because is not None and not order.total:  # No money: its game would never hear of it.
        return Refused(Refusal.NOTHING_TO_PAY)
    till.order.place(order)
    if order.claim_id is not None:
        off = Fen(sum(line.price * line.quantity - line.paid for line in order.lines))
        till.coupon.use(ClaimId(order.claim_id), order_id, off)
    for line in order.lines:
        till.stock.reserve(line.sku_id, line.quantity)
    if order.total:
        reminder = RemindOrder(id=following(order_id, "remind order"), order_id=order_id)
        notes.wake(remind_at(order), reminder)  # If it is still unpaid then, its end is awaited.
    notes.announce(OrderPlaced(order_id=order_id, member_id=order.member_id, total=order.total))
    return order


def remind_at(order: Order) -> datetime:
    """When its buyer is reminded to pay."""
    return order.pay_until - min(REMIND_BEFORE, (order.pay_until - order.placed_at) / 2)


def await_payment(order: Order, reminder_id: UUID, notes: Notes) -> None:
    """Once its time is over, an unpaid order is closed."""
    expiry = ExpireOrder(id=following(reminder_id, "expire order"), order_id=order.id)
    notes.wake(order.pay_until, expiry)


def priced(
    till: Till, order_id: OrderId, entitlement: Entitlement, moment: Moment
) -> Order | Refused:
    """The order as it would be placed now: the quote that the shopper is shown."""
    skus: list[Sku] = []
    for offer in entitlement.offers:
        sku = till.catalog.get(offer.sku_id)
        if sku is None or not sku.on_sale:
            refusal = Refusal.SKU_UNKNOWN if sku is None else Refusal.OFF_SALE
            return Refused(refusal, sku_id=offer.sku_id)
        skus.append(sku)
    if (refused := _takable(till, entitlement, skus)) is not None:
        return refused
    address = _address(till, entitlement, skus)
    if isinstance(address, Refused):
        return address
    amounts = [
        Fen((sku.price if offer.price is None else offer.price) * offer.quantity)
        for offer, sku in zip(entitlement.offers, skus, strict=True)
    ]
    if sum(amounts) > TOTAL_MAX:
        return Refused(Refusal.TOO_MUCH_MONEY)
    discounts = _discounts(till, entitlement, skus, amounts, moment)
    if isinstance(discounts, Refused):
        return discounts
    freight = _freight(till, entitlement, skus, amounts, address)
    if isinstance(freight, Refused):
        return freight
    lines = tuple(
        Line(
            number,
            sku.id,
            sku.title,
            offer.quantity,
            sku.price if offer.price is None else offer.price,
            Fen(amount - discount),
            sku.per_member_max is not None or offer.per_member_max is not None,
        )
        for number, (offer, sku, amount, discount) in enumerate(
            zip(entitlement.offers, skus, amounts, discounts, strict=True), 1
        )
    )
    return Order(
        id=order_id,
        member_id=entitlement.member_id,
        state=State.CREATED,
        total=Fen(sum(line.paid for line in lines) + freight),
        freight=freight,
        claim_id=entitlement.claim_id,
        because=entitlement.because,
        ship_to=None if address is None else _encode(address).decode(),
        note=entitlement.note,
        placed_at=moment.now,
        pay_until=entitlement.pay_until,
        wish=entitlement.wish,
        lines=lines,
    )


def _takable(till: Till, entitlement: Entitlement, skus: list[Sku]) -> Refused | None:
    """Enough of each free, and no more of it than the member may take."""
    wanted = defaultdict[SkuId, int](int)
    limits: dict[SkuId, int] = {}
    for offer, sku in zip(entitlement.offers, skus, strict=True):
        assert offer.quantity > 0
        wanted[sku.id] += offer.quantity
        for limit in (sku.per_member_max, offer.per_member_max):
            if limit is not None:
                limits[sku.id] = min(limit, limits.get(sku.id, limit))
    for sku_id, quantity in wanted.items():
        takable = till.order.takable(entitlement.member_id, sku_id, limits.get(sku_id))
        if takable is not None and quantity > takable:
            return Refused(Refusal.LIMIT_REACHED, sku_id=sku_id)
        if quantity > till.stock.free(sku_id):
            return Refused(Refusal.SOLD_OUT, sku_id=sku_id)
    return None


def _address(till: Till, entitlement: Entitlement, skus: list[Sku]) -> Address | Refused | None:
    if entitlement.address_id is not None:
        address = till.addresses.of(entitlement.member_id, entitlement.address_id)
        return Refused(Refusal.ADDRESS_UNKNOWN) if address is None else address
    if any(sku.needs_shipping for sku in skus):
        return Refused(Refusal.ADDRESS_NEEDED)
    return None


def charged(skus: Sequence[Sku], amounts: Sequence[Fen]) -> list[Charge]:
    """The lines of an order as a coupon sees them."""
    return [
        Charge(sku.product_id, sku.category_id, amount)
        for sku, amount in zip(skus, amounts, strict=True)
    ]


def _discounts(
    till: Till, entitlement: Entitlement, skus: list[Sku], amounts: list[Fen], moment: Moment
) -> list[Fen] | Refused:
    if entitlement.claim_id is None:
        return [Fen(0) for _ in skus]
    discounts = till.coupon.discounts(
        ClaimId(entitlement.claim_id), entitlement.member_id, charged(skus, amounts), moment.now
    )
    if isinstance(discounts, UseRefusal):
        return Refused(Refusal(discounts.value))
    return discounts


def _freight(
    till: Till,
    entitlement: Entitlement,
    skus: list[Sku],
    amounts: list[Fen],
    address: Address | None,
) -> Fen | Refused:
    """Each template once, for all that is sent under it."""
    units = defaultdict[UUID, int](int)
    goods = defaultdict[UUID, int](int)
    for offer, sku, amount in zip(entitlement.offers, skus, amounts, strict=True):
        if sku.freight_id is not None and sku.needs_shipping:
            template = till.freight.templates[sku.freight_id]
            by_weight = template.measure is Measure.WEIGHT
            units[template.id] += offer.quantity * (sku.weight_g if by_weight else 1)
            goods[template.id] += amount
    if not units:
        return Fen(0)
    assert address is not None, "what needs shipping has an address"
    fee = 0
    for template_id, count in units.items():
        rate = till.freight.templates[template_id].rate_to(address.region_code)
        if rate is None:
            return Refused(Refusal.NOT_SENT_THERE)
        fee += rate.fee(count, Fen(goods[template_id]))
    return Fen(fee) if fee <= TOTAL_MAX else Refused(Refusal.TOO_MUCH_MONEY)


# -- Undoing ------------------------------------------------------------------------------


def let_go(safe: Safe, order_id: OrderId, reason: CancelReason, by: By, notes: Notes) -> bool:
    """Give up an unpaid order. False: its payment must be closed at the provider first."""
    order = safe.order.orders[order_id]
    if order.state is State.PAYING:
        if safe.payment.payments[order_id].state is PaymentState.PENDING:
            safe.payment.move(order_id, PaymentState.CLOSING)
            notes.announce(CloseAsked(order_id=order_id, reason=reason))
        return False
    cancel(safe, order_id, reason, by, notes)
    return True


def cancel(safe: Safe, order_id: OrderId, reason: CancelReason, by: By, notes: Notes) -> None:
    """What an unpaid order held is free again."""
    order = safe.order.cancel(order_id, reason, by)
    for line in order.lines:
        safe.stock.release(line.sku_id, line.quantity)
    if order.claim_id is not None:
        safe.coupon.give_back(ClaimId(order.claim_id))
    notes.announce(OrderCancelled(order_id=order_id, reason=reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What goes back of an order: units by line number, and whether they may be sold again."""

    refund_id: UUID
    quantities: Mapping[int, int]
    freight: Fen
    restock: bool
    reason: str


def amount_of(order: Order, given: Return) -> Fen:
    """What the return pays back."""
    lines = {line.number: line for line in order.lines}
    goods = sum(lines[number].refund_of(units) for number, units in given.quantities.items())
    return Fen(goods + given.freight)


def all_of(order: Order, refund_id: UUID, *, restock: bool, reason: str) -> Return:
    """Everything that the order still keeps."""
    quantities = {
        line.number: line.quantity - line.returned
        for line in order.lines
        if line.quantity > line.returned
    }
    freight = Fen(order.freight - order.freight_refunded)
    return Return(
        refund_id=refund_id, quantities=quantities, freight=freight, restock=restock, reason=reason
    )


def give_back(safe: Safe, order_id: OrderId, given: Return, by: By, notes: Notes) -> Fen:
    """Refund part of a paid order, or all of it. Ask `PaymentBook.can_refund` first."""
    order = safe.order.orders[order_id]
    amount = amount_of(order, given)
    after = safe.order.give_money_back(order_id, given.quantities, given.freight, by)
    if amount:
        safe.payment.refund(order_id, given.refund_id, amount, given.reason, by.at, notes)
        safe.ledger.record(
            Transfer(
                following(given.refund_id, "refund due"),
                by.at,
                Account.SALES,
                Account.REFUNDS_DUE,
                amount,
                given.refund_id,
            )
        )
    if after.state is State.REFUNDING and safe.payment.all_back(order_id):
        # It had cost nothing: there is nothing to wait for.
        safe.order.move(order_id, State.REFUNDED, by)
    if given.restock:
        lines = {line.number: line for line in order.lines}
        for number, units in given.quantities.items():
            safe.stock.restock(lines[number].sku_id, units, given.refund_id, by.at)
    notes.announce(
        OrderRefunded(
            order_id=order_id,
            refund_id=given.refund_id,
            amount=amount,
            whole=after.whole_returned,
        )
    )
    return amount


def await_receipt(order: Order, now: datetime, notes: Notes) -> None:
    """Once all is sent: received by itself some days later."""
    wish = ReceiveOrder(id=following(order.id, "receive"), order_id=order.id, member_id=None)
    notes.wake(now + RECEIVED_AFTER, wish)


def await_completion(order: Order, now: datetime, notes: Notes) -> None:
    notes.wake(now + DONE_AFTER, CompleteOrder(id=following(order.id, "done"), order_id=order.id))
