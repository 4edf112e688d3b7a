"""What the desk sees of orders: lists over all of them, and one with all its papers. No locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, MemberId, OrderId
from frontline.shop.catalog.text import patterns
from frontline.shop.member.sought import begin_with
from frontline.shop.order.states import CancelReason, State
from frontline.shop.order.views import OrderPage, show
from frontline.shop.order.words import NOWHERE, meant
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place

SKUS_MAX = 1_000
UNPAID_FOR = timedelta(days=1)  # No order waits longer to be paid.
NUMBER_MIN = 6  # Digits of an order number that are worth looking up.
HITS_MAX = 5

_COLUMNS = """
    o.id, o.member_id, m.nickname AS buyer, o.state, o.reason, o.total, o.because_kind AS game,
    o.placed_at, o.freight, o.note, o.ship_to, m.phone"""
_FROM = """
    FROM shop_order AS o
    LEFT JOIN member AS m ON m.shop_id = o.shop_id AND m.id = o.member_id
    WHERE o.shop_id = :shop_id"""
# What is not asked for falls away when the statement is planned, so the index is chosen by what is.
_ASKED = """
      AND (CAST(:state AS text) IS NULL OR o.state = CAST(:state AS text))
      AND (CAST(:first AS timestamptz) IS NULL OR o.placed_at >= CAST(:first AS timestamptz))
      AND (CAST(:until AS timestamptz) IS NULL OR o.placed_at < CAST(:until AS timestamptz))
      AND (CAST(:total_min AS bigint) IS NULL OR o.total >= CAST(:total_min AS bigint))
      AND (CAST(:total_max AS bigint) IS NULL OR o.total <= CAST(:total_max AS bigint))
      AND (CAST(:member_ids AS uuid[]) IS NULL OR o.member_id = ANY(CAST(:member_ids AS uuid[])))
      AND (CAST(:lowest AS uuid) IS NULL OR o.id >= CAST(:lowest AS uuid))
      AND (CAST(:highest AS uuid) IS NULL OR o.id <= CAST(:highest AS uuid))
      AND (o.placed_at, o.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))"""
_NEWEST = " ORDER BY o.placed_at DESC, o.id DESC LIMIT CAST(:rows_max AS int)"
_SEARCH = text(f"SELECT {_COLUMNS} {_FROM} {_ASKED} {_NEWEST}")
# A page of each buyer's, straight off the index by member: PostgreSQL would rather go through the
# orders of all buyers until it has found a page of theirs.
_SEARCH_OF = text(f"""
    SELECT o.* FROM unnest(CAST(:member_ids AS uuid[])) AS b (member_id)
    CROSS JOIN LATERAL (
        SELECT {_COLUMNS} {_FROM} AND o.member_id = b.member_id {_ASKED} {_NEWEST}) AS o
    ORDER BY o.placed_at DESC, o.id DESC LIMIT CAST(:rows_max AS int)
""")  # noqa: S608 - put together of pieces that stand above
_SEARCH_WITH = text(f"""
    SELECT {_COLUMNS} {_FROM} {_ASKED}
      AND o.id IN (SELECT l.order_id FROM order_line AS l
                   WHERE l.shop_id = :shop_id AND l.sku_id = ANY(CAST(:sku_ids AS uuid[])))
    {_NEWEST}
""")  # noqa: S608 - put together of pieces that stand above
_SKUS = text("""
    SELECT s.id FROM sku AS s
    WHERE s.shop_id = :shop_id
      AND (s.product_id = CAST(:product_id AS uuid) OR s.product_id IN (
        SELECT p.id FROM product_sought AS p
        WHERE p.shop_id = :shop_id AND p.search LIKE ALL(CAST(:patterns AS text[]))))
    LIMIT CAST(:rows_max AS int)
""")
_PARCELS = text("""
    SELECT order_id, carrier, tracking FROM order_parcel
    WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[]))
    ORDER BY order_id, at, id
""")
_GOODS = text("""
    SELECT order_id, title, quantity FROM order_line
    WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[]))
    ORDER BY order_id, number
""")

_address = msgspec.json.Decoder(dict[str, str]).decode


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; None and "" are any."""

    state: State | None = None
    first: datetime | None = None
    until: datetime | None = None  # Not itself.
    total_min: int | None = None  # Minor units.
    total_max: int | None = None
    buyer: str = ""  # How a nickname, a name or a phone begins: of a member or in their addresses.
    member_id: UUID | None = None  # Rather than by name.
    number: str = ""  # How the order's number begins.
    product: str = ""  # Words of its title, or its id.


