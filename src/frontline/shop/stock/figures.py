"""What lies still: sums for the owner's screen. No locks."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen
from frontline.store.database import Transaction


class Idle(msgspec.Struct, frozen=True):
    """Stock of which nothing was sold for a while."""

    skus: int
    units: int
    cost: Fen  # Of those whose cost is known.
    without_cost: int  # SKUs whose cost nobody has said.


# Of each SKU the newest movement that is a sale: one step down an index, however many there were.
_IDLE = text("""
    SELECT count(*) AS skus, CAST(coalesce(sum(t.on_hand), 0) AS bigint) AS units,
           CAST(coalesce(sum(t.on_hand * s.cost), 0) AS bigint) AS cost,
           count(*) FILTER (WHERE s.cost IS NULL) AS without_cost
    FROM stock AS t
    JOIN sku AS s ON s.shop_id = t.shop_id AND s.id = t.sku_id
    JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    LEFT JOIN LATERAL (
        SELECT m.at FROM stock_movement AS m
        WHERE m.shop_id = t.shop_id AND m.sku_id = t.sku_id AND m.kind = 'sale'
        ORDER BY m.id DESC LIMIT 1) AS last ON true
    WHERE t.shop_id = :shop_id AND t.on_hand > 0
      AND coalesce(last.at, p.created_at) < CAST(:since AS timestamptz)
""")


async def idle(transaction: Transaction, since: datetime) -> Idle:
    """Whatever is on hand, was there before `since` and was not sold since then."""
    (row,) = await transaction.read(_IDLE, since=since)
    return Idle(row.skus, row.units, row.cost, row.without_cost)
