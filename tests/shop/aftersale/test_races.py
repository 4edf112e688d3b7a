"""Two processes at the same units: each is asked for once, and paid back once.

And the test of the test: without the guards the same two processes are told otherwise.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from databases import new_database
from races.crowds import FORKS
from shop.aftersale.buying import STAFF, bought
from shopping import SHOP, House, add_sku, house, run

from frontline.app import open_house
from frontline.engine.engine import new_id
from frontline.house import assembled
from frontline.kernel.words import Command, MemberId, OrderId
from frontline.shop.aftersale import rows
from frontline.shop.aftersale.messages import ApproveRefund, AskRefund, Kind, WithdrawRefund

ORDERS = 12
ME = MemberId(UUID(int=1))
# Without the lock, and slow enough to be overtaken: a race that is lost now and then proves little.
UNLOCKED = rows._LOCK_COUNTS.text.replace(
    "ORDER BY order_id, number FOR NO KEY UPDATE",
    "UNION ALL SELECT CAST(NULL AS uuid), 0, 0, 0, 0, 0 WHERE pg_sleep(0.5) IS NULL",
)
NO_KEY = "ALTER TABLE aftersale_count DROP CONSTRAINT aftersale_count_pkey"

Told = tuple[Counter[str], int]
"""Kinds of outcomes, and halvings."""


async def _crowd(url: str, commands: Sequence[Command[Any]]) -> Told:
    opened = open_house(url, {})
    answers = await asyncio.gather(
        *(opened.engine.submit(SHOP, one) for one in commands), return_exceptions=True
    )
    await opened.database.close()
    halvings = sum(one.counts.halvings for one in opened.engine.combiners.values())
    return Counter(type(answer).__name__ for answer in answers), halvings


def _process(
    url: str, commands: Sequence[Command[Any]], broken: bool, start: Any, results: Any
) -> None:
    if broken:
        rows._LOCK_COUNTS.text = UNLOCKED
    assembled()
    start.wait()
    results.put(asyncio.run(_crowd(url, commands)))


def race(url: str, crowds: Sequence[Sequence[Command[Any]]], *, broken: bool = False) -> list[Told]:
    """One process per crowd, all let go at once."""
    start, results = FORKS.Barrier(len(crowds)), FORKS.Queue()
    processes = [
        FORKS.Process(target=_process, args=(url, commands, broken, start, results))
        for commands in crowds
    ]
    for process in processes:
        process.start()
    told = [results.get(timeout=120) for _ in processes]
    for process in processes:
        process.join(20)
    return told


async def orders_of(at: House) -> list[OrderId]:
    sku_id = await add_sku(at.sql, price=100, on_hand=ORDERS)
    return [await bought(at, [(sku_id, 1)], ME) for _ in range(ORDERS)]


def asks(orders: Sequence[OrderId]) -> list[AskRefund]:
    return [
        AskRefund(id=new_id(), order_id=one, member_id=ME, kind=Kind.REFUND_ONLY) for one in orders
    ]


def test_a_unit_is_asked_for_once(database: str) -> None:
    async def lay() -> list[OrderId]:
        async with house(database) as at:
            return await orders_of(at)

    orders = run(lay())
    told = race(database, [asks(orders), asks(orders[::-1])])
    assert sum((one for one, _ in told), Counter()) == {"Moved": ORDERS, "Refused": ORDERS}
    assert [halvings for _, halvings in told] == [0, 0]


def test_without_key_and_lock_it_is_asked_for_twice(server_url: str) -> None:
    url = run(new_database(server_url, NO_KEY))

    async def lay() -> list[OrderId]:
        async with house(url) as at:
            return await orders_of(at)

    orders = run(lay())
    told = race(url, [asks(orders), asks(orders)], broken=True)
    assert sum((one for one, _ in told), Counter())["Moved"] > ORDERS


def test_should_the_lock_be_lost_the_check_stands_behind_it(database: str) -> None:
    async def lay() -> list[OrderId]:
        async with house(database) as at:
            orders = await orders_of(at)
            for wish in asks(orders):  # So that the counts are there, and only the lock is needed.
                await at.submit(wish)
                await at.submit(WithdrawRefund(id=new_id(), case_id=wish.id, member_id=ME))
            return orders

    orders = run(lay())
    told = race(database, [asks(orders), asks(orders)], broken=True)
    assert sum((one for one, _ in told), Counter())["Moved"] == ORDERS
    assert any(halvings for _, halvings in told)


def test_two_approvals_pay_back_once(database: str) -> None:
    async def lay() -> list[UUID]:
        async with house(database) as at:
            wishes = asks(await orders_of(at))
            await asyncio.gather(*(at.submit(wish) for wish in wishes))
            return [wish.id for wish in wishes]

    cases = run(lay())

    def approvals() -> list[ApproveRefund]:
        return [ApproveRefund(id=new_id(), case_id=one, staff_id=STAFF) for one in cases]

    told = race(database, [approvals(), approvals()[::-1]])
    assert sum((one for one, _ in told), Counter()) == {"Moved": ORDERS, "Refused": ORDERS}
    assert [halvings for _, halvings in told] == [0, 0]

    async def count() -> tuple[int, int]:
        async with house(database) as at:
            refunds = await at.sql.fetchrow("SELECT count(*) AS n, sum(amount) AS fen FROM refund")
            assert await at.sql.fetchval("SELECT sum(sold) FROM stock") == 0
            return refunds["n"], refunds["fen"]

    assert run(count()) == (ORDERS, ORDERS * 100)


def test_the_same_wish_in_two_processes_is_one_case(database: str) -> None:
    """The same wish, id and all: one effect, and both hear of it."""

    async def lay() -> list[AskRefund]:
        async with house(database) as at:
            return asks(await orders_of(at))

    wishes = run(lay())
    told = race(database, [wishes, wishes])
    assert [one for one, _ in told] == [Counter(Moved=ORDERS)] * 2
    assert [halvings for _, halvings in told] == [0, 0]

    async def count() -> int:
        async with house(database) as at:
            return await at.sql.fetchval("SELECT sum(open) FROM aftersale_count")

    assert run(count()) == ORDERS
