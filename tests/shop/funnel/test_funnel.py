"""The funnel through the doors: the README's example, days, and who is counted as whom."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from shop.aftersale.buying import bought
from shop.share.friends import Friend, product_of
from shopping import House, add_sku, house, run

from frontline.house import GATHERED_FOR
from frontline.engine.engine import new_id
from frontline.kernel.words import MemberId, SkuId
from frontline.shop.order.messages import PlaceOrder, Wanted

STEPS = ["open", "product", "checkout", "placed", "paid"]


async def _seen(
    at: House, step: str, visitor: str | None = None, token: str = "", **more: Any
) -> None:
    told = {"visitor": visitor or str(uuid4()), "step": step, **more}
    answer = await at.post("/api/funnel/seen", token, **told)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {}


async def _steps(at: House, **query: Any) -> dict[str, dict[str, Any]]:
    answer = await at.get("/api/staff/funnel", await at.token(), **query)
    assert answer.status_code == 200, answer.text
    return {it["step"]: it for it in answer.json()["steps"]}


async def _visitors(at: House, **query: Any) -> list[int]:
    return [it["visitors"] for it in (await _steps(at, **query)).values()]


async def _counted(at: House) -> None:
    """Orders are counted together, when the rush is over."""
    at.clock[0] += GATHERED_FOR
    await at.turn()


def test_the_example_of_the_readme(database: str) -> None:
    """200 came, 80 looked, 20 were about to, 12 ordered, 9 paid; half of them by a share."""

    async def go() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            cookie = str(await product_of(at, sku_id))
            visitors = [str(uuid4()) for _ in range(200)]
            buyers = {visitor: MemberId(uuid4()) for visitor in visitors[:20]}
            tokens = {it: await at.token(_member(), id_) for it, id_ in buyers.items()}
            for number, visitor in enumerate(visitors):
                shared = {"code": "A" * 26} if number % 2 else {}
                await _seen(at, "open", visitor, **shared)
                if number < 80:
                    await _seen(at, "product", visitor, product_id=cookie)
                if number < 20:
                    await _seen(at, "checkout", visitor, tokens[visitor], product_id=cookie)
            for number, visitor in enumerate(visitors[:12]):
                if number < 9:
                    await bought(at, [(sku_id, 1)], buyers[visitor])
                else:
                    await _places(at, sku_id, buyers[visitor])
            await _counted(at)
            steps = await _steps(at)
            assert [*steps] == STEPS
            assert [it["visitors"] for it in steps.values()] == [200, 80, 20, 12, 9]
            assert [it["shared"] for it in steps.values()] == [100, 40, 10, 6, 4]
            assert [it["of_first_bp"] for it in steps.values()] == [10_000, 4_000, 1_000, 600, 450]
            told = [it["of_previous_bp"] for it in steps.values()]
            assert told == [10_000, 4_000, 2_500, 6_000, 7_500]
            of_cookie = await _steps(at, product_id=cookie)
            assert [*of_cookie] == STEPS[1:]
            assert [it["visitors"] for it in of_cookie.values()] == [80, 20, 12, 9]
            assert [it["of_first_bp"] for it in of_cookie.values()] == [10_000, 2_500, 1_500, 1_125]

    run(go())


def _member() -> Any:
    from frontline.web.session import Role

    return Role.MEMBER


async def _places(at: House, sku_id: UUID, member_id: MemberId) -> None:
    wish = PlaceOrder(id=new_id(), member_id=member_id, wanted=(Wanted(SkuId(sku_id), 1),))
    assert not hasattr(await at.submit(wish), "refusal")


def test_once_a_day_each(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            one, other = str(uuid4()), str(uuid4())
            await asyncio.gather(*(_seen(at, "open", one) for _ in range(10)))
            await _seen(at, "open", other)
            assert (await _visitors(at))[0] == 2
            at.later(hours=15)  # Midnight in Shanghai.
            await _seen(at, "open", one)
            assert (await _visitors(at))[0] == 3
            assert (await _visitors(at, **{"from": "2026-11-12"}))[0] == 1
            assert at.halvings() == 0

    run(go())


@pytest.mark.parametrize("steps", [[], ["product"], ["product", "checkout"]])
def test_nobody_before_is_nobody_of_nothing(database: str, steps: list[str]) -> None:
    async def go() -> None:
        async with house(database) as at:
            for step in steps:
                await _seen(at, step)
            told = await _steps(at)
            assert [it["of_first_bp"] for it in told.values()] == [None] * 5
            assert told["checkout"]["of_previous_bp"] == (
                None if not steps else 10_000 * (len(steps) - 1)
            )

    run(go())


def test_a_buyer_is_the_visitor_they_were_last_seen_as(database: str) -> None:
    """By a step seen while signed in, or by the bind; who was neither is counted as themselves."""

    async def go() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            ann, bob = Friend(at, "ann"), Friend(at, "bob")
            await ann.joins()  # Binds, which tells the visitor.
            await _counted(at)
            await bob.signs_in()
            old, new = str(uuid4()), str(uuid4())
            await _seen(at, "checkout", old, bob.token)
            await _seen(at, "checkout", new, bob.token)
            for buyer in (ann.id, bob.id, uuid4()):
                await bought(at, [(sku_id, 1)], buyer)
                await bought(at, [(sku_id, 1)], buyer)
            await _counted(at)
            assert await _visitors(at) == [0, 0, 2, 3, 3]
            placed = await at.sql.fetch(
                "SELECT DISTINCT visitor FROM funnel_mark WHERE step = 'paid'"
            )
            found = {str(row["visitor"]) for row in placed}
            assert {ann.visitor, new} < found
            assert old not in found

    run(go())


def test_an_order_of_several_products_and_one_that_costs_nothing(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            cookie, cake, gift = [await add_sku(at.sql, price=price) for price in (100, 200, 0)]
            buyer = uuid4()
            await bought(at, [(cookie, 2), (cake, 1)], buyer)
            await bought(at, [(gift, 1)], buyer)
            await _counted(at)
            for sku_id in (cookie, cake, gift):
                of_one = await _visitors(at, product_id=await product_of(at, sku_id))
                assert of_one == [0, 0, 1, 1]
            assert await _visitors(at) == [0, 0, 0, 1, 1]

    run(go())


def test_paid_counts_on_the_day_it_was_paid(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            sku_id, buyer = await add_sku(at.sql), MemberId(uuid4())
            at.later(hours=14, minutes=55)  # Five to midnight in Shanghai.
            order_id = new_id()
            wish = PlaceOrder(id=order_id, member_id=buyer, wanted=(Wanted(SkuId(sku_id), 1),))
            placed = await at.submit(wish)
            at.later(minutes=10)
            from shop.aftersale.buying import pay

            await pay(at, placed.order_id, buyer, placed.total)
            at.later(days=3)  # The events were late: the days are those of the order.
            await _counted(at)
            days = [{"from": day, "to": day} for day in ("2026-11-11", "2026-11-12", "2026-11-15")]
            assert [await _visitors(at, **day) for day in days] == [
                [0, 0, 0, 1, 0],
                [0, 0, 0, 0, 1],
                [0, 0, 0, 0, 0],
            ]

    run(go())


def test_what_a_storefront_may_tell(database: str) -> None:
    """That an order was placed or paid is not for it to say."""

    async def go() -> None:
        async with house(database) as at:
            for step in ("placed", "paid", "x", ""):
                told = {"visitor": str(uuid4()), "step": step}
                assert (await at.post("/api/funnel/seen", **told)).status_code == 400
            for code in ("", "A" * 33):
                told = {"visitor": str(uuid4()), "step": "open", "code": code}
                assert (await at.post("/api/funnel/seen", **told)).status_code == 400
            assert (await at.get("/api/staff/funnel")).status_code == 401

    run(go())


def test_opening_the_shop_is_no_products(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await _seen(at, "open", product_id=str(uuid4()))
            assert await at.sql.fetchval("SELECT count(*) FROM funnel_mark") == 1
            assert await _visitors(at) == [1, 0, 0, 0, 0]

    run(go())


def test_no_shop_sees_anothers(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await at.sql.execute(
                "INSERT INTO shop VALUES (2, 'two', 'Two', 'CNY', 'zh', 'Asia/Shanghai', now())"
            )
            told = {"visitor": str(uuid4()), "step": "open"}
            headers = {"frontline-shop": "2"}
            answer = await at.http.post("/api/funnel/seen", json=told, headers=headers)
            assert answer.status_code == 200
            assert (await _visitors(at))[0] == 0

    run(go())
