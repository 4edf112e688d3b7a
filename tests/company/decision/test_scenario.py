"""A sign-up closes in 26 hours: with reviews side by side it is made, one after another missed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from company.decision.firm import MARGIN, Firm, at_desk, firm
from shopping import NINE, SHOP, House, add_sku, house, run

from frontline.company.authority.messages import ReviewKind
from frontline.company.decision.messages import (
    Answer,
    Answered,
    AnswerReview,
    DecideProposal,
    ProposalId,
    Refusal,
    Refused,
    State,
)
from frontline.company.decision.views.latency import latency
from frontline.kernel.words import StaffId
from frontline.web.session import Role


async def _proposal(at: House, proposal_id: UUID) -> Any:
    return await at.sql.fetchrow("SELECT * FROM proposal WHERE id = $1", proposal_id)


async def _waits(at: House, proposal_id: UUID) -> set[tuple[str, UUID]]:
    rows = await at.sql.fetch(
        "SELECT coalesce(kind, part) AS what, staff_id FROM proposal_wait"
        " WHERE proposal_id = $1 AND until IS NULL",
        proposal_id,
    )
    return {(row["what"], row["staff_id"]) for row in rows}


async def _told(at: House, staff_id: UUID) -> list[str]:
    rows = await at.sql.fetch(
        "SELECT title_zh FROM notice WHERE to_id = $1 ORDER BY at, id", staff_id
    )
    return [row["title_zh"] for row in rows]


async def _review(
    of: Firm, proposal_id: UUID, kind: ReviewKind, by: StaffId, answer: Answer = Answer.YES
) -> Any:
    return await of.do(
        AnswerReview(
            id=uuid4(),
            proposal_id=ProposalId(proposal_id),
            kind=kind,
            staff_id=by,
            answer=answer,
            reason="" if answer is Answer.YES else "不行",
        )
    )


async def _window_state(at: House, window_id: UUID) -> str:
    state: str = await at.sql.fetchval("SELECT state FROM signup_window WHERE id = $1", window_id)
    return state


async def _goods(at: House) -> None:
    """100 on hand, sold at 100 yuan; the cost is known."""
    await add_sku(at.sql, price=10_000, on_hand=100)
    await at.sql.execute("UPDATE sku SET cost = 6000")


def test_side_by_side_the_campaign_is_signed_up_in_time(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await _goods(at)
            await of.policy()
            window_id = await of.window(hours=26)
            proposal_id = await of.sign_up(window_id)

            # All three are asked at once, and the facts have answered before them.
            assert await _waits(at, proposal_id) == {
                ("discount", of.lead),
                ("stock", of.ware),
                ("finance", of.books),
            }
            pre = await at.sql.fetch(
                "SELECT kind, pre_answer, facts FROM proposal_review WHERE proposal_id = $1",
                proposal_id,
            )
            by_kind = {row["kind"]: row for row in pre}
            assert by_kind["discount"]["pre_answer"] == "yes"
            assert "¥20.00" in by_kind["discount"]["facts"]  # 100 less 20 % less 60.
            assert by_kind["stock"]["pre_answer"] == "yes"
            assert "100 件" in by_kind["stock"]["facts"]
            assert by_kind["finance"]["pre_answer"] == "unsure"
            row = await _proposal(at, proposal_id)
            assert row["worth"] == MARGIN
            assert (row["deadline"] - row["owner_at"]).total_seconds() == 4 * 3600

            at.later(hours=1)
            assert isinstance(
                await _review(of, proposal_id, ReviewKind.DISCOUNT, of.lead), Answered
            )
            at.later(hours=1)
            assert isinstance(await _review(of, proposal_id, ReviewKind.STOCK, of.ware), Answered)

            # Finance is silent. Half the time is over: a reminder.
            at.later(hours=9)
            await at.turn()
            assert await _told(at, of.books) == ["请您财务审核", "提醒：还在等您财务审核"]
            assert await _told(at, of.deputy) == []
            # A quarter of it is left: the deputy is asked as well.
            at.later(hours=6)
            await at.turn()
            assert await _told(at, of.deputy) == ["请您代为财务审核"]
            assert await _waits(at, proposal_id) == {("finance", of.books), ("finance", of.deputy)}
            assert await _told(at, of.owner) == []
            # The owner is asked, with four hours left.
            at.later(hours=5)
            await at.turn()
            assert at.clock[0] == row["owner_at"]
            assert await _told(at, of.owner) == ["时间不多了，请您拍板"]
            assert ("decide", of.owner) in await _waits(at, proposal_id)

            at.later(hours=1)
            await _approve(at, of, proposal_id)
            await at.turn()
            assert await _window_state(at, window_id) == "signed_up"
            row = await _proposal(at, proposal_id)
            assert (row["state"], row["executed"]) == ("approved", "done")
            assert await _waits(at, proposal_id) == set()
            at.later(hours=10)
            await at.turn()
            assert await _window_state(at, window_id) == "signed_up"

    run(story())


async def _approve(at: House, of: Firm, proposal_id: UUID) -> None:
    """On the phone: the owner's screen shows it with what each hour costs; one tap."""
    desk = await at_desk(at, of.owner, Role.OWNER)
    screen = await desk.get("/desk")
    assert "报名 抖音《超级品牌日》" in screen.text
    assert "每等一小时约损失 ¥500.00" in screen.text
    page = await desk.get("/desk/decisions/show", id=str(proposal_id))
    assert "在售 1 个规格合计可用库存 100 件" in page.text
    answer = await desk.post(
        "/desk/decisions/answer", proposal_id=str(proposal_id), part="decide", answer="yes"
    )
    assert answer.status_code == 200, answer.text


