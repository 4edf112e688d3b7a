"""The tests of the tests: with a guard taken out, somebody must be able to tell, every time.

Each race is made certain by a nap in the statement that lost its lock, or holds it longer.
"""

from __future__ import annotations

from typing import Any

import pytest
from races.crowds import broken_claims, crowd, race, shop, told, troubles, value
from races.process import ANY_COUNT, NAP_S, Heard, Without, napping, unlocked
from races.wishes import buys, notice, order_id, paying
from scenery import GOODS, LIMITED, MEMBERS, PLAIN, UNKNOWN, uid

from frontline.kernel.words import Command, OrderId
from frontline.shop.order.messages import CancelOrder, Wanted

STOCK_LOCK = ("shop.stock.rows:_LOCK", "ORDER BY sku_id FOR NO KEY UPDATE")
ORDER_LOCK = ("shop.order.rows:_LOCK", "ORDER BY id FOR NO KEY UPDATE")
CLAIM_LOCK = ("shop.coupon.rows:_LOCK_CLAIMS", "ORDER BY id FOR NO KEY UPDATE")
PAYMENT_LOCK = ("shop.payment.rows:_LOCK", "ORDER BY order_id FOR NO KEY UPDATE")


# -- Stock ----------------------------------------------------------------------------------


def _rush(server_url: str, *broken: str, removed: tuple[Any, ...] = ()) -> tuple[str, list[Heard]]:
    """Two processes want the last five units, five each."""
    url = shop(server_url, {PLAIN: 5}, *broken)
    return url, race(url, [buys(process, 5, waves=1) for process in range(2)], *removed)


def test_without_the_stock_lock_batches_break_on_the_floor(server_url: str) -> None:
    """The CHECK keeps the truth, but the crowd can tell: batches fail that never should."""
    url, heard = _rush(server_url, removed=(unlocked(*STOCK_LOCK),))
    assert troubles(heard) > 0
    assert broken_claims(url) == {}


def test_without_lock_and_floor_too_much_is_sold(server_url: str) -> None:
    no_floor = "ALTER TABLE stock DROP CONSTRAINT stock_not_oversold"
    url, heard = _rush(server_url, no_floor, removed=(unlocked(*STOCK_LOCK),))
    assert told(heard)["Placed"] == 10
    assert "stock not oversold" in broken_claims(url)


# -- States ---------------------------------------------------------------------------------

OLD_STATE = Without("shop.order.rows:_MOVE", "AND o.state = m.old")


def _cancels(server_url: str, *removed: Any) -> tuple[dict[str, int], list[Heard]]:
    """One order cancelled by two processes, another beside it; what the audits find."""
    url = shop(server_url, {PLAIN: 5})
    crowd(url, buys(0, 2, waves=1))
    cancels = [
        [[CancelOrder(id=uid(80, n), order_id=order_id(0, 0), actor_id=uid(40, 0), by_staff=False)]]
        for n in range(2)
    ]
    heard = race(url, cancels, *removed)
    return broken_claims(url), heard


def test_without_the_order_lock_the_state_guard_holds(server_url: str) -> None:
    found, heard = _cancels(server_url, unlocked(*ORDER_LOCK))
    assert told(heard) == {"Cancelled": 1, "not_cancellable": 1}
    assert found == {}


def test_without_lock_and_state_guard_goods_are_freed_twice(server_url: str) -> None:
    found, heard = _cancels(server_url, unlocked(*ORDER_LOCK), OLD_STATE)
    assert told(heard) == {"Cancelled": 2}
    assert {"stock reserved", "order moves"} <= found.keys()


def test_without_lock_and_row_count_goods_are_freed_twice(server_url: str) -> None:
    found, heard = _cancels(server_url, unlocked(*ORDER_LOCK), ANY_COUNT)
    assert told(heard) == {"Cancelled": 2}
    assert {"stock reserved", "order moves"} <= found.keys()


# -- Coupons --------------------------------------------------------------------------------


@pytest.mark.parametrize("guarded", [True, False])
def test_without_the_claim_lock_the_state_guard_holds(server_url: str, guarded: bool) -> None:
    """And without both a coupon is used twice."""
    guard = Without("shop.coupon.rows:_MOVE_CLAIMS", "AND c.state = m.old")
    url = shop(server_url, {PLAIN: 100})
    crowds = [
        buys(process, 1, waves=1, member_id=MEMBERS[0], claim_id=uid(10, 0)) for process in range(2)
    ]
    heard = race(url, crowds, unlocked(*CLAIM_LOCK), *([] if guarded else [guard]))
    assert told(heard)["Placed"] == (1 if guarded else 2)
    assert broken_claims(url) == ({} if guarded else {"coupons used": 1})


