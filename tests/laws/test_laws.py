"""The laws that every decide keeps, on worlds in memory."""

from __future__ import annotations

from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from stories import CAST, stories

from frontline.engine.feature import CommandSet
from frontline.shop.order.states import State
from frontline.testing.laws import combining, conserving, refusing
from frontline.testing.story import Story

SETS = sorted(CAST.wishes)
EXAMPLES = settings(max_examples=50, deadline=None, database=None)


@pytest.mark.parametrize("name", SETS)
def test_a_batch_means_its_commands_one_by_one(name: str) -> None:
    @EXAMPLES
    @given(stories(often=name))
    def law(story: Story) -> None:
        for chapter in story.of(name):
            combining(CAST.simulator, chapter)

    law()


@pytest.mark.parametrize("name", SETS)
def test_a_refusal_changes_nothing(name: str) -> None:
    @EXAMPLES
    @given(stories(often=name))
    def law(story: Story) -> None:
        for chapter in story.of(name):
            refusing(CAST.simulator, chapter)

    law()


@pytest.mark.parametrize("part", [part.name for part in CAST.parts if part.conserved])
def test_nothing_is_made_or_lost(part: str) -> None:
    """Stock, orders, money, the ledger, coupons, seats: each by what its part says."""

    @EXAMPLES
    @given(stories())
    def law(story: Story) -> None:
        conserving(CAST, story, part)

    law()


# -- The test of the tests ----------------------------------------------------------------


def _outcomes(command_set: CommandSet[Any, Any]) -> set[str]:
    return {kind.__name__ for kind in get_args(command_set.outcome)}


def test_stories_reach_every_outcome_and_every_state() -> None:
    """Laws prove nothing of what never happens."""
    told: dict[str, set[str]] = {name: set() for name in SETS}
    states: set[State] = set()
    for seed in range(400):
        for chapter in CAST.tell(Random(seed)).chapters:
            told[chapter.command_set.name] |= {
                type(outcome).__name__ for outcome in chapter.decision.outcomes
            }
            orders = chapter.after.content()["OrderBook.orders"].values()
            states |= {order.state for order in orders}
    for command_set, _ in CAST.wishes.values():
        assert told[command_set.name] == _outcomes(command_set)
    assert states == set(State)
