"""What waits is seen where it is: on the page of the thing, in its list, by whoever may see that."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from company.authority.test_every_deed import DEEDS
from company.decision.firm import Firm, at_desk, firm
from shop.aftersale.buying import Bank, bought
from shopping import AtDesk, House, add_sku, house, run

from frontline.company.decision.messages import Answer, DecideProposal, ProposalId
from frontline.company.window.messages import WindowId
from frontline.kernel.authority import Action
from frontline.web.session import Role

PIECE = re.compile(r'<section class="card mb-3 d-print-none" aria-label="(?:审批|Decisions)">.*?</section>', re.DOTALL)  # fmt: skip


def seen(html: str) -> str:
    """The piece on top of a page, as text; empty: there is none."""
    found = PIECE.search(html)
    return "" if found is None else _text(found[0])


def _text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


async def _order(at: House) -> UUID:
    return UUID(str(await bought(at, [(await add_sku(at.sql), 1)], uuid4())))


async def _show(desk: AtDesk, path: str, **query: Any) -> str:
    page = await desk.get(path, **query)
    assert page.status_code == 200, page.text
    return page.text


async def _of(desk: AtDesk, order_id: UUID) -> str:
    return seen(await _show(desk, "/desk/orders/show", id=order_id))


async def _cancelled(at: House, desk: AtDesk, order_id: UUID) -> dict[str, Any]:
    answer = await desk.post("/desk/orders/cancel", order_id=order_id)
    assert answer.status_code == 202, answer.text
    await at.turn()
    told: dict[str, Any] = answer.json()
    return told


def test_what_concerns_the_reader_comes_first(database: str) -> None:
    """Four others have asked for the same since; one's own stands on top all the same."""

    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            of = await firm(at)
            asking, order_id = await at_desk(at, of.shop), await _order(at)
            await _cancelled(at, asking, order_id)
            for _ in range(4):
                at.later(minutes=1)
                await _cancelled(at, await at.desk(), order_id)
            told = await _of(asking, order_id)
            assert told.index("您申请") < told.index("申请 退款", told.index("您申请") + 4)
            assert "还有 2 件" in told

    run(story())


def test_what_waits_stands_on_the_page_of_the_order(database: str) -> None:
    """Who asked, for what, how much, who is asked now; a second tap is told so."""

    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            of = await firm(at)
            asking, boss = await at_desk(at, of.shop), await at_desk(at, of.owner, Role.OWNER)
            order_id, other = await _order(at), await _order(at)
            assert await _of(asking, order_id) == ""
            first = await _cancelled(at, asking, order_id)
            at.later(hours=3)
            mine = await _of(asking, order_id)
            for said in (
                "待审批",
                "您申请 退款 ¥100.00",
                "3 小时前",
                "老板 （拍板）",
                "查看申请",
                "撤回申请",
            ):
                assert said in mine, mine
            assert "同意" not in mine
            again = await _cancelled(at, asking, order_id)
            assert again["held"] == first["held"]
            assert "已经申请过" in again["text"]
            hers = await _of(boss, order_id)
            assert "小店 申请 退款 ¥100.00" in hers
            assert "同意" in hers
            assert "撤回" not in hers
            assert await _of(boss, other) == ""
            in_list = await _show(boss, "/desk/orders")
            assert in_list.count("待审批") == 1
            to_ship = await _show(boss, "/desk/shipping")
            assert to_ship.count("待审批") == 1

    run(story())


def test_the_answer_is_given_there_and_seen_there(database: str) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            of = await firm(at)
            asking, boss = await at_desk(at, of.shop), await at_desk(at, of.owner, Role.OWNER)
            order_id = await _order(at)
            held = await _cancelled(at, asking, order_id)
            proposal_id = held["held"].partition("=")[2]
            page = await _show(boss, "/desk/orders/show", id=order_id)
            assert f'name="proposal_id" value="{proposal_id}"' in page
            assert 'name="card" value="true"' in page
            yes = await boss.post(
                "/desk/decisions/answer",
                proposal_id=proposal_id, part="decide", answer="yes", card="true",
            )  # fmt: skip
            assert "同意" in _text(yes.json()["html"])  # In its place, and nothing else.
            other = await at_desk(at, of.lead)
            for each in (boss, other):
                assert "已同意，正在执行" in await _of(each, order_id)
            await at.turn()
            assert await _of(other, order_id) == ""
            assert "小店 申请 退款 ¥100.00" in (hers := await _of(boss, order_id))
            assert "已同意，已执行" in hers
            assert "刷新页面" in hers
            mine = await _of(asking, order_id)
            assert "已同意，已执行" in mine
            assert "老板" in mine
            at.later(hours=2)
            assert await _of(boss, order_id) == ""
            at.later(days=6, hours=21)
            asking = await at_desk(at, of.shop)
            assert "已同意，已执行" in await _of(asking, order_id)
            at.later(hours=2)
            assert await _of(asking, order_id) == ""

    run(story())


def _say(of: Firm, held: dict[str, Any], answer: Answer, reason: str = "", **more: Any) -> Any:
    proposal_id = ProposalId(UUID(held["held"].partition("=")[2]))
    return DecideProposal(
        id=uuid4(), proposal_id=proposal_id, staff_id=of.owner, answer=answer, reason=reason, **more
    )


