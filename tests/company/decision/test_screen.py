"""The owner's screen: a proposal is one card and one cost, says what was said, and one tap ends it."""

from __future__ import annotations

from uuid import uuid4

from company.decision.firm import at_desk, firm
from shopping import SHOP, house, run

from frontline.company.authority.messages import ReviewKind, SetReviewer
from frontline.company.decision.messages import Answer, AnswerReview, ProposalId
from frontline.company.decision.views import waiting, waiting_count
from frontline.web.session import Role


def test_two_reviews_of_one_proposal_are_one_card_and_one_cost(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await of.policy()
            for kind in (ReviewKind.DISCOUNT, ReviewKind.STOCK):  # The applicant's own: up to her.
                await of.do(
                    SetReviewer(
                        id=uuid4(), kind=kind, position_id=of.shop_position, staff_id=of.owner
                    )
                )
            proposal_id = await of.sign_up(await of.window())
            no = AnswerReview(
                id=uuid4(), proposal_id=ProposalId(proposal_id), kind=ReviewKind.FINANCE,
                staff_id=of.books, answer=Answer.NO, reason="本月预算已经用完",
            )  # fmt: skip
            await of.do(no)
            async with at.opened.database.transaction(SHOP) as t:
                assert len(await waiting(t, of.owner, at.clock[0])) == 2
                assert await waiting_count(t, of.owner) == 1
            owner = await at_desk(at, of.owner, Role.OWNER)
            card = (await owner.get("/desk/board/place", place=10)).text
            assert "1 件等您" in card
            assert card.count('name="proposal_id"') == 1
            assert 'name="part" value="decide"' in card
            assert "¥500.00" in card  # 13,000 over 26 hours, once.
            assert "1,000.00" not in card
            assert "本月预算已经用完" in card
            assert "还没答复" in card
            yes = await owner.post(
                "/desk/decisions/answer", proposal_id=proposal_id, part="decide", answer="yes",
                card="true",
            )  # fmt: skip
            assert yes.status_code == 200, yes.text
            await at.turn()
            async with at.opened.database.transaction(SHOP) as t:
                assert await waiting_count(t, of.owner) == 0
            assert "今天没有等您的事" in (await owner.get("/desk/board/place", place=10)).text

    run(story())


def test_a_week_without_a_decision_is_not_a_week_of_no_time(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await of.policy()
            proposal_id = await of.sign_up(await of.window())
            at.later(hours=9)
            owner = await at_desk(at, of.owner, Role.OWNER)
            await owner.post(
                "/desk/decisions/answer", proposal_id=proposal_id, part="decide", answer="yes"
            )
            page = (await owner.get("/desk/decisions/latency")).text
            assert page.count('<td class="num">9.0</td>') == 2  # Median and nine tenths.
            assert page.count('<td class="num">—</td>') == 22  # The eleven weeks before.

    run(story())
