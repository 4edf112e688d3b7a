"""All parts there are, found by walking the folders of tests: `<floor>/<feature>/story.py`."""

from __future__ import annotations

from collections.abc import Container
from importlib import import_module
from pathlib import Path
from random import Random

import scenery
from databases import connect, owner
from hypothesis import Phase, note, settings
from hypothesis import strategies as st

from frontline.house import assembled
from frontline.kernel.words import ShopId
from frontline.testing.memory import World
from frontline.testing.story import Cast, Part, Story

_TESTS = Path(__file__).parent


def _found() -> tuple[Part, ...]:
    paths = sorted(_TESTS.glob("*/*/story.py"))
    names = (".".join(path.relative_to(_TESTS).with_suffix("").parts) for path in paths)
    modules = map(import_module, names)
    return (scenery.PART, *(one.PART for one in modules if hasattr(one, "PART")))


CAST = Cast(assembled().library, _found())
REACTING = assembled().reacting


def stories(often: str | None = None, *, chapters: int) -> st.SearchStrategy[Story]:
    """By their seeds, which are told. Laws name the chapter that breaks them, so there is no need
    to make a long story shorter, which takes minutes."""
    return st.integers(0, 2**32).map(
        lambda seed: (
            note(f"seed {seed}")
            or CAST.tell(Random(seed), often=often, chapters_min=chapters, chapters_max=chapters)
        )
    )


def law(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, database=None, phases=[Phase.generate])


async def lay(
    url: str, shop_id: ShopId, world: World, names: Container[str] | None = None
) -> ShopId:
    """Put a world that has only just begun, or these parts of it, into the tables of a new shop."""
    sql = await connect(owner(url))
    try:
        await sql.execute(f"SET app.shop_id = '{shop_id:d}'")
        await sql.execute(
            "INSERT INTO shop VALUES ($1, $2, 'Demo', 'CNY', 'zh', 'Asia/Shanghai', now())",
            shop_id, f"shop-{shop_id}",
        )  # fmt: skip
        for part in CAST.parts:
            if part.fill is not None and (names is None or part.name in names):
                await part.fill(sql, shop_id, world.content())
    finally:
        await sql.close()
    return shop_id
