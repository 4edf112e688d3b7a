"""Orders from the catalogue, and what becomes of every order until it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from frontline.kernel.authority import Action, Ask, Authority, AuthorityKeys
from frontline.kernel.ground import Grounds
from frontline.kernel.ids import following
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes, OrderId, StaffId, wish_of
from frontline.shop.aftersale.book import OpenCaseBook, OpenCaseKeys
from frontline.shop.catalog.book import CatalogKeys
from frontline.shop.coupon.book import CouponKeys
from frontline.shop.coupon.messages import ClaimId
from frontline.shop.freight.book import FreightKeys
from frontline.shop.ledger.book import LedgerKeys
from frontline.shop.member.book import AddressKeys
from frontline.shop.order.book import By, Order, OrderKeys, OriginKeys, Parcel, Remark
from frontline.shop.order.messages import (
    Cancelled,
    Cancelling,
    CancelOrder,
    CartOrdered,
    CompleteOrder,
    CorrectParcel,
    ExpireOrder,
    MoneyBack,
    Moved,
    Noted,
    OrderShipped,
    Outcome,
    PaymentDue,
    Placed,
    PlaceOrder,
    PlaceOutcome,
    ReceiveOrder,
    Refusal,
    Refused,
    Released,
    ReleaseOrders,
    RemarkOrder,
    Reminded,
    RemindOrder,
    Request,
    ShipOrder,
    Unchanged,
)
from frontline.shop.order.sale import (
    PAY_WITHIN,
    Entitlement,
    Offer,
    Safe,
    Till,
    all_of,
    amount_of,
    await_completion,
    await_payment,
    await_receipt,
    give_back,
    let_go,
    place,
)
from frontline.shop.order.states import UNPAID, CancelReason, State
from frontline.shop.payment.book import PaymentKeys
from frontline.shop.stock.book import StockKeys

# -- The catalogue's own offer ----------------------------------------------------------


async def gather_places(batch: Sequence[PlaceOrder], load: Load) -> Till:
    bought = {wanted.sku_id for command in batch for wanted in command.wanted}
    catalog = await load(CatalogKeys(bought))
    freight = await load(FreightKeys(catalog.freight_ids()))
    addresses = await load(
        AddressKeys({command.address_id for command in batch if command.address_id is not None})
    )
    claims = {ClaimId(command.claim_id) for command in batch if command.claim_id is not None}
    coupon = await load(CouponKeys(claims))
    taken = {
        (command.member_id, wanted.sku_id)
        for command in batch
        for wanted in command.wanted
        if catalog.limited(wanted.sku_id)
    }
    order = await load(OrderKeys((), taken))
    stock = await load(StockKeys(bought))
    return Till(catalog, freight, addresses, coupon, order, stock)


def decide_places(
    till: Till, batch: Sequence[PlaceOrder], moment: Moment
) -> Decision[PlaceOutcome]:
    notes = Notes()
    outcomes = tuple(_place(till, command, moment, notes) for command in batch)
    return Decision(outcomes, notes)


def entitled(command: PlaceOrder, moment: Moment) -> Entitlement:
    """Whoever asks may buy at the catalogue's prices."""
    return Entitlement(
        member_id=command.member_id,
        offers=tuple(
            Offer(sku_id=wanted.sku_id, quantity=wanted.quantity) for wanted in command.wanted
        ),
        pay_until=moment.now + PAY_WITHIN,
        address_id=command.address_id,
        claim_id=command.claim_id,
        note=command.note,
        expected_total=command.expected_total,
        wish=wish_of(command),
    )


def _place(till: Till, command: PlaceOrder, moment: Moment, notes: Notes) -> PlaceOutcome:
    order = place(till, OrderId(command.id), entitled(command, moment), moment, notes)
    if isinstance(order, Refused):
        return order
    if not order.total:
        _pay_nothing(till, order, moment)
    if command.from_cart:
        skus = tuple(line.sku_id for line in order.lines)
        notes.announce(CartOrdered(order_id=order.id, member_id=command.member_id, sku_ids=skus))
    return Placed(order.id, order.total, order.pay_until)


def _pay_nothing(till: Till, order: Order, moment: Moment) -> None:
    by = By("money", moment.now)
    till.order.move(order.id, State.PAID, by)
    till.order.move(order.id, State.TO_SHIP, by)
    for line in order.lines:
        till.stock.claim(line.sku_id, line.quantity, order.id, moment.now)


