"""What could be delegated, reckoned from decisions, and adopted with one tap."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from company.decision.firm import at_desk, firm
from shopping import SHOP, House, house, run

from frontline.company.decision.messages import (
    Answer,
    Answered,
    Commit,
    Committed,
    DecideProposal,
    ProposalId,
)
from frontline.company.decision.views.advice import advice
from frontline.kernel.authority import Action, Held
from frontline.kernel.words import StaffId
from frontline.web.session import Role


async def _decided(
    at: House, owner: StaffId, by: StaffId, amount: int, hours: float, answer: Answer
) -> None:
    wish = Commit(id=uuid4(), staff_id=by, action=Action.AD_SPEND, amount=amount, what="投放")
    held = await at.submit(wish)
    assert isinstance(held, Held)
    await at.turn()
    at.later(hours=hours)
    done = await at.submit(
        DecideProposal(
            id=uuid4(),
            proposal_id=ProposalId(held.proposal_id),
            staff_id=owner,
            answer=answer,
            reason="" if answer is Answer.YES else "太多",
        )
    )
    assert isinstance(done, Answered)
    await at.turn()


def test_what_was_always_a_yes_is_advised_and_adopted(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            for amount, hours in ((30_000, 9), (45_000, 8), (50_000, 10), (20_000, 9)):
                await _decided(at, of.owner, of.shop, amount, hours, Answer.YES)
            async with at.opened.database.transaction(SHOP) as t:
                assert await advice(t, at.clock[0]) == []  # Four are not enough.
            await _decided(at, of.owner, of.shop, 40_000, 9, Answer.YES)
            await _decided(at, of.owner, of.shop, 60_000, 1, Answer.NO)
            await _decided(at, of.owner, of.shop, 90_000, 1, Answer.YES)  # Above a no: not counted.
            async with at.opened.database.transaction(SHOP) as t:
                (one,) = await advice(t, at.clock[0])
            assert (one.count, one.now_max, one.up_to) == (5, 0, 50_000)
            assert (one.median, one.saves) == (timedelta(hours=9), timedelta(hours=45))
            desk = await at_desk(at, of.owner, Role.OWNER)
            page = (await desk.get("/desk/decisions/advice")).text
            assert "近 90 天，¥500.00 以内的 5 件申请全部同意，一半要等 9 小时" in page
            assert "一个季度省下 45 小时的等待" in page
            assert "假设" in page
            adopted = await desk.post(
                "/desk/decisions/advice/adopt", position_id=str(one.position_id),
                action="ad_spend", alone_max=one.up_to,
            )  # fmt: skip
            assert adopted.status_code == 200, adopted.text
            wish = Commit(
                id=uuid4(), staff_id=of.shop, action=Action.AD_SPEND, amount=50_000, what="投放"
            )
            assert isinstance(await at.submit(wish), Committed)
            async with at.opened.database.transaction(SHOP) as t:
                assert await advice(t, at.clock[0]) == []
                assert await advice(t, at.clock[0] + timedelta(days=200)) == []

    run(story())
