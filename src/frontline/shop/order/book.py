"""Orders, their states, and how much of a limited SKU each member has taken.

What a member took is counted in a row of its own, not by counting orders: a count cannot
be locked, so two processes could both find room under the limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.ground import Because
from frontline.kernel.states import move
from frontline.kernel.words import Fen, MemberId, OrderId, SkuId
from frontline.shop.order.states import TRANSITIONS, CancelReason, State


class Line(msgspec.Struct, frozen=True):
    number: int  # From 1.
    sku_id: SkuId
    title: str  # As it was when bought.
    quantity: int
    price: Fen  # Of one, before the discount.
    paid: Fen  # For the whole line, after the discount.
    limited: bool  # Counts towards what the member may take of the SKU.
    shipped: int = 0
    returned: int = 0  # Units refunded, whether or not they came back.

    @property
    def unsent(self) -> int:
        """Units still to be sent. While there are some, units refunded are of these."""
        return max(0, self.quantity - self.returned - self.shipped)

    def refund_of(self, quantity: int) -> Fen:
        """What goes back for `quantity` more units; all parts together are `paid` exactly."""
        before = self.paid * self.returned // self.quantity
        return Fen(self.paid * (self.returned + quantity) // self.quantity - before)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    id: OrderId
    member_id: MemberId
    state: State
    reason: CancelReason | None = None  # Of a cancelled order.
    total: Fen  # What is asked of the member.
    freight: Fen
    claim_id: UUID | None  # The coupon used.
    because: Because | None  # None: the catalogue's own offer.
    ship_to: str | None  # JSON of the address.
    note: str
    placed_at: datetime
    pay_until: datetime
    wish: int | None  # Digest of the command that placed it, if that was PlaceOrder.
    freight_refunded: Fen = Fen(0)
    lines: tuple[Line, ...]

    @property
    def whole_returned(self) -> bool:
        return all(line.returned == line.quantity for line in self.lines)

    @property
    def untouched(self) -> bool:
        """Nothing was shipped or refunded yet."""
        return all(line.shipped == line.returned == 0 for line in self.lines)


class Step(msgspec.Struct, frozen=True):
    """One move of an order: the history is only ever added to."""

    order_id: OrderId
    state: State
    at: datetime
    by: str  # "buyer", "staff", "clock", "money", or the kind of a game.
    actor_id: UUID | None


class Parcel(msgspec.Struct, frozen=True):
    id: UUID
    order_id: OrderId
    carrier: str
    tracking: str
    contents: tuple[tuple[int, int], ...]  # Line number, quantity.
    at: datetime


class Remark(msgspec.Struct, frozen=True):
    """What staff wrote about an order for each other, or what they corrected in it."""

    id: UUID
    order_id: OrderId
    staff_id: UUID
    about: Literal["memo", "parcel"]
    said: str
    at: datetime


Taken = tuple[MemberId, SkuId]


@dataclass(frozen=True, slots=True)
class By:
    """Who moves an order, and when."""

    who: str
    at: datetime
    actor_id: UUID | None = None


@dataclass(slots=True)
class OrderBook(Book):
    orders: Page[OrderId, Order]
    taken: Page[Taken, int]  # Units of limited SKUs in orders that still stand.
    steps: list[Step] = field(default_factory=list)
    parcels: Page[UUID, Parcel] = field(default_factory=lambda: Page({}))  # Sent or corrected now.
    remarks: list[Remark] = field(default_factory=list)

    def sku_ids(self) -> set[SkuId]:
        return {line.sku_id for order in self.orders.before.values() for line in order.lines}

    def takable(self, member_id: MemberId, sku_id: SkuId, limit: int | None) -> int | None:
        """How many more the member may take; None is no limit."""
        return None if limit is None else limit - (self.taken.get((member_id, sku_id)) or 0)

    def place(self, order: Order) -> None:
        """The birth of an order is its own row; the history holds what comes after."""
        assert order.state is State.CREATED
        assert self.orders.get(order.id) is None
        self.orders[order.id] = order
        for line in order.lines:
            if line.limited:
                key = order.member_id, line.sku_id
                self.taken[key] = (self.taken.get(key) or 0) + line.quantity

    def move(self, order_id: OrderId, state: State, by: By) -> Order:
        order = self.orders[order_id]
        order = msgspec.structs.replace(order, state=move(TRANSITIONS, order.state, state))
        self.orders[order_id] = order
        self.steps.append(Step(order_id, state, by.at, by.who, by.actor_id))
        return order

    def cancel(self, order_id: OrderId, reason: CancelReason, by: By) -> Order:
        """Close an order that was not paid, or whose money goes straight back."""
        order = msgspec.structs.replace(self.move(order_id, State.CANCELLED, by), reason=reason)
        self.orders[order_id] = order
        for line in order.lines:
            self._give_back(order.member_id, line, line.quantity)
        return order

    def ship(self, parcel: Parcel, by: By) -> Order:
        """Send units of lines; whoever asks has made sure that they are there to send."""
        order = self.orders[parcel.order_id]
        sent = dict(parcel.contents)
        lines = tuple(
            msgspec.structs.replace(line, shipped=line.shipped + sent.get(line.number, 0))
            for line in order.lines
        )
        self.orders[order.id] = msgspec.structs.replace(order, lines=lines)
        self.parcels[parcel.id] = parcel
        to_send = any(line.unsent for line in lines)
        return self._advance(order.id, State.PART_SHIPPED if to_send else State.SHIPPED, by)

    def correct(self, parcel: Parcel, remark: Remark) -> None:
        """Another carrier or number; what was written before stands in the remark."""
        assert self.parcels[parcel.id].contents == parcel.contents
        self.parcels[parcel.id] = parcel
        self.remarks.append(remark)

    def give_money_back(
        self, order_id: OrderId, returns: Mapping[int, int], freight: Fen, by: By
    ) -> Order:
        """Take `returns` (line number: units) off what the order keeps; all of it: refunding."""
        order = self.orders[order_id]
        lines = tuple(
            msgspec.structs.replace(line, returned=line.returned + returns.get(line.number, 0))
            for line in order.lines
        )
        order = msgspec.structs.replace(
            order, lines=lines, freight_refunded=Fen(order.freight_refunded + freight)
        )
        self.orders[order_id] = order
        for line in order.lines:
            self._give_back(order.member_id, line, returns.get(line.number, 0))
        return self.move(order_id, State.REFUNDING, by) if order.whole_returned else order

    def check(self) -> None:
        for order in self.orders.rows().values():
            assert order.total == sum(line.paid for line in order.lines) + order.freight
            assert 0 <= order.freight_refunded <= order.freight
            assert (order.state is State.CANCELLED) == (order.reason is not None)
            for line in order.lines:
                assert 0 <= line.paid <= line.price * line.quantity
                assert 0 <= line.returned <= line.quantity
                assert 0 <= line.shipped <= line.quantity
        assert all(quantity >= 0 for quantity in self.taken.rows().values())

    def _advance(self, order_id: OrderId, state: State, by: By) -> Order:
        """Move, unless it stands there already."""
        order = self.orders[order_id]
        return order if order.state is state else self.move(order_id, state, by)

    def _give_back(self, member_id: MemberId, line: Line, quantity: int) -> None:
        if line.limited and quantity:
            key = member_id, line.sku_id
            self.taken[key] = self.taken[key] - quantity


@dataclass(frozen=True, slots=True)
class OrderKeys(Keys[OrderBook]):
    order_ids: Iterable[OrderId] = ()  # Orders that stand already.
    taken: Iterable[Taken] = ()
    parcel_ids: Iterable[UUID] = ()  # Parcels to correct.


class Origin(msgspec.Struct, frozen=True):
    """What an order stands on. It never changes, so it may be read before anything is locked."""

    because: Because | None
    claim_id: UUID | None


@dataclass(slots=True)
class OriginBook(Book):
    origins: Page[OrderId, Origin]

    def becauses(self) -> set[Because]:
        origins = self.origins.before.values()
        return {origin.because for origin in origins if origin.because is not None}

    def claim_ids(self) -> set[UUID]:
        origins = self.origins.before.values()
        return {origin.claim_id for origin in origins if origin.claim_id is not None}

    def check(self) -> None:
        assert not self.origins.added()
        assert not self.origins.altered()


@dataclass(frozen=True, slots=True)
class OriginKeys(Keys[OriginBook]):
    order_ids: Iterable[OrderId]