# -- Afterwards -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk(Safe):
    grounds: Grounds
    open_cases: OpenCaseBook
    authority: Authority


def _order_ids(batch: Sequence[Request]) -> set[OrderId]:
    return {
        order_id
        for command in batch
        for order_id in (
            command.order_ids if isinstance(command, ReleaseOrders) else (command.order_id,)
        )
    }


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    order_ids = _order_ids(batch)
    closing = {
        command.order_id for command in batch if isinstance(command, CancelOrder | ExpireOrder)
    }
    origins = await load(OriginKeys(closing))
    ledger = await load(LedgerKeys())
    by_staff = [one for one in batch if isinstance(one, CancelOrder) and one.by_staff]
    authority = await load(AuthorityKeys([(one.id, StaffId(one.actor_id)) for one in by_staff]))
    grounds = await load.grounds(origins.becauses())
    coupon = await load(CouponKeys({ClaimId(claim_id) for claim_id in origins.claim_ids()}))
    payment = await load(PaymentKeys(closing))
    correcting = {one.parcel_id for one in batch if isinstance(one, CorrectParcel)}
    order = await load(OrderKeys(order_ids, parcel_ids=correcting))
    completing = {one.order_id for one in batch if isinstance(one, CompleteOrder)}
    open_cases = await load(OpenCaseKeys(completing))
    stock = await load(StockKeys(order.sku_ids() if closing else ()))
    return Desk(ledger, coupon, payment, order, stock, grounds, open_cases, authority)


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    outcomes = tuple(_answer(desk, command, moment, notes) for command in batch)
    return Decision(outcomes, notes)


def _answer(desk: Desk, command: Request, moment: Moment, notes: Notes) -> Outcome:
    match command:
        case CancelOrder():
            return _cancel(desk, command, moment, notes)
        case RemindOrder():
            return _remind(desk, command, moment, notes)
        case ExpireOrder():
            return _expire(desk, command, moment, notes)
        case ReleaseOrders():
            return _release(desk, command, moment)
        case ShipOrder():
            return _ship(desk, command, moment, notes)
        case CorrectParcel() | RemarkOrder():
            return _note(desk, command, moment)
        case ReceiveOrder():
            return _receive(desk, command, moment, notes)
        case CompleteOrder():
            return _complete(desk, command, moment)


def _cancel(desk: Desk, command: CancelOrder, moment: Moment, notes: Notes) -> Outcome:
    order = desk.order.orders.get(command.order_id)
    mine = order is not None and (command.by_staff or order.member_id == command.actor_id)
    if order is None or not mine:
        return Refused(Refusal.ORDER_UNKNOWN)
    by = By("staff" if command.by_staff else "buyer", moment.now, command.actor_id)
    if order.state in UNPAID:
        reason = CancelReason.STAFF if command.by_staff else CancelReason.BUYER
        return _close(desk, order, reason, by, notes)
    if not command.by_staff or order.state not in {State.PAID, State.TO_SHIP}:
        return Refused(Refusal.NOT_CANCELLABLE)
    refund_id = following(command.id, "refund")
    given = all_of(order, refund_id, restock=True, reason="cancelled by the shop")
    if amount := amount_of(order, given):
        ask = Ask(Action.REFUND, amount, StaffId(command.actor_id), order.id)
        if (held := desk.authority.held(ask, command, moment, notes)) is not None:
            return held
    give_back(desk, order.id, given, by, notes)
    if order.because is not None:
        desk.grounds[order.because.kind].refunded(order.because.id, order.id, notes)
    return MoneyBack(order.id, refund_id if amount else None, amount)


def _remind(desk: Desk, command: RemindOrder, moment: Moment, notes: Notes) -> Outcome:
    order = desk.order.orders.get(command.order_id)
    if order is None or order.state not in UNPAID:
        return Unchanged()
    await_payment(order, command.id, notes)
    if moment.now < order.pay_until:
        notes.announce(
            PaymentDue(
                order_id=order.id,
                member_id=order.member_id,
                total=order.total,
                pay_until=order.pay_until,
            )
        )
    return Reminded(order.id)


def _expire(desk: Desk, command: ExpireOrder, moment: Moment, notes: Notes) -> Outcome:
    order = desk.order.orders.get(command.order_id)
    if order is None or order.state not in UNPAID or moment.now < order.pay_until:
        return Unchanged()
    return _close(desk, order, CancelReason.TIMEOUT, By("clock", moment.now), notes)


