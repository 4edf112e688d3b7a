"""Nobody does anything beyond their authority, whatever they try; in memory and on PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
import stories
from company.authority.breaking_in import CAST, Judge, told
from databases import new_database
from hypothesis import given
from hypothesis import strategies as st

from frontline.company.authority.book import (
    Allowance,
    AuthorityBook,
    How,
    Powers,
    Through,
    Waiting,
    gate,
)
from frontline.kernel.words import ShopId
from frontline.store.database import Database
from frontline.testing.laws import storing
from frontline.testing.story import BEGIN

PARTS = {part.name for part in CAST.parts}
_shops = itertools.count(1)


@stories.law(150)
@given(st.integers(0, 2**32))
def test_no_deed_is_beyond_authority(seed: int) -> None:
    told(Random(seed))


@cache
def _judges() -> tuple[Judge, ...]:
    return tuple(told(Random(seed))[1] for seed in range(60))


@pytest.mark.parametrize(
    "outcome",
    [
        *(f"StockAdjusted {how}" for how in ("limit", "substitute", "approved", "within_cap")),
        "StockAdjusted owner",
        "Held",
        "Held again",
        "Approved",
        "NotYours",
    ],
)
def test_the_stories_get_around(outcome: str) -> None:
    """What never happens proves nothing."""
    assert any(outcome in judge.outcomes for judge in _judges())


@pytest.fixture(scope="module")
def url(server_url: str) -> str:
    return asyncio.run(new_database(server_url))


def test_the_database_lets_no_more_pass(url: str) -> None:
    """The same attempts through the handler, each given twice: same outcomes, same rows."""

    @stories.law(8)
    @given(st.integers(0, 2**32))
    def holds(seed: int) -> None:
        asyncio.run(_tell(url, seed))

    holds()


async def _tell(url: str, seed: int) -> None:
    story, _ = told(Random(seed))
    shop_id = await stories.lay(url, ShopId(next(_shops)), story.start, PARTS)
    database = Database(url, connections_max=1)
    try:
        await storing(CAST, story, database, shop_id, stories.REACTING)
    finally:
        await database.close()


# -- The test of the tests ------------------------------------------------------------------

_fits, _right = gate._fits, AuthorityBook._right


def _anybody_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An approval is good for every colleague who comes with its id, up to its amount."""

    def right(self: AuthorityBook, ask: Any, command: Any, now: Any) -> Any:
        one = self.warrants.get(command.id)
        known = self.clerks.get(ask.by) is not None
        if one is not None and known and _fits(one, replace(ask, by=one.staff_id), now):
            self._used_up(one, How.APPROVED, command, now)
            return Through(How.APPROVED, ask.by)
        return _right(self, ask, command, now)

    monkeypatch.setattr(AuthorityBook, "_right", right)


def _any_amount(monkeypatch: pytest.MonkeyPatch) -> None:
    """An approval is good for whatever its applicant does under its id."""

    def right(self: AuthorityBook, ask: Any, command: Any, now: Any) -> Any:
        one = self.warrants.get(command.id)
        if one is not None and one.good(now) and one.staff_id == ask.by:
            return self._used_up(one, How.APPROVED, command, now)
        return _right(self, ask, command, now)

    monkeypatch.setattr(AuthorityBook, "_right", right)


def _never_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_fits", lambda one, ask, _: _fits(one, ask, BEGIN))


def _used_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def used_up(self: AuthorityBook, one: Any, how: Any, _command: Any, _now: Any) -> Through:
        return Through(how, one.staff_id)

    monkeypatch.setattr(AuthorityBook, "_used_up", used_up)


def _uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Allowance, "plus", lambda self, _amount: self)


def _absent_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is away stands in for others all the same."""

    def rights(self: Powers, by: Any, now: Any) -> Any:
        yield Through(How.LIMIT, by)
        for whose_id in self.stands_in_for(by, now):
            yield Through(How.SUBSTITUTE, whose_id)

    monkeypatch.setattr(Powers, "rights", rights)


def _own_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The applicant says yes. (What is held is beyond them, but for a smaller cap.)"""

    def may_decide(self: AuthorityBook, by: Any, warrant: Any, now: Any) -> bool:
        return self._deciding(by, warrant, now) is not None

    monkeypatch.setattr(AuthorityBook, "may_decide", may_decide)


def _heard_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for the same again makes another proposal of it."""
    monkeypatch.setattr(Waiting, "waits", lambda _self, _now: False)


def _waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AuthorityBook, "closed", lambda _self, _proposal_id: None)


def _whatever_they_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """One proposal for all that somebody wants."""
    monkeypatch.setattr(gate, "asked_for", lambda _ask, _command: 1)


GUARDS = [
    *(_anybody_uses_it, _any_amount, _never_expires, _used_twice),
    *(_uncounted, _absent_stand_in, _own_yes),
    *(_heard_anew, _waits_for_ever, _whatever_they_ask),
]


@pytest.mark.parametrize("take_out", GUARDS)
def test_without_a_guard_the_judge_can_tell(take_out: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    take_out(monkeypatch)
    with pytest.raises(AssertionError):
        for seed in range(100):
            told(Random(seed))
