"""After-sale at the desk, between its pages and the rows."""

from __future__ import annotations

from uuid import UUID, uuid4

from shop.aftersale.buying import Bank, bought, receive, ship, state_of, stock_of
from shopping import SHOP, House, add_sku, house, run

from frontline.kernel.words import MemberId, OrderId
from frontline.shop.aftersale.messages import (
    AskRefund,
    Kind,
    Moved,
    Reason,
    Refusal,
    Refused,
    SendBack,
)
from frontline.shop.aftersale.views import show
from frontline.shop.aftersale.views import desk as reads
from frontline.web.session import Role


async def asked(
    at: House, order_id: OrderId, kind: Kind = Kind.REFUND_ONLY, note: str = "不想要了"
) -> UUID:
    member_id = await at.sql.fetchval("SELECT member_id FROM shop_order WHERE id = $1", order_id)
    case_id = uuid4()
    outcome = await at.submit(
        AskRefund(
            id=case_id, order_id=order_id, member_id=MemberId(member_id), kind=kind,
            reason=Reason.DAMAGED, note=note,
        )
    )  # fmt: skip
    assert isinstance(outcome, Moved), outcome
    return case_id


async def case_state(at: House, case_id: UUID) -> str:
    return await at.sql.fetchval("SELECT state FROM aftersale WHERE id = $1", case_id)


def test_staff_open_a_case_for_a_buyer_who_has_called(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=1_000, title="曲奇")
            buyer = uuid4()
            order_id = await bought(at, [(sku_id, 3)], buyer)
            desk = await at.desk(Role.OWNER)
            page = (await desk.get("/desk/orders/show", id=str(order_id))).text
            assert 'action="/desk/aftersale/ask"' in page
            of = {"order_id": order_id, "kind": "refund_only", "reason": "damaged", "numbers": [1]}
            for units in ("0", "", "-1", "4", "x"):
                answer = await desk.post("/desk/aftersale/ask", **of, units=[units])
                assert answer.status_code >= 400, units
            answer = await desk.post("/desk/aftersale/ask", **of, units=["2"], note="电话：碎了")
            url = answer.json()["go"]
            case = await at.sql.fetchrow("SELECT * FROM aftersale")
            assert url == f"/desk/aftersale/show?id={case['id']}"
            assert (case["member_id"], case["asked_by"]) == (buyer, desk.staff_id)
            assert (case["amount"], case["note"]) == (2_000, "电话：碎了")
            name = await at.sql.fetchval("SELECT name FROM staff WHERE id = $1", desk.staff_id)
            assert f"店员 {name}" in (await desk.get(url)).text
            async with at.opened.database.transaction(SHOP) as transaction:
                seen = await show(transaction, case["id"], member_id=MemberId(buyer))
            assert seen is not None  # By the buyer, who is not told the name.
            assert (seen.history[0].who, seen.history[0].actor_id) == ("staff", None)
            await desk.post("/desk/aftersale/approve", case_id=case["id"])
            assert await case_state(at, case["id"]) == "refunding"
            # Who may not act on after-sale is not asked to, and is not heard.
            packer = await at.desk(Role.STAFF, areas=("order",))
            page = (await packer.get("/desk/orders/show", id=str(order_id))).text
            assert "/desk/aftersale/ask" not in page
            refused = await packer.post("/desk/aftersale/ask", **of, units=["1"])
            assert refused.status_code == 403
            # Nobody asks as staff at the doors of shoppers.
            foreign = AskRefund(
                id=uuid4(), order_id=order_id, member_id=MemberId(uuid4()), kind=Kind.REFUND_ONLY
            )
            assert await at.submit(foreign) == Refused(Refusal.ORDER_UNKNOWN)

    run(story())


def test_who_waits_longest_comes_first_with_the_time_left(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, title="曲奇")
            orders = [await bought(at, [(sku_id, 1)], uuid4()) for _ in range(3)]
            first = await asked(at, orders[0])
            at.later(hours=49)
            second = await asked(at, orders[1])
            desk = await at.desk(Role.STAFF)
            page = (await desk.get("/desk/aftersale")).text
            assert page.index(str(first)) < page.index(str(second))
            assert "已超 1 小时" in page
            assert "还剩 2 天" in page
            await desk.post("/desk/aftersale/refuse", case_id=str(first), answer="请联系客服")
            page = (await desk.get("/desk/aftersale")).text
            assert str(first) not in page
            assert str(second) in page
            for query, shown in (
                ({"which": "refused"}, {first}),
                ({"which": "all"}, {first, second}),
                ({"order": orders[0].hex}, {first}),
                ({"kind": "return_refund"}, set()),
                ({"order": "?"}, set()),
            ):
                page = (await desk.get("/desk/aftersale", **query)).text
                assert {one for one in (first, second) if str(one) in page} == shown, query
            async with at.opened.database.transaction(SHOP) as transaction:
                assert await reads.waiting(transaction) == 1

    run(story())


