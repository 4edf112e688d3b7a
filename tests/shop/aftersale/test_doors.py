"""After-sale at its doors, and what payments and timers tell it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from shop.aftersale.buying import STAFF, Bank, bought, receive, ship, state_of, stock_of
from shopping import SHOP, House, add_sku, house, run

from frontline.engine.engine import new_id
from frontline.kernel.words import MemberId
from frontline.shop.aftersale.feature import CASES
from frontline.shop.aftersale.messages import ApproveRefund, AskRefund, CaseId, Kind, State
from frontline.web.session import Role


async def ask(at: House, token: str, order_id: UUID, **form: Any) -> Any:
    wish = {"id": str(new_id()), "order_id": str(order_id), "kind": "refund_only", **form}
    return await at.post("/api/aftersale/ask", token, **wish)


async def answer(at: House, verb: str, case_id: str, **form: Any) -> Any:
    body = {"id": str(new_id()), "case_id": case_id, **form}
    return await at.post(f"/api/staff/aftersale/{verb}", await at.token(Role.OWNER, STAFF), **body)


def test_a_refund_takes_two_calls_and_the_provider(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        async with house(database, services=bank.services()) as at:
            me, sku_id = uuid4(), await add_sku(at.sql, price=1250)
            token = await at.token(Role.MEMBER, me)
            order_id = await bought(at, [(sku_id, 3), (sku_id, 1)], me)
            await ship(at, order_id)
            form = {
                "lines": [{"number": 1, "quantity": 2}],
                "reason": "cancelled",
                "note": "多买了",
            }
            asked = await ask(at, token, order_id, **form)
            case_id = asked.json()["case_id"]
            bank.pays = False
            approved = await answer(at, "approve", case_id, restock=True)
            assert approved.json() == {
                "type": "Moved", "case_id": case_id, "state": "refunding", "amount": 2500,
            }  # fmt: skip
            assert await stock_of(at, sku_id) == (98, 2)
            await at.turn()
            shown = (await at.get("/api/aftersale/show", token, id=case_id)).json()
            assert [step["state"] for step in shown["history"]] == [
                "asked",
                "approved",
                "refunding",
            ]
            bank.pays = True
            at.later(minutes=1)
            await at.turn()
            shown = (await at.get("/api/aftersale/show", token, id=case_id)).json()
            assert (shown["case"]["state"], shown["case"]["note"]) == ("refunded", "多买了")
            assert shown["case"]["lines"][0]["title"] == "曲奇"
            assert await state_of(at, order_id) == "shipped"
            assert at.halvings() == 0

    run(story())


def test_goods_come_back_first(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        async with house(database, services=bank.services()) as at:
            me, sku_id = uuid4(), await add_sku(at.sql)
            token = await at.token(Role.MEMBER, me)
            order_id = await bought(at, [(sku_id, 2)], me)
            await ship(at, order_id)
            await receive(at, order_id, me)
            asked = await ask(at, token, order_id, kind="return_refund", reason="damaged")
            case_id = asked.json()["case_id"]
            assert (await answer(at, "approve", case_id)).json()["state"] == "approved"
            parcel = {"case_id": case_id, "carrier": "顺丰", "tracking": "SF1234"}
            sent = await at.post("/api/aftersale/send_back", token, id=str(new_id()), **parcel)
            assert sent.json()["state"] == "sent_back"
            sellable = [{"number": 1, "quantity": 1}]
            done = await answer(at, "receive", case_id, sellable=sellable)
            assert (done.json()["state"], done.json()["amount"]) == ("refunding", 20_000)
            assert await stock_of(at, sku_id) == (99, 1)
            await at.turn()
            assert await state_of(at, order_id) == "refunded"
            shown = await at.get("/api/staff/aftersale/show", await at.token(), id=case_id)
            assert [step["state"] for step in shown.json()["history"]] == [
                "asked", "approved", "sent_back", "received", "refunding", "refunded",
            ]  # fmt: skip
            assert shown.json()["history"][0]["actor_id"] == str(me)
            assert (shown.json()["case"]["carrier"], shown.json()["case"]["tracking"]) == (
                "顺丰", "SF1234",
            )  # fmt: skip

    run(story())


def test_refused_with_an_answer_and_asked_again(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, sku_id = uuid4(), await add_sku(at.sql)
            token = await at.token(Role.MEMBER, me)
            order_id = await bought(at, [(sku_id, 1)], me)
            case_id = (await ask(at, token, order_id)).json()["case_id"]
            again = await ask(at, token, order_id)
            assert (again.status_code, again.json()["refusal"]) == (409, "too_many_units")
            blank = await answer(at, "refuse", case_id, answer="  ")
            assert blank.json()["refusal"] == "malformed"
            await answer(at, "refuse", case_id, answer="已定制，不能退")
            listed = (await at.get("/api/aftersale/list", token)).json()["items"]
            assert [(one["state"], one["answer"]) for one in listed] == [
                ("refused", "已定制，不能退")
            ]
            case_id = (await ask(at, token, order_id)).json()["case_id"]
            wish = {"id": str(new_id()), "case_id": case_id}
            withdrawn = await at.post("/api/aftersale/withdraw", token, **wish)
            assert withdrawn.json()["state"] == "withdrawn"
            assert (await ask(at, token, order_id)).status_code == 200

    run(story())


def test_nobody_else_sees_it_or_moves_it(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, sku_id = uuid4(), await add_sku(at.sql)
            mine, other = await at.token(Role.MEMBER, me), await at.token(Role.MEMBER)
            staff = await at.token()
            order_id = await bought(at, [(sku_id, 1)], me)
            assert (await ask(at, other, order_id)).status_code == 404
            case_id = (await ask(at, mine, order_id)).json()["case_id"]
            assert (await at.get("/api/aftersale/show", other, id=case_id)).status_code == 404
            assert (await at.get("/api/aftersale/show", mine, id=uuid4())).status_code == 404
            assert (await at.get("/api/aftersale/list", other)).json()["items"] == []
            wish = {"id": str(new_id()), "case_id": case_id}
            for token, status in ((other, 404), (staff, 403), ("", 401)):
                answer = await at.post("/api/aftersale/withdraw", token, **wish)
                assert answer.status_code == status
            for verb, form in (("approve", {}), ("refuse", {"answer": "不"}), ("receive", {})):
                answer = await at.post(f"/api/staff/aftersale/{verb}", mine, **wish, **form)
                assert answer.status_code == 403
            assert (await at.get("/api/staff/aftersale/show", mine, id=case_id)).status_code == 403
            assert (await at.get("/api/staff/aftersale/list", mine)).status_code == 403

    run(story())


def test_the_same_wish_twice_is_one_case(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        async with house(database, services=bank.services()) as at:
            me, sku_id = uuid4(), await add_sku(at.sql)
            token = await at.token(Role.MEMBER, me)
            order_id = await bought(at, [(sku_id, 2)], me)
            form = {"id": str(new_id()), "lines": [{"number": 1, "quantity": 1}]}
            first = await ask(at, token, order_id, **form)
            assert (await ask(at, token, order_id, **form)).json() == first.json()
            other = await ask(at, token, order_id, **{**form, "note": "不一样"})
            assert other.json()["refusal"] == "id_reused"
            yes = {"id": str(new_id())}
            case_id = first.json()["case_id"]
            approved = await answer(at, "approve", case_id, **yes)
            assert (await answer(at, "approve", case_id, **yes)).json() == approved.json()
            assert (await answer(at, "approve", case_id)).json()["refusal"] == "case_moved_on"
            await at.turn()
            assert len(bank.asked) == 1

    run(story())


def test_whoever_waits_longest_comes_first_and_is_overdue(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, sku_id = uuid4(), await add_sku(at.sql)
            token, staff = await at.token(Role.MEMBER, me), await at.token()
            orders = [await bought(at, [(sku_id, 1)], me) for _ in range(5)]
            cases = []
            for order_id in orders:
                cases.append((await ask(at, token, order_id)).json()["case_id"])
                at.later(hours=1)
            at.later(hours=45)
            await at.turn()
            staff = await at.token()
            seen: list[Any] = []
            after: dict[str, str] = {}
            while True:
                page = (await at.get("/api/staff/aftersale/list", staff, limit=2, **after)).json()
                seen += page["items"]
                if page["after"] is None:
                    break
                after = {"after": page["after"]}
            assert [one["id"] for one in seen] == cases
            assert [one["overdue"] for one in seen] == [True, True, True, False, False]
            newest = (await at.get("/api/aftersale/list", token, limit=3)).json()
            assert [one["id"] for one in newest["items"]] == cases[:1:-1]
            rest = (await at.get("/api/aftersale/list", token, after=newest["after"])).json()
            assert [one["id"] for one in rest["items"]] == cases[1::-1]
            of_order = {"order_id": orders[2]}
            for path, whose in (
                ("/api/aftersale/list", token),
                ("/api/staff/aftersale/list", staff),
            ):
                found = (await at.get(path, whose, **of_order)).json()["items"]
                assert [one["id"] for one in found] == [cases[2]]

    run(story())


def test_an_order_is_not_done_while_its_case_is_open(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, sku_id = uuid4(), await add_sku(at.sql)
            order_id = await bought(at, [(sku_id, 1)], me)
            await ship(at, order_id)
            await receive(at, order_id, me)
            at.later(days=6)
            token = await at.token(Role.MEMBER, me)
            case_id = (await ask(at, token, order_id)).json()["case_id"]
            at.later(days=3)
            await at.turn()
            assert await state_of(at, order_id) == "received"
            await answer(at, "refuse", case_id, answer="已使用")
            at.later(days=7)
            await at.turn()
            assert await state_of(at, order_id) == "done"
            too_late = await ask(at, token, order_id)
            assert too_late.json()["refusal"] == "not_refundable"

    run(story())


def test_a_case_may_be_answered_in_the_batch_that_opens_it(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, sku_id = MemberId(uuid4()), await add_sku(at.sql)
            order_id = await bought(at, [(sku_id, 1)], me)
            wish = AskRefund(id=new_id(), order_id=order_id, member_id=me, kind=Kind.REFUND_ONLY)
            yes = ApproveRefund(id=new_id(), case_id=CaseId(wish.id), staff_id=STAFF)
            asked, approved = await at.engine.handler(SHOP, CASES)([wish, yes])
            assert (asked.state, approved.state) == (State.ASKED, State.REFUNDING)
            assert await state_of(at, order_id) == "refunding"

    run(story())


def test_the_rest_is_sent_though_a_sent_unit_was_refunded(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, sku_id = uuid4(), await add_sku(at.sql)
            order_id = await bought(at, [(sku_id, 2), (sku_id, 2)], me)
            await ship(at, order_id, (1, 2))
            token = await at.token(Role.MEMBER, me)
            for number in (1, 2):
                form = {"lines": [{"number": number, "quantity": 1}]}
                case_id = (await ask(at, token, order_id, **form)).json()["case_id"]
                await answer(at, "approve", case_id)
            await ship(at, order_id)
            shown = (await at.get("/api/orders/show", token, id=order_id)).json()
            assert [one["contents"] for one in shown["parcels"]] == [[[1, 2]], [[2, 1]]]
            assert await state_of(at, order_id) == "shipped"
            assert await stock_of(at, sku_id) == (97, 3)

    run(story())


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"lines": [{"number": 0, "quantity": 1}]}, 400),
        ({"lines": [{"number": 1, "quantity": 0}]}, 400),
        ({"kind": "gift"}, 400),
        ({"reason": "because"}, 400),
        ({"lines": [{"number": 9, "quantity": 1}]}, 400),
        ({"note": "长" * 501}, 400),
    ],
)
def test_what_makes_no_sense_is_told_so(database: str, form: Any, status: int) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, sku_id = uuid4(), await add_sku(at.sql)
            token = await at.token(Role.MEMBER, me)
            order_id = await bought(at, [(sku_id, 1)], me)
            assert (await ask(at, token, order_id, **form)).status_code == status

    run(story())
