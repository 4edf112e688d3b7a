"""Plans: what is asked, what is given, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import msgspec

from frontline.company.plan.messages import (
    Achieved,
    Kind,
    PlanId,
    Resources,
    State,
    Targets,
)
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.money import BASIS_POINTS, share
from frontline.kernel.states import Transitions, move, proved
from frontline.kernel.words import Fen, StaffId

DAYS_MAX = 366

TRANSITIONS: Transitions[State] = proved(
    {
        State.ASKED: frozenset({State.GIVEN, State.WITHDRAWN}),
        State.GIVEN: frozenset({State.GIVEN, State.REVIEWED}),
        State.REVIEWED: frozenset(),
        State.WITHDRAWN: frozenset(),
    },
    start=State.ASKED,
)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    id: PlanId
    name: str
    kind: Kind
    first: date
    last: date
    starts_at: datetime
    ends_at: datetime
    targets: Targets
    needs: Resources
    put_by: StaffId
    put_at: datetime
    state: State = State.ASKED
    given: Resources | None = None
    achieved: Achieved | None = None  # As it was when it was reviewed.
    learned: str = ""
    ended: bool = False  # The timer has said so.

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def revenue_on(self, day: date) -> Fen:
        """The day's part of the target; the parts sum to it exactly."""
        if not self.first <= day <= self.last or self.targets.revenue is None:
            return Fen(0)
        return Fen(share(self.targets.revenue, [1] * self.days)[(day - self.first).days])


class Step(msgspec.Struct, frozen=True):
    """What became of a plan: only ever added to."""

    plan_id: PlanId
    deed: str  # "put", "give", "review", "withdraw".
    said: str  # What was given, as JSON; what was learned.
    staff_id: StaffId
    at: datetime


# -- The horse must run and eat ---------------------------------------------------------------


class Resource(StrEnum):
    BUDGET = "budget"
    STOCK = "stock_units"
    PEOPLE = "people"


class Meal(msgspec.Struct, frozen=True):
    """One resource, as it was needed and as it was given."""

    resource: Resource
    needed: int
    given: int

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.given)

    @property
    def fed_bp(self) -> int:
        """How much of the need was met, in basis points, at most all of it; rounded down."""
        if not self.needed:
            return BASIS_POINTS
        return min(BASIS_POINTS, BASIS_POINTS * self.given // self.needed)


def meals(needs: Resources, given: Resources | None) -> tuple[Meal, ...]:
    """All that can be counted of it, the shortest of need first."""
    got = given or Resources()
    found = [Meal(one, getattr(needs, one), getattr(got, one)) for one in Resource]
    return tuple(sorted(found, key=lambda meal: meal.fed_bp))


def binding(needs: Resources, given: Resources | None) -> Meal | None:
    """The resource that is shortest of its need and so holds back all others; None: none is."""
    shortest = meals(needs, given)[0]
    return shortest if shortest.missing else None


def unauthorised(needs: Resources, given: Resources | None) -> bool:
    """Authority was asked for, and none was given."""
    return bool(needs.authority) and not (given or Resources()).authority


def reached_bp(target: int | None, achieved: int) -> int | None:
    """How much of a target was reached, in basis points, rounded down; None: it had none."""
    return BASIS_POINTS * achieved // target if target else None


@dataclass(slots=True)
class PlanBook(Book):
    plans: Page[PlanId, Plan]
    steps: list[Step] = field(default_factory=list)

    def put(self, plan: Plan, staff_id: StaffId, at: datetime) -> None:
        assert plan.state is State.ASKED
        self.plans[plan.id] = plan
        self.steps.append(Step(plan.id, "put", "", staff_id, at))

    def give(self, plan: Plan, given: Resources, staff_id: StaffId, at: datetime) -> None:
        self._become(plan, State.GIVEN, given=given)
        said = msgspec.json.encode(given).decode()
        self.steps.append(Step(plan.id, "give", said, staff_id, at))

    def review(
        self, plan: Plan, learned: str, achieved: Achieved, staff_id: StaffId, at: datetime
    ) -> None:
        self._become(plan, State.REVIEWED, learned=learned, achieved=achieved)
        self.steps.append(Step(plan.id, "review", learned, staff_id, at))

    def withdraw(self, plan: Plan, staff_id: StaffId, at: datetime) -> None:
        self._become(plan, State.WITHDRAWN)
        self.steps.append(Step(plan.id, "withdraw", "", staff_id, at))

    def end(self, plan: Plan) -> None:
        self.plans[plan.id] = msgspec.structs.replace(plan, ended=True)

    def check(self) -> None:
        for plan in self.plans.rows().values():
            assert 1 <= plan.days <= DAYS_MAX
            assert plan.starts_at < plan.ends_at
            assert (plan.achieved is not None) == (plan.state is State.REVIEWED)
            assert bool(plan.learned) == (plan.state is State.REVIEWED)
            assert plan.given is None or plan.state in {State.GIVEN, State.REVIEWED}

    def _become(self, plan: Plan, state: State, **what: object) -> None:
        moved = move(TRANSITIONS, plan.state, state)
        self.plans[plan.id] = msgspec.structs.replace(plan, state=moved, **what)


@dataclass(frozen=True, slots=True)
class PlanKeys(Keys[PlanBook]):
    plan_ids: Iterable[PlanId]


@dataclass(slots=True)
class AchievedBook(Book):
    """What the shop's rows say of the days of plans. Only read."""

    achieved: Page[PlanId, Achieved]

    def check(self) -> None:
        assert not self.achieved.added()
        assert not self.achieved.altered()


@dataclass(frozen=True, slots=True)
class AchievedKeys(Keys[AchievedBook]):
    plan_ids: Iterable[PlanId]
