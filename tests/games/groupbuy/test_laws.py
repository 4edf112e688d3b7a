"""The laws of the house, in stories that play much; and that the stories get around."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import cache
from random import Random

import pytest
import stories
from databases import new_database
from games.groupbuy.playing import CAST

from frontline.audit.run import audited
from frontline.games.groupbuy.states import SeatState, TeamState
from frontline.kernel.words import NoEffect, ShopId
from frontline.store.database import Database
from frontline.testing.laws import combining, conserving, refusing, storing
from frontline.testing.story import BEGIN, Story

STORIES = 120
STORED = 16
PARTS = {part.name for part in CAST.parts}
OURS = ("groupbuy", "groupbuy quote", "groupbuy expiry", "groupbuy campaigns")


@cache
def told() -> tuple[Story, ...]:
    return tuple(CAST.tell(Random(seed), chapters_max=60, batch_max=4) for seed in range(STORIES))


def test_a_batch_means_its_commands_one_by_one() -> None:
    for story in told():
        for chapter in story.chapters:
            if chapter.command_set.name in (*OURS, "payment"):
                combining(CAST.simulator, chapter)


def test_a_refusal_changes_nothing() -> None:
    refused = 0
    for story in told():
        for chapter in story.chapters:
            if chapter.command_set.name in OURS:
                refused += refusing(CAST.simulator, chapter)
    assert refused > 100


@pytest.mark.parametrize("name", [part.name for part in CAST.parts if part.conserved])
def test_nothing_is_made_or_lost(name: str) -> None:
    for story in told():
        conserving(CAST, story, name)


def test_the_stories_reach_all_ends() -> None:
    """Laws prove nothing of what never happens."""
    ends: Counter[str] = Counter()
    for chapter in (chapter for story in told() for chapter in story.chapters):
        rows = chapter.after.content()
        ends.update(f"team {team.state}" for team in rows["GroupbuyBook.teams"].values())
        for seats in rows["GroupbuyBook.seats"].values():
            ends.update(f"seat {seat.state}" for seat in seats)
        ends.update(
            f"money {getattr(outcome, 'reason', '')}"
            for outcome in chapter.decision.outcomes
            if not isinstance(outcome, NoEffect)
        )
    wanted = {
        *(f"team {state}" for state in TeamState),
        *(f"seat {state}" for state in SeatState),
        "money paid too late",
    }
    assert wanted <= ends.keys(), wanted - ends.keys()


def test_the_database_tells_the_same_story(server_url: str) -> None:
    asyncio.run(_tell(server_url))


async def _tell(server_url: str) -> None:
    url = await new_database(server_url)
    for number, story in enumerate(told()[:STORED], 1):
        shop_id = await stories.lay(url, ShopId(number), story.start, PARTS)
        database = Database(url, connections_max=1)
        try:
            await storing(CAST, story, database, shop_id, stories.REACTING)
            findings = await audited(database, shop_id, BEGIN)
            assert not [one for one in findings if one.violations]
        finally:
            await database.close()
