"""The laws of the house, for plans."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from laws_of import prove, prove_stored
from scenery import STAFF, UNKNOWN, some
from sqlalchemy import text

from frontline.company.plan import rows
from frontline.company.plan.book import AchievedBook, AchievedKeys, PlanBook, PlanKeys, Step
from frontline.company.plan.feature import PLANS
from frontline.company.plan.messages import (
    Achieved,
    EndPlan,
    GivePlan,
    Kind,
    PlanId,
    PutPlan,
    Refusal,
    Resources,
    ReviewPlan,
    State,
    Targets,
    WithdrawPlan,
)
from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.company.plan.seen import given_facts, plan_facts
from frontline.kernel.seen import Facts, seen_of
from frontline.kernel.words import Command, Fen, StaffId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part

WHO = StaffId(STAFF)
NOTHING = Achieved(revenue=Fen(0), orders=0, new_customers=None)


def _achieved(world: World) -> AchievedBook:
    """Nothing was sold in these stories."""
    return AchievedBook(Page(dict.fromkeys(world.book(PlanKeys).plans.rows(), NOTHING)))


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    plans = world.book(PlanKeys).plans.rows()
    plan_id = some(chance, [*plans], [PlanId(UNKNOWN)]) if plans else PlanId(UNKNOWN)
    given = [one.id for one in plans.values() if one.state is State.GIVEN]
    match chance.randrange(8):
        case 0 | 1:
            days = chance.choice((-2, 0, 0, 1, 5, 90, 400))
            first = now.date() - timedelta(days=chance.choice((0, 1)))
            last = first + timedelta(days=days)
            changed = some(chance, [None], [plan_id])
            there = None if changed is None else plans.get(changed)
            return PutPlan(
                id=id_,
                seen=_seen(chance, plan_facts(there)),
                staff_id=WHO,
                name=f"计划 {chance.randrange(3)}",
                kind=chance.choice([*Kind]),
                first=first,
                last=last,
                starts_at=_midnight(first),
                ends_at=_midnight(last + timedelta(days=1)),
                targets=some(chance, [Targets(orders=5), Targets(revenue=Fen(9))], [Targets()]),
                needs=Resources(budget=Fen(100), authority="单笔五百"),
                plan_id=changed,
            )
        case 2 | 3:
            eaten = Resources(budget=Fen(chance.choice((0, 60, 100))), people=2)
            known = plans.get(plan_id)
            seen = _seen(chance, given_facts(None if known is None else known.given))
            return GivePlan(id=id_, plan_id=plan_id, staff_id=WHO, given=eaten, seen=seen)
        case 4 if chance.random() < 0.5:
            return WithdrawPlan(id=id_, plan_id=plan_id, staff_id=WHO)
        case 5:
            return EndPlan(id=id_, plan_id=plan_id)
        case _:
            return ReviewPlan(
                id=id_, plan_id=some(chance, given, [plan_id]), staff_id=WHO, learned="备货要早"
            )


def _seen(chance: Random, now: Facts) -> str:
    """Of a form made now or long ago; most say nothing."""
    return chance.choice(["", "", "", seen_of(now), seen_of({"once": 1})])


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def conserved(_: Content, after: Content) -> None:
    """A plan is what its last step made it; nobody reviews what still runs."""
    made = {"give": State.GIVEN, "review": State.REVIEWED, "withdraw": State.WITHDRAWN}
    for plan in after["PlanBook.plans"].values():
        steps = [one for one in after["PlanBook.steps"] if one.plan_id == plan.id]
        assert plan.state is made.get(steps[-1].deed, State.ASKED)
        if plan.state is State.REVIEWED:
            assert steps[-1].at >= plan.ends_at
            assert plan.given is not None


_IDS = text("SELECT id FROM company_plan WHERE shop_id = :shop_id")
_STEPS = text("""
    SELECT plan_id, deed, said, staff_id, at FROM company_plan_step WHERE shop_id = :shop_id
    ORDER BY plan_id, id
""")


async def _read(transaction: Transaction) -> Content:
    ids = [row.id for row in await transaction.read(_IDS)]
    book = await rows.load(transaction, PlanKeys(ids))
    return {
        "PlanBook.plans": book.plans.rows(),
        "PlanBook.steps": tuple(Step(*row) for row in await transaction.read(_STEPS)),
    }


CAST = Cast(
    assembled().library,
    (
        Part(
            name="plan",
            lay=lambda _: World({PlanKeys: PlanBook(Page({}))}, {"PlanBook.steps": ()}),
            derived={AchievedKeys: _achieved},
            wishes=((PLANS, _wish),),
            conserved=conserved,
            read=_read,
        ),
    ),
)


def test_laws() -> None:
    prove(CAST, Refusal)


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
