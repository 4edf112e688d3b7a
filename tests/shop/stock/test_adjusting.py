"""Staff count stock: what they may add and take away, and what is remembered of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from catalog_samples import sell
from shopping import SHOP, House, house, run

from frontline.kernel.words import SkuId
from frontline.shop.stock.http import DOORS
from frontline.web.session import Role


def tell(url: str, story: Callable[[House, SkuId, str], Awaitable[None]]) -> None:
    """A SKU of which 10 are on hand and 4 of those held for orders."""

    async def told() -> None:
        async with house(url) as shop:
            sku_id = await sell(shop.opened.database, SHOP, stock=10)
            await shop.sql.execute("UPDATE stock SET reserved = 4")
            await story(shop, sku_id, await shop.token(Role.OWNER))

    run(told())


async def adjust(shop: House, token: str, sku_id: Any, change: Any, /, **more: Any) -> Any:
    wish = {"id": str(uuid4()), "sku_id": str(sku_id), "change": change, "reason": "盘点"}
    return await shop.post("/api/staff/stock/adjust", token, **wish | more)


@pytest.mark.parametrize(("change", "on_hand", "free"), [(5, 15, 11), (-6, 4, 0)])
def test_what_is_free_may_be_taken_away(
    database: str, change: int, on_hand: int, free: int
) -> None:
    async def story(shop: House, sku_id: SkuId, token: str) -> None:
        answer = await adjust(shop, token, sku_id, change)
        assert answer.json() == {"type": "StockAdjusted", "on_hand": on_hand, "free": free}
        movements = (await shop.get("/api/staff/stock/movements", token)).json()["items"]
        assert [one["quantity"] for one in movements] == [change, 10]
        assert (movements[0]["reason"], movements[0]["kind"]) == ("盘点", "adjustment")
        assert movements[0]["actor_id"] is not None

    tell(database, story)


def test_what_is_held_may_not(database: str) -> None:
    async def story(shop: House, sku_id: SkuId, token: str) -> None:
        answer = await adjust(shop, token, sku_id, -7)
        assert answer.status_code == 409
        assert (answer.json()["refusal"], answer.json()["free"]) == ("not_enough_free", 6)
        assert await shop.sql.fetchval("SELECT on_hand FROM stock") == 10
        assert await shop.sql.fetchval("SELECT count(*) FROM stock_movement") == 1

    tell(database, story)


@pytest.mark.parametrize(
    ("more", "status", "refusal"),
    [
        ({"change": 0}, 400, "malformed"), ({"change": 10**6 + 1}, 400, "malformed"),
        ({"change": "5"}, 400, "malformed"), ({"reason": ""}, 400, "malformed"),
        ({"reason": "长" * 201}, 400, "malformed"), ({"sku_id": str(uuid4())}, 404, "sku_unknown"),
    ],
)  # fmt: skip
def test_senseless_wishes_are_refused(
    database: str, more: dict[str, Any], status: int, refusal: str
) -> None:
    async def story(shop: House, sku_id: SkuId, token: str) -> None:
        answer = await adjust(shop, token, sku_id, 1, **more)
        assert (answer.status_code, answer.json()["refusal"]) == (status, refusal)
        assert answer.json()["text"]

    tell(database, story)


def test_the_first_count_of_a_sku_makes_its_level(database: str) -> None:
    async def story(shop: House, sku_id: SkuId, token: str) -> None:
        await shop.sql.execute("DELETE FROM stock")
        assert (await adjust(shop, token, sku_id, 3)).json()["on_hand"] == 3

    tell(database, story)


def test_the_same_wish_counts_once(database: str) -> None:
    async def story(shop: House, sku_id: SkuId, token: str) -> None:
        id_ = str(uuid4())
        answers = await asyncio.gather(*(adjust(shop, token, sku_id, 2, id=id_) for _ in range(5)))
        assert {answer.json()["on_hand"] for answer in answers} == {12}
        other = await adjust(shop, token, sku_id, 3, id=id_)
        assert other.json()["refusal"] == "id_reused"

    tell(database, story)


def test_many_at_once_lose_nothing(database: str) -> None:
    async def story(shop: House, sku_id: SkuId, token: str) -> None:
        changes = [1, -1, 2, -3, 5] * 8
        await asyncio.gather(*(adjust(shop, token, sku_id, change) for change in changes))
        row = await shop.sql.fetchrow("SELECT on_hand, reserved FROM stock")
        moved = await shop.sql.fetchval("SELECT sum(quantity) FROM stock_movement")
        assert row["on_hand"] == moved >= row["reserved"]
        assert shop.halvings() == 0

    tell(database, story)


def test_levels_and_movements_come_in_pages(database: str) -> None:
    async def story(shop: House, sku_id: SkuId, token: str) -> None:
        others = [await sell(shop.opened.database, SHOP, stock=stock) for stock in (0, 1, 2, 3)]
        seen: list[str] = []
        after: dict[str, str] = {}
        while True:
            page = (await shop.get("/api/staff/stock/levels", token, limit=2, **after)).json()
            seen += [one["sku_id"] for one in page["items"]]
            if page["after"] is None:
                break
            after = {"after": page["after"]}
        assert seen == sorted(map(str, [sku_id, *others]))
        short = (await shop.get("/api/staff/stock/levels", token, free_max=1)).json()["items"]
        assert {one["sku_id"] for one in short} == {str(others[0]), str(others[1])}
        for _ in range(3):
            await adjust(shop, token, sku_id, 1)
        first = (
            await shop.get("/api/staff/stock/movements", token, sku=str(sku_id), limit=3)
        ).json()
        rest = (
            await shop.get(
                "/api/staff/stock/movements", token, sku=str(sku_id), limit=3, after=first["after"]
            )
        ).json()
        assert [one["quantity"] for one in first["items"] + rest["items"]] == [1, 1, 1, 10]
        assert rest["after"] is None

    tell(database, story)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.path)
def test_only_staff_come_in(database: str, door: Any) -> None:
    async def story(shop: House, _: SkuId, __: str) -> None:
        ask = shop.get if door.method == "GET" else shop.post
        assert (await ask(door.path)).status_code == 401
        assert (await ask(door.path, await shop.token(Role.MEMBER))).status_code == 403

    tell(database, story)
