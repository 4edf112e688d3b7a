"""What is left of the budgets that were given."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import text

from frontline.company.plan.messages import Resources
from frontline.store.database import Transaction

_RUNNING = text("""
    SELECT name, given, starts_at FROM company_plan
    WHERE shop_id = :shop_id AND state = 'given' AND ends_at > CAST(:at AS timestamptz)
      AND starts_at <= CAST(:at AS timestamptz)
    ORDER BY starts_at, id
""")
# What was let pass since then, by whoever. A yes to a proposal is written down as well, an owner's
# as hers: what it let pass is counted when it is done, and not once more for having been decided.
_SPENT = text("""
    SELECT coalesce(sum(u.amount), 0) AS spent FROM authority_use AS u
    WHERE u.shop_id = :shop_id AND u.at >= CAST(:since AS timestamptz) AND u.how <> 'decided'
      AND u.action IN ('discount', 'campaign', 'compensation', 'ad_spend', 'purchase')
      AND NOT (u.how = 'owner' AND EXISTS (
          SELECT FROM proposal AS p WHERE p.shop_id = u.shop_id AND p.id = u.subject_id))
""")


class Budget(NamedTuple):
    names: str  # Of the plans.
    given: int  # Minor units.
    spent: int  # Since the first of them began: campaigns, coupons, advertising, purchases.


async def left(t: Transaction, at: datetime) -> Budget | None:
    """Of all plans that run now; None: none runs that was given a budget."""
    plans = await t.read(_RUNNING, at=at)
    given = sum(msgspec.json.decode(row.given, type=Resources).budget for row in plans)
    if not given:
        return None
    (spent,) = await t.read(_SPENT, since=plans[0].starts_at)
    return Budget("、".join(row.name for row in plans), given, int(spent.spent))
