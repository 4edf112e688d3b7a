"""How many came how far. No locks."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.words import ShopId
from frontline.shop.funnel.book import WHOLE_SHOP
from frontline.shop.funnel.messages import Step
from frontline.store.database import Database, Transaction

_COUNTED = text("""
    SELECT step, CAST(sum(visitors) AS bigint) AS visitors, CAST(sum(shared) AS bigint) AS shared
    FROM funnel_day
    WHERE shop_id = :shop_id AND day BETWEEN CAST(:first AS date) AND CAST(:last AS date)
      AND product_id = CAST(:product_id AS uuid)
    GROUP BY step
""")


_BY_DAY = text("""
    SELECT day, step, visitors FROM funnel_day
    WHERE shop_id = :shop_id AND day BETWEEN CAST(:first AS date) AND CAST(:last AS date)
      AND product_id = CAST(:product_id AS uuid)
""")
_TITLE = text("""
    SELECT title FROM product WHERE shop_id = :shop_id AND id = CAST(:product_id AS uuid)
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
        return await funnel_in(transaction, first, last, product_id)


async def funnel_in(
    transaction: Transaction, first: date, last: date, product_id: UUID | None
) -> Funnel:
    """The same, for whoever reads more beside it."""
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


async def by_day(
    transaction: Transaction, first: date, last: date, product_id: UUID | None
) -> dict[date, dict[Step, int]]:
    """Visitors of each day that had any."""
    rows = await transaction.read(
        _BY_DAY, first=first, last=last, product_id=product_id or WHOLE_SHOP
    )
    days: dict[date, dict[Step, int]] = {}
    for row in rows:
        days.setdefault(row.day, {})[Step(row.step)] = row.visitors
    return days


async def title_of(transaction: Transaction, product_id: UUID) -> str | None:
    rows = await transaction.read(_TITLE, product_id=product_id)
    return rows[0].title if rows else None
