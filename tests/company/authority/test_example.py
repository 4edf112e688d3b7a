"""The example of the README, through the doors."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from shop.aftersale.buying import Bank, bought
from shopping import House, add_sku, house, run

from frontline.company.authority.book import executing_id
from frontline.company.decision.messages import Answer, Answered, DecideProposal, ProposalId
from frontline.engine.engine import new_id
from frontline.kernel.words import MemberId
from frontline.shop.aftersale.messages import AskRefund, Kind
from frontline.web.session import Role


async def refund(at: House, token: str, yuan: int, **more: Any) -> Any:
    """A case of so much is asked for, and approved by whoever holds the token."""
    me, sku_id = MemberId(uuid4()), await add_sku(at.sql, price=yuan * 100)
    order_id = await bought(at, [(sku_id, 1)], me)
    case = AskRefund(id=new_id(), order_id=order_id, member_id=me, kind=Kind.REFUND_ONLY)
    await at.submit(case)
    return await approve(at, token, case.id, **more)


async def approve(at: House, token: str, case_id: UUID, **more: Any) -> Any:
    body = {"id": str(new_id()), "case_id": str(case_id), **more}
    return await at.post("/api/staff/aftersale/approve", token, **body)


def test_a_clerk_refunds(database: str) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            li, chief = await at.hire(Role.STAFF), await at.hire(Role.STAFF)
            await at.allow(li, refund=(20_000, 30_000))
            await at.allow(chief, refund=200_000)
            token = await at.token(Role.STAFF, li)
            first = await refund(at, token, 180)
            assert first.json()["amount"] == 18_000

            answer = await refund(at, token, 150)
            told = answer.json()
            assert answer.status_code == 202
            assert (told["action"], told["amount"], told["limit"]) == ("refund", 15_000, 12_000)
            assert await at.sql.fetchval("SELECT count(*) FROM refund") == 1
            await at.turn()  # It becomes a proposal.

            proposal_id = ProposalId(UUID(told["held"]))
            yes = DecideProposal(
                id=new_id(), proposal_id=proposal_id, staff_id=chief, answer=Answer.YES
            )
            assert isinstance(await at.submit(yes), Answered)
            await at.turn()  # It is done.
            assert await at.sql.fetchval("SELECT sum(amount) FROM refund") == 33_000
            used = await at.sql.fetch("SELECT staff_id, day_used FROM authority_allowance")
            assert {row["staff_id"]: row["day_used"] for row in used} == {li: 18_000, chief: 15_000}

            case_id = await at.sql.fetchval("SELECT id FROM aftersale WHERE amount = 15000")
            again = await approve(at, token, case_id, id=str(executing_id(proposal_id)))
            assert again.json()["amount"] == 15_000  # As it was answered before.
            other = await approve(
                at, token, case_id, restock=True, id=str(executing_id(proposal_id))
            )
            assert other.json()["refusal"] == "id_reused"
            assert await at.sql.fetchval("SELECT sum(amount) FROM refund") == 33_000
            beyond = await refund(at, token, 150)
            assert (beyond.status_code, beyond.json()["limit"]) == (202, 12_000)

            at.later(days=1)
            token = await at.token(Role.STAFF, li)
            assert (await refund(at, token, 150)).status_code == 200

    run(story())


def test_what_is_held_is_told_in_both_languages(database: str) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            token = await at.token(Role.STAFF)
            zh = await refund(at, token, 10)
            at.http.headers["accept-language"] = "en"
            en = await refund(at, token, 10)
            assert (zh.status_code, en.status_code) == (202, 202)
            assert zh.json()["text"] == "超出你的权限，已转为申请，批准后会自动执行"
            assert en.json()["text"].startswith("Beyond what you may decide")
            assert (zh.json()["limit"], en.json()["amount"]) == (None, 1_000)

    run(story())
