"""The worked example of the README, at the doors."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from shop.aftersale.buying import Bank, bought, state_of, stock_of
from shopping import House, add_sku, house, run

from frontline.engine.engine import new_id
from frontline.web.session import Role


async def _coupon(sql: Any, member_id: Any) -> Any:
    coupon_id, claim_id = uuid4(), uuid4()
    await sql.execute(
        "INSERT INTO coupon (shop_id, id, name, kind, value, threshold, scope, scope_ids,"
        " per_member_max, claim_from, claim_until, usable_from, usable_until, stopped, issued)"
        " VALUES (1, $1, '满100减20', 'amount', 2000, 10000, 'all', '{}', 1, '2026-01-01',"
        " '2027-01-01', '2026-01-01', '2027-01-01', false, 1)",
        coupon_id,
    )
    await sql.execute(
        "INSERT INTO coupon_claim (shop_id, id, coupon_id, member_id, state, claimed_at, off)"
        " VALUES (1, $1, $2, $3, 'held', '2026-01-01', 0)",
        claim_id, coupon_id, member_id,
    )  # fmt: skip
    return claim_id


async def _freight(sql: Any) -> Any:
    template_id = uuid4()
    await sql.execute(
        "INSERT INTO freight_template VALUES (1, $1, '快递', 'piece',"
        """ '{"first": 99, "first_fee": 800, "more": 1, "more_fee": 0}', '{}')""",
        template_id,
    )
    return template_id


async def _address(sql: Any, member_id: Any) -> Any:
    address_id = uuid4()
    await sql.execute(
        "INSERT INTO member (shop_id, id, nickname, locale, joined_at)"
        " VALUES (1, $1, '某人', 'zh', now())",
        member_id,
    )
    await sql.execute(
        "INSERT INTO address (shop_id, id, member_id, name, phone, region_code, region, detail)"
        " VALUES (1, $1, $2, '某人', '13800000000', '440305', '深圳', '某街 1 号')",
        address_id, member_id,
    )  # fmt: skip
    return address_id


def test_a_coupon_order_refunded_in_three_parts(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        async with house(database, services=bank.services()) as at:
            member_id = uuid4()
            freight_id = await _freight(at.sql)
            skus = [
                await add_sku(at.sql, price=price, freight_id=freight_id)
                for price in (2990, 1990, 4990)
            ]
            order_id = await bought(
                at,
                list(zip(skus, (3, 2, 1), strict=True)),
                member_id,
                address_id=await _address(at.sql, member_id),
                claim_id=await _coupon(at.sql, member_id),
            )
            token = await at.token(Role.MEMBER, member_id)
            page = (await at.get("/api/orders/show", token, id=order_id)).json()
            assert [line["paid"] for line in page["order"]["lines"]] == [7970, 3536, 4434]
            assert (page["order"]["freight"], page["order"]["total"]) == (800, 16740)

            amounts = [
                await _refund(at, token, order_id, {1: 1}),
                await _refund(at, token, order_id, {1: 1, 2: 1}),
                await _refund(at, token, order_id, {}),
            ]
            assert amounts == [2656, 4425, 9659]
            assert sum(amounts) == 16740
            assert [await stock_of(at, sku_id) for sku_id in skus] == [(100, 0)] * 3
            assert await state_of(at, order_id) == "refunding"
            await at.turn()
            assert sorted(request.amount for request in bank.asked) == sorted(amounts)
            assert await state_of(at, order_id) == "refunded"
            states = await at.sql.fetch("SELECT state FROM aftersale")
            assert [row["state"] for row in states] == ["refunded"] * 3
            assert at.halvings() == 0

    run(story())


async def _refund(at: House, token: str, order_id: Any, lines: dict[int, int]) -> int:
    """Two calls: the buyer asks, staff approve."""
    case_id = new_id()
    asked = await at.post(
        "/api/aftersale/ask", token, id=str(case_id), order_id=str(order_id),
        kind="refund_only", reason="cancelled",
        lines=[{"number": number, "quantity": units} for number, units in lines.items()],
    )  # fmt: skip
    assert asked.status_code == 200, asked.text
    approved = await at.post(
        "/api/staff/aftersale/approve",
        await at.token(Role.OWNER),
        id=str(new_id()),
        case_id=str(case_id),
    )
    assert approved.status_code == 200, approved.text
    assert approved.json()["state"] == "refunding"
    assert approved.json()["amount"] == asked.json()["amount"]
    return int(approved.json()["amount"])
