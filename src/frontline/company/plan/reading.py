"""What a review says first, second and third: not given, achieved, and only then the rest.

"The horse must run and eat" (又要马儿跑，又要马儿吃草): whoever asks for a result and gives half of
what it takes reads that before anything else.
"""

from __future__ import annotations

import msgspec

from frontline.company.plan.book import (
    Meal,
    Plan,
    Resource,
    binding,
    meals,
    reached_bp,
    unauthorised,
)
from frontline.company.plan.messages import Achieved
from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.text import Words

RESOURCES = {
    Resource.BUDGET: Words("预算", "Budget"),
    Resource.STOCK: Words("备货", "Stock"),
    Resource.PEOPLE: Words("人手", "People"),
}
TARGETS = {
    "revenue": Words("销售额", "Revenue"),
    "orders": Words("订单", "Orders"),
    "new_customers": Words("新客", "New customers"),
}


class Aim(msgspec.Struct, frozen=True):
    """One target, beside what came of it."""

    name: str  # A field of Targets.
    target: int
    achieved: int | None  # None: it has not begun.
    reached_bp: int | None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    aims: tuple[Aim, ...]
    meals: tuple[Meal, ...]  # Those that were needed, the shortest first.
    missing: tuple[Meal, ...]  # Of those, what was asked for and not given.
    unauthorised: bool
    binding: Meal | None
    verdict: Words | None  # None: there is nothing to say yet.


def read(plan: Plan, achieved: Achieved | None, *, over: bool) -> Reading:
    """`over`: its last day is over, so that what came of it can be told."""
    aims = tuple(_aim(plan, name, achieved) for name in TARGETS if getattr(plan.targets, name))
    needed = tuple(meal for meal in meals(plan.needs, plan.given) if meal.needed)
    return Reading(
        aims=aims,
        meals=needed,
        missing=tuple(meal for meal in needed if meal.missing),
        unauthorised=unauthorised(plan.needs, plan.given),
        binding=binding(plan.needs, plan.given),
        verdict=_verdict(plan, aims) if over else None,
    )


def _aim(plan: Plan, name: str, achieved: Achieved | None) -> Aim:
    target: int = getattr(plan.targets, name)
    done: int | None = None if achieved is None else getattr(achieved, name)
    return Aim(name, target, done, None if done is None else reached_bp(target, done))


def _verdict(plan: Plan, aims: tuple[Aim, ...]) -> Words:
    """Resources before people: the least fed need against the least reached aim."""
    least = min(aim.reached_bp or 0 for aim in aims)
    short = binding(plan.needs, plan.given)
    done = f"{max(0, least) // 100}%"
    if short is None and not unauthorised(plan.needs, plan.given):
        if least >= BASIS_POINTS:
            return Words(
                "要的都给了，目标也达到了。", "All that was asked for was given, and reached."
            )
        return Words(
            f"要的都给了，最低的一项目标完成 {done}。复盘谈打法，也谈目标定得对不对。",
            f"All that was asked for was given; the least aim reached {done}. Talk about how it was"
            " played, and whether the aim was right.",
        )
    fed = "—" if short is None else f"{short.fed_bp // 100}%"
    what = Words("权限没有给", "authority was not given")
    if short is not None:
        name = RESOURCES[short.resource]
        what = Words(
            f"{name.zh}只给了 {fed}", f"{name.en.lower()} came to {fed} of what was needed"
        )
    if least >= BASIS_POINTS:
        return Words(
            f"{what.zh}，目标还是达到了。下次先把欠的补上。",
            f"Though {what.en}, the aims were reached. Make up for it next time.",
        )
    return Words(
        f"{what.zh}，最低的一项目标完成 {done}。先谈没给够的，再谈做得怎么样。",
        f"As {what.en}, the least aim reached {done}. Talk first about what was not given, then"
        " about what was done.",
    )