def test_a_no_is_told_with_its_reason_until_it_is_asked_anew(database: str) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            of = await firm(at)
            asking = await at_desk(at, of.shop)
            order_id = await _order(at)
            held = await _cancelled(at, asking, order_id)
            await at.submit(_say(of, held, Answer.NO, "客户已收货"))
            mine = await _of(asking, order_id)
            assert "未同意" in mine
            assert "老板 ： 客户已收货" in mine
            assert await _of(await at_desk(at, of.lead), order_id) == ""
            at.later(minutes=1)
            await _cancelled(at, asking, order_id)
            mine = await _of(asking, order_id)
            assert "待审批" in mine
            assert "客户已收货" not in mine

    run(story())


def test_a_condition_is_accepted_there(database: str) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            of = await firm(at)
            asking = await at_desk(at, of.shop)
            order_id = await _order(at)
            held = await _cancelled(at, asking, order_id)
            await at.submit(_say(of, held, Answer.BUT, "先电话确认"))
            mine = await _of(asking, order_id)
            assert "有条件同意" in mine
            assert "先电话确认" in mine
            assert "接受条件并执行" in mine
            proposal_id = held["held"].partition("=")[2]
            done = await asking.post("/desk/decisions/accept", proposal_id=proposal_id, card="true")
            assert "已接受条件" in _text(done.json()["html"])
            await at.turn()
            assert "已同意，已执行" in await _of(asking, order_id)
            state = await at.sql.fetchval("SELECT state FROM shop_order WHERE id = $1", order_id)
            assert state in {"closed", "refunded"}

    run(story())


def test_without_the_area_it_is_read_and_not_answered(database: str) -> None:
    """Whoever may see the order sees what waits; to decide one must be let in there."""

    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            of = await firm(at)
            order_id = await _order(at)
            await _cancelled(at, await at_desk(at, of.shop), order_id)
            narrow = await at.desk(Role.STAFF, areas=["order"], language="en")
            said = await _of(narrow, order_id)
            assert "Decision pending" in said
            assert "小店 asks for: Refund ¥100.00" in said
            assert "See the proposal" not in said
            await at.allow(narrow.staff_id, refund=100_000)
            page = await _show(narrow, "/desk/orders/show", id=order_id)
            assert "/desk/decisions/answer" not in page
            wide = await at.desk(Role.STAFF, areas=["order", "decision"])
            assert "/desk/decisions/answer" not in await _show(
                wide, "/desk/orders/show", id=order_id
            )
            await at.allow(wide.staff_id, refund=100_000)
            assert "/desk/decisions/answer" in await _show(wide, "/desk/orders/show", id=order_id)

    run(story())


def test_a_reviewer_answers_there(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await of.policy()
            window_id = await of.window()
            await of.sign_up(WindowId(window_id))
            desk = await at_desk(at, of.books)
            page = await _show(desk, "/desk/windows/show", id=window_id)
            said = seen(page)
            assert "小店 申请 活动投入 ¥5,000.00" in said
            for who in ("阿电 （折扣审核）", "老仓 （库存审核）", "财叔 （财务审核）"):
                assert who in said, said
            assert 'name="kind" value="finance"' in page
            assert 'name="kind" value="stock"' not in page
            marked = await _show(desk, "/desk/windows/all")
            assert marked.count("待审批") == 1

    run(story())


WHERE = {
    "refund_only": ("/desk/aftersale/show", "/desk/aftersale"),
    "goods_back": ("/desk/aftersale/show", "/desk/aftersale?which=approved"),
    "cancel": ("/desk/orders/show", "/desk/orders"),
    "stock_down": ("/desk/stock/show", "/desk/stock"),
    "price": ("/desk/products/show", "/desk/products"),
    "coupon": ("/desk/coupons", ""),
    "grant": ("/desk/coupons/show", "/desk/coupons"),
    "campaign": ("/desk/groupbuy/show", "/desk/groupbuy"),
}


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_every_deed_is_seen_where_it_waits(database: str, deed: Any) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            path, body = await deed(at)
            body = {name: str(one) if isinstance(one, UUID) else one for name, one in body.items()}
            who = await at.hire(Role.STAFF)
            token = await at.token(Role.STAFF, who)
            answer = await at.post(path, token, id=str(uuid4()), **body)
            assert answer.status_code == 202, answer.text
            await at.turn()
            subject_id = await at.sql.fetchval("SELECT subject_id FROM proposal")
            boss = await at.desk(Role.OWNER)
            page, in_list = WHERE[deed.__name__]
            query = {} if deed.__name__ == "coupon" else {"id": subject_id}
            html = await _show(boss, page, **query)
            assert "待审批" in seen(html), html
            assert "/desk/decisions/answer" in html
            if in_list:
                path, _, asked = in_list.partition("?which=")
                marked = await _show(boss, path, **({"which": asked} if asked else {}))
                assert "待审批" in marked
            if deed.__name__ in {"refund_only", "goods_back"}:
                order_id = await at.sql.fetchval("SELECT order_id FROM aftersale")
                assert "待审批" in await _of(boss, order_id)

    run(story())


@pytest.mark.parametrize("action", [Action.PURCHASE, Action.AD_SPEND, Action.HIRE])
def test_what_has_no_page_of_its_own_is_seen_where_it_is_asked_for(
    database: str, action: Action
) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            desk = await at_desk(at, of.shop)
            asked = {"action": action, "amount": "3", "what": "双十一", "evidence": "去年同期"}
            held = await desk.post("/desk/decisions/commit", **asked)
            assert held.status_code == 202, held.text
            await at.turn()
            said = seen(await _show(desk, "/desk/decisions/new"))
            assert "待审批" in said
            assert "双十一" in said
            assert "去年同期" in said
            again = await desk.post("/desk/decisions/commit", **asked)
            assert again.json()["held"] == held.json()["held"]

    run(story())
