"""The laws that every decide keeps, on worlds in memory."""

from __future__ import annotations

from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given
from stories import CAST, law, stories

from frontline.shop.order.states import State
from frontline.testing.laws import combining, conserving, refusing
from frontline.testing.story import Story

SETS = sorted(CAST.wishes)
EXAMPLES, CHAPTERS = 20, 40


@pytest.mark.parametrize("name", SETS)
def test_a_batch_means_its_commands_one_by_one(name: str) -> None:
    @law(EXAMPLES)
    @given(stories(often=name, chapters=CHAPTERS))
    def holds(story: Story) -> None:
        for chapter in story.of(name):
            combining(CAST.simulator, chapter)

    holds()


@pytest.mark.parametrize("name", SETS)
def test_a_refusal_changes_nothing(name: str) -> None:
    @law(EXAMPLES)
    @given(stories(often=name, chapters=CHAPTERS))
    def holds(story: Story) -> None:
        for chapter in story.of(name):
            refusing(CAST.simulator, chapter)

    holds()


@pytest.mark.parametrize("part", [part.name for part in CAST.parts if part.conserved])
def test_nothing_is_made_or_lost(part: str) -> None:
    """Stock, orders, money, the ledger, coupons, seats: each by what its part says."""

    @law(EXAMPLES)
    @given(stories(chapters=CHAPTERS))
    def holds(story: Story) -> None:
        conserving(CAST, story, part)

    holds()


# -- The test of the tests ----------------------------------------------------------------

SEEDS_MAX = 400


@pytest.mark.parametrize("name", SETS)
def test_stories_reach_every_outcome(name: str) -> None:
    """Laws prove nothing of what never happens."""
    missing = {
        (command.__name__, outcome.__name__)
        for command in CAST.wishes[name][0].commands
        for outcome in _outcomes(command)
    }
    for seed in range(SEEDS_MAX):
        story = CAST.tell(Random(seed), often=name, chapters_min=CHAPTERS, chapters_max=CHAPTERS)
        for chapter in story.of(name):
            missing -= {
                (type(command).__name__, type(outcome).__name__)
                for command, outcome in zip(chapter.batch, chapter.decision.outcomes, strict=True)
            }
        if not missing:
            break
    assert not missing


def _outcomes(command: type[Any]) -> set[type[Any]]:
    """What its class says it is answered with."""
    (answer,) = get_args(command.__orig_bases__[0])
    return set(get_args(answer) or (answer,))


def test_stories_reach_every_state_of_an_order() -> None:
    missing = set(State)
    for seed in range(SEEDS_MAX):
        for chapter in CAST.tell(Random(seed), often="order").chapters:
            orders = chapter.after.content()["OrderBook.orders"].values()
            missing -= {order.state for order in orders}
        if not missing:
            break
    assert not missing
