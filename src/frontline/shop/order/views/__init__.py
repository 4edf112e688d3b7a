"""What buyers and staff see of orders: reads, without locks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, MemberId, OrderId, SkuId
from frontline.shop.order.states import CancelReason, State
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place


class Group(StrEnum):
    """Orders as a buyer thinks of them."""

    ALL = "all"
    TO_PAY = "to_pay"
    TO_SHIP = "to_ship"
    TO_RECEIVE = "to_receive"
    FINISHED = "finished"
    CLOSED = "closed"


STATES: Mapping[Group, frozenset[State]] = {
    Group.ALL: frozenset(State),
    Group.TO_PAY: frozenset({State.CREATED, State.PAYING}),
    Group.TO_SHIP: frozenset({State.PAID, State.TO_SHIP}),
    Group.TO_RECEIVE: frozenset({State.PART_SHIPPED, State.SHIPPED}),
    Group.FINISHED: frozenset({State.RECEIVED, State.DONE}),
    Group.CLOSED: frozenset({State.CANCELLED, State.REFUNDING, State.REFUNDED}),
}


class OpenState(StrEnum):
    """States that orders do not stay in: those that all orders of a shop are listed by."""

    PAYING = "paying"
    PAID = "paid"
    TO_SHIP = "to_ship"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    RECEIVED = "received"
    REFUNDING = "refunding"


class LineView(msgspec.Struct, frozen=True):
    number: int
    sku_id: SkuId
    title: str  # As it was when bought.
    quantity: int
    price: Fen  # Of one, before the discount.
    paid: Fen  # For the whole line, after the discount.
    shipped: int
    returned: int  # Units refunded.
    picture: str | None


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    id: OrderId
    member_id: MemberId
    state: State
    reason: CancelReason | None  # Of a cancelled order.
    total: Fen
    freight: Fen
    game: str | None  # The kind of game it was bought in.
    game_id: UUID | None  # Which one.
    placed_at: datetime
    pay_until: datetime
    lines: tuple[LineView, ...]


class OrderList(msgspec.Struct, frozen=True):
    now: datetime  # To count down `pay_until` by.
    items: tuple[OrderView, ...]
    after: str | None  # To ask for what follows; None: that was all.


class StepView(msgspec.Struct, frozen=True, omit_defaults=True):
    state: State
    at: datetime
    who: str  # "buyer", "staff", "clock", "money", or the kind of a game.
    actor_id: UUID | None = None  # Shown to staff.


class ParcelView(msgspec.Struct, frozen=True):
    id: UUID
    carrier: str
    tracking: str
    contents: tuple[tuple[int, int], ...]  # Line number, units.
    at: datetime


class PaymentView(msgspec.Struct, frozen=True):
    state: str
    amount: Fen
    currency: str
    channel: str
    paid_at: datetime | None
    refunded: Fen  # Asked to go back, whether or not it has arrived.


class RefundView(msgspec.Struct, frozen=True):
    id: UUID
    amount: Fen
    state: str
    asked_at: datetime
    done_at: datetime | None


class OrderPage(msgspec.Struct, frozen=True, kw_only=True):
    now: datetime  # To count down `pay_until` by.
    order: OrderView
    address: msgspec.Raw  # As it was when bought; null if nothing is sent.
    note: str
    claim_id: UUID | None  # The coupon used.
    freight_refunded: Fen
    history: tuple[StepView, ...]
    parcels: tuple[ParcelView, ...]
    payment: PaymentView | None
    refunds: tuple[RefundView, ...]


class AgainLine(msgspec.Struct, frozen=True):
    sku_id: SkuId
    quantity: int  # As then, but no more than there are now.


class Again(msgspec.Struct, frozen=True):
    """For the checkout: what can be bought again, at today's prices."""

    lines: tuple[AgainLine, ...]
    gone: tuple[str, ...]  # Titles of what is off sale or sold out.


class Unpaid(msgspec.Struct, frozen=True, kw_only=True):
    id: OrderId
    pay_until: datetime
    total: Fen
    title: str  # Of its first line.
    picture: str | None  # Of its first line.
    units: int  # Of all its lines.
    game: str | None
    game_id: UUID | None


class Recall(msgspec.Struct, frozen=True):
    """What a bar recalls: the newest order that can still be paid, if there is one."""

    now: datetime
    order: Unpaid | None


_ORDERS = """
    SELECT id, member_id, state, reason, total, freight, because_kind AS game,
           because_id AS game_id, placed_at, pay_until
    FROM shop_order WHERE shop_id = :shop_id"""
