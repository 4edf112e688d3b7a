"""The cart through its doors, on PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from shopping import House, add_sku, house, run

from frontline.kernel.words import MemberId, SkuId
from frontline.shop.cart.messages import SetCartLine
from frontline.shop.cart.reactions import take_lines
from frontline.shop.order.messages import CartOrdered, Placed, PlaceOrder, Wanted
from frontline.web.session import Role


async def _set(at: House, token: str, sku_id: UUID, quantity: int, id_: str = "") -> Any:
    return await at.post(
        "/api/cart/set", token, id=id_ or str(uuid4()), sku_id=str(sku_id), quantity=quantity
    )


async def _cart(at: House, token: str) -> Any:
    return (await at.get("/api/cart", token)).json()


async def _sound(at: House) -> None:
    counts = await at.sql.fetch(
        "SELECT line_count, (SELECT count(*) FROM cart_line l WHERE l.member_id = c.member_id)"
        " AS lines FROM cart c"
    )
    assert all(row["line_count"] == row["lines"] for row in counts)


def test_prices_and_stock_change_while_things_stand_in_the_cart(database: str) -> None:
    """The example of the README."""

    async def story() -> None:
        async with house(database) as at:
            token = await at.token(Role.MEMBER)
            biscuits = await add_sku(at.sql, price=5000, on_hand=100)
            assert (await _set(at, token, biscuits, 2)).status_code == 200
            (line,) = (await _cart(at, token))["lines"]
            assert (line["price"], line["price_then"], line["amount"]) == (5000, 5000, 10_000)
            await at.sql.execute("UPDATE sku SET price = 4500")
            await at.sql.execute("UPDATE stock SET on_hand = 3, reserved = 2")
            cart = await _cart(at, token)
            (line,) = cart["lines"]
            assert (line["price"], line["price_then"]) == (4500, 5000)
            assert (line["supply"], line["orderable"], cart["amount"]) == ("low", False, 0)
            await _set(at, token, biscuits, 1)
            cart = await _cart(at, token)
            (line,) = cart["lines"]
            assert (line["supply"], line["orderable"], cart["amount"]) == ("enough", True, 4500)
            assert line["price_then"] == 4500
            await at.sql.execute("UPDATE stock SET on_hand = 2")
            assert (await _cart(at, token))["lines"][0]["supply"] == "out"

    run(story())


def test_in_and_out(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            mine, yours = await at.token(Role.MEMBER), await at.token(Role.MEMBER)
            first, second = await add_sku(at.sql), await add_sku(at.sql)
            await _set(at, mine, first, 3)
            at.later(minutes=1)
            await _set(at, mine, second, 1)
            await _set(at, mine, first, 5)
            lines = (await _cart(at, mine))["lines"]
            assert [(line["sku_id"], line["quantity"]) for line in lines] == [
                (str(second), 1),
                (str(first), 5),
            ]
            assert (await _cart(at, yours))["lines"] == []
            assert (await _set(at, yours, first, 0)).status_code == 200
            assert len((await _cart(at, mine))["lines"]) == 2
            assert (await _set(at, mine, first, 0)).json()["quantity"] == 0
            assert len((await _cart(at, mine))["lines"]) == 1
            await _sound(at)

    run(story())


def test_what_cannot_be_put_in(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = await at.token(Role.MEMBER)
            assert (await _set(at, token, uuid4(), 1)).json()["refusal"] == "sku_unknown"
            off = await add_sku(at.sql, on_sale=False)
            assert (await _set(at, token, off, 1)).json()["refusal"] == "off_sale"
            good = await add_sku(at.sql)
            for quantity in (-1, 100_001):
                assert (await _set(at, token, good, quantity)).json()["refusal"] == "malformed"
            assert (await _set(at, token, good, 100_000)).status_code == 200
            await at.sql.execute("UPDATE product SET on_sale = false")
            assert (await _set(at, token, good, 1)).json()["refusal"] == "off_sale"
            (line,) = (await _cart(at, token))["lines"]
            assert (line["on_sale"], line["orderable"]) == (False, False)
            assert (await _set(at, token, good, 0)).status_code == 200

    run(story())


def test_two_processes_keep_to_a_hundred_lines(database: str) -> None:
    """Of many members at once, each with 99 lines and two more on their way."""

    async def story() -> None:
        async with house(database) as one, house(database) as two:
            skus = [SkuId(await add_sku(one.sql)) for _ in range(101)]
            members = [MemberId(uuid4()) for _ in range(8)]

            def put(at: House, me: MemberId, sku_id: SkuId) -> Any:
                wish = SetCartLine(id=uuid4(), member_id=me, sku_id=sku_id, quantity=1)
                return at.submit(wish)

            for at, some in ((one, skus[:50]), (two, skus[50:99])):
                await asyncio.gather(*(put(at, me, sku_id) for me in members for sku_id in some))
            last = await asyncio.gather(
                *(put(one, me, skus[99]) for me in members),
                *(put(two, me, skus[100]) for me in members),
            )
            refused = [getattr(outcome, "refusal", None) for outcome in last]
            for mine, yours in zip(refused[:8], refused[8:], strict=True):
                assert {mine, yours} == {None, "cart_full"}
            again = await put(two, members[0], skus[0])  # There already: one more of it.
            assert again.quantity == 1
            await _sound(one)
            assert await one.sql.fetchval("SELECT max(line_count) FROM cart") == 100
            assert one.halvings() == two.halvings() == 0

    run(story())


@pytest.mark.parametrize("from_cart", [True, False])
def test_what_is_ordered_from_the_cart_leaves_it(database: str, from_cart: bool) -> None:
    async def story() -> None:
        async with house(database) as at:
            me = MemberId(uuid4())
            token = await at.token(Role.MEMBER, me)
            ordered, kept = await add_sku(at.sql), await add_sku(at.sql)
            await _set(at, token, ordered, 2)
            await _set(at, token, kept, 1)
            order = PlaceOrder(
                id=uuid4(), member_id=me, wanted=(Wanted(SkuId(ordered), 2),), from_cart=from_cart
            )
            assert isinstance(await at.submit(order), Placed)
            await at.turn()
            left = {line["sku_id"] for line in (await _cart(at, token))["lines"]}
            assert left == ({str(kept)} if from_cart else {str(kept), str(ordered)})
            await _sound(at)

    run(story())


def test_an_event_told_twice_takes_once(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            me = MemberId(uuid4())
            token = await at.token(Role.MEMBER, me)
            sku_id = await add_sku(at.sql)
            event = CartOrdered(order_id=uuid4(), member_id=me, sku_ids=(SkuId(sku_id),))
            await _set(at, token, sku_id, 1)
            await take_lines(at.opened, 1, event)
            assert (await _cart(at, token))["lines"] == []
            await _set(at, token, sku_id, 1)
            await take_lines(at.opened, 1, event)
            assert len((await _cart(at, token))["lines"]) == 1

    run(story())


def test_a_repeated_wish_is_one(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token, id_ = await at.token(Role.MEMBER), str(uuid4())
            sku_id = await add_sku(at.sql)
            await _set(at, token, sku_id, 2, id_)
            await _set(at, token, sku_id, 9)
            again = await _set(at, token, sku_id, 2, id_)
            assert again.json()["quantity"] == 2
            assert (await _cart(at, token))["lines"][0]["quantity"] == 9
            other = await _set(at, token, sku_id, 3, id_)
            assert other.json()["refusal"] == "id_reused"

    run(story())
