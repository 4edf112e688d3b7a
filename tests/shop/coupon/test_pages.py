"""Coupons at the desk, between their pages and the rows."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from shopping import House, add_sku, house, run

from frontline.shop.coupon import promise
from frontline.shop.coupon.messages import Kind, Scope
from frontline.web.session import Role


def coupon(**more: Any) -> dict[str, Any]:
    return {
        "kind": "amount",
        "name": "满百减二十",
        "off": "20",
        "threshold": "100",
        "issued_max": "10",
        "claim_from": "2026-11-11T09:00",
        "claim_until": "2026-11-18T09:00",
        "usable_from": "2026-11-11T09:00",
        "usable_until": "2026-12-11T09:00",
        **more,
    }


def test_within_the_limit_it_is_made_and_beyond_it_waits(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            await at.allow(desk.staff_id, discount=20_000)
            made = await desk.post("/desk/coupons/create", **coupon())
            assert made.status_code == 200, made.text
            held = await desk.post("/desk/coupons/create", **coupon(issued_max="11"))
            assert held.status_code == 202, "220 yuan at worst"
            unbounded = await desk.post("/desk/coupons/create", **coupon(issued_max=""))
            assert unbounded.status_code == 202
            row = await at.sql.fetchrow("SELECT kind, value, threshold, scope FROM coupon")
            assert tuple(row) == ("amount", 2_000, 10_000, "all")
            page = (await desk.get("/desk/coupons")).text
            assert page.count("满百减二十") == 1 and "满 ¥100，减 ¥20" in page

    run(story())


def test_for_chosen_products_or_categories(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            sku_id = await add_sku(at.sql, title="蛋卷")
            product_id = await at.sql.fetchval("SELECT product_id FROM sku WHERE id = $1", sku_id)
            percent = coupon(kind="percent", off="", rate="12.5", cap="30", products=[product_id])
            made = await desk.post("/desk/coupons/create", **percent)
            assert made.status_code == 200, made.text
            row = await at.sql.fetchrow("SELECT kind, value, cap, scope, scope_ids FROM coupon")
            assert tuple(row) == ("percent", 1_250, 3_000, "products", [product_id])
            show = (await desk.get(made.json()["go"])).text
            assert "蛋卷" in show and "打 8.75 折，最多减 ¥30" in show
            both = {**percent, "categories": [uuid4()]}
            assert set((await desk.post("/desk/coupons/create", **both)).json()["errors"]) == {
                "products"
            }
            chosen = await desk.get("/desk/coupons/products", products=product_id)
            assert "checked" in chosen.text and "蛋卷" in chosen.text

    run(story())


def test_what_is_wrong_is_told_at_its_field(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)

            async def errors(**more: Any) -> set[str]:
                answer = await desk.post("/desk/coupons/create", **coupon(**more))
                assert answer.status_code == 422, answer.text
                return set(answer.json()["errors"])

            assert await errors(off="") == {"off"}
            assert await errors(off="200") == {"threshold"}
            assert await errors(claim_until="2026-11-01T09:00") == {"claim_until"}
            assert await errors(issued_max="0", name="") == {"issued_max", "name"}

    run(story())


def test_the_promise_is_said_with_its_worst_case(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            said = await desk.post("/desk/coupons/promise", by="htmx", **coupon())
            assert "全店商品满 ¥100，减 ¥20" in said.text and "¥200.00" in said.text
            free = await desk.post("/desk/coupons/promise", by="htmx", **coupon(issued_max=""))
            assert "没有上限" in free.text
            nothing = await desk.post("/desk/coupons/promise", by="htmx", kind="amount")
            assert nothing.status_code == 200

    run(story())


async def member(at: House, phone: str) -> Any:
    id_ = uuid4()
    await at.sql.execute(
        "INSERT INTO member (shop_id, id, nickname, phone, locale, joined_at)"
        " VALUES (1, $1, '小满', $2, 'zh', now())",
        id_, phone,
    )  # fmt: skip
    return id_


def test_one_is_given_to_a_customer_and_the_rest_is_stopped(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            made = await desk.post("/desk/coupons/create", **coupon())
            id_ = made.json()["go"].partition("id=")[2]
            her = await member(at, "13800138000")
            wrong = await desk.post("/desk/coupons/grant", coupon_id=id_, phone="13900139000")
            assert set(wrong.json()["errors"]) == {"phone"}
            given = await desk.post("/desk/coupons/grant", coupon_id=id_, phone="13800138000")
            assert given.status_code == 200, given.text
            assert await at.sql.fetchval("SELECT member_id FROM coupon_claim") == her
            assert (await desk.post("/desk/coupons/stop", coupon_id=id_)).status_code == 200
            late = await desk.post("/desk/coupons/grant", coupon_id=id_, phone="13800138000")
            assert late.status_code == 409
            assert "满百减二十" in (await desk.get("/desk/coupons", state="stopped")).text
            assert "满百减二十" not in (await desk.get("/desk/coupons", state="running")).text

    run(story())


@pytest.mark.parametrize(
    ("kind", "value", "cap", "threshold", "zh", "en"),
    [
        (Kind.AMOUNT, 500, None, 0, "全店商品，减 ¥5", "¥5 off anything in the shop"),
        (Kind.PERCENT, 2_000, None, 0, "全店商品，打 8 折", "20 % off anything in the shop"),
        (
            Kind.PERCENT,
            10_000,
            990,
            10_050,
            "全店商品满 ¥100.50，免费，最多减 ¥9.90",
            "100 % off ¥100.50 or more of anything in the shop, ¥9.90 at most",
        ),
    ],
)
def test_a_promise_in_one_sentence(  # noqa: PLR0913
    kind: Kind, value: int, cap: int | None, threshold: int, zh: str, en: str
) -> None:
    said = promise.sentence(
        kind=kind, value=value, cap=cap, threshold=threshold, scope=Scope.ALL, scoped=0,
        currency="CNY",
    )  # fmt: skip
    assert said == (zh, en)
