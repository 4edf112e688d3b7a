"""What people read of plans. No locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.plan import rows as plan_rows
from frontline.company.plan.book import Plan, Step
from frontline.company.plan.messages import Achieved, Kind
from frontline.kernel.words import Fen, StaffId
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place

_COLUMNS = """
    p.id, p.name, p.kind, p.first, p.last, p.starts_at, p.ends_at, p.revenue, p.orders,
    p.new_customers, p.needs, p.given, p.put_by, p.put_at, p.state, p.achieved, p.learned, p.ended
"""
_ONE = text(f"""
    SELECT {_COLUMNS} FROM company_plan AS p
    WHERE p.shop_id = :shop_id AND p.id = CAST(:id AS uuid)
""")  # noqa: S608 - put together of pieces that stand above
_ON_DAY = text(f"""
    SELECT {_COLUMNS} FROM company_plan AS p
    WHERE p.shop_id = :shop_id AND p.last >= CAST(:day AS date) AND p.first <= CAST(:day AS date)
      AND p.ends_at > CAST(:day AS date) - interval '2 days' AND p.state IN ('asked', 'given')
      AND p.revenue IS NOT NULL
""")  # noqa: S608
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM company_plan AS p
    WHERE p.shop_id = :shop_id
      AND (p.ends_at, p.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY p.ends_at DESC, p.id DESC LIMIT CAST(:rows_max AS int)
""")  # noqa: S608
_STEPS = text("""
    SELECT p.plan_id, p.deed, p.said, p.staff_id, p.at, coalesce(s.name, '') AS name
    FROM company_plan_step AS p
    LEFT JOIN staff AS s ON s.shop_id = p.shop_id AND s.id = p.staff_id
    WHERE p.shop_id = :shop_id AND p.plan_id = CAST(:id AS uuid) ORDER BY p.id
""")
_OWNERS = text("""
    SELECT id FROM staff WHERE shop_id = :shop_id AND role = 'owner' AND active ORDER BY id
""")
_DUE = text("""
    SELECT count(*) AS n FROM (
        SELECT 1 FROM company_plan
        WHERE shop_id = :shop_id AND (state = 'asked'
              OR (state = 'given' AND ends_at <= CAST(:now AS timestamptz)))
        LIMIT 100) AS found
""")


class Told(msgspec.Struct, frozen=True):
    step: Step
    name: str  # Of the member of staff.


class Whole(msgspec.Struct, frozen=True):
    plan: Plan
    achieved: Achieved | None  # Until now; None: it has not begun.
    steps: tuple[Told, ...]


async def today_plan(transaction: Transaction, day: date) -> Fen | None:
    """The day's part of the revenue that plans ask for; None: no plan speaks of this day.

    A campaign is a part of its quarter: the larger counts, the quarter's day or the campaigns'.
    """
    found = [plan_rows.plan_of(row) for row in await transaction.read(_ON_DAY, day=day)]
    if not found:
        return None
    parts = {
        kind: sum(plan.revenue_on(day) for plan in found if plan.kind is kind) for kind in Kind
    }
    return Fen(max(parts.values()))


async def one(transaction: Transaction, plan_id: UUID, now: datetime) -> Whole | None:
    rows = await transaction.read(_ONE, id=plan_id)
    if not rows:
        return None
    plan = plan_rows.plan_of(rows[0])
    achieved = plan.achieved
    if achieved is None and plan.starts_at <= now:
        achieved = await plan_rows.achieved(
            transaction,
            plan.starts_at,
            plan.ends_at,
            new=plan.targets.new_customers is not None,
        )
    steps = await transaction.read(_STEPS, id=plan_id)
    return Whole(plan, achieved, tuple(Told(Step(*row[:5]), row.name) for row in steps))


async def plain(transaction: Transaction, plan_id: UUID) -> Plan | None:
    """Without what came of it."""
    rows = await transaction.read(_ONE, id=plan_id)
    return plan_rows.plan_of(rows[0]) if rows else None


async def page(
    transaction: Transaction, after: str | None, limit: int
) -> tuple[Sequence[Plan], str | None]:
    """The last to end first, and where the next page begins."""
    at, id_ = LATEST if after is None else place(after)
    rows = await transaction.read(_PAGE, at=at, id=id_, rows_max=limit + 1)
    plans = [plan_rows.plan_of(row) for row in rows]
    if len(plans) <= limit:
        return plans, None
    return plans[:limit], cursor(plans[limit - 1].ends_at, plans[limit - 1].id)


async def owners(transaction: Transaction) -> tuple[StaffId, ...]:
    return tuple(row.id for row in await transaction.read(_OWNERS))


async def due(transaction: Transaction, now: datetime) -> int:
    """How many plans wait to be given something, or to be reviewed; at most 100."""
    rows = await transaction.read(_DUE, now=now)
    count: int = rows[0].n
    return count
