"""How many came how far. No locks."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.words import MemberId, OrderId, ProductId, ShopId
from frontline.shop.funnel.book import WHOLE_SHOP
from frontline.shop.funnel.messages import Step
from frontline.store.database import Database

_COUNTED = text("""
    SELECT step, CAST(sum(visitors) AS bigint) AS visitors, CAST(sum(shared) AS bigint) AS shared
    FROM funnel_day
    WHERE shop_id = :shop_id AND day BETWEEN CAST(:first AS date) AND CAST(:last AS date)
      AND product_id = CAST(:product_id AS uuid)
    GROUP BY step
""")
_ORDERED = text("""
    SELECT o.member_id, o.total, o.placed_at, s.timezone, ARRAY(
        SELECT DISTINCT k.product_id FROM order_line AS l
        JOIN sku AS k ON k.shop_id = l.shop_id AND k.id = l.sku_id
        WHERE l.shop_id = o.shop_id AND l.order_id = o.id) AS product_ids,
        (SELECT min(at) FROM order_step AS p
         WHERE p.shop_id = o.shop_id AND p.order_id = o.id AND p.state IN ('paid', 'to_ship'))
        AS paid_at
    FROM shop_order AS o JOIN shop AS s ON s.shop_id = o.shop_id
    WHERE o.shop_id = :shop_id AND o.id = CAST(:order_id AS uuid)
""")


class FunnelStep(msgspec.Struct, frozen=True):
    step: Step
    visitors: int  # Whoever came this far, once a day.
    shared: int  # Of those, who came by a share that day.
    of_first_bp: int | None  # Of the visitors of the first step, basis points; None: of nobody.
    of_previous_bp: int | None  # Of the visitors of the step before.


class Funnel(msgspec.Struct, frozen=True):
    first: date
    last: date  # Included.
    product_id: UUID | None
    steps: tuple[FunnelStep, ...]  # In their order; of one product, from looking at it.


async def funnel(
    database: Database, shop_id: ShopId, first: date, last: date, product_id: UUID | None
) -> Funnel:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(
            _COUNTED, first=first, last=last, product_id=product_id or WHOLE_SHOP
        )
    found = {Step(row.step): (row.visitors, row.shared) for row in rows}
    steps = [step for step in Step if product_id is None or step is not Step.OPEN]
    counted: list[FunnelStep] = []
    for step in steps:
        visitors, shared = found.get(step, (0, 0))
        counted.append(
            FunnelStep(
                step,
                visitors,
                shared,
                _bp(visitors, counted[0].visitors if counted else visitors),
                _bp(visitors, counted[-1].visitors if counted else visitors),
            )
        )
    return Funnel(first, last, product_id, tuple(counted))


def _bp(part: int, whole: int) -> int | None:
    return part * BASIS_POINTS // whole if whole else None


class Ordered(msgspec.Struct, frozen=True):
    """What the funnel wants to know of an order."""

    member_id: MemberId
    total: int
    placed_at: datetime
    timezone: str
    product_ids: tuple[ProductId, ...]
    paid_at: datetime | None


async def ordered(database: Database, shop_id: ShopId, order_id: OrderId) -> Ordered | None:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_ORDERED, order_id=order_id)
    if not rows:
        return None
    row = rows[0]
    return Ordered(
        row.member_id, row.total, row.placed_at, row.timezone, tuple(row.product_ids), row.paid_at
    )
