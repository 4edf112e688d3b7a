"""What is said of a plan: resources before people, and only what the numbers bear out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.company.plan.book import Plan, Resource, binding, meals
from frontline.company.plan.messages import Achieved, Kind, PlanId, Resources, Targets
from frontline.company.plan.reading import read
from frontline.kernel.words import Fen, StaffId


def plan(needs: Resources, given: Resources | None) -> Plan:
    at = datetime(2026, 11, 11, tzinfo=UTC)
    return Plan(
        id=PlanId(uuid4()), name="x", kind=Kind.CAMPAIGN, first=date(2026, 11, 11),
        last=date(2026, 11, 13), starts_at=at, ends_at=at, put_by=StaffId(uuid4()), put_at=at,
        targets=Targets(revenue=Fen(100), orders=10), needs=needs, given=given,
    )  # fmt: skip


NEEDS = Resources(budget=Fen(100), stock_units=50, people=4, authority="五百")
DONE = Achieved(revenue=Fen(58), orders=10, new_customers=0)


@pytest.mark.parametrize(
    ("given_", "achieved", "says"),
    [
        (NEEDS, Achieved(revenue=Fen(100), orders=10, new_customers=0), "要的都给了，目标也达到了"),
        (NEEDS, DONE, "要的都给了，最低的一项目标完成 58%"),
        (Resources(budget=Fen(60), stock_units=50, people=4, authority="五百"), DONE, "预算只给了 60%，最低的一项目标完成 58%。先谈没给够的"),
        (Resources(budget=Fen(60), stock_units=20, people=4, authority="五百"), DONE, "备货只给了 40%"),
        (Resources(budget=Fen(100), stock_units=50, people=4), DONE, "权限没有给"),
        (None, DONE, "只给了 0%"),
        (Resources(budget=Fen(60)), Achieved(revenue=Fen(200), orders=20, new_customers=0), "目标还是达到了"),
    ],
)  # fmt: skip
def test_the_verdict(given_: Resources | None, achieved: Achieved, says: str) -> None:
    verdict = read(plan(NEEDS, given_), achieved, over=True).verdict
    assert verdict is not None
    assert says in verdict.zh
    assert verdict.en


def test_nothing_is_said_before_the_end() -> None:
    reading = read(plan(NEEDS, None), DONE, over=False)
    assert reading.verdict is None
    assert [one.reached_bp for one in reading.aims] == [5_800, 10_000]


numbers = st.integers(0, 1_000)
resources = st.builds(
    Resources, budget=numbers.map(Fen), stock_units=numbers, people=numbers, authority=st.just("")
)


@given(needs=resources, given_=resources)
def test_the_binding_one_is_the_shortest_of_its_need(needs: Resources, given_: Resources) -> None:
    found = {meal.resource: meal for meal in meals(needs, given_)}
    assert set(found) == {*Resource}
    short = [meal for meal in found.values() if meal.given < meal.needed]
    least = binding(needs, given_)
    if not short:
        assert least is None
    else:
        assert least is not None
        assert least.missing > 0
        assert all(
            least.given * meal.needed
            <= meal.given * least.needed + least.needed * meal.needed / 10_000
            for meal in short
        )