class Good(msgspec.Struct, frozen=True):
    title: str
    quantity: int


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    id: OrderId
    member_id: MemberId
    buyer: str
    phone: str  # The buyer's own; the receiver's stands in the address.
    address: dict[str, str]  # {}: there is none.
    note: str
    state: State
    reason: CancelReason | None
    total: Fen
    freight: Fen
    game: str | None
    placed_at: datetime
    goods: tuple[Good, ...]
    parcels: tuple[tuple[str, str], ...]  # Carrier, tracking number.

    @property
    def receiver(self) -> str:
        return self.address.get("name", "")

    @property
    def units(self) -> int:
        return sum(one.quantity for one in self.goods)


Rows = tuple[tuple[OrderRow, ...], str | None]
"""And the cursor of what follows."""


async def search(
    transaction: Transaction, wish: Wish, *, now: datetime, after: str | None, limit: int
) -> Rows:
    """Orders that fit all that is wished for, the newest first."""
    asked = await _asked(transaction, wish, now)
    if asked is None:
        return (), None
    at, id_ = LATEST if after is None else place(after)
    statement = _SEARCH if asked["member_ids"] is None else _SEARCH_OF
    if "sku_ids" in asked:
        statement = _SEARCH_WITH
    rows = await transaction.read(statement, **asked, at=at, id=id_, rows_max=limit + 1)
    orders = await _orders(transaction, rows[:limit])
    more = len(rows) > limit
    return orders, cursor(orders[-1].placed_at, orders[-1].id) if more else None


async def _asked(transaction: Transaction, wish: Wish, now: datetime) -> dict[str, Any] | None:
    """The statement's values; None: nothing can fit."""
    asked: dict[str, Any] = {
        "state": wish.state,
        "first": wish.first,
        "until": wish.until,
        "total_min": wish.total_min,
        "total_max": wish.total_max,
        "member_ids": None,
        "lowest": None,
        "highest": None,
    }
    if wish.state is State.CREATED and wish.first is None:
        asked["first"] = now - UNPAID_FOR
    if wish.number:
        asked["lowest"], asked["highest"] = meant(wish.number)
    if wish.member_id is not None:
        asked["member_ids"] = [wish.member_id]
    elif wish.buyer:
        if not (members := await begin_with(transaction, wish.buyer)):
            return None
        asked["member_ids"] = members
    if wish.product:
        if not (skus := await skus_of(transaction, wish.product)):
            return None
        asked["sku_ids"] = skus
    return asked


async def skus_of(transaction: Transaction, words: str) -> list[UUID]:
    """The SKUs of the products that have these words in them."""
    try:
        product_id: UUID | None = UUID(words.strip())
    except ValueError:
        product_id = None
    likes = patterns(words)
    if not likes:
        return []
    rows = await transaction.read(_SKUS, product_id=product_id, patterns=likes, rows_max=SKUS_MAX)
    return [row.id for row in rows]


async def goods_of(
    transaction: Transaction, order_ids: Sequence[UUID]
) -> Mapping[UUID, list[Good]]:
    goods: defaultdict[UUID, list[Good]] = defaultdict(list)
    for row in await transaction.rows(_GOODS, order_ids=order_ids):
        goods[row.order_id].append(Good(row.title, row.quantity))
    return goods


async def _orders(transaction: Transaction, rows: Sequence[Any]) -> tuple[OrderRow, ...]:
    ids = [row.id for row in rows]
    goods = await goods_of(transaction, ids)
    parcels: defaultdict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for order_id, carrier, tracking in await transaction.rows(_PARCELS, order_ids=ids):
        parcels[order_id].append((carrier, tracking))
    return tuple(
        OrderRow(
            id=row.id,
            member_id=row.member_id,
            buyer=row.buyer or "",
            phone=row.phone or "",
            address={} if row.ship_to is None else _address(row.ship_to),
            note=row.note,
            state=State(row.state),
            reason=None if row.reason is None else CancelReason(row.reason),
            total=row.total,
            freight=row.freight,
            game=row.game,
            placed_at=row.placed_at,
            goods=tuple(goods[row.id]),
            parcels=tuple(parcels[row.id]),
        )
        for row in rows
    )


# -- One order --------------------------------------------------------------------------

_BUYER = text("""
    SELECT nickname, phone FROM member WHERE shop_id = :shop_id AND id = CAST(:member_id AS uuid)
""")
_NAMES = text("""
    SELECT id, name FROM staff WHERE shop_id = :shop_id AND id = ANY(CAST(:actor_ids AS uuid[]))
""")
_REMARKS = text("""
    SELECT about, said, staff_id, at FROM order_remark
    WHERE shop_id = :shop_id AND order_id = CAST(:order_id AS uuid) AND said <> ''
    ORDER BY at, id
""")
_CASES = text("""
    SELECT id, kind, state, amount, asked_at FROM aftersale
    WHERE shop_id = :shop_id AND order_id = CAST(:order_id AS uuid) ORDER BY asked_at DESC, id
""")
_TRANSACTION = text("""
    SELECT transaction_id FROM payment
    WHERE shop_id = :shop_id AND order_id = CAST(:order_id AS uuid)
""")
_COUPON = text("""
    SELECT c.name FROM coupon_claim AS k
    JOIN coupon AS c ON c.shop_id = k.shop_id AND c.id = k.coupon_id
    WHERE k.shop_id = :shop_id AND k.id = CAST(:claim_id AS uuid)
""")


