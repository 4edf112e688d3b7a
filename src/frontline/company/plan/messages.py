"""Plans: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.seen import ChangedSince
from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Event, Fen, NoEffect, StaffId

PlanId = NewType("PlanId", UUID)


class Kind(StrEnum):
    CAMPAIGN = "campaign"
    QUARTER = "quarter"


class State(StrEnum):
    ASKED = "asked"  # Targets and needs are said; nothing is given yet.
    GIVEN = "given"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"


class Targets(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the people; None: nothing of this kind."""

    revenue: Fen | None = None
    orders: int | None = None
    new_customers: int | None = None


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    """What the horse eats."""

    budget: Fen = Fen(0)
    stock_units: int = 0
    people: int = 0
    authority: str = ""  # What may be decided without asking, in words.


class Achieved(msgspec.Struct, frozen=True, kw_only=True):
    """Counted from the shop's rows."""

    revenue: Fen  # Paid within its days, less what was given back within them.
    orders: int  # Paid within its days.
    new_customers: int | None  # Whose first paid order was placed within them; None: not asked.


# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public."""

    PLAN_UNKNOWN = "plan_unknown"
    PLAN_DAYS_WRONG = "plan_days_wrong"
    PLAN_WITHOUT_TARGET = "plan_without_target"
    PLAN_MOVED_ON = "plan_moved_on"
    PLAN_STILL_RUNS = "plan_still_runs"


TEXTS: Texts = {
    Refusal.PLAN_UNKNOWN: Text("计划不存在", "There is no such plan", 404),
    Refusal.PLAN_DAYS_WRONG: Text(
        "结束日期不能早于开始日期，最长一年",
        "It may not end before it begins, nor last over a year",
    ),
    Refusal.PLAN_WITHOUT_TARGET: Text(
        "请至少填一个目标：销售额、订单数或新客数",
        "State a target: revenue, orders or new customers",
    ),
    Refusal.PLAN_MOVED_ON: Text(
        "计划的状态已变，请刷新后再看", "The plan has moved on; reload and look again"
    ),
    Refusal.PLAN_STILL_RUNS: Text(
        "计划还没结束，结束后才能复盘", "The plan still runs; review it when it has ended"
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class PlanPut(msgspec.Struct, frozen=True, tag=True):
    plan_id: PlanId


class PlanGiven(msgspec.Struct, frozen=True, tag=True):
    plan_id: PlanId


class PlanReviewed(msgspec.Struct, frozen=True, tag=True):
    plan_id: PlanId


class PlanWithdrawn(msgspec.Struct, frozen=True, tag=True):
    plan_id: PlanId


class PlanMarkedEnded(msgspec.Struct, frozen=True, tag=True):
    plan_id: PlanId


class NothingEnded(NoEffect, frozen=True, tag=True):
    """The timer came, and there was nothing to do."""


Outcome = (
    PlanPut
    | PlanGiven
    | PlanReviewed
    | PlanWithdrawn
    | PlanMarkedEnded
    | NothingEnded
    | Refused
    | ChangedSince
)

# -- Asked ----------------------------------------------------------------------------


class PutPlan(Command[PlanPut | Refused | ChangedSince], frozen=True, tag=True):
    """State what is asked and what that takes; or change it, as long as nothing was given."""

    staff_id: StaffId
    name: str
    kind: Kind
    first: date  # Days of the shop, both included.
    last: date
    starts_at: datetime  # When the first day begins.
    ends_at: datetime  # When the last day is over.
    targets: Targets
    needs: Resources
    plan_id: PlanId | None = None  # None: a new one, of the command's id.
    seen: str = ""  # `kernel.seen`; "": whatever it is now.


class GivePlan(Command[PlanGiven | Refused | ChangedSince], frozen=True, tag=True):
    """What it gets, by the owner; all of it, not what is added."""

    plan_id: PlanId
    staff_id: StaffId
    given: Resources
    seen: str = ""  # Of what was given.


class ReviewPlan(Command[PlanReviewed | Refused], frozen=True, tag=True):
    """What we learn from it, once it has ended; what was achieved is kept as it is now."""

    plan_id: PlanId
    staff_id: StaffId
    learned: str


class WithdrawPlan(Command[PlanWithdrawn | Refused], frozen=True, tag=True):
    plan_id: PlanId
    staff_id: StaffId


class EndPlan(Command[PlanMarkedEnded | NothingEnded], frozen=True, tag=True):
    """A timer's: its last day is over."""

    plan_id: PlanId


OfPlan = GivePlan | ReviewPlan | WithdrawPlan | EndPlan
Request = PutPlan | OfPlan

# -- Announced ------------------------------------------------------------------------


class PlanPutForward(Event, frozen=True, kw_only=True, tag=True):
    """The owner is to give."""

    plan_id: PlanId


class PlanEnded(Event, frozen=True, kw_only=True, tag=True):
    """It is to be reviewed."""

    plan_id: PlanId
