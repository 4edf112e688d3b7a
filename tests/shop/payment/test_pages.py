"""Money at the desk, between its pages and the rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from shop.aftersale.buying import Bank, bought
from shopping import House, add_sku, house, run

from frontline.kernel.words import Fen
from frontline.shop.payment.messages import RecordRefund, Settle
from frontline.wechat.provider import RefundState
from frontline.web.session import Role


async def stray(at: House, amount: int) -> str:
    transaction_id = f"stray-{uuid4().hex[:8]}"
    await at.submit(
        Settle(
            id=uuid4(), out_trade_no=uuid4().hex, transaction_id=transaction_id, amount=Fen(amount),
            currency="CNY", payer=None, paid_at=at.clock[0],
        )
    )  # fmt: skip
    return transaction_id


def test_payments_are_found_by_number_order_and_day(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=3_990)
            first = await bought(at, [(sku_id, 1)], uuid4())
            at.later(days=1)
            second = await bought(at, [(sku_id, 2)], uuid4())
            rows = await at.sql.fetch("SELECT order_id, transaction_id FROM payment")
            number = {row["order_id"]: row["transaction_id"] for row in rows}
            desk = await at.desk(Role.STAFF)

            async def found(**query: Any) -> set[Any]:
                page = await desk.get("/desk/payments", **query)
                assert page.status_code == 200, page.text
                return {
                    one
                    for one in (first, second)
                    if number[one] in page.text and str(one) in page.text
                }

            assert await found() == {first, second}
            assert await found(transaction_id=number[first]) == {first}
            assert await found(transaction_id="x") == set()
            assert await found(order=second.hex) == {second}
            assert await found(order="nonsense") == set()
            assert await found(first="2026-11-12") == {second}
            assert await found(last="2026-11-11") == {first}
            # As it stands on the buyer's bill, also in the search over everything.
            hits = (await desk.get("/desk/search", words=number[second])).text
            assert f"/desk/payments?transaction_id={number[second]}" in hits
            assert "¥79.80" in hits
            assert number[first] not in hits
            assert "没有找到" in (await desk.get("/desk/search", words=number[second][:-1])).text

    run(story())


def test_refunds_and_stray_money_tell_how_they_stand(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        bank.pays = False
        async with house(database, services=bank.services()) as at:
            sku_id = await add_sku(at.sql, price=3_990)
            order_id = await bought(at, [(sku_id, 1)], uuid4())
            number = await stray(at, 500)
            desk = await at.desk(Role.OWNER)
            await desk.post("/desk/orders/cancel", order_id=str(order_id))
            page = (await desk.get("/desk/payments/refunds")).text
            assert "退款中" in page
            assert "没有对应的订单" in page
            assert "需要人工处理" not in page
            refund_id = await at.sql.fetchval("SELECT id FROM refund WHERE order_id = $1", order_id)
            await at.submit(
                RecordRefund(id=uuid4(), refund_id=refund_id, state=RefundState.ABNORMAL)
            )
            page = (await desk.get("/desk/payments/refunds", state="abnormal")).text
            assert "需要人工处理" in page
            assert refund_id.hex in page
            assert (
                refund_id.hex not in (await desk.get("/desk/payments/refunds", state="done")).text
            )
            hits = (await desk.get("/desk/search", words=number)).text
            assert f"/desk/payments/suspense?transaction_id={number}" in hits
            page = (await desk.get("/desk/payments/suspense")).text
            assert number in page
            assert "5.00" in page

    run(story())


def test_the_days_add_up_to_what_came_and_went(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        async with house(database, services=bank.services()) as at:
            sku_id = await add_sku(at.sql, price=3_990)
            await bought(at, [(sku_id, 1)], uuid4())
            at.later(hours=14.9)  # Still the same day in Shanghai: 23:54.
            order_id = await bought(at, [(sku_id, 2)], uuid4())
            at.later(minutes=10)  # The next one.
            desk = await at.desk(Role.OWNER)
            await desk.post("/desk/orders/cancel", order_id=str(order_id))
            await stray(at, 500)
            at.clock[0] += timedelta(minutes=1)
            await at.turn()
            page = (await desk.get("/desk/payments/days")).text
            table = page[page.index("desk-table") :]
            first, second = table[table.index("2026-11-11") :], table[table.index("2026-11-12") :]
            assert "119.70" in first  # One, and two.
            assert "84.80" in second  # The two and the stray one went back.
            assert page.index("2026-11-11") < page.index(
                "2026-11-12"
            )  # In the chart; and the table:
            assert table.index("2026-11-12") < table.index("2026-11-11")
            assert (await desk.get("/desk/payments/days", first="2020-01-01")).status_code == 200
            assert "119.70" not in (await desk.get("/desk/payments/days", first="2026-11-12")).text

    run(story())
