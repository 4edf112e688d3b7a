"""Plan rows, and what the shop's own rows say of a plan's days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text

from frontline.company.plan.book import (
    AchievedBook,
    AchievedKeys,
    Plan,
    PlanBook,
    PlanKeys,
)
from frontline.company.plan.messages import (
    Achieved,
    Kind,
    PlanId,
    Resources,
    State,
    Targets,
)
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.store.database import Transaction

_COLUMNS = """
    id, name, kind, first, last, starts_at, ends_at, revenue, orders, new_customers, needs, given,
    put_by, put_at, state, achieved, learned, ended
"""
_LOCK = text(f"""
    SELECT {_COLUMNS} FROM company_plan
    WHERE shop_id = :shop_id AND id = ANY(CAST(:plan_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")  # noqa: S608 - put together of pieces that stand above
_DAYS = text("""
    SELECT id, starts_at, ends_at, new_customers IS NOT NULL AS new FROM company_plan
    WHERE shop_id = :shop_id AND id = ANY(CAST(:plan_ids AS uuid[]))
""")
_ADD = text("""
    INSERT INTO company_plan (shop_id, id, name, kind, first, last, starts_at, ends_at, revenue,
                              orders, new_customers, needs, given, put_by, put_at, state, achieved,
                              learned, ended)
    SELECT CAST(:shop_id AS bigint), n.id, n.name, n.kind, n.first, n.last, n.starts_at, n.ends_at,
           n.revenue, n.orders, n.new_customers, n.needs, n.given, n.put_by, n.put_at, n.state,
           n.achieved, n.learned, n.ended
    FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:kinds AS text[]),
                CAST(:first AS date[]), CAST(:last AS date[]), CAST(:starts_at AS timestamptz[]),
                CAST(:ends_at AS timestamptz[]), CAST(:revenues AS bigint[]),
                CAST(:orders AS bigint[]), CAST(:new_customers AS bigint[]),
                CAST(:needs AS text[]), CAST(:given AS text[]), CAST(:states AS text[]),
                CAST(:achieved AS text[]), CAST(:learned AS text[]), CAST(:ended AS boolean[]),
                CAST(:put_by AS uuid[]), CAST(:put_at AS timestamptz[]))
         AS n (id, name, kind, first, last, starts_at, ends_at, revenue, orders, new_customers,
               needs, given, state, achieved, learned, ended, put_by, put_at)
""")
_CHANGE = text("""
    UPDATE company_plan AS p
    SET name = n.name, kind = n.kind, first = n.first, last = n.last, starts_at = n.starts_at,
        ends_at = n.ends_at, revenue = n.revenue, orders = n.orders,
        new_customers = n.new_customers, needs = n.needs, given = n.given, state = n.state,
        achieved = n.achieved, learned = n.learned, ended = n.ended
    FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:kinds AS text[]),
                CAST(:first AS date[]), CAST(:last AS date[]), CAST(:starts_at AS timestamptz[]),
                CAST(:ends_at AS timestamptz[]), CAST(:revenues AS bigint[]),
                CAST(:orders AS bigint[]), CAST(:new_customers AS bigint[]),
                CAST(:needs AS text[]), CAST(:given AS text[]), CAST(:states AS text[]),
                CAST(:achieved AS text[]), CAST(:learned AS text[]), CAST(:ended AS boolean[]),
                CAST(:before AS text[]))
         AS n (id, name, kind, first, last, starts_at, ends_at, revenue, orders, new_customers,
               needs, given, state, achieved, learned, ended, before)
    WHERE p.shop_id = :shop_id AND p.id = n.id AND p.state = n.before
""")
_ADD_STEPS = text("""
    INSERT INTO company_plan_step (shop_id, plan_id, deed, said, staff_id, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:plan_ids AS uuid[]), CAST(:deeds AS text[]), CAST(:said AS text[]),
                CAST(:staff_ids AS uuid[]), CAST(:at AS timestamptz[]))
""")

# Each is read off an index alone.
_PAID = text("""
    SELECT count(*) AS orders, coalesce(sum(asked), 0)::bigint AS paid FROM payment
    WHERE shop_id = :shop_id AND paid_at IS NOT NULL
      AND paid_at >= CAST(:since AS timestamptz) AND paid_at < CAST(:until AS timestamptz)
""")
_GIVEN_BACK = text("""
    SELECT coalesce(sum(amount), 0)::bigint AS given_back FROM refund
    WHERE shop_id = :shop_id
      AND asked_at >= CAST(:since AS timestamptz) AND asked_at < CAST(:until AS timestamptz)
""")
_NEW = text("""
    SELECT count(*) AS n FROM order_first
    WHERE shop_id = :shop_id
      AND placed_at >= CAST(:since AS timestamptz) AND placed_at < CAST(:until AS timestamptz)
""")


async def load(transaction: Transaction, keys: PlanKeys) -> PlanBook:
    rows = await transaction.rows(_LOCK, plan_ids=keys.plan_ids)
    return PlanBook(Page({row.id: plan_of(row) for row in rows}))


async def load_achieved(transaction: Transaction, keys: AchievedKeys) -> AchievedBook:
    rows = await transaction.rows(_DAYS, plan_ids=keys.plan_ids)
    found: dict[PlanId, Achieved] = {}
    for row in rows:  # Plans are reviewed one at a time.
        found[row.id] = await achieved(transaction, row.starts_at, row.ends_at, new=row.new)
    return AchievedBook(Page(found))


async def achieved(
    transaction: Transaction, since: datetime, until: datetime, *, new: bool
) -> Achieved:
    """What was sold from `since` until before `until`; `new`: also to how many new customers."""
    days = {"since": since, "until": until}
    paid = (await transaction.read(_PAID, **days))[0]
    given_back = (await transaction.read(_GIVEN_BACK, **days))[0].given_back
    first = (await transaction.read(_NEW, **days))[0].n if new else None
    return Achieved(revenue=paid.paid - given_back, orders=paid.orders, new_customers=first)


def plan_of(row: Any) -> Plan:
    """Of a row that has all columns of the table."""
    return Plan(
        id=row.id,
        name=row.name,
        kind=Kind(row.kind),
        first=row.first,
        last=row.last,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        targets=Targets(revenue=row.revenue, orders=row.orders, new_customers=row.new_customers),
        needs=msgspec.json.decode(row.needs, type=Resources),
        given=msgspec.json.decode(row.given, type=Resources | None),
        put_by=row.put_by,
        put_at=row.put_at,
        state=State(row.state),
        achieved=msgspec.json.decode(row.achieved, type=Achieved | None),
        learned=row.learned,
        ended=row.ended,
    )


async def store(transaction: Transaction, book: PlanBook) -> None:
    added = list(book.plans.added().values())
    await transaction.write(
        _ADD,
        **_columns(added),
        put_by=[one.put_by for one in added],
        put_at=[one.put_at for one in added],
    )
    altered = list(book.plans.altered().values())
    await transaction.write(
        _CHANGE,
        **_columns([new for _, new in altered]),
        before=[old.state for old, _ in altered],
    )
    steps = book.steps
    await transaction.write(
        _ADD_STEPS,
        plan_ids=[step.plan_id for step in steps],
        deeds=[step.deed for step in steps],
        said=[step.said for step in steps],
        staff_ids=[step.staff_id for step in steps],
        at=[step.at for step in steps],
    )


def _columns(plans: list[Plan]) -> dict[str, list[Any]]:
    return {
        "ids": [one.id for one in plans],
        "names": [one.name for one in plans],
        "kinds": [one.kind for one in plans],
        "first": [one.first for one in plans],
        "last": [one.last for one in plans],
        "starts_at": [one.starts_at for one in plans],
        "ends_at": [one.ends_at for one in plans],
        "revenues": [one.targets.revenue for one in plans],
        "orders": [one.targets.orders for one in plans],
        "new_customers": [one.targets.new_customers for one in plans],
        "needs": [_json(one.needs) for one in plans],
        "given": [_json(one.given) for one in plans],
        "states": [one.state for one in plans],
        "achieved": [_json(one.achieved) for one in plans],
        "learned": [one.learned for one in plans],
        "ended": [one.ended for one in plans],
    }


def _json(what: Resources | Achieved | None) -> str:
    return msgspec.json.encode(what).decode()


SHELF = Shelf(keys=PlanKeys, load=load, store=store, lock=Lock.COMPANY)
ACHIEVED = Shelf(keys=AchievedKeys, load=load_achieved)
