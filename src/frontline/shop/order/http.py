"""Doors: buying, and what buyer and staff may do with an order."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.words import Fen, OrderId, SkuId
from frontline.shop.order import messages, views
from frontline.shop.order.messages import (
    CancelOrder,
    PlaceOrder,
    ReceiveOrder,
    ShipOrder,
    Wanted,
)
from frontline.shop.order.states import State
from frontline.web.cursor import Cursor
from frontline.web.door import Visit, Who, command_door, get
from frontline.web.session import Caller

QUANTITY_MAX = 100_000
LINES_MAX = 1_000
LIST_MAX = 50
PLACE_BYTES_MAX = 131_072  # LINES_MAX lines with room to spare.

Quantity = Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)]
Note = Annotated[str, msgspec.Meta(max_length=200)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=LIST_MAX)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class WantedForm(msgspec.Struct, frozen=True):
    sku_id: UUID
    quantity: Quantity


class PlaceForm(msgspec.Struct, frozen=True):
    id: UUID  # Minted by the storefront for this wish; the same on every retry.
    lines: Annotated[tuple[WantedForm, ...], msgspec.Meta(min_length=1, max_length=LINES_MAX)]
    address_id: UUID | None = None
    claim_id: UUID | None = None
    note: Note = ""
    expected_total: Annotated[int, msgspec.Meta(ge=0)] | None = None
    from_cart: bool = False


def _place(caller: Caller, form: PlaceForm) -> PlaceOrder:
    """Place an order: one step from a product, or from the cart."""
    return PlaceOrder(
        id=form.id,
        member_id=caller.member_id,
        wanted=tuple(Wanted(SkuId(line.sku_id), line.quantity) for line in form.lines),
        address_id=form.address_id,
        claim_id=form.claim_id,
        note=form.note,
        expected_total=None if form.expected_total is None else Fen(form.expected_total),
        from_cart=form.from_cart,
    )


class OrderForm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID


def _cancel(caller: Caller, form: OrderForm) -> CancelOrder:
    """Cancel my order, while it is not paid."""
    return CancelOrder(
        id=form.id, order_id=OrderId(form.order_id), actor_id=caller.member_id, by_staff=False
    )


def _receive(caller: Caller, form: OrderForm) -> ReceiveOrder:
    """Confirm that my order has arrived."""
    return ReceiveOrder(id=form.id, order_id=OrderId(form.order_id), member_id=caller.member_id)


def _staff_cancel(caller: Caller, form: OrderForm) -> CancelOrder:
    """Cancel an order of which nothing was sent; what was paid goes back."""
    return CancelOrder(
        id=form.id, order_id=OrderId(form.order_id), actor_id=caller.staff_id, by_staff=True
    )


class ParcelLine(msgspec.Struct, frozen=True):
    number: Annotated[int, msgspec.Meta(ge=1, le=LINES_MAX)]
    quantity: Quantity


class ShipForm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    carrier: Short
    tracking: Short
    contents: Annotated[tuple[ParcelLine, ...], msgspec.Meta(max_length=LINES_MAX)] = ()


def _ship(caller: Caller, form: ShipForm) -> ShipOrder:
    """Send a parcel; without contents, all that is left to send."""
    return ShipOrder(
        id=form.id,
        order_id=OrderId(form.order_id),
        staff_id=caller.staff_id,
        carrier=form.carrier,
        tracking=form.tracking,
        contents=tuple((line.number, line.quantity) for line in form.contents),
    )


# -- Reads ------------------------------------------------------------------------------


class ListForm(msgspec.Struct, frozen=True):
    group: views.Group = views.Group.ALL
    after: Cursor | None = None
    limit: Limit = 20


async def _list(visit: Visit, form: ListForm) -> views.OrderList:
    """My orders, the newest first."""
    states = views.STATES[form.group]
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.of_member(
            transaction,
            visit.known.member_id,
            states,
            now=visit.opened.now(),
            after=form.after,
            limit=form.limit,
        )


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: Visit, form: ShowForm) -> views.OrderPage | None:
    """One of my orders: lines, history, parcels, payment, refunds, address."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.show(
            transaction, form.id, member_id=visit.known.member_id, now=visit.opened.now()
        )


class AgainForm(msgspec.Struct, frozen=True):
    order_id: UUID


async def _again(visit: Visit, form: AgainForm) -> views.Again | None:
    """What of my order can be bought again, ready for the checkout."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.again(transaction, form.order_id, visit.known.member_id)


class Nothing(msgspec.Struct, frozen=True):
    pass


async def _unpaid(visit: Visit, _form: Nothing) -> views.Recall:
    """My newest order that still waits to be paid, for the bar that reminds me of it."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.unpaid(transaction, visit.known.member_id, visit.opened.now())


class StaffListForm(msgspec.Struct, frozen=True):
    state: views.OpenState | None = None
    member_id: UUID | None = None
    after: Cursor | None = None
    limit: Limit = 20


async def _staff_list(visit: Visit, form: StaffListForm) -> views.OrderList:
    """Orders of the shop or of one member, in one open state or in any; the newest first."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        if form.member_id is None:
            return await views.in_state(
                transaction, form.state, now=now, after=form.after, limit=form.limit
            )
        states = frozenset(State) if form.state is None else frozenset({State(form.state)})
        return await views.of_member(
            transaction, form.member_id, states, now=now, after=form.after, limit=form.limit
        )


async def _staff_show(visit: Visit, form: ShowForm) -> views.OrderPage | None:
    """One order, with who moved it."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.show(transaction, form.id, member_id=None, now=visit.opened.now())


DOORS = (
    get("/api/orders/list", ListForm, _list, views.OrderList, who=Who.MEMBER),
    get("/api/orders/show", ShowForm, _show, views.OrderPage, who=Who.MEMBER),
    get("/api/orders/again", AgainForm, _again, views.Again, who=Who.MEMBER),
    get("/api/orders/unpaid", Nothing, _unpaid, views.Recall, who=Who.MEMBER),
    get("/api/staff/orders/list", StaffListForm, _staff_list, views.OrderList, who=Who.STAFF),
    get("/api/staff/orders/show", ShowForm, _staff_show, views.OrderPage, who=Who.STAFF),
    command_door(
        "/api/orders/place",
        PlaceForm,
        _place,
        messages.PlaceOutcome,
        body_bytes_max=PLACE_BYTES_MAX,
    ),
    command_door("/api/orders/cancel", OrderForm, _cancel, messages.Ungoverned),
    command_door("/api/orders/receive", OrderForm, _receive, messages.Ungoverned),
    command_door(
        "/api/staff/orders/cancel", OrderForm, _staff_cancel, messages.Outcome, who=Who.STAFF
    ),
    command_door(
        "/api/staff/orders/ship",
        ShipForm,
        _ship,
        messages.Ungoverned,
        who=Who.STAFF,
        body_bytes_max=PLACE_BYTES_MAX,
    ),
)
