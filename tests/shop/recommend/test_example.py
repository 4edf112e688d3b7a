"""The worked example of the README, on PostgreSQL and through the doors."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

from shop.aftersale.buying import Bank, bought
from shopping import House, add_sku, house, run

from frontline.engine.engine import new_id
from frontline.kernel.words import OrderId
from frontline.shop.order.messages import CancelOrder
from frontline.shop.recommend.messages import Counted, CountOrder, Unchanged


async def _recommended(database: str, at: House, **query: Any) -> tuple[str, list[str]]:
    """Why, and the titles, as a process sees it that has kept nothing."""
    async with house(database) as fresh:
        fresh.clock[0] = at.clock[0]
        told = (await fresh.get("/api/recommend", **query)).json()
        return told["why"], [card["title"] for card in told["items"]]


async def _sold(database: str, at: House) -> dict[str, int]:
    async with house(database) as fresh:
        fresh.clock[0] = at.clock[0]
        told = (await fresh.get("/api/recommend", limit=20)).json()
        return {card["title"]: card["sold"] for card in told["items"]}


async def _product(at: House, sku_id: UUID) -> str:
    return str(await at.sql.fetchval("SELECT product_id FROM sku WHERE id = $1", sku_id))


async def _give_back(at: House, order_id: OrderId) -> None:
    wish = CancelOrder(id=new_id(), order_id=order_id, actor_id=await at.hire(), by_staff=True)
    assert not hasattr(await at.submit(wish), "refusal")
    await at.turn()


def test_the_example(database: str) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            butter = await add_sku(at.sql, title="黄油曲奇")
            cocoa = await add_sku(at.sql, title="可可曲奇")
            tea = await add_sku(at.sql, title="伯爵红茶")
            first = await bought(at, [(butter, 2), (tea, 1)], uuid4())
            await bought(at, [(butter, 1), (tea, 1)], uuid4())
            await bought(at, [(butter, 1), (cocoa, 1)], uuid4())
            await at.turn()

            assert await _sold(database, at) == {"黄油曲奇": 4, "伯爵红茶": 2, "可可曲奇": 1}
            about = {"product_id": await _product(at, butter)}
            assert await _recommended(database, at, **about) == ("bought_together", ["伯爵红茶"])
            about = {"product_id": await _product(at, cocoa)}  # Once is chance.
            assert await _recommended(database, at, **about) == (
                "popular", ["黄油曲奇", "伯爵红茶"],
            )  # fmt: skip

            await _give_back(at, first)
            assert await _sold(database, at) == {"黄油曲奇": 2, "伯爵红茶": 1, "可可曲奇": 1}
            about = {"product_id": await _product(at, butter)}
            why, _ = await _recommended(database, at, **about)
            assert why == "popular"

            at.later(days=31)  # What sold a month ago is popular no more; the newest come first.
            assert (await _sold(database, at))["黄油曲奇"] == 2
            await bought(at, [(cocoa, 1)], uuid4())
            await at.turn()
            assert (await _recommended(database, at))[1][0] == "可可曲奇"

    run(story())


def test_counted_once_whoever_tells_of_it(database: str) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            sku_id = await add_sku(at.sql)
            order_id = await bought(at, [(sku_id, 3)], uuid4())
            wish = CountOrder(id=new_id(), order_id=order_id)
            assert await at.submit(wish) == Counted(order_id, standing=True)
            assert await at.submit(CountOrder(id=new_id(), order_id=order_id)) == Unchanged()
            await at.turn()  # What the payment told.
            assert await at.sql.fetchval("SELECT units FROM recommend_sold") == 3
            unknown = CountOrder(id=new_id(), order_id=OrderId(uuid4()))
            assert await at.submit(unknown) == Unchanged()

    run(story())


def test_what_went_back_before_it_was_counted_is_never_counted(database: str) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            order_id = await bought(at, [(await add_sku(at.sql), 3)], uuid4())
            wish = CancelOrder(
                id=new_id(), order_id=order_id, actor_id=await at.hire(), by_staff=True
            )
            await at.submit(wish)
            await at.turn()  # Paid and given back, told in one breath.
            assert await at.sql.fetchval("SELECT count(*) FROM recommend_sold") == 0
            assert await at.sql.fetchval("SELECT standing FROM recommend_counted") is False

    run(story())


def test_two_processes_count_the_same_orders(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            skus = [await add_sku(one.sql) for _ in range(3)]
            orders = [
                await bought(one, [(skus[n % 3], 1), (skus[(n + 1) % 3], 1)], uuid4())
                for n in range(12)
            ]
            await asyncio.gather(
                *(
                    at.submit(CountOrder(id=new_id(), order_id=order_id))
                    for order_id in orders
                    for at in (one, two)
                )
            )
            assert await one.sql.fetchval("SELECT sum(units) FROM recommend_sold") == 24
            assert await one.sql.fetchval("SELECT sum(orders) FROM recommend_pair") == 24
            assert one.halvings() == two.halvings() == 0

    run(story())


def test_what_is_sold_out_comes_last_and_what_is_off_sale_not_at_all(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            out = await add_sku(at.sql, title="卖光了", on_hand=1)
            off = await add_sku(at.sql, title="下架了")
            await bought(at, [(out, 1)], uuid4())
            await bought(at, [(off, 1)], uuid4())
            await add_sku(at.sql, title="新的")
            await at.turn()
            await at.sql.execute("UPDATE product SET on_sale = false WHERE title = '下架了'")
            assert (await _recommended(database, at))[1] == ["新的", "卖光了"]
            assert (await _recommended(database, at, limit=1))[1] == ["新的"]

    run(story())


def test_a_shop_sees_nothing_of_another(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            await bought(at, [(sku_id, 1)], uuid4())
            await at.turn()
            await at.sql.execute(
                "INSERT INTO shop VALUES (2, 'two', 'Two', 'CNY', 'zh', 'Asia/Shanghai', now())"
            )
            headers = {"frontline-shop": "2"}
            assert (await at.http.get("/api/recommend", headers=headers)).json()["items"] == []
            told = (await at.http.get("/api/home", headers=headers)).json()
            assert (told["shop"]["name"], told["popular"], told["newest"]) == ("Two", [], [])

    run(story())
