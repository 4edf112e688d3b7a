"""The same wish again: while its proposal is open that is what waits, and no other is made."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from company.decision.firm import Firm, firm
from shopping import House, house, run

from frontline.company.decision.messages import (
    Answer,
    Answered,
    Commit,
    DecideProposal,
    ProposalId,
    TendProposal,
    WithdrawProposal,
)
from frontline.kernel.authority import Action, Held
from frontline.kernel.words import StaffId


def _wish(of: Firm, **changes: Any) -> Commit:
    """As from a page opened anew: all of it the same, but the id."""
    first = Commit(
        id=uuid4(), staff_id=of.shop, action=Action.AD_SPEND, amount=80_000, what="信息流投放"
    )
    return msgspec.structs.replace(first, **changes)


async def _asked(at: House, wish: Commit, *, turn: bool = True) -> Held:
    held = await at.submit(wish)
    assert isinstance(held, Held), held
    if turn:
        await at.turn()
    return held


async def _proposals(at: House) -> int:
    return int(await at.sql.fetchval("SELECT count(*) FROM proposal"))


def test_a_second_tap_is_told_of_the_first(database: str) -> None:
    """Before the proposal is opened, and after; its page of history has nothing new."""

    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            first = await _asked(at, _wish(of), turn=False)
            assert not first.again
            before = await at.sql.fetchval("SELECT count(*) FROM outbox")
            again = await _asked(at, _wish(of), turn=False)
            assert again == msgspec.structs.replace(first, again=True)
            assert await at.sql.fetchval("SELECT count(*) FROM outbox") == before
            await at.turn()
            steps = await at.sql.fetchval("SELECT count(*) FROM decision_step")
            at.later(hours=20)
            assert (await _asked(at, _wish(of))).proposal_id == first.proposal_id
            assert await at.sql.fetchval("SELECT count(*) FROM decision_step") == steps
            assert await _proposals(at) == 1

    run(story())


def test_another_amount_reason_or_person_is_another_wish(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await _asked(at, _wish(of))
            for number, changes in enumerate(
                ({"amount": 80_001}, {"what": "搜索投放"}, {"staff_id": of.ware},
                 {"action": Action.PURCHASE}), 2
            ):  # fmt: skip
                assert not (await _asked(at, _wish(of, **changes))).again
                assert await _proposals(at) == number

    run(story())


async def _refuse(at: House, of: Firm, proposal_id: ProposalId) -> None:
    no = DecideProposal(
        id=uuid4(), proposal_id=proposal_id, staff_id=of.owner, answer=Answer.NO, reason="太贵"
    )
    assert isinstance(await at.submit(no), Answered)


async def _withdraw(at: House, of: Firm, proposal_id: ProposalId) -> None:
    back = WithdrawProposal(id=uuid4(), proposal_id=proposal_id, staff_id=of.shop)
    assert isinstance(await at.submit(back), Answered)


async def _lapse(at: House, _of: Firm, proposal_id: ProposalId) -> None:
    at.later(hours=48)
    await at.submit(TendProposal(id=uuid4(), proposal_id=proposal_id))


async def _run_out(at: House, _of: Firm, _proposal_id: ProposalId) -> None:
    """Its time is over, and no timer has come yet."""
    at.later(hours=48)


async def _approve(at: House, of: Firm, proposal_id: ProposalId) -> None:
    yes = DecideProposal(id=uuid4(), proposal_id=proposal_id, staff_id=of.owner, answer=Answer.YES)
    assert isinstance(await at.submit(yes), Answered)
    await at.turn()
    assert await at.sql.fetchval("SELECT count(*) FROM commitment") == 1


@pytest.mark.parametrize("close", [_refuse, _withdraw, _lapse, _run_out, _approve])
def test_what_is_closed_does_not_count(database: str, close: Any) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            first = await _asked(at, _wish(of))
            await close(at, of, ProposalId(first.proposal_id))
            second = await _asked(at, _wish(of))
            assert not second.again
            assert second.proposal_id != first.proposal_id
            assert (await _asked(at, _wish(of))).proposal_id == second.proposal_id
            assert await _proposals(at) == 2
            # And what the first leaves behind does nothing to the second.
            await at.submit(TendProposal(id=uuid4(), proposal_id=ProposalId(first.proposal_id)))
            assert (await _asked(at, _wish(of))).proposal_id == second.proposal_id

    run(story())


def test_what_was_never_opened_does_not_wait_for_ever(database: str) -> None:
    """The time to decide was over before it began: after an hour it may be asked for again."""

    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            late = {"deadline": at.clock[0] + timedelta(seconds=1)}
            first = await _asked(at, _wish(of, **late), turn=False)
            at.later(seconds=2)
            await at.turn()
            assert await _proposals(at) == 0
            at.later(hours=1)
            second = await _asked(at, _wish(of, **late), turn=False)
            assert second.proposal_id != first.proposal_id

    run(story())


def test_a_no_and_a_tap_at_once(database: str) -> None:
    """From two processes: the tap hears of the old proposal, or makes one that is open."""

    async def story() -> None:
        async with house(database) as at, house(database) as there:
            of = await firm(at)
            there.clock = at.clock
            first = await _asked(at, _wish(of))
            for _ in range(6):
                _, held = await asyncio.gather(
                    _refuse(at, of, ProposalId(first.proposal_id)), there.submit(_wish(of))
                )
                assert held.again == (held.proposal_id == first.proposal_id)
                await asyncio.gather(at.turn(), there.turn())
                first = await _asked(at, _wish(of))
                assert await _open(at) == [first.proposal_id]

    run(story())


async def _open(at: House) -> list[UUID]:
    rows = await at.sql.fetch("SELECT id FROM proposal WHERE state = 'open'")
    return [row["id"] for row in rows]


def test_who_may_do_it_by_now_waits_for_nobody(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await _asked(at, _wish(of))
            await of.limit(of.shop_position, Action.AD_SPEND, 80_000)
            done = await at.submit(_wish(of))
            assert not isinstance(done, Held)
            assert await at.sql.fetchval("SELECT count(*) FROM commitment") == 1
            assert StaffId(of.shop) == await at.sql.fetchval("SELECT staff_id FROM commitment")

    run(story())