_OF_MEMBER = text(f"""{_ORDERS}
      AND member_id = CAST(:member_id AS uuid) AND state = ANY(CAST(:states AS text[]))
      AND (placed_at, id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY placed_at DESC, id DESC LIMIT CAST(:rows_max AS int)
""")
_IN_STATE = text(f"""{_ORDERS}
      AND state = CAST(:state AS text)
      AND (placed_at, id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY placed_at DESC, id DESC LIMIT CAST(:rows_max AS int)
""")
# Ids sort by the time at which they were minted; an index by time would serve this list alone.
_ALL = text(f"""{_ORDERS}
      AND id < CAST(:id AS uuid)
    ORDER BY id DESC LIMIT CAST(:rows_max AS int)
""")
_ONE = text("""
    SELECT id, member_id, state, reason, total, freight, because_kind AS game,
           because_id AS game_id, placed_at, pay_until, coalesce(ship_to, 'null') AS address,
           note, claim_id, freight_refunded
    FROM shop_order WHERE shop_id = :shop_id AND id = CAST(:order_id AS uuid)
""")
_LINES = text("""
    SELECT l.order_id, l.number, l.sku_id, l.title, l.quantity, l.price, l.paid, l.shipped,
           l.returned,
           coalesce(nullif(s.picture_src, ''),
                    (SELECT p.src FROM picture AS p
                     WHERE p.shop_id = s.shop_id AND p.product_id = s.product_id
                     ORDER BY p.position LIMIT 1)) AS picture
    FROM order_line AS l LEFT JOIN sku AS s ON s.shop_id = l.shop_id AND s.id = l.sku_id
    WHERE l.shop_id = :shop_id AND l.order_id = ANY(CAST(:order_ids AS uuid[]))
    ORDER BY l.order_id, l.number
""")
_STEPS = text("""
    SELECT state, at, who, actor_id FROM order_step
    WHERE shop_id = :shop_id AND order_id = CAST(:order_id AS uuid) ORDER BY id
""")
_PARCELS = text("""
    SELECT id, carrier, tracking, contents, at FROM order_parcel
    WHERE shop_id = :shop_id AND order_id = CAST(:order_id AS uuid) ORDER BY at, id
""")
_PAYMENT = text("""
    SELECT state, asked, currency, channel, paid_at, refunded FROM payment
    WHERE shop_id = :shop_id AND order_id = CAST(:order_id AS uuid)
""")
_REFUNDS = text("""
    SELECT id, amount, state, asked_at, done_at FROM refund
    WHERE shop_id = :shop_id AND order_id = CAST(:order_id AS uuid) ORDER BY asked_at, id
""")

_AGAIN = text("""
    SELECT l.sku_id, l.title, l.quantity, p.on_sale AND NOT s.removed AS on_sale,
           t.on_hand - t.reserved AS free
    FROM shop_order AS o
    JOIN order_line AS l ON l.shop_id = o.shop_id AND l.order_id = o.id
    LEFT JOIN sku AS s ON s.shop_id = l.shop_id AND s.id = l.sku_id
    LEFT JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    LEFT JOIN stock AS t ON t.shop_id = l.shop_id AND t.sku_id = l.sku_id
    WHERE o.shop_id = :shop_id AND o.id = CAST(:order_id AS uuid)
      AND o.member_id = CAST(:member_id AS uuid)
    ORDER BY l.number
""")
# No order waits for a day to be paid: the index need not be read back to the first one.
_UNPAID = text("""
    SELECT id, pay_until, total, because_kind AS game, because_id AS game_id
    FROM shop_order
    WHERE shop_id = :shop_id AND member_id = CAST(:member_id AS uuid)
      AND placed_at > CAST(:now AS timestamptz) - interval '1 day'
      AND state IN ('created', 'paying') AND pay_until > :now AND total > 0
    ORDER BY placed_at DESC, id DESC LIMIT 1
""")

_contents = msgspec.json.Decoder(tuple[tuple[int, int], ...]).decode


# -- Lists ------------------------------------------------------------------------------


async def of_member(  # noqa: PLR0913 - a question has this many sides
    transaction: Transaction,
    member_id: UUID,
    states: frozenset[State],
    *,
    now: datetime,
    after: str | None,
    limit: int,
) -> OrderList:
    """The member's orders in these states, the newest first."""
    at, id_ = LATEST if after is None else place(after)
    rows = await transaction.read(
        _OF_MEMBER, member_id=member_id, states=sorted(states), at=at, id=id_, rows_max=limit + 1
    )
    return await _list(transaction, rows, now, limit)


