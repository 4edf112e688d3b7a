"""What the form of a freight template replaces: `kernel.seen` keeps it from being lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from frontline.kernel.seen import Facts
from frontline.shop.freight.messages import Measure, Rate

REGION = "to "
"""Before the code of a region: the fact of its rate."""


class Priced(Protocol):
    """A template, however it was read."""

    @property
    def name(self) -> str: ...
    @property
    def measure(self) -> Measure: ...
    @property
    def elsewhere(self) -> Rate | None: ...
    @property
    def regions(self) -> Mapping[str, Rate | None]: ...


def template_facts(template: Priced | None) -> Facts:
    if template is None:
        return {}
    facts = {name: getattr(template, name) for name in ("name", "measure", "elsewhere")}
    return facts | {REGION + code: rate for code, rate in template.regions.items()}


def regions_of(facts: Facts) -> dict[str, Rate | None]:
    return {
        name.removeprefix(REGION): rate for name, rate in facts.items() if name.startswith(REGION)
    }
