"""The worked example of the ledger's README, on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from catalog_samples import sell
from shopping import NINE, SHOP, House, house, run

from frontline.kernel.words import Fen, MemberId, OrderId
from frontline.shop.order.messages import CancelOrder, PlaceOrder, Wanted
from frontline.shop.payment.messages import RecordRefund, Settle, StartPayment
from frontline.wechat.provider import Channel, RefundState


def settle(number: str, transaction_id: str, amount: int) -> Settle:
    return Settle(
        id=uuid4(),
        out_trade_no=number,
        transaction_id=transaction_id,
        amount=Fen(amount),
        currency="CNY",
        payer=None,
        paid_at=NINE,
    )


async def rows(shop: House) -> list[tuple[Any, ...]]:
    found = await shop.sql.fetch(
        "SELECT debit, credit, amount FROM ledger_transfer ORDER BY at, id"
    )
    return sorted(tuple(row) for row in found)


def test_the_example(database: str) -> None:
    async def go() -> None:
        async with house(database) as shop:
            sku_id = await sell(shop.opened.database, SHOP, price=1000, stock=1)
            order_id, member = OrderId(uuid4()), MemberId(uuid4())
            await shop.submit(
                PlaceOrder(id=order_id, member_id=member, wanted=(Wanted(sku_id, 1),))
            )
            await shop.submit(
                StartPayment(
                    id=uuid4(),
                    order_id=order_id,
                    member_id=member,
                    channel=Channel.JSAPI,
                    currency="CNY",
                )
            )
            await shop.submit(settle(order_id.hex, "t1", 1000))
            back = await shop.submit(
                CancelOrder(
                    id=uuid4(), order_id=order_id, actor_id=await shop.hire(), by_staff=True
                )
            )
            stray = await shop.submit(settle("nobody's", "t2", 300))
            for refund_id in (back.refund_id, stray.refund_id):
                shop.clock[0] += timedelta(minutes=1)
                await shop.submit(
                    RecordRefund(id=uuid4(), refund_id=refund_id, state=RefundState.REFUNDED)
                )
            assert await rows(shop) == sorted(
                [
                    ("provider", "sales", 1000),
                    ("sales", "refunds_due", 1000),
                    ("refunds_due", "provider", 1000),
                    ("provider", "suspense", 300),
                    ("suspense", "refunds_due", 300),
                    ("refunds_due", "provider", 300),
                ]
            )
            accounts = await shop.sql.fetch(
                "SELECT account, debited - credited FROM ledger_account"
            )
            assert {row[0]: row[1] for row in accounts} == dict.fromkeys(
                ("provider", "sales", "refunds_due", "suspense"), 0
            )

    run(go())