async def in_state(
    transaction: Transaction,
    state: OpenState | None,
    *,
    now: datetime,
    after: str | None,
    limit: int,
) -> OrderList:
    """All orders of the shop in this state, or in any: the newest first."""
    at, id_ = LATEST if after is None else place(after)
    if state is None:
        rows = await transaction.read(_ALL, id=id_, rows_max=limit + 1)
    else:
        rows = await transaction.read(_IN_STATE, state=state, at=at, id=id_, rows_max=limit + 1)
    return await _list(transaction, rows, now, limit)


async def _list(
    transaction: Transaction, rows: Sequence[Any], now: datetime, limit: int
) -> OrderList:
    lines = await _lines(transaction, [row.id for row in rows[:limit]])
    orders = tuple(_order(row, lines) for row in rows[:limit])
    more = len(rows) > limit
    return OrderList(now, orders, cursor(orders[-1].placed_at, orders[-1].id) if more else None)


# -- One order --------------------------------------------------------------------------


async def show(
    transaction: Transaction, order_id: UUID, *, member_id: MemberId | None, now: datetime
) -> OrderPage | None:
    """One order; None also when it is somebody else's. `member_id` None: staff ask."""
    found = await transaction.read(_ONE, order_id=order_id)
    if not found or member_id not in {None, found[0].member_id}:
        return None
    row = found[0]
    of = {"order_id": order_id}
    payments = await transaction.read(_PAYMENT, **of)
    return OrderPage(
        now=now,
        order=_order(row, await _lines(transaction, [row.id])),
        address=msgspec.Raw(row.address.encode()),
        note=row.note,
        claim_id=row.claim_id,
        freight_refunded=row.freight_refunded,
        history=_history(row, await transaction.read(_STEPS, **of), to_staff=member_id is None),
        parcels=tuple(
            ParcelView(one.id, one.carrier, one.tracking, _contents(one.contents), one.at)
            for one in await transaction.read(_PARCELS, **of)
        ),
        payment=PaymentView(*payments[0]) if payments else None,
        refunds=tuple(RefundView(*one) for one in await transaction.read(_REFUNDS, **of)),
    )


async def again(transaction: Transaction, order_id: UUID, member_id: MemberId) -> Again | None:
    """None also when it is somebody else's."""
    rows = await transaction.read(_AGAIN, order_id=order_id, member_id=member_id)
    if not rows:
        return None
    wanted = Counter[SkuId]()
    free: dict[SkuId, int] = {}
    for row in rows:
        wanted[row.sku_id] += row.quantity
        free[row.sku_id] = max(row.free or 0, 0) if row.on_sale else 0
    lines = tuple(
        AgainLine(sku_id, min(quantity, free[sku_id]))
        for sku_id, quantity in wanted.items()
        if free[sku_id]
    )
    return Again(lines, tuple(dict.fromkeys(row.title for row in rows if not free[row.sku_id])))


async def unpaid(transaction: Transaction, member_id: MemberId, now: datetime) -> Recall:
    rows = await transaction.read(_UNPAID, member_id=member_id, now=now)
    if not rows:
        return Recall(now, None)
    row = rows[0]
    lines = (await _lines(transaction, [row.id]))[row.id]
    return Recall(
        now,
        Unpaid(
            id=row.id,
            pay_until=row.pay_until,
            total=row.total,
            title=lines[0].title,
            picture=lines[0].picture,
            units=sum(line.quantity for line in lines),
            game=row.game,
            game_id=row.game_id,
        ),
    )


def _history(row: Any, steps: Sequence[Any], *, to_staff: bool) -> tuple[StepView, ...]:
    """The birth of an order is its own row."""
    born = StepView(
        State.CREATED, row.placed_at, row.game or "buyer", row.member_id if to_staff else None
    )
    later = (
        StepView(State(one.state), one.at, one.who, one.actor_id if to_staff else None)
        for one in steps
    )
    return (born, *later)


async def _lines(
    transaction: Transaction, order_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[LineView]]:
    lines: defaultdict[UUID, list[LineView]] = defaultdict(list)
    for order_id, *line in await transaction.rows(_LINES, order_ids=order_ids):
        lines[order_id].append(LineView(*line))
    return lines


def _order(row: Any, lines: Mapping[UUID, Sequence[LineView]]) -> OrderView:
    return OrderView(
        id=row.id,
        member_id=row.member_id,
        state=State(row.state),
        reason=None if row.reason is None else CancelReason(row.reason),
        total=row.total,
        freight=row.freight,
        game=row.game,
        game_id=row.game_id,
        placed_at=row.placed_at,
        pay_until=row.pay_until,
        lines=tuple(lines[row.id]),
    )
