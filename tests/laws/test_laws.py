"""The laws that every decide keeps, on worlds in memory."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import event, given, settings
from stories import CAST, stories

from frontline.testing.laws import combining, conserving, refusing
from frontline.testing.story import Story

SETS = sorted(CAST.wishes)
EXAMPLES = settings(max_examples=60, deadline=None, database=None)


@pytest.mark.parametrize("name", SETS)
def test_a_batch_means_its_commands_one_by_one(name: str) -> None:
    @EXAMPLES
    @given(stories(often=name))
    def law(story: Story) -> None:
        for chapter in story.chapters:
            if chapter.command_set.name == name:
                combining(CAST.simulator, chapter)

    law()


@pytest.mark.parametrize("name", SETS)
def test_a_refusal_changes_nothing(name: str) -> None:
    @EXAMPLES
    @given(stories(often=name))
    def law(story: Story) -> None:
        for chapter in story.chapters:
            if chapter.command_set.name == name:
                refusing(CAST.simulator, chapter)

    law()