def test_one_after_another_it_is_missed_and_the_loss_is_priced(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at, delegated=False)
            await _goods(at)
            await of.policy(parallel=False, reserve_hours=1, delegated=False)
            window_id = await of.window(hours=26)
            proposal_id = await of.sign_up(window_id)

            assert await _waits(at, proposal_id) == {("discount", of.lead)}
            early = await _review(of, proposal_id, ReviewKind.STOCK, of.ware)
            assert early == Refused(Refusal.NOT_YOUR_REVIEW)  # Its turn has not come.
            at.later(hours=8)
            await at.turn()
            await _review(of, proposal_id, ReviewKind.DISCOUNT, of.lead)
            assert await _waits(at, proposal_id) == {("stock", of.ware)}
            at.later(hours=9)
            await at.turn()
            await _review(of, proposal_id, ReviewKind.STOCK, of.ware)
            assert await _waits(at, proposal_id) == {("finance", of.books)}
            # The owner hears of it with an hour left, and answers, as she does, after an hour.
            at.later(hours=8)
            await at.turn()
            assert await _told(at, of.owner) == ["时间不多了，请您拍板"]
            at.later(hours=1)
            late = await of.do(
                DecideProposal(
                    id=uuid4(),
                    proposal_id=ProposalId(proposal_id),
                    staff_id=of.owner,
                    answer=Answer.YES,
                )
            )
            assert late == Refused(Refusal.PROPOSAL_TOO_LATE)  # Before the timer has come, too.
            await at.turn()
            assert (await _proposal(at, proposal_id))["state"] == State.LAPSED
            assert await _window_state(at, window_id) == "missed"

            # What it cost, on the page, with how that was reckoned and who was silent.
            desk = await at_desk(at, of.owner, Role.OWNER)
            page = (await desk.get("/desk/decisions/latency")).text
            assert "¥13,000.00" in page
            assert "窗口的预计毛利：去年同期 1,300 单 × 每单毛利 10 元" in page
            assert "财叔" in page
            async with at.opened.database.transaction(SHOP) as t:
                begin = at.clock[0] - timedelta(days=3)
                found = await latency(
                    t, begin, at.clock[0] + timedelta(hours=1), begin, "Asia/Shanghai"
                )
            assert found.lost == MARGIN
            (missed,) = found.missed
            assert missed.silent == ("财叔", "老板")
            assert [(one.name, one.lost) for one in found.shares] == [
                ("老板", MARGIN // 2),
                ("财叔", MARGIN // 2),
            ]
            by_step = {(one.name, one.kind): one.median for one in found.desks}
            assert by_step["阿电", ReviewKind.DISCOUNT] == timedelta(hours=8)
            assert by_step["老仓", ReviewKind.STOCK] == timedelta(hours=9)
            assert by_step["财叔", ReviewKind.FINANCE] == timedelta(hours=9)
            assert found.unasked == ()
            (week,) = found.weeks
            assert (week.count, week.missed, week.lost) == (1, 1, MARGIN)

    run(story())


def test_windows_count_once_and_those_that_nobody_asked_for_are_told(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await of.policy(reviews=())
            twice, saved, unasked = [await of.window(hours=26) for _ in range(3)]
            for more, window_id in enumerate((twice, twice, saved, saved)):  # On other terms.
                proposal_id = await of.sign_up(window_id, cost=500_000 + more)
            at.later(hours=1)
            await _approve_plainly(of, proposal_id)  # The second of the one that is saved.
            await at.turn()
            at.later(hours=26)
            await at.turn()
            async with at.opened.database.transaction(SHOP) as t:
                found = await latency(
                    t, NINE, at.clock[0] + timedelta(hours=1), NINE, "Asia/Shanghai"
                )
            assert [one.window_id for one in found.missed] == [twice]
            assert found.lost == MARGIN
            assert [one.id for one in found.unasked] == [unasked]
            (week,) = found.weeks
            assert (week.count, week.missed, week.lost) == (4, 1, MARGIN)
            desk = await at_desk(at, of.owner, Role.OWNER)
            page = (await desk.get("/desk/decisions/latency")).text
            assert "没有人申请就错过的窗口" in page

    run(story())


async def _approve_plainly(of: Firm, proposal_id: UUID) -> None:
    wish = DecideProposal(
        id=uuid4(), proposal_id=ProposalId(proposal_id), staff_id=of.owner, answer=Answer.YES
    )
    assert isinstance(await of.do(wish), Answered)
