"""What could be delegated: the past decisions that were a yes every time.

For each position and action of the last quarter: the proposals below the smallest amount that was
not simply approved. Had the limit been that high, nobody would have waited for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.authority.messages import PositionId
from frontline.company.authority.views import read as read_company
from frontline.kernel.authority import Action
from frontline.store.database import Transaction

QUARTER = timedelta(days=90)
ENOUGH = 5  # Decisions, before anything is advised.

_PAST = text("""
    WITH decided AS (
        SELECT position_id, action, amount, state, decided_at - asked_at AS waited
        FROM proposal
        WHERE shop_id = :shop_id AND decided_at >= CAST(:since AS timestamptz)
          AND position_id IS NOT NULL AND decided_by IS NOT NULL AND amount IS NOT NULL),
    edge AS (
        SELECT position_id, action, min(amount) FILTER (WHERE state <> 'approved') AS no_from
        FROM decided GROUP BY position_id, action)
    SELECT d.position_id, d.action, count(*) AS n, max(d.amount) AS up_to,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY d.waited) AS median,
           sum(d.waited) AS waited
    FROM decided AS d
    JOIN edge AS e ON e.position_id = d.position_id AND e.action = d.action
    WHERE e.no_from IS NULL OR d.amount < e.no_from
    GROUP BY d.position_id, d.action HAVING count(*) >= CAST(:enough AS int)
""")


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """Raise the limit of this position; what stands in the way of doing so nobody can compute."""

    position_id: PositionId
    position: str
    action: Action
    count: int  # Decisions up to that amount in the last quarter, all approved.
    now_max: int  # What the position may do alone now; 0: nothing.
    up_to: int
    median: timedelta  # From asked to decided.
    saves: timedelta  # All of the waiting, in a quarter.


async def advice(t: Transaction, now: datetime) -> Sequence[Advice]:
    """What would save the most waiting first."""
    company = await read_company(t)
    found = []
    for row in await t.read(_PAST, since=now - QUARTER, enough=ENOUGH):
        position = company.book.positions.get(row.position_id)
        action = Action(row.action)
        limit = company.book.limits.get((row.position_id, action))
        now_max = 0 if limit is None else limit.alone_max
        reserve = company.book.policy(action).owner_above
        up_to = row.up_to if reserve is None else min(row.up_to, reserve)
        if position is None or up_to <= now_max:
            continue
        found.append(
            Advice(
                position_id=row.position_id,
                position=position.name,
                action=action,
                count=row.n,
                now_max=now_max,
                up_to=up_to,
                median=row.median,
                saves=row.waited,
            )
        )
    return sorted(found, key=lambda one: (-one.saves, one.position, one.action))


async def raised(
    t: Transaction, position_id: UUID, action: Action, alone_max: int
) -> tuple[int | None, int | None]:
    """Allowances of the day and the month that go with the higher limit."""
    company = await read_company(t)
    limit = company.book.limits.get((PositionId(position_id), action))
    if limit is None:
        return None, None
    day = None if limit.day_max is None else max(limit.day_max, alone_max)
    month = None if limit.month_max is None else max(limit.month_max, day or alone_max)
    return day, month