class CaseOf(msgspec.Struct, frozen=True):
    id: UUID
    kind: str
    state: str
    amount: Fen
    asked_at: datetime


class RemarkOf(msgspec.Struct, frozen=True):
    about: str  # "memo", or "parcel": what was corrected.
    said: str
    staff_id: UUID
    at: datetime


class OrderPapers(msgspec.Struct, frozen=True, kw_only=True):
    """One order with all that staff may want to know of it."""

    page: OrderPage
    address: dict[str, str] | None
    buyer: str
    phone: str | None
    names: dict[UUID, str]  # Of the staff who moved it.
    cases: tuple[CaseOf, ...]
    remarks: tuple[RemarkOf, ...]  # Of staff for each other; the oldest first.
    transaction_id: str | None
    coupon: str | None

    @property
    def goods(self) -> Fen:
        return Fen(sum(line.price * line.quantity for line in self.page.order.lines))

    @property
    def discount(self) -> Fen:
        return Fen(self.goods - sum(line.paid for line in self.page.order.lines))

    @property
    def unsent(self) -> dict[int, int]:
        """Units still to be sent, by line."""
        left = {
            line.number: max(0, line.quantity - line.returned - line.shipped)
            for line in self.page.order.lines
        }
        return {number: units for number, units in left.items() if units}


async def papers(transaction: Transaction, order_id: UUID, now: datetime) -> OrderPapers | None:
    page = await show(transaction, order_id, member_id=None, now=now)
    if page is None:
        return None
    member = await transaction.read(_BUYER, member_id=page.order.member_id)
    remarks = [RemarkOf(*row) for row in await transaction.read(_REMARKS, order_id=order_id)]
    actors = {step.actor_id for step in page.history if step.actor_id is not None}
    actors |= {remark.staff_id for remark in remarks}
    names = await transaction.rows(_NAMES, actor_ids=actors)
    cases = await transaction.read(_CASES, order_id=order_id)
    paid = await transaction.read(_TRANSACTION, order_id=order_id)
    coupon = (
        await transaction.read(_COUPON, claim_id=page.claim_id) if page.claim_id is not None else ()
    )
    return OrderPapers(
        page=page,
        address=msgspec.json.decode(page.address, type=dict[str, str] | None),
        buyer=member[0].nickname if member else "",
        phone=member[0].phone if member else None,
        names={row.id: row.name for row in names},
        cases=tuple(CaseOf(*row) for row in cases),
        remarks=tuple(remarks),
        transaction_id=paid[0].transaction_id if paid else None,
        coupon=coupon[0].name if coupon else None,
    )


# -- For the search of the whole desk -----------------------------------------------------

_BY_NUMBER = text(f"""
    SELECT {_COLUMNS} {_FROM}
      AND o.id BETWEEN CAST(:lowest AS uuid) AND CAST(:highest AS uuid)
    ORDER BY o.id DESC LIMIT CAST(:rows_max AS int)
""")
_BY_TRACKING = text(f"""
    SELECT {_COLUMNS} {_FROM}
      AND o.id IN (SELECT p.order_id FROM order_parcel AS p
                   WHERE p.shop_id = :shop_id AND p.tracking = CAST(:tracking AS text))
    LIMIT CAST(:rows_max AS int)
""")  # noqa: S608 - put together of pieces that stand above
PHONE_MIN = 7


async def hits(transaction: Transaction, words: str, now: datetime) -> tuple[OrderRow, ...]:
    """By number, by tracking number, by a phone: the first of these that finds any."""
    lowest, highest = meant(words)
    if len(words) >= NUMBER_MIN and (lowest, highest) != NOWHERE:
        rows = await transaction.read(_BY_NUMBER, lowest=lowest, highest=highest, rows_max=HITS_MAX)
        if rows:
            return await _orders(transaction, rows)
    rows = await transaction.read(_BY_TRACKING, tracking=words.strip(), rows_max=HITS_MAX)
    if rows:
        return await _orders(transaction, rows)
    if len(words) < PHONE_MIN or not words.lstrip("+").isdigit():
        return ()
    orders, _ = await search(transaction, Wish(buyer=words), now=now, after=None, limit=HITS_MAX)
    return orders