# -- Keys -----------------------------------------------------------------------------------


@pytest.mark.parametrize("guarded", [True, False])
def test_without_its_key_a_limit_is_passed(server_url: str, guarded: bool) -> None:
    """There is no row to lock yet: only the key tells the second that the first was there."""
    broken = [] if guarded else ["ALTER TABLE order_taken DROP CONSTRAINT order_taken_pkey"]
    url = shop(server_url, {LIMITED: 100}, *broken)
    wanted = (Wanted(LIMITED, 2),)
    crowds = [
        buys(process, 1, waves=1, member_id=MEMBERS[0], wanted=wanted) for process in range(2)
    ]
    heard = race(url, crowds, napping(*STOCK_LOCK))
    assert told(heard)["Placed"] == (1 if guarded else 2)
    assert troubles(heard) == 0
    taken = value(url, "SELECT sum(quantity) FROM order_taken")
    assert taken == (2 if guarded else 4)


@pytest.mark.parametrize("guarded", [True, False])
def test_without_its_keys_an_order_is_placed_twice(server_url: str, guarded: bool) -> None:
    broken = [
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey CASCADE"
        for table in ("shop_order", "order_line", "timer")
    ]
    url = shop(server_url, {PLAIN: 100}, *([] if guarded else broken))
    heard = race(url, [buys(0, 1, waves=1)] * 2, napping(*STOCK_LOCK))
    assert told(heard) == {"Placed": 2}
    assert value(url, "SELECT reserved FROM stock WHERE sku_id = $1", PLAIN) == (
        1 if guarded else 2
    )


@pytest.mark.parametrize("guarded", [True, False])
def test_without_its_keys_a_stray_payment_goes_back_twice(server_url: str, guarded: bool) -> None:
    broken = [
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey"
        for table in ("suspense", "refund", "ledger_transfer")
    ]
    url = shop(server_url, {PLAIN: 100}, *([] if guarded else broken))
    crowds = [[[notice(process, 0, OrderId(UNKNOWN), "stray")]] for process in range(2)]
    rows = "CAST(:refund_ids AS uuid[]), CAST(:at AS timestamptz[]))"
    nap = Without(
        "shop.payment.rows:_ADD_SUSPENSE", rows, f"{rows} WHERE pg_sleep({NAP_S}) IS NOT NULL"
    )
    heard = race(url, crowds, nap)
    back = value(url, "SELECT sum(amount) FROM refund")
    assert back == GOODS[PLAIN].price * (1 if guarded else 2)
    assert told(heard)["SentBack"] == (1 if guarded else 2)


# -- Answers --------------------------------------------------------------------------------


def test_the_last_unit_is_not_refused_to_who_bought_it(server_url: str) -> None:
    """The same wish by two processes: the second waits for the row, and finds it sold out."""
    url = shop(server_url, {PLAIN: 1})
    heard = race(url, [buys(0, 1, waves=1)] * 2, napping(*STOCK_LOCK))
    assert told(heard) == {"Placed": 2}
    assert value(url, "SELECT count(*) FROM shop_order") == 1


def test_a_cancelled_order_is_not_refused_to_who_cancelled_it(server_url: str) -> None:
    url = shop(server_url, {PLAIN: 1})
    crowd(url, buys(0, 1, waves=1))
    wish: Command[Any] = CancelOrder(
        id=uid(80, 0), order_id=order_id(0, 0), actor_id=uid(40, 0), by_staff=False
    )
    heard = race(url, [[[wish]]] * 2, napping(*ORDER_LOCK))
    assert told(heard) == {"Cancelled": 2}


def test_without_the_payment_lock_a_rule_notices(server_url: str) -> None:
    """Money that came once is settled once; the second finds the order paid, and says so."""
    url = shop(server_url, {PLAIN: 5})
    (one,) = paying(url, 1)
    heard = race(
        url, [[[notice(process, 0, one)]] for process in range(2)], unlocked(*PAYMENT_LOCK)
    )
    assert told(heard)["Settled"] == 1
    assert troubles(heard) > 0
    assert broken_claims(url) == {}
