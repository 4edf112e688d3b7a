"""All that is held about members, by every feature: found by walking, listed nowhere."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from frontline.store.personal import Holding

FLOORS = ("shop", "games", "company")


@cache
def holdings() -> tuple[Holding, ...]:
    """The modules `personal` beside the features, in the order in which they are erased."""
    names = ["frontline.web.personal"]
    for floor in FLOORS:
        package = import_module(f"frontline.{floor}")
        for folder in sorted(one.name for one in pkgutil.iter_modules(package.__path__)):
            name = f"{package.__name__}.{folder}"
            inside = {one.name for one in pkgutil.iter_modules(import_module(name).__path__)}
            if "personal" in inside:
                names.append(f"{name}.personal")
    found = tuple(one for name in names for one in import_module(name).PERSONAL)
    assert len({one.table for one in found}) == len(found), "a table said twice"
    return found
