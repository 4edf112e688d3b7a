"""Several processes at one hot row: exactly as many are sold as there are."""

from __future__ import annotations

from typing import Any

from races.crowds import broken_claims, race, shop, told, troubles, value
from races.wishes import buys, notice, order_id, paying
from scenery import GOODS, LIMIT, LIMITED, MEMBERS, PIECE, PLAIN, STAFF, UNKNOWN, uid

from frontline.kernel.words import Command, OrderId
from frontline.shop.order.messages import CancelOrder, PlaceOrder, Wanted

PROCESSES = 3


# -- Races ----------------------------------------------------------------------------------


def test_processes_sell_exactly_what_there_is(server_url: str) -> None:
    url = shop(server_url, {PLAIN: 100})
    heard = race(url, [buys(process, 80) for process in range(PROCESSES)])
    assert told(heard) == {"Placed": 100, "sold_out": 80 * PROCESSES - 100}
    assert troubles(heard) == 0
    assert value(url, "SELECT sum(quantity) FROM order_line") == 100
    assert broken_claims(url) == {}


def test_limits_hold_across_processes(server_url: str) -> None:
    url = shop(server_url, {LIMITED: 1000})
    crowds = [
        [
            [
                PlaceOrder(
                    id=order_id(process, 10 * turn + n), member_id=member_id,
                    wanted=(Wanted(LIMITED, 1),),
                )
                for n, member_id in enumerate(MEMBERS)
            ]
            for turn in range(3)
        ]
        for process in range(PROCESSES)
    ]  # fmt: skip
    heard = race(url, crowds)
    placed = LIMIT * len(MEMBERS)
    assert told(heard) == {"Placed": placed, "limit_reached": 3 * PROCESSES * len(MEMBERS) - placed}
    assert troubles(heard) == 0
    assert broken_claims(url) == {}


def test_a_claim_is_used_once(server_url: str) -> None:
    url = shop(server_url, {PLAIN: 100})
    claim_id = uid(10, 0)  # Of the first member.
    crowds = [
        buys(process, 4, waves=2, member_id=MEMBERS[0], claim_id=claim_id)
        for process in range(PROCESSES)
    ]
    heard = race(url, crowds)
    assert told(heard) == {"Placed": 1, "coupon_used": 4 * PROCESSES - 1}
    assert troubles(heard) == 0
    assert broken_claims(url) == {}


def test_notices_said_three_times_are_heard_once(server_url: str) -> None:
    """Every notice by every process, also of strays; twice paid is kept once."""
    url = shop(server_url, {PLAIN: 100})
    order_ids = paying(url, 12)
    stray = OrderId(UNKNOWN)
    crowds = [
        [
            [notice(process, n, one) for n, one in enumerate(order_ids)],
            [notice(process, 50, order_ids[0], "again"), notice(process, 51, stray, "stray")],
        ]
        for process in range(PROCESSES)
    ]
    heard = race(url, crowds)
    others = (PROCESSES - 1) * (len(order_ids) + 2)
    assert told(heard) == {"Settled": len(order_ids), "SentBack": 2, "AlreadySettled": others}
    assert troubles(heard) == 0
    assert value(url, "SELECT sold FROM stock WHERE sku_id = $1", PLAIN) == len(order_ids)
    assert value(url, "SELECT sum(amount) FROM refund") == 2 * GOODS[PLAIN].price
    assert broken_claims(url) == {}


def test_one_of_buyer_staff_and_money_comes_first(server_url: str) -> None:
    """Each order is cancelled by its buyer, cancelled by staff and paid, all at once."""
    url = shop(server_url, {PLAIN: 100})
    order_ids = paying(url, 12)
    buyer: list[Command[Any]] = [
        CancelOrder(id=uid(80, n), order_id=one, actor_id=uid(40, n), by_staff=False)
        for n, one in enumerate(order_ids)
    ]
    staff: list[Command[Any]] = [
        CancelOrder(id=uid(81, n), order_id=one, actor_id=STAFF, by_staff=True)
        for n, one in enumerate(order_ids)
    ]
    money: list[Command[Any]] = [notice(0, n, one) for n, one in enumerate(order_ids)]
    heard = race(url, [[each[n::3] for n in range(3)] for each in (buyer, staff, money)])
    assert troubles(heard) == 0
    assert told(heard)["Settled"] == len(order_ids)
    assert broken_claims(url) == {}


# -- Answers --------------------------------------------------------------------------------


def test_a_wish_given_twice_counts_once(server_url: str) -> None:
    """Two processes give the very same commands, in other batches."""
    url = shop(server_url, {PLAIN: 1000})
    heard = race(url, [buys(0, 60, waves=5), buys(0, 60, waves=4)])
    assert told(heard) == {"Placed": 120}
    first, second = ({one.order_id: one for one in each.outcomes} for each in heard)
    assert first == second
    assert troubles(heard) == 0
    assert value(url, "SELECT count(*) FROM shop_order") == 60
    assert broken_claims(url) == {}


def test_the_same_id_for_another_wish_is_refused(server_url: str) -> None:
    url = shop(server_url, {PLAIN: 1000, PIECE: 1000})
    crowds = [
        [[PlaceOrder(id=order_id(0, n), member_id=MEMBERS[0], wanted=(Wanted(PLAIN, units),))]
         for n in range(6)]
        for units in (1, 2)
    ]  # fmt: skip
    heard = race(url, crowds)
    assert told(heard) == {"Placed": 6, "id_reused": 6}
    cancels = [
        [[CancelOrder(id=uid(80, n), order_id=order_id(0, n), actor_id=actor, by_staff=True)]
         for n in range(6)]
        for actor in (STAFF, uid(3, 98))
    ]  # fmt: skip
    heard = race(url, cancels)
    assert told(heard) == {"Cancelled": 6, "id_reused": 6}
    assert broken_claims(url) == {}