def _close(
    desk: Desk, order: Order, reason: CancelReason, by: By, notes: Notes
) -> Cancelled | Cancelling:
    if not let_go(desk, order.id, reason, by, notes):
        return Cancelling(order.id)
    if order.because is not None:
        desk.grounds[order.because.kind].lapsed(order.because.id, order.id)
    return Cancelled(order.id)


def _release(desk: Desk, command: ReleaseOrders, moment: Moment) -> Outcome:
    released: list[OrderId] = []
    for order_id in command.order_ids:
        order = desk.order.orders.get(order_id)
        if order is not None and order.state is State.PAID:
            who = "game" if order.because is None else order.because.kind
            desk.order.move(order_id, State.TO_SHIP, By(who, moment.now))
            released.append(order_id)
    return Released(tuple(released))


def _ship(desk: Desk, command: ShipOrder, moment: Moment, notes: Notes) -> Outcome:
    order = desk.order.orders.get(command.order_id)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN)
    if order.state not in {State.TO_SHIP, State.PART_SHIPPED}:
        return Refused(Refusal.NOT_SHIPPABLE)
    left = {line.number: line.unsent for line in order.lines}
    sent: dict[int, int] = {}
    for number, quantity in command.contents or left.items():
        sent[number] = sent.get(number, 0) + quantity
    sent = {number: quantity for number, quantity in sent.items() if quantity != 0}
    if not sent or any(not 0 < sent[number] <= left.get(number, 0) for number in sent):
        return Refused(Refusal.NOT_THERE_TO_SEND)
    parcel = Parcel(
        command.id, order.id, command.carrier, command.tracking, tuple(sent.items()), moment.now
    )
    after = desk.order.ship(parcel, By("staff", moment.now, command.staff_id))
    if after.state is State.SHIPPED:
        await_receipt(after, moment.now, notes)
    notes.announce(OrderShipped(order_id=order.id, parcel_id=parcel.id))
    return Moved(order.id, after.state)


def _note(desk: Desk, command: CorrectParcel | RemarkOrder, moment: Moment) -> Outcome:
    order = desk.order.orders.get(command.order_id)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN)
    if isinstance(command, CorrectParcel):
        return _correct(desk, order, command, moment)
    desk.order.remarks.append(
        Remark(command.id, order.id, command.staff_id, "memo", command.said, moment.now)
    )
    return Noted(order.id)


def _correct(desk: Desk, order: Order, command: CorrectParcel, moment: Moment) -> Outcome:
    parcel = desk.order.parcels.get(command.parcel_id)
    if parcel is None or parcel.order_id != order.id:
        return Refused(Refusal.PARCEL_UNKNOWN)
    if order.state not in {State.PART_SHIPPED, State.SHIPPED, State.RECEIVED}:
        return Refused(Refusal.NOT_CORRECTABLE)
    now = msgspec.structs.replace(parcel, carrier=command.carrier, tracking=command.tracking)
    if now == parcel:
        return Unchanged()
    said = f"{parcel.carrier} {parcel.tracking} → {now.carrier} {now.tracking}"
    remark = Remark(command.id, order.id, command.staff_id, "parcel", said, moment.now)
    desk.order.correct(now, remark)
    return Noted(order.id)


def _receive(desk: Desk, command: ReceiveOrder, moment: Moment, notes: Notes) -> Outcome:
    order = desk.order.orders.get(command.order_id)
    by_clock = command.member_id is None
    if order is None or not (by_clock or order.member_id == command.member_id):
        return Refused(Refusal.ORDER_UNKNOWN)
    if order.state is not State.SHIPPED:
        return Unchanged() if by_clock else Refused(Refusal.NOT_RECEIVABLE)
    actor_id: UUID | None = command.member_id
    by = By("clock" if by_clock else "buyer", moment.now, actor_id)
    after = desk.order.move(order.id, State.RECEIVED, by)
    await_completion(after, moment.now, notes)
    return Moved(order.id, after.state)


def _complete(desk: Desk, command: CompleteOrder, moment: Moment) -> Outcome:
    order = desk.order.orders.get(command.order_id)
    if order is None or order.state is not State.RECEIVED or desk.open_cases.has(order.id):
        return Unchanged()  # When its case is closed, this is asked for again.
    return Moved(order.id, desk.order.move(order.id, State.DONE, By("clock", moment.now)).state)
