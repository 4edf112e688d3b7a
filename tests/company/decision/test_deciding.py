"""Deciding: by whom, of what, once; conditions, caps, questions; what happens then."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from company.decision.firm import at_desk, firm
from shopping import SHOP, House, add_sku, house, run

from frontline.company.authority.messages import ReviewKind
from frontline.company.decision.messages import (
    AcceptCondition,
    Answer,
    Answered,
    AnswerQuestion,
    AnswerReview,
    AskQuestion,
    Asked,
    Commit,
    Committed,
    DecideProposal,
    ProposalId,
    Refusal,
    Refused,
    State,
    WithdrawProposal,
)
from frontline.company.decision.views import stuck, waiting, waiting_count
from frontline.kernel.authority import Action, Held
from frontline.kernel.ids import following
from frontline.kernel.words import Fen, StaffId
from frontline.web.session import Role


def _decide(
    proposal_id: UUID, by: StaffId, answer: Answer = Answer.YES, reason: str = "", **more: Any
) -> DecideProposal:
    return DecideProposal(
        id=uuid4(),
        proposal_id=ProposalId(proposal_id),
        staff_id=by,
        answer=answer,
        reason=reason,
        **more,
    )


def _commit(by: StaffId, amount: int, what: str = "信息流投放", **more: Any) -> Commit:
    return Commit(id=uuid4(), staff_id=by, action=Action.AD_SPEND, amount=amount, what=what, **more)


async def _held(at: House, command: Commit) -> ProposalId:
    held = await at.submit(command)
    assert isinstance(held, Held), held
    await at.turn()
    return ProposalId(held.proposal_id)


async def _row(at: House, proposal_id: UUID) -> Any:
    return await at.sql.fetchrow("SELECT * FROM proposal WHERE id = $1", proposal_id)


async def _commitments(at: House) -> list[int]:
    rows = await at.sql.fetch("SELECT amount FROM commitment ORDER BY at, id")
    return [row["amount"] for row in rows]


def test_what_is_approved_is_done_once(database: str) -> None:
    """Two yeses at the same moment, and a replayed one: one effect."""

    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            other = StaffId(await at.hire(Role.OWNER))
            proposal_id = await _held(at, _commit(of.shop, 80_000))
            assert await _commitments(at) == []
            mine = _decide(proposal_id, of.owner)
            answers = await asyncio.gather(
                at.submit(mine), at.submit(_decide(proposal_id, other)), at.submit(mine)
            )
            assert sorted(type(one).__name__ for one in answers) in (
                ["Answered", "Answered", "Refused"],
                ["Answered", "Refused", "Refused"],
            )
            await at.turn()
            assert await _commitments(at) == [80_000]
            row = await _row(at, proposal_id)
            assert (row["state"], row["executed"]) == ("approved", "done")
            # The same command under the warrant's id again: answered as it was.
            again = _commit(of.shop, 80_000)
            again = type(again)(**{
                **{name: getattr(again, name) for name in again.__struct_fields__},
                "id": following(proposal_id, "do"),
            })  # fmt: skip
            assert isinstance(await at.submit(again), Committed)
            assert await _commitments(at) == [80_000]

    run(story())


def test_two_processes_decide_at_once(database: str) -> None:
    async def story() -> None:
        async with house(database) as at, house(database) as there:
            of = await firm(at)
            there.clock = at.clock
            for _ in range(5):
                proposal_id = await _held(at, _commit(of.shop, 80_000))
                answers = await asyncio.gather(
                    at.submit(_decide(proposal_id, of.owner)),
                    there.submit(_decide(proposal_id, of.owner, Answer.NO, "太贵")),
                )
                assert sorted(type(one).__name__ for one in answers) == ["Answered", "Refused"]
                await asyncio.gather(at.turn(), there.turn())
            approved = await at.sql.fetchval(
                "SELECT count(*) FROM proposal WHERE state = 'approved'"
            )
            assert await _commitments(at) == [80_000] * approved

    run(story())


def test_an_amount_changed_after_approval_is_held_anew(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            proposal_id = await _held(at, _commit(of.shop, 80_000))
            # Between the yes and its reaction, somebody hands in more under the same id.
            await at.submit(_decide(proposal_id, of.owner))
            more = Commit(
                id=following(proposal_id, "do"),
                staff_id=of.shop,
                action=Action.AD_SPEND,
                amount=800_000,
                what="信息流投放",
            )
            assert isinstance(await at.submit(more), Held)
            assert await _commitments(at) == []

    run(story())


def test_nobody_answers_their_own_proposal(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await of.policy(
                action=Action.AD_SPEND, reviews=(ReviewKind.DISCOUNT,), decider_id=of.lead_position
            )
            await of.limit(of.lead_position, Action.AD_SPEND, 100_000)
            # Whoever reviews discounts asks: somebody else has to review and decide.
            proposal_id = await _held(at, _commit(of.lead, 300_000))
            row = await at.sql.fetchrow("SELECT * FROM proposal_review")
            assert row["reviewer_id"] == of.owner
            refused = await at.submit(_decide(proposal_id, of.lead))
            assert refused == Refused(Refusal.OWN_PROPOSAL)
            review = AnswerReview(
                id=uuid4(),
                proposal_id=proposal_id,
                kind=ReviewKind.DISCOUNT,
                staff_id=of.lead,
                answer=Answer.YES,
            )
            assert await at.submit(review) == Refused(Refusal.OWN_PROPOSAL)
            assert (await _row(at, proposal_id))["decider_id"] is None
            # And the owner proposes nothing.
            assert isinstance(await at.submit(_commit(of.owner, 10**9)), Committed)

    run(story())


def test_below_the_owner_only_once_the_reviews_are_in(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await of.policy(
                action=Action.AD_SPEND, reviews=(ReviewKind.FINANCE,), decider_id=of.lead_position
            )
            await of.limit(of.lead_position, Action.AD_SPEND, 100_000)
            proposal_id = await _held(at, _commit(of.shop, 80_000))
            assert (await _row(at, proposal_id))["decider_id"] == of.lead
            early = await at.submit(_decide(proposal_id, of.lead))
            assert early == Refused(Refusal.REVIEWS_MISSING)
            assert await at.submit(_decide(proposal_id, of.ware)) == Refused(
                Refusal.NOT_YOURS_TO_DECIDE
            )
            for by, expected in ((of.ware, Refused), (of.books, Answered)):
                review = AnswerReview(
                    id=uuid4(),
                    proposal_id=proposal_id,
                    kind=ReviewKind.FINANCE,
                    staff_id=by,
                    answer=Answer.YES,
                )
                assert isinstance(await at.submit(review), expected)
            assert isinstance(await at.submit(_decide(proposal_id, of.lead)), Answered)
            await at.turn()
            assert await _commitments(at) == [80_000]
            # It counted against the allowance of who approved, at most 100,000 at once.
            much = await _held(at, _commit(of.shop, 100_001))
            assert (await _row(at, much))["decider_id"] is None

    run(story())


def test_yes_but_up_to_a_cap(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            proposal_id = await _held(at, _commit(of.shop, 80_000))
            for cap in (0, 80_001):
                wrong = _decide(proposal_id, of.owner, Answer.BUT, "先试一试", cap=cap)
                assert await at.submit(wrong) == Refused(Refusal.CAP_INVALID)
            bare = _decide(proposal_id, of.owner, Answer.BUT, "", cap=50_000)
            assert await at.submit(bare) == Refused(Refusal.REASON_MISSING)
            but = _decide(proposal_id, of.owner, Answer.BUT, "先试一试", cap=50_000)
            assert await at.submit(but) == Answered(proposal_id, State.APPROVED_BUT)
            await at.turn()
            assert await _commitments(at) == []  # The applicant makes another, within it.
            assert isinstance(await at.submit(_commit(of.shop, 50_001)), Held)
            assert isinstance(await at.submit(_commit(of.lead, 40_000)), Held)  # Not hers.
            assert isinstance(await at.submit(_commit(of.shop, 50_000)), Committed)
            assert isinstance(await at.submit(_commit(of.shop, 1)), Held)  # Good once.

    run(story())


def test_yes_on_a_condition_is_done_when_it_is_accepted(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            proposal_id = await _held(at, _commit(of.shop, 80_000))
            await at.submit(_decide(proposal_id, of.owner, Answer.BUT, "只投周末"))
            await at.turn()
            assert await _commitments(at) == []
            # Nor by handing it in oneself: the warrant is not written yet.
            for by, expected in (
                (of.lead, Refused(Refusal.NOT_YOURS_TO_ANSWER)),
                (of.shop, Answered(proposal_id, State.APPROVED_BUT)),
                (of.shop, Refused(Refusal.NO_CONDITION)),
            ):
                accept = AcceptCondition(id=uuid4(), proposal_id=proposal_id, staff_id=by)
                assert await at.submit(accept) == expected
            await at.turn()
            assert await _commitments(at) == [80_000]
            assert (await _row(at, proposal_id))["executed"] == "done"

    run(story())


def test_a_condition_of_somebody_whose_allowance_is_used_up(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await of.policy(action=Action.AD_SPEND, reviews=(), decider_id=of.lead_position)
            await of.limit(of.lead_position, Action.AD_SPEND, 100_000)
            proposal_id = await _held(at, _commit(of.shop, 80_000))
            await at.submit(_decide(proposal_id, of.lead, Answer.BUT, "只投周末"))
            await of.limit(of.lead_position, Action.AD_SPEND, 10_000)
            accept = AcceptCondition(id=uuid4(), proposal_id=proposal_id, staff_id=of.shop)
            assert await at.submit(accept) == Refused(Refusal.YES_EXPIRED)

    run(story())


def test_questions_wait_for_the_applicant(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            proposal_id = await _held(at, _commit(of.shop, 80_000, worth=Fen(480_000)))
            question = AskQuestion(
                id=uuid4(), proposal_id=proposal_id, staff_id=of.owner, text="去年效果如何？"
            )
            assert await at.submit(question) == Asked(question.id)
            async with at.opened.database.transaction(SHOP) as t:
                (asked,) = await waiting(t, of.shop, at.clock[0])
                assert (asked.part, asked.cost_per_hour) == ("answer", 10_000)
                assert await stuck(t, at.clock[0]) == []
                late = await stuck(t, at.clock[0] + timedelta(hours=30))
            assert {(one.on_name, one.what.zh) for one in late} == {
                ("小店", "回答问题：信息流投放"),
                ("老板", "拍板：信息流投放"),
            }
            answer = AnswerQuestion(
                id=uuid4(),
                proposal_id=proposal_id,
                question_id=question.id,
                staff_id=of.shop,
                text="每单 12 元",
            )
            assert isinstance(await at.submit(answer), Answered)
            for _ in range(49):
                more = AskQuestion(
                    id=uuid4(), proposal_id=proposal_id, staff_id=of.owner, text="还有呢？"
                )
                assert isinstance(await at.submit(more), Asked)
            one_more = AskQuestion(
                id=uuid4(), proposal_id=proposal_id, staff_id=of.owner, text="还有呢？"
            )
            assert await at.submit(one_more) == Refused(Refusal.TOO_MANY_QUESTIONS)
            withdraw = WithdrawProposal(id=uuid4(), proposal_id=proposal_id, staff_id=of.shop)
            assert isinstance(await at.submit(withdraw), Answered)
            async with at.opened.database.transaction(SHOP) as t:
                assert await waiting(t, of.shop, at.clock[0]) == []
            assert at.halvings() == 0

    run(story())


def test_what_the_shop_refuses_is_told(database: str) -> None:
    """Approved, but the window was skipped meanwhile: nothing is done, and the applicant hears."""

    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await add_sku(at.sql)
            await of.policy(reviews=())
            window_id = await of.window()
            proposal_id = await of.sign_up(window_id)
            await at.sql.execute("UPDATE signup_window SET state = 'skipped'")
            await at.submit(_decide(proposal_id, of.owner))
            await at.turn()
            row = await _row(at, proposal_id)
            assert (row["executed"], row["outcome"]) == ("failed", "window_decided")
            desk = await at_desk(at, of.shop)
            page = await desk.get("/desk/decisions/show", id=str(proposal_id))
            assert "这个报名窗口已有结论" in page.text
            told = await at.sql.fetch("SELECT title_zh FROM notice WHERE to_id = $1", of.shop)
            assert "已同意，但没有执行成功" in {row["title_zh"] for row in told}

    run(story())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages(database: str, language: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await of.policy(action=Action.AD_SPEND, reviews=(ReviewKind.FINANCE, ReviewKind.LAW))
            shop = await at_desk(at, of.shop, language=language)
            assert (await shop.get("/desk/decisions/new")).status_code == 200
            wrong = await shop.post(
                "/desk/decisions/commit", action="ad_spend", amount="many", what="投放"
            )
            assert (wrong.status_code, set(wrong.json()["errors"])) == (422, {"amount"})
            held = await shop.post(
                "/desk/decisions/commit", action="ad_spend", amount="800", what="信息流投放"
            )
            assert held.status_code == 202, held.text
            await at.turn()
            (row,) = await at.sql.fetch("SELECT id FROM proposal")
            proposal_id = str(row["id"])
            for scope in ("mine", "own", "open", "decided", ""):
                page = await shop.get("/desk/decisions", scope=scope, action="ad_spend")
                assert page.status_code == 200
                assert ("信息流投放" in page.text) == (scope in {"own", "open", ""})
            books = await at_desk(at, of.books, language=language)
            assert "信息流投放" in (await books.get("/desk/decisions", scope="mine")).text
            asked = await books.post("/desk/decisions/ask", proposal_id=proposal_id, text="多少？")
            assert asked.status_code == 200
            (question,) = await at.sql.fetch("SELECT id FROM proposal_question")
            replied = await shop.post(
                "/desk/decisions/reply", proposal_id=proposal_id, question_id=question["id"],
                text="800 元",
            )  # fmt: skip
            assert replied.status_code == 200
            bare = await books.post(
                "/desk/decisions/answer", proposal_id=proposal_id, part="review", kind="finance",
                answer="no",
            )  # fmt: skip
            assert (bare.status_code, set(bare.json()["errors"])) == (422, {"reason"})
            done = await books.post(
                "/desk/decisions/answer", proposal_id=proposal_id, part="review", kind="finance",
                answer="no", reason="没有预算", card="true",
            )  # fmt: skip
            assert "data-piece" in done.json()["html"]
            owner = await at_desk(at, of.owner, Role.OWNER, language=language)
            page = await owner.get("/desk/decisions/show", id=proposal_id)
            assert "没有预算" in page.text
            assert "800 元" in page.text
            card = (await owner.get("/desk")).text
            assert "信息流投放" in card
            but = await owner.post(
                "/desk/decisions/answer", proposal_id=proposal_id, part="decide", answer="but",
                reason="先试一试", cap="500",
            )  # fmt: skip
            assert but.status_code == 200, but.text
            assert (await _row(at, row["id"]))["cap"] == 50_000
            page = await shop.get("/desk/decisions/show", id=proposal_id)
            assert "¥500.00" in page.text
            assert (await shop.get("/desk/decisions/latency")).status_code == 200
            assert (await shop.get("/desk/decisions/advice")).status_code == 403
            assert (await shop.get("/desk/decisions/show", id=str(uuid4()))).status_code == 404

    run(story())


def test_the_doors(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            shop = await at.opened.sessions.open(SHOP, of.shop, Role.STAFF)
            owner = await at.opened.sessions.open(SHOP, of.owner, Role.OWNER)
            wish = {"id": str(uuid4()), "action": "hire", "amount": 2, "what": "两位客服"}
            held = await at.post("/api/staff/commitments/commit", shop, **wish)
            assert (held.status_code, "held" in held.json()) == (202, True), held.text
            await at.turn()
            (one,) = (await at.get("/api/staff/decisions/waiting", owner)).json()["items"]
            assert (one["title"], one["part"], one["amount"]) == ("两位客服", "decide", 2)
            proposal_id = one["id"]
            late = {"id": str(uuid4()), "proposal_id": proposal_id, "text": "为什么？"}
            asked = await at.post("/api/staff/decisions/ask", owner, **late)
            question_id = asked.json()["question_id"]
            for path, token, form, status in (
                ("reply", owner, {"question_id": question_id, "text": "不是我"}, 403),
                ("reply", shop, {"question_id": question_id, "text": "双十一"}, 200),
                ("review", shop, {"kind": "law", "answer": "yes"}, 403),
                ("decide", shop, {"answer": "yes"}, 403),
                ("decide", owner, {"answer": "but", "reason": "先一位", "cap": 1}, 200),
                ("accept", shop, {}, 409),
                ("withdraw", shop, {}, 409),
            ):
                answer = await at.post(
                    f"/api/staff/decisions/{path}", token, id=str(uuid4()),
                    proposal_id=proposal_id, **form,
                )  # fmt: skip
                assert answer.status_code == status, (path, answer.text)
            one_only = wish | {"id": str(uuid4()), "amount": 1}
            done = await at.post("/api/staff/commitments/commit", shop, **one_only)
            assert done.json().get("type") == "Committed", done.text

    run(story())


def test_an_owner_who_came_later_sees_what_waits_for_owners(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            second = StaffId(await at.hire(Role.OWNER))
            proposal_id = await _held(at, _commit(of.shop, 80_000, worth=Fen(480_000)))
            late = StaffId(await at.hire(Role.OWNER))
            async with at.opened.database.transaction(SHOP) as t:
                for owner in (of.owner, second, late):
                    (one,) = await waiting(t, owner, at.clock[0])
                    assert (one.id, one.part) == (proposal_id, "decide")
                    assert await waiting_count(t, owner) == 1
                for other in (of.shop, of.lead):
                    assert await waiting(t, other, at.clock[0]) == []
                    assert await waiting_count(t, other) == 0
            desk = await at_desk(at, late, Role.OWNER)
            page = await desk.get("/desk/decisions", scope="mine")
            assert page.text.count(f"show?id={proposal_id}") == 1
            assert isinstance(await at.submit(_decide(proposal_id, late)), Answered)
            async with at.opened.database.transaction(SHOP) as t:
                assert [await waiting_count(t, it) for it in (of.owner, second, late)] == [0] * 3

    run(story())
