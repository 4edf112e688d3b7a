"""A plan is put forward, given what it needs, or part of it, and reviewed when it has ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from frontline.company.plan.book import (
    DAYS_MAX,
    AchievedBook,
    AchievedKeys,
    Plan,
    PlanBook,
    PlanKeys,
)
from frontline.company.plan.messages import (
    EndPlan,
    GivePlan,
    NothingEnded,
    OfPlan,
    Outcome,
    PlanEnded,
    PlanGiven,
    PlanId,
    PlanMarkedEnded,
    PlanPut,
    PlanPutForward,
    PlanReviewed,
    PlanWithdrawn,
    PutPlan,
    Refusal,
    Refused,
    Request,
    ReviewPlan,
    State,
    Targets,
    WithdrawPlan,
)
from frontline.company.plan.seen import given_facts, plan_facts
from frontline.kernel.ids import named
from frontline.kernel.load import Load
from frontline.kernel.seen import ChangedSince, changed_since
from frontline.kernel.words import Decision, Moment, Notes


@dataclass(frozen=True, slots=True)
class Desk:
    achieved: AchievedBook
    plan: PlanBook


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    reviewed = {one.plan_id for one in batch if isinstance(one, ReviewPlan)}
    achieved = await load(AchievedKeys(reviewed))
    ids = {
        (one.plan_id or PlanId(one.id)) if isinstance(one, PutPlan) else one.plan_id
        for one in batch
    }
    return Desk(achieved, await load(PlanKeys(ids)))


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(
        tuple(
            _put(desk.plan, one, moment.now, notes)
            if isinstance(one, PutPlan)
            else _of_plan(desk, one, moment.now, notes)
            for one in batch
        ),
        notes,
    )


def _put(
    book: PlanBook, command: PutPlan, now: datetime, notes: Notes
) -> PlanPut | Refused | ChangedSince:
    plan_id = command.plan_id or PlanId(command.id)
    before = book.plans.get(plan_id)
    if before is None and command.plan_id is not None:
        return Refused(Refusal.PLAN_UNKNOWN)
    if before is not None and before.state is not State.ASKED:
        return Refused(Refusal.PLAN_MOVED_ON)
    if (stale := changed_since(command.seen, plan_facts(before))) is not None:
        return stale
    if not 0 <= (command.last - command.first).days < DAYS_MAX:
        return Refused(Refusal.PLAN_DAYS_WRONG)
    if command.targets == Targets():
        return Refused(Refusal.PLAN_WITHOUT_TARGET)
    plan = Plan(
        id=plan_id,
        name=command.name,
        kind=command.kind,
        first=command.first,
        last=command.last,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        targets=command.targets,
        needs=command.needs,
        put_by=command.staff_id if before is None else before.put_by,
        put_at=now if before is None else before.put_at,
    )
    book.put(plan, command.staff_id, now)
    notes.edited(plan_id, command.staff_id)
    if before is None:
        notes.announce(PlanPutForward(plan_id=plan_id))
    if before is None or before.ends_at != plan.ends_at:
        end_id = named(f"end {plan_id}", str(command.id))
        notes.wake(plan.ends_at, EndPlan(id=end_id, plan_id=plan_id))
    return PlanPut(plan_id)


def _of_plan(desk: Desk, command: OfPlan, now: datetime, notes: Notes) -> Outcome:
    plan = desk.plan.plans.get(command.plan_id)
    if isinstance(command, EndPlan):
        return _end(desk.plan, plan, now, notes)
    if plan is None:
        return Refused(Refusal.PLAN_UNKNOWN)
    match command:
        case GivePlan():
            if plan.state not in {State.ASKED, State.GIVEN}:
                return Refused(Refusal.PLAN_MOVED_ON)
            if (stale := changed_since(command.seen, given_facts(plan.given))) is not None:
                return stale
            notes.edited(plan.id, command.staff_id)
            desk.plan.give(plan, command.given, command.staff_id, now)
            return PlanGiven(plan.id)
        case WithdrawPlan():
            if plan.state is not State.ASKED:
                return Refused(Refusal.PLAN_MOVED_ON)
            desk.plan.withdraw(plan, command.staff_id, now)
            return PlanWithdrawn(plan.id)
        case ReviewPlan():
            return _review(desk, plan, command, now)


def _review(desk: Desk, plan: Plan, command: ReviewPlan, now: datetime) -> PlanReviewed | Refused:
    if plan.state is not State.GIVEN:
        return Refused(Refusal.PLAN_MOVED_ON)
    if now < plan.ends_at:
        return Refused(Refusal.PLAN_STILL_RUNS)
    achieved = desk.achieved.achieved[plan.id]
    desk.plan.review(plan, command.learned, achieved, command.staff_id, now)
    return PlanReviewed(plan.id)


def _end(
    book: PlanBook, plan: Plan | None, now: datetime, notes: Notes
) -> PlanMarkedEnded | NothingEnded:
    live = plan is not None and plan.state in {State.ASKED, State.GIVEN}
    if plan is None or not live or plan.ended or now < plan.ends_at:
        return NothingEnded()
    book.end(plan)
    notes.announce(PlanEnded(plan_id=plan.id))
    return PlanMarkedEnded(plan.id)