def test_a_refund_is_shown_and_paid_back(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        async with house(database, services=bank.services()) as at:
            sku_id = await add_sku(at.sql, price=3_990, title="黄油曲奇")
            order_id = await bought(at, [(sku_id, 2)], uuid4())
            case_id = await asked(at, order_id, note="盒子压坏了")
            desk = await at.desk(Role.OWNER)
            page = (await desk.get("/desk/aftersale/show", id=str(case_id))).text
            for said in ("黄油曲奇", "盒子压坏了", "商品破损", "79.80", "同意退款"):
                assert said in page, said
            done = await desk.post("/desk/aftersale/approve", case_id=str(case_id))
            assert done.status_code == 200, done.text
            await at.turn()
            assert [one.amount for one in bank.asked] == [7_980]
            assert await case_state(at, case_id) == "refunded"
            assert await state_of(at, order_id) == "refunded"
            page = (await desk.get("/desk/aftersale/show", id=str(case_id))).text
            assert "同意退款" not in page
            assert "退款到账" in page
            again = await desk.post("/desk/aftersale/approve", case_id=str(case_id))
            assert again.status_code == 409
            assert (await desk.get("/desk/aftersale/show", id=str(uuid4()))).status_code == 404

    run(story())


def test_staff_say_no_in_words(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            case_id = await asked(at, await bought(at, [(sku_id, 1)], uuid4()))
            desk = await at.desk(Role.STAFF)
            silent = await desk.post("/desk/aftersale/refuse", case_id=str(case_id), answer="  ")
            assert silent.status_code == 422
            said = await desk.post(
                "/desk/aftersale/refuse", case_id=str(case_id), answer="已过售后期"
            )
            assert said.status_code == 200, said.text
            assert await case_state(at, case_id) == "refused"
            assert "已过售后期" in (await desk.get("/desk/aftersale/show", id=str(case_id))).text

    run(story())


def test_goods_come_back_and_only_what_is_fit_is_sold_again(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        async with house(database, services=bank.services()) as at:
            sku_id = await add_sku(at.sql, on_hand=10)
            member_id = uuid4()
            order_id = await bought(at, [(sku_id, 3)], member_id)
            await ship(at, order_id)
            await receive(at, order_id, member_id)
            case_id = await asked(at, order_id, Kind.RETURN_REFUND)
            desk = await at.desk(Role.OWNER)
            assert (
                await desk.post("/desk/aftersale/approve", case_id=str(case_id))
            ).status_code == 200
            assert await case_state(at, case_id) == "approved"
            await at.submit(
                SendBack(
                    id=uuid4(), case_id=case_id, member_id=member_id, carrier="顺丰", tracking="SF5"
                )
            )
            page = (await desk.get("/desk/aftersale/show", id=str(case_id))).text
            assert "SF5" in page
            before = await stock_of(at, sku_id)
            many = await desk.post(
                "/desk/aftersale/receive", case_id=str(case_id), numbers=[1], sellable=["4"]
            )
            assert many.status_code == 400
            wrong = await desk.post(
                "/desk/aftersale/receive", case_id=str(case_id), numbers=[1], sellable=["x"]
            )
            assert wrong.status_code == 422
            done = await desk.post(
                "/desk/aftersale/receive", case_id=str(case_id), numbers=[1], sellable=["2"]
            )
            assert done.status_code == 200, done.text
            await at.turn()
            assert await case_state(at, case_id) == "refunded"
            after = await stock_of(at, sku_id)
            assert after[0] - before[0] == 2

    run(story())


def test_many_are_approved_each_for_itself(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        async with house(database, services=bank.services()) as at:
            sku_id = await add_sku(at.sql)
            cases = [await asked(at, await bought(at, [(sku_id, 1)], uuid4())) for _ in range(3)]
            desk = await at.desk(Role.OWNER)
            await desk.post("/desk/aftersale/refuse", case_id=str(cases[0]), answer="不符合条件")
            form_id = uuid4()
            for _ in range(2):  # Sent twice, done once.
                done = await desk.post("/desk/aftersale/approve_all", id=str(form_id), ids=cases)
                assert done.status_code == 200, done.text
                await at.turn()
            assert len(bank.asked) == 2
            assert [await case_state(at, one) for one in cases] == [
                "refused",
                "refunded",
                "refunded",
            ]
            none = await desk.post("/desk/aftersale/approve_all")
            assert none.status_code == 422

    run(story())


def test_beyond_the_limit_it_is_proposed_and_nothing_is_paid(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        async with house(database, services=bank.services()) as at:
            sku_id = await add_sku(at.sql, price=30_000)
            cases = [await asked(at, await bought(at, [(sku_id, 1)], uuid4())) for _ in range(2)]
            desk = await at.desk(Role.STAFF)  # Stands in no matrix of authority.
            held = await desk.post("/desk/aftersale/approve", case_id=str(cases[0]))
            assert held.status_code == 202
            assert "/desk/decisions/show" in held.text
            many = await desk.post("/desk/aftersale/approve_all", ids=[cases[1]])
            assert many.status_code == 200
            await at.turn()
            assert not bank.asked
            assert [await case_state(at, one) for one in cases] == ["asked", "asked"]
            assert await at.sql.fetchval("SELECT count(*) FROM refund") == 0

    run(story())
