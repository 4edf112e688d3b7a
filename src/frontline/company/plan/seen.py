"""What the forms of a plan replace: `kernel.seen` keeps it from being lost."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from msgspec.structs import asdict

from frontline.company.plan.messages import Kind, Resources, Targets
from frontline.kernel.seen import Facts


class Stated(Protocol):
    """A plan, or the wish to make it so."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def targets(self) -> Targets: ...
    @property
    def needs(self) -> Resources: ...


def plan_facts(plan: Stated | None) -> Facts:
    if plan is None:
        return {}
    facts = {name: getattr(plan, name) for name in ("name", "kind", "first", "last")}
    return {**facts, **asdict(plan.targets), **asdict(plan.needs)}


def given_facts(given: Resources | None) -> Facts:
    return {} if given is None else asdict(given)


def targets_of(facts: Facts) -> Targets:
    return Targets(**{name: facts[name] for name in Targets.__struct_fields__})


def resources_of(facts: Facts) -> Resources:
    return Resources(**{name: facts[name] for name in Resources.__struct_fields__})
