"""Funnel rows: most of what is told is known already, and then nothing is locked or written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from frontline.engine.feature import Answered
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.funnel.book import (
    Count,
    FunnelBook,
    FunnelKeys,
    Mark,
    Ordered,
    OrderedBook,
    OrderedKeys,
    Place,
    VisitorBook,
    VisitorKeys,
)
from frontline.shop.funnel.messages import Step
from frontline.store.database import Transaction

_MARKS = text("""
    SELECT m.day, m.step, m.product_id, m.visitor, m.shared FROM funnel_mark AS m
    JOIN unnest(CAST(:days AS date[]), CAST(:steps AS text[]), CAST(:product_ids AS uuid[]),
                CAST(:visitors AS uuid[])) AS k (day, step, product_id, visitor)
      ON m.day = k.day AND m.step = k.step AND m.product_id = k.product_id
     AND m.visitor = k.visitor
    WHERE m.shop_id = :shop_id
""")
_LOCK_COUNTS = text("""
    SELECT d.day, d.step, d.product_id, d.visitors, d.shared FROM funnel_day AS d
    JOIN unnest(CAST(:days AS date[]), CAST(:steps AS text[]), CAST(:product_ids AS uuid[]))
         AS k (day, step, product_id)
      ON d.day = k.day AND d.step = k.step AND d.product_id = k.product_id
    WHERE d.shop_id = :shop_id
    ORDER BY d.day, d.step, d.product_id FOR NO KEY UPDATE OF d
""")
# Plain inserts on purpose: of two processes that both find no row, one must run again.
_ADD_MARKS = text("""
    INSERT INTO funnel_mark (shop_id, day, step, product_id, visitor, shared)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:days AS date[]), CAST(:steps AS text[]), CAST(:product_ids AS uuid[]),
                CAST(:visitors AS uuid[]), CAST(:shared AS boolean[]))
""")
_ADD_COUNTS = text("""
    INSERT INTO funnel_day (shop_id, day, step, product_id, visitors, shared)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:days AS date[]), CAST(:steps AS text[]), CAST(:product_ids AS uuid[]),
                CAST(:visitors AS int[]), CAST(:shared AS int[]))
""")
_COUNT = text("""
    UPDATE funnel_day AS d SET visitors = d.visitors + m.visitors, shared = d.shared + m.shared
    FROM unnest(CAST(:days AS date[]), CAST(:steps AS text[]), CAST(:product_ids AS uuid[]),
                CAST(:visitors AS int[]), CAST(:shared AS int[]))
         AS m (day, step, product_id, visitors, shared)
    WHERE d.shop_id = :shop_id AND d.day = m.day AND d.step = m.step
      AND d.product_id = m.product_id
""")


async def recall(_transaction: Transaction, _ids: Sequence[UUID]) -> Mapping[UUID, Answered]:
    """No answer is kept: whatever is told again changes nothing."""
    return {}


async def load(transaction: Transaction, keys: FunnelKeys) -> FunnelBook:
    asked = set(keys.marks)
    marks = {
        Mark(row.day, Step(row.step), row.product_id, row.visitor): row.shared
        for row in await transaction.rows(
            _MARKS, **_places(asked), visitors=[mark.visitor for mark in asked]
        )
    }
    fresh = {mark.place for mark in asked if mark not in marks}
    counts = await transaction.rows(_LOCK_COUNTS, **_places(fresh))
    return FunnelBook(
        Page(marks),
        Page(
            {
                Place(row.day, Step(row.step), row.product_id): Count(row.visitors, row.shared)
                for row in counts
            }
        ),
    )


async def store(transaction: Transaction, book: FunnelBook) -> None:
    marks = book.marks.added()
    transaction.write_later(
        _ADD_MARKS,
        **_places(marks),
        visitors=[mark.visitor for mark in marks],
        shared=list(marks.values()),
    )
    added = book.counts.added()
    transaction.write_later(
        _ADD_COUNTS,
        **_places(added),
        visitors=[count.visitors for count in added.values()],
        shared=[count.shared for count in added.values()],
    )
    altered = book.counts.altered()
    transaction.write_later(
        _COUNT,
        **_places(altered),
        visitors=[new.visitors - old.visitors for old, new in altered.values()],
        shared=[new.shared - old.shared for old, new in altered.values()],
    )


def _places(of: Iterable[Mark | Place]) -> dict[str, list[Any]]:
    """Columns; iterated again in the same order by whoever adds others."""
    those = list(of)
    return {
        "days": [one.day for one in those],
        "steps": [one.step for one in those],
        "product_ids": [one.product_id for one in those],
    }


# -- Members as visitors ------------------------------------------------------------------

_VISITORS = text("""
    SELECT member_id, visitor FROM funnel_visitor
    WHERE shop_id = :shop_id AND member_id = ANY(CAST(:member_ids AS uuid[]))
""")
_ADD_VISITORS = text("""
    INSERT INTO funnel_visitor (shop_id, member_id, visitor)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:visitors AS uuid[]))
""")
_NAME_VISITORS = text("""
    UPDATE funnel_visitor AS f SET visitor = n.visitor
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:visitors AS uuid[])) AS n (member_id, visitor)
    WHERE f.shop_id = :shop_id AND f.member_id = n.member_id
""")


async def load_visitors(transaction: Transaction, keys: VisitorKeys) -> VisitorBook:
    rows = await transaction.rows(_VISITORS, member_ids=keys.member_ids)
    return VisitorBook(Page({row.member_id: row.visitor for row in rows}))


async def store_visitors(transaction: Transaction, book: VisitorBook) -> None:
    added = book.visitors.added()
    transaction.write_later(_ADD_VISITORS, member_ids=added, visitors=list(added.values()))
    altered = book.visitors.altered()
    transaction.write_later(
        _NAME_VISITORS, member_ids=altered, visitors=[new for _, new in altered.values()]
    )


# -- Orders, looked at only ---------------------------------------------------------------

_ORDERS = text("""
    SELECT o.id, o.member_id, ARRAY(
        SELECT DISTINCT k.product_id FROM order_line AS l
        JOIN sku AS k ON k.shop_id = l.shop_id AND k.id = l.sku_id
        WHERE l.shop_id = o.shop_id AND l.order_id = o.id ORDER BY k.product_id) AS product_ids,
        CAST(o.placed_at AT TIME ZONE s.timezone AS date) AS placed_on,
        (SELECT CAST(min(p.at) AT TIME ZONE s.timezone AS date) FROM order_step AS p
         WHERE p.shop_id = o.shop_id AND p.order_id = o.id AND p.state = 'paid') AS paid_on
    FROM shop_order AS o JOIN shop AS s ON s.shop_id = o.shop_id
    WHERE o.shop_id = :shop_id AND o.id = ANY(CAST(:order_ids AS uuid[]))
""")


async def load_orders(transaction: Transaction, keys: OrderedKeys) -> OrderedBook:
    rows = await transaction.rows(_ORDERS, order_ids=keys.order_ids)
    return OrderedBook(
        Page(
            {
                row.id: Ordered(row.member_id, tuple(row.product_ids), row.placed_on, row.paid_on)
                for row in rows
            }
        )
    )


ORDERS = Shelf(keys=OrderedKeys, load=load_orders)
VISITORS = Shelf(keys=VisitorKeys, load=load_visitors, store=store_visitors, lock=Lock.MEMBER)
SHELF = Shelf(keys=FunnelKeys, load=load, store=store, lock=Lock.MEMBER)
