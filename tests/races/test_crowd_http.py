"""A thousand buyers of a hundred units, through the doors: a hundred orders are paid."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID, uuid4

from shopping import NINE, SHOP, House, add_sku, house

from frontline.audit.run import audited
from frontline.kernel.words import Fen
from frontline.shop.payment.providers import Providers
from frontline.web.session import Role
from frontline.wechat.provider import PaymentState, PaymentStatus, PayParameters, Prepay

BUYERS, UNITS, PRICE = 1000, 100, 1999


class Bank:
    """Everybody pays at once what they are asked for."""

    def __init__(self) -> None:
        self.asked: dict[str, Prepay] = {}

    async def prepare(self, prepay: Prepay) -> PayParameters:
        self.asked[prepay.out_trade_no] = prepay
        return PayParameters(h5_url="https://bank.test/pay")

    async def query(self, number: str) -> PaymentStatus:
        prepay = self.asked[number]
        return PaymentStatus(
            out_trade_no=number,
            state=PaymentState.PAID,
            mchid="1",
            amount=Fen(prepay.amount),
            currency=prepay.currency,
            transaction_id=f"bank-{number}",
            paid_at=NINE,
        )


async def _buy(shop: House, sku_id: UUID, tally: Counter[str]) -> None:
    """As a phone does it: ask again when busy, come back from paying more than once."""
    token = await shop.token(Role.MEMBER)
    wish = {"id": str(uuid4()), "lines": [{"sku_id": str(sku_id), "quantity": 1}]}
    placed = await shop.post("/api/orders/place", token, **wish)
    if placed.status_code != 200:
        tally[placed.json()["refusal"]] += 1
        return
    order_id = placed.json()["order_id"]
    again = await shop.post("/api/orders/place", token, **wish)
    assert again.json() == placed.json()
    payable = await shop.post(
        "/api/orders/pay", token, id=str(uuid4()), order_id=order_id, channel="h5"
    )
    assert payable.status_code == 200, payable.text
    back = await asyncio.gather(
        *(shop.post("/api/orders/paid", token, order_id=order_id) for _ in range(3))
    )
    assert [one.json()["paid"] for one in back] == [True] * 3
    tally["paid"] += 1


def test_a_thousand_buyers_of_a_hundred_units(database: str) -> None:
    async def go() -> None:
        services = {Providers: Providers(lambda _: Bank())}
        async with house(database, services=services) as shop:
            sku_id = await add_sku(shop.sql, price=PRICE, on_hand=UNITS)
            await shop.sql.execute(
                "INSERT INTO stock_movement (shop_id, sku_id, at, kind, quantity, cause_id, reason)"
                " VALUES (1, $1, now(), 'adjustment', $2, $1, '')",
                sku_id, UNITS,
            )  # fmt: skip
            tally: Counter[str] = Counter()
            await asyncio.gather(*(_buy(shop, sku_id, tally) for _ in range(BUYERS)))
            assert tally == {"paid": UNITS, "sold_out": BUYERS - UNITS}
            assert shop.halvings() == 0
            states = await shop.sql.fetch("SELECT state, count(*) FROM shop_order GROUP BY state")
            assert list(map(tuple, states)) == [("to_ship", UNITS)]
            assert await shop.sql.fetchval("SELECT sum(quantity) FROM order_line") == UNITS
            assert await shop.sql.fetchval("SELECT sum(asked) FROM payment") == UNITS * PRICE
            findings = await audited(shop.opened.database, SHOP, NINE)
            assert [one for one in findings if one.violations] == []

    asyncio.run(go())
