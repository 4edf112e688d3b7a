"""The worked example of the orders' README, through the doors."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

from catalog_samples import sell
from shopping import NINE, SHOP, House, house, run

from frontline.kernel.words import Fen, OrderId
from frontline.shop.payment.messages import Settle, StartPayment
from frontline.web.session import Role
from frontline.wechat.provider import Channel


async def freight(shop: House) -> UUID:
    template_id = uuid4()
    rate = {"first": 1, "first_fee": 800, "more": 1, "more_fee": 200}
    await shop.sql.execute(
        "INSERT INTO freight_template (shop_id, id, name, measure, elsewhere, regions)"
        " VALUES (1, $1, '快递', 'piece', $2, '{}')",
        template_id,
        json.dumps(rate),
    )
    return template_id


async def coupon(shop: House, member_id: UUID) -> str:
    coupon_id, claim_id = uuid4(), uuid4()
    await shop.sql.execute(
        "INSERT INTO coupon (shop_id, id, name, kind, value, threshold, scope, scope_ids,"
        " per_member_max, claim_from, claim_until, usable_from, usable_until, stopped, issued)"
        " VALUES (1, $1, '满100减20', 'amount', 2000, 10000, 'all', '{}', 1, $2, $3, $2, $3,"
        " false, 1)",
        coupon_id,
        NINE - timedelta(days=1),
        NINE + timedelta(days=1),
    )
    await shop.sql.execute(
        "INSERT INTO coupon_claim (shop_id, id, coupon_id, member_id, state, claimed_at, off)"
        " VALUES (1, $1, $2, $3, 'held', $4, 0)",
        claim_id,
        coupon_id,
        member_id,
        NINE,
    )
    return str(claim_id)


def test_the_example(database: str) -> None:
    async def go() -> None:
        async with house(database) as shop:
            signed = (await shop.post("/api/login/wechat", code="小满")).json()
            token, member_id = signed["token"], UUID(signed["member_id"])
            address = {"name": "李小满", "phone": "13800138000", "detail": "科技园1号"}
            address_id = str(uuid4())
            await shop.post(
                "/api/addresses/put", token, id=address_id, region_code="440305", **address
            )
            by_post = {"freight_id": await freight(shop), "needs_shipping": True}
            cookies = await sell(shop.opened.database, SHOP, price=3990, title="曲奇", **by_post)
            tin = await sell(shop.opened.database, SHOP, price=12800, title="礼盒", **by_post)
            order_id = str(uuid4())
            wish = {
                "lines": [
                    {"sku_id": str(cookies), "quantity": 2},
                    {"sku_id": str(tin), "quantity": 1},
                ],
                "address_id": address_id,
                "claim_id": await coupon(shop, member_id),
            }
            other = await shop.post(
                "/api/orders/place", token, id=order_id, **wish, expected_total=20780
            )
            assert (other.json()["refusal"], other.json()["total"]) == ("price_changed", 19980)
            placed = await shop.post(
                "/api/orders/place", token, id=order_id, **wish, expected_total=19980
            )
            assert placed.json()["total"] == 19980
            page = (await shop.get("/api/orders/show", token, id=order_id)).json()["order"]
            assert [line["paid"] for line in page["lines"]] == [7212, 11568]
            assert page["freight"] == 1200

            await _pay(shop, token, order_id)
            staff = await shop.token(Role.STAFF)
            ship = {"order_id": order_id, "carrier": "顺丰", "tracking": "SF1"}
            first = await shop.post(
                "/api/staff/orders/ship",
                staff,
                id=str(uuid4()),
                **ship,
                contents=[{"number": 1, "quantity": 2}],
            )
            assert first.json()["state"] == "part_shipped"
            rest = await shop.post("/api/staff/orders/ship", staff, id=str(uuid4()), **ship)
            assert rest.json()["state"] == "shipped"
            received = await shop.post(
                "/api/orders/receive", token, id=str(uuid4()), order_id=order_id
            )
            assert received.json()["state"] == "received"
            shop.later(days=7)
            await shop.turn()
            history = (await shop.get("/api/orders/show", token, id=order_id)).json()["history"]
            assert [step["state"] for step in history][-6:] == [
                *("paid", "to_ship", "part_shipped", "shipped", "received", "done")
            ]

    run(go())


async def _pay(shop: House, token: str, order_id: str) -> None:
    caller = await shop.opened.sessions.caller(f"Bearer {token}".encode())
    assert caller is not None
    await shop.submit(
        StartPayment(
            id=uuid4(),
            order_id=OrderId(UUID(order_id)),
            member_id=caller.member_id,
            channel=Channel.JSAPI,
            currency="CNY",
        )
    )
    await shop.submit(
        Settle(
            id=uuid4(),
            out_trade_no=UUID(order_id).hex,
            transaction_id="t1",
            amount=Fen(19980),
            currency="CNY",
            payer=None,
            paid_at=NINE,
        )
    )
