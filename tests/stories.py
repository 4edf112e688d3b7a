"""All parts there are, found by walking the folders of tests: `<floor>/<feature>/story.py`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import scenery
from hypothesis import strategies as st

from frontline.house import assembled
from frontline.testing.story import Cast, Part, Story

_TESTS = Path(__file__).parent


def _found() -> tuple[Part, ...]:
    paths = sorted(_TESTS.glob("*/*/story.py"))
    modules = (".".join(path.relative_to(_TESTS).with_suffix("").parts) for path in paths)
    return (scenery.PART, *(import_module(module).PART for module in modules))


CAST = Cast(assembled().library, _found())
REACTING = frozenset(assembled().reactions)


def stories(often: str | None = None, chapters_max: int = 12) -> st.SearchStrategy[Story]:
    """Chance is Hypothesis's own, so a story that breaks a law is made as short as can be."""
    return st.randoms(use_true_random=False).map(
        lambda chance: CAST.tell(chance, often=often, chapters_max=chapters_max)
    )
