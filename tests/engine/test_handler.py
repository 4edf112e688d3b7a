"""One batch, one transaction: an id is one wish with one effect and one answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from races.crowds import broken_claims, shop, value
from races.process import SHOP
from races.wishes import buys, order_id
from scenery import MEMBERS, PLAIN, STAFF, uid

from frontline.engine.engine import Engine
from frontline.engine.handler import TRIES_MAX
from frontline.house import assembled
from frontline.kernel.words import Command, IdReused
from frontline.shop.order.messages import (
    CancelOrder,
    Cancelled,
    Placed,
    PlaceOrder,
    Refusal,
    Refused,
    Wanted,
)
from frontline.store.database import Database, Transaction, TryAgain, Unreachable
from frontline.testing.story import BEGIN


@pytest.fixture
def url(server_url: str) -> str:
    return shop(server_url, {PLAIN: 5})


class Losing(Database):
    """Loses the answer to COMMIT, or the connection before it, the next so many times."""

    after_commit = before_commit = 0

    @asynccontextmanager
    async def transaction(self, shop_id: Any) -> AsyncIterator[Any]:
        async with super().transaction(shop_id) as transaction:
            yield transaction
            if self.before_commit:
                self.before_commit -= 1
                raise Unreachable
        if self.after_commit:
            self.after_commit -= 1
            raise Unreachable


Answer = Callable[..., Awaitable[list[Any]]]


def with_handler(url: str, act: Callable[[Losing, Answer], Awaitable[None]]) -> None:
    async def go() -> None:
        database = Losing(url, connections_max=1)
        engine = Engine(database, assembled().library, assembled().command_sets, now=lambda: BEGIN)

        async def answer(*batch: Command[Any]) -> list[Any]:
            command_set = engine._sets[type(batch[0])]
            return list(await engine.handler(SHOP, command_set)(batch))

        try:
            await act(database, answer)
        finally:
            await database.close()

    asyncio.run(go())


def place(number: int, units: int = 1) -> PlaceOrder:
    wanted = (Wanted(PLAIN, units),)
    return PlaceOrder(id=order_id(0, number), member_id=MEMBERS[0], wanted=wanted)


def cancel(number: int, actor: Any = STAFF, of: int = 0) -> CancelOrder:
    return CancelOrder(id=uid(80, number), order_id=order_id(0, of), actor_id=actor, by_staff=True)


@pytest.mark.parametrize(
    ("wish", "other"), [(place(0), place(0, 2)), (cancel(0), cancel(0, uid(3, 98)))]
)
def test_an_id_stands_for_one_wish(url: str, wish: Command[Any], other: Command[Any]) -> None:
    """In one batch, in the next, and whichever of the two ways its answer is kept."""

    async def act(_: Losing, answer: Answer) -> None:
        await answer(place(0))
        (first, same, reused) = await answer(wish, wish, other)
        assert isinstance(first, Placed | Cancelled)
        assert (same, reused) == (first, IdReused())
        assert await answer(other, wish) == [IdReused(), first]

    with_handler(url, act)


def test_a_refusal_is_not_kept(url: str) -> None:
    """What had no effect may be decided again, when the world has changed."""

    async def act(_: Losing, answer: Answer) -> None:
        assert isinstance((await answer(place(0, 5)))[0], Placed)
        assert await answer(place(1, 5)) == [Refused(Refusal.SOLD_OUT, sku_id=PLAIN)]
        assert isinstance((await answer(cancel(0)))[0], Cancelled)
        assert isinstance((await answer(place(1, 5)))[0], Placed)

    with_handler(url, act)


@pytest.mark.parametrize("lost", ["after_commit", "before_commit"])
def test_an_answer_lost_at_commit_is_found_again(url: str, lost: str) -> None:
    """Nobody can tell the two apart: the batch is run again, and has one effect."""

    async def act(database: Losing, answer: Answer) -> None:
        setattr(database, lost, 1)
        placed = await answer(place(0), place(1))
        assert [one.order_id for one in placed] == [order_id(0, 0), order_id(0, 1)]
        setattr(database, lost, 1)
        assert await answer(cancel(0)) == [Cancelled(order_id(0, 0))]
        assert await answer(cancel(0)) == [Cancelled(order_id(0, 0))]

    with_handler(url, act)
    assert value(url, "SELECT reserved FROM stock WHERE sku_id = $1", PLAIN) == 1
    assert value(url, "SELECT count(*) FROM order_step") == 1
    assert broken_claims(url) == {}


def test_after_so_many_tries_the_fault_is_told(url: str) -> None:
    async def act(database: Losing, answer: Answer) -> None:
        database.before_commit = TRIES_MAX + 1
        with pytest.raises(TryAgain):
            await answer(place(0))
        assert database.before_commit == 0
        assert isinstance((await answer(place(0)))[0], Placed)

    with_handler(url, act)


def test_a_bug_rolls_the_whole_batch_back(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a decision is never stored."""
    flush = Transaction.flush

    async def fail(self: Transaction) -> None:
        writing = bool(self._waiting)
        await flush(self)
        if writing:
            raise ZeroDivisionError

    async def act(_: Losing, answer: Answer) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Transaction, "flush", fail)
            with pytest.raises(ZeroDivisionError):
                await answer(*buys(0, 3, waves=1)[0])

    with_handler(url, act)
    assert value(url, "SELECT count(*) FROM shop_order") == 0
    assert value(url, "SELECT sum(reserved) FROM stock") == 0
