"""The laws of the house for features that play in a small cast of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from random import Random
from typing import get_args

from databases import connect, new_database, owner

from frontline.kernel.words import ShopId
from frontline.store.database import Database
from frontline.testing.laws import combining, conserving, refusing, storing
from frontline.testing.story import Cast

STORIES = 100
STORED = 12


def prove(cast: Cast, refusals: Iterable[str]) -> None:
    """Combining, refusing, conserving; and that stories reach every outcome and these refusals."""
    outcomes: set[str] = set()
    refused: set[str] = set()
    for seed in range(STORIES):
        story = cast.tell(Random(seed))
        for chapter in story.chapters:
            combining(cast.simulator, chapter)
            refusing(cast.simulator, chapter)
            outcomes |= {type(one).__name__ for one in chapter.decision.outcomes}
            refused |= {getattr(one, "refusal", "") for one in chapter.decision.outcomes}
        for part in cast.parts:
            if part.conserved is not None:
                conserving(cast, story, part.name)
    for command_set, _ in cast.wishes.values():
        assert {kind.__name__ for kind in get_args(command_set.outcome)} <= outcomes
    assert set(refusals) <= refused, set(refusals) - refused


def prove_stored(server_url: str, cast: Cast) -> None:
    """On PostgreSQL the same stories end in the same rows, and repeated wishes change nothing."""
    asyncio.run(_prove_stored(server_url, cast))


async def _prove_stored(server_url: str, cast: Cast) -> None:
    url = await new_database(server_url)
    sql = await connect(owner(url))
    database = Database(url, connections_max=1)
    try:
        for seed in range(STORED):
            story, shop_id = cast.tell(Random(seed)), ShopId(seed + 1)
            await sql.execute("SELECT set_config('app.shop_id', $1, false)", str(shop_id))
            await sql.execute(
                "INSERT INTO shop VALUES ($1, $2, 'Demo', 'CNY', 'zh', 'Asia/Shanghai', now())",
                shop_id, f"shop-{shop_id}",
            )  # fmt: skip
            for part in cast.parts:
                if part.fill is not None:
                    await part.fill(sql, shop_id, story.start.content())
            await storing(cast, story, database, shop_id, frozenset())
    finally:
        await sql.close()
        await database.close()
