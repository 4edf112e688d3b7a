"""When a member first bought: the first of the orders that were paid, by when it was placed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from races.crowds import broken_claims, crowd, race, shop, told, troubles, value
from races.wishes import buys, notice, order_id, starts
from scenery import PLAIN, uid
from shop.aftersale.buying import bought, pay
from shopping import House, add_sku, house, run

from frontline.engine.engine import new_id
from frontline.kernel.words import Fen, MemberId, OrderId, SkuId
from frontline.shop.order.messages import CancelOrder, PlaceOrder, Wanted

PROCESSES = 3


async def _first(at: House, member_id: UUID) -> datetime | None:
    found: Any = await at.sql.fetchval(
        "SELECT placed_at FROM order_first WHERE member_id = $1", member_id
    )
    return found


async def _place(at: House, sku_id: UUID, member_id: UUID) -> OrderId:
    wish = PlaceOrder(
        id=new_id(), member_id=MemberId(member_id), wanted=(Wanted(SkuId(sku_id), 1),)
    )
    await at.submit(wish)
    return OrderId(wish.id)


def test_the_first_is_the_first_that_was_paid(database: str) -> None:
    """An older order that is paid later comes before; one that is never paid does not count."""

    async def story() -> None:
        async with house(database) as at:
            sku_id, member_id = await add_sku(at.sql), uuid4()
            given_up = await _place(at, sku_id, member_id)
            at.later(minutes=1)
            older, when = await _place(at, sku_id, member_id), at.clock[0]
            assert await _first(at, member_id) is None
            at.later(minutes=1)
            await bought(at, [(sku_id, 1)], member_id)
            assert await _first(at, member_id) == at.clock[0]
            await pay(at, older, MemberId(member_id), Fen(10_000))
            assert await _first(at, member_id) == when
            wish = CancelOrder(id=new_id(), order_id=given_up, actor_id=member_id, by_staff=False)
            assert not hasattr(await at.submit(wish), "refusal")
            at.later(days=3)
            await bought(at, [(sku_id, 1)], member_id)
            assert await _first(at, member_id) == when

    run(story())


def test_what_costs_nothing_is_bought_as_well(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            member_id = uuid4()
            await bought(at, [(await add_sku(at.sql, price=0), 1)], member_id)
            assert await _first(at, member_id) == at.clock[0]

    run(story())


def test_orders_of_one_member_paid_all_at_once(server_url: str) -> None:
    """By several processes, each in another order of them."""
    url = shop(server_url, {PLAIN: 100})
    count = 12
    order_ids = [order_id(0, n) for n in range(count)]
    member_id = MemberId(uid(40, 0))
    heard = crowd(
        url, [*buys(0, count, waves=1, member_id=member_id), starts(order_ids, lambda _: member_id)]
    )
    assert told([heard]) == {"Placed": count, "PaymentStarted": count}
    crowds: Any = [
        [[notice(process, n, order_ids[n])] for n in range(process, count, PROCESSES)]
        for process in range(PROCESSES)
    ]
    answers = race(url, crowds)
    assert told(answers) == {"Settled": count}
    assert troubles(answers) == 0
    assert value(url, "SELECT count(*) FROM order_first") == 1
    assert broken_claims(url) == {}
