"""On PostgreSQL: what is stored is what was decided, and answers are kept."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
import stories
from databases import connect, new_database, owner
from hypothesis import given, settings
from sqlalchemy import event
from stories import CAST, REACTING

from frontline.engine.handler import Handler
from frontline.kernel.words import Command, ShopId
from frontline.store.database import Database
from frontline.testing.laws import storing
from frontline.testing.story import BEGIN, Story

_shops = itertools.count(1)


@pytest.fixture(scope="module")
def url(server_url: str) -> str:
    return asyncio.run(new_database(server_url))


@pytest.mark.parametrize("name", sorted(CAST.wishes))
def test_the_database_tells_the_same_story(url: str, name: str) -> None:
    """Rows, outcomes, events and timers; and the same wishes again have the same answers."""

    @settings(max_examples=12, deadline=None, database=None)
    @given(stories.stories(often=name))
    def law(story: Story) -> None:
        asyncio.run(_tell(url, story))

    law()


async def _tell(url: str, story: Story) -> None:
    shop_id = await stories.lay(url, ShopId(next(_shops)), story.start)
    database = Database(url, connections_max=1)
    try:
        await storing(CAST, story, database, shop_id, REACTING)
    finally:
        await database.close()


@pytest.mark.parametrize("name", sorted(CAST.wishes))
def test_statements_do_not_grow_with_the_batch(url: str, name: str) -> None:
    """As many for commands of a whole chapter as for its first one that has the same effect."""
