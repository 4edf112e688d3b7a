"""Order rows. The birth of an order is its own row; steps hold what came after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.engine.feature import Answered
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.ground import Because
from frontline.kernel.locks import Lock
from frontline.kernel.words import OrderId
from frontline.shop.order import first
from frontline.shop.order.book import (
    Line,
    Order,
    OrderBook,
    OrderKeys,
    Origin,
    OriginBook,
    OriginKeys,
    Parcel,
    Taken,
)
from frontline.shop.order.messages import Placed
from frontline.shop.order.states import CancelReason, State
from frontline.store.database import Transaction

_ORIGINS = text("""
    SELECT id, because_kind, because_id, claim_id FROM shop_order
    WHERE shop_id = :shop_id AND id = ANY(CAST(:order_ids AS uuid[]))
      AND (because_id IS NOT NULL OR claim_id IS NOT NULL)
""")
_PLACED = text("""
    SELECT id, wish, total, pay_until FROM shop_order
    WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
""")
_LOCK = text("""
    SELECT id, member_id, state, reason, total, freight, claim_id, because_kind, because_id,
           ship_to, note, placed_at, pay_until, wish, freight_refunded
    FROM shop_order WHERE shop_id = :shop_id AND id = ANY(CAST(:order_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_LINES = text("""
    SELECT order_id, number, sku_id, title, quantity, price, paid, limited, shipped, returned
    FROM order_line WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[]))
    ORDER BY order_id, number
""")
_LOCK_TAKEN = text("""
    SELECT t.member_id, t.sku_id, t.quantity
    FROM order_taken AS t
    JOIN unnest(CAST(:member_ids AS uuid[]), CAST(:sku_ids AS uuid[])) AS k (member_id, sku_id)
      ON t.member_id = k.member_id AND t.sku_id = k.sku_id
    WHERE t.shop_id = :shop_id
    ORDER BY t.member_id, t.sku_id FOR NO KEY UPDATE OF t
""")


async def recall(transaction: Transaction, ids: Sequence[UUID]) -> Mapping[UUID, Answered]:
    """An order that stands is its own answer to the command that placed it."""
    rows = await transaction.rows(_PLACED, ids=ids)
    return {
        row[0]: Answered(-1 if row[1] is None else row[1], Placed(row[0], row[2], row[3]))
        for row in rows
    }


async def load_origins(transaction: Transaction, keys: OriginKeys) -> OriginBook:
    rows = await transaction.rows(_ORIGINS, order_ids=keys.order_ids)
    return OriginBook(
        Page(
            {
                row.id: Origin(_because(row.because_kind, row.because_id), row.claim_id)
                for row in rows
            }
        )
    )


def _because(kind: str | None, because_id: UUID | None) -> Because | None:
    return None if kind is None or because_id is None else Because(kind, because_id)


_PARCELS = text("""
    SELECT id, order_id, carrier, tracking, contents, at FROM order_parcel
    WHERE shop_id = :shop_id AND id = ANY(CAST(:parcel_ids AS uuid[]))
""")
_contents = msgspec.json.Decoder(tuple[tuple[int, int], ...]).decode


async def load(transaction: Transaction, keys: OrderKeys) -> OrderBook:
    order_ids = list(keys.order_ids)
    rows = await transaction.rows(_LOCK, order_ids=order_ids)
    lines: defaultdict[OrderId, list[Line]] = defaultdict(list)
    for order_id, *line in await transaction.rows(_LINES, order_ids=order_ids):
        lines[order_id].append(Line(*line))
    orders = {row.id: _order(row, tuple(lines[row.id])) for row in rows}
    wanted: set[Taken] = {
        *keys.taken,
        *(
            (order.member_id, line.sku_id)
            for order in orders.values()
            for line in order.lines
            if line.limited
        ),
    }
    taken = await transaction.rows(
        _LOCK_TAKEN,
        member_ids=[member_id for member_id, _ in wanted],
        sku_ids=[sku_id for _, sku_id in wanted],
    )
    # Their orders are locked: nobody else corrects them meanwhile.
    parcels = await transaction.rows(_PARCELS, parcel_ids=keys.parcel_ids)
    return OrderBook(
        Page(orders),
        Page({(member_id, sku_id): count for member_id, sku_id, count in taken}),
        parcels=Page({row.id: _parcel(row) for row in parcels}),
    )


def _parcel(row: Any) -> Parcel:
    return Parcel(row.id, row.order_id, row.carrier, row.tracking, _contents(row.contents), row.at)


def _order(row: Any, lines: tuple[Line, ...]) -> Order:
    return Order(
        id=row.id,
        member_id=row.member_id,
        state=State(row.state),
        reason=None if row.reason is None else CancelReason(row.reason),
        total=row.total,
        freight=row.freight,
        claim_id=row.claim_id,
        because=_because(row.because_kind, row.because_id),
        ship_to=row.ship_to,
        note=row.note,
        placed_at=row.placed_at,
        pay_until=row.pay_until,
        wish=row.wish,
        freight_refunded=row.freight_refunded,
        lines=lines,
    )


_ADD = text("""
    INSERT INTO shop_order (shop_id, id, member_id, state, reason, total, freight, claim_id,
                            because_kind, because_id, ship_to, note, placed_at, pay_until, wish)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:member_ids AS uuid[]), CAST(:states AS text[]),
                CAST(:reasons AS text[]), CAST(:totals AS bigint[]), CAST(:freights AS bigint[]),
                CAST(:claim_ids AS uuid[]), CAST(:kinds AS text[]), CAST(:because_ids AS uuid[]),
                CAST(:ship_to AS text[]), CAST(:notes AS text[]),
                CAST(:placed_at AS timestamptz[]), CAST(:pay_until AS timestamptz[]),
                CAST(:wishes AS bigint[]))
""")
_MOVE = text("""
    UPDATE shop_order AS o
    SET state = m.new, reason = m.reason, freight_refunded = o.freight_refunded + m.freight
    FROM unnest(CAST(:ids AS uuid[]), CAST(:old AS text[]), CAST(:new AS text[]),
                CAST(:reasons AS text[]), CAST(:freights AS bigint[]))
         AS m (id, old, new, reason, freight)
    WHERE o.shop_id = :shop_id AND o.id = m.id AND o.state = m.old
""")
_ADD_LINES = text("""
    INSERT INTO order_line (shop_id, order_id, number, sku_id, title, quantity, price, paid,
                            limited)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:numbers AS int[]), CAST(:sku_ids AS uuid[]),
                CAST(:titles AS text[]), CAST(:quantities AS int[]), CAST(:prices AS bigint[]),
                CAST(:paid AS bigint[]), CAST(:limited AS boolean[]))
""")
_MOVE_LINES = text("""
    UPDATE order_line AS l
    SET shipped = l.shipped + d.shipped, returned = l.returned + d.returned
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:numbers AS int[]), CAST(:shipped AS int[]),
                CAST(:returned AS int[])) AS d (order_id, number, shipped, returned)
    WHERE l.shop_id = :shop_id AND l.order_id = d.order_id AND l.number = d.number
""")
_ADD_STEPS = text("""
    INSERT INTO order_step (shop_id, order_id, state, at, who, actor_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:states AS text[]), CAST(:at AS timestamptz[]),
                CAST(:whos AS text[]), CAST(:actor_ids AS uuid[]))
""")
_ADD_PARCELS = text("""
    INSERT INTO order_parcel (shop_id, id, order_id, carrier, tracking, contents, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:order_ids AS uuid[]), CAST(:carriers AS text[]),
                CAST(:trackings AS text[]), CAST(:contents AS text[]),
                CAST(:at AS timestamptz[]))
""")
_CORRECT_PARCELS = text("""
    UPDATE order_parcel AS p SET carrier = c.carrier, tracking = c.tracking
    FROM unnest(CAST(:ids AS uuid[]), CAST(:carriers AS text[]), CAST(:trackings AS text[]))
         AS c (id, carrier, tracking)
    WHERE p.shop_id = :shop_id AND p.id = c.id
""")
_ADD_REMARKS = text("""
    INSERT INTO order_remark (shop_id, id, order_id, staff_id, about, said, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:order_ids AS uuid[]), CAST(:staff_ids AS uuid[]),
                CAST(:abouts AS text[]), CAST(:saids AS text[]), CAST(:at AS timestamptz[]))
""")
# A plain insert on purpose: when two processes both find no row, one of them must fail
# on the key and run again, for it has not seen what the other took.
_ADD_TAKEN = text("""
    INSERT INTO order_taken (shop_id, member_id, sku_id, quantity)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:sku_ids AS uuid[]), CAST(:quantities AS int[]))
""")
_MOVE_TAKEN = text("""
    UPDATE order_taken AS t SET quantity = t.quantity + d.quantity
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:sku_ids AS uuid[]), CAST(:quantities AS int[]))
         AS d (member_id, sku_id, quantity)
    WHERE t.shop_id = :shop_id AND t.member_id = d.member_id AND t.sku_id = d.sku_id
""")


async def store(transaction: Transaction, book: OrderBook) -> None:
    added = list(book.orders.added().values())
    transaction.write_later(
        _ADD,
        ids=[order.id for order in added],
        member_ids=[order.member_id for order in added],
        states=[order.state for order in added],
        reasons=[order.reason for order in added],
        totals=[order.total for order in added],
        freights=[order.freight for order in added],
        claim_ids=[order.claim_id for order in added],
        kinds=[order.because and order.because.kind for order in added],
        because_ids=[order.because and order.because.id for order in added],
        ship_to=[order.ship_to for order in added],
        notes=[order.note for order in added],
        placed_at=[order.placed_at for order in added],
        pay_until=[order.pay_until for order in added],
        wishes=[order.wish for order in added],
    )
    _add_lines(transaction, added)
    _move(transaction, book)
    _store_steps(transaction, book)
    _store_taken(transaction, book)
    first.store(transaction, book)


def _add_lines(transaction: Transaction, orders: Sequence[Order]) -> None:
    lines = [(order.id, line) for order in orders for line in order.lines]
    transaction.write_later(
        _ADD_LINES,
        order_ids=[order_id for order_id, _ in lines],
        numbers=[line.number for _, line in lines],
        sku_ids=[line.sku_id for _, line in lines],
        titles=[line.title for _, line in lines],
        quantities=[line.quantity for _, line in lines],
        prices=[line.price for _, line in lines],
        paid=[line.paid for _, line in lines],
        limited=[line.limited for _, line in lines],
    )


def _move(transaction: Transaction, book: OrderBook) -> None:
    moved = [
        (old, new)
        for old, new in book.orders.altered().values()
        if (old.state, old.freight_refunded) != (new.state, new.freight_refunded)
    ]
    transaction.write_later(
        _MOVE,
        ids=[new.id for _, new in moved],
        old=[old.state for old, _ in moved],
        new=[new.state for _, new in moved],
        reasons=[new.reason for _, new in moved],
        freights=[new.freight_refunded - old.freight_refunded for old, new in moved],
    )
    lines = [
        (new.id, before, after)
        for old, new in book.orders.altered().values()
        for before, after in zip(old.lines, new.lines, strict=True)
        if before != after
    ]
    transaction.write_later(
        _MOVE_LINES,
        order_ids=[order_id for order_id, _, _ in lines],
        numbers=[after.number for _, _, after in lines],
        shipped=[after.shipped - before.shipped for _, before, after in lines],
        returned=[after.returned - before.returned for _, before, after in lines],
    )


def _store_steps(transaction: Transaction, book: OrderBook) -> None:
    steps, parcels = book.steps, list(book.parcels.added().values())
    transaction.write_later(
        _ADD_STEPS,
        order_ids=[step.order_id for step in steps],
        states=[step.state for step in steps],
        at=[step.at for step in steps],
        whos=[step.by for step in steps],
        actor_ids=[step.actor_id for step in steps],
    )
    transaction.write_later(
        _ADD_PARCELS,
        ids=[parcel.id for parcel in parcels],
        order_ids=[parcel.order_id for parcel in parcels],
        carriers=[parcel.carrier for parcel in parcels],
        trackings=[parcel.tracking for parcel in parcels],
        contents=[msgspec.json.encode(parcel.contents).decode() for parcel in parcels],
        at=[parcel.at for parcel in parcels],
    )
    _store_remarks(transaction, book)


def _store_remarks(transaction: Transaction, book: OrderBook) -> None:
    corrected = [new for _, new in book.parcels.altered().values()]
    transaction.write_later(
        _CORRECT_PARCELS,
        ids=[parcel.id for parcel in corrected],
        carriers=[parcel.carrier for parcel in corrected],
        trackings=[parcel.tracking for parcel in corrected],
    )
    remarks = book.remarks
    transaction.write_later(
        _ADD_REMARKS,
        ids=[remark.id for remark in remarks],
        order_ids=[remark.order_id for remark in remarks],
        staff_ids=[remark.staff_id for remark in remarks],
        abouts=[remark.about for remark in remarks],
        saids=[remark.said for remark in remarks],
        at=[remark.at for remark in remarks],
    )


def _store_taken(transaction: Transaction, book: OrderBook) -> None:
    added = book.taken.added()
    transaction.write_later(
        _ADD_TAKEN,
        member_ids=[member_id for member_id, _ in added],
        sku_ids=[sku_id for _, sku_id in added],
        quantities=list(added.values()),
    )
    moved = book.taken.altered()
    transaction.write_later(
        _MOVE_TAKEN,
        member_ids=[member_id for member_id, _ in moved],
        sku_ids=[sku_id for _, sku_id in moved],
        quantities=[new - old for old, new in moved.values()],
    )


ORIGINS = Shelf(keys=OriginKeys, load=load_origins)
SHELF = Shelf(keys=OrderKeys, load=load, store=store, lock=Lock.ORDER)
