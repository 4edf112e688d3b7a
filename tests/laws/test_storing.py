"""On PostgreSQL: what is stored is what was decided, and answers are kept."""

from __future__ import annotations

import asyncio
import itertools
from functools import reduce
from operator import or_
from random import Random
from threading import get_ident
from typing import Any
from uuid import UUID

import pytest
import stories
from databases import new_database
from hypothesis import given
from scenery import GOODS, PLAIN, STAFF, uid
from shop.stock.story import world as stocked
from stories import CAST, REACTING

from frontline.engine.engine import Engine
from frontline.kernel.ids import following
from frontline.kernel.words import Command, MemberId, NoEffect, OrderId, ShopId
from frontline.shop.order.messages import (
    CancelOrder,
    CompleteOrder,
    PlaceOrder,
    ReceiveOrder,
    ShipOrder,
    Wanted,
)
from frontline.shop.order.states import CancelReason
from frontline.shop.payment.book import out_trade_no
from frontline.shop.payment.messages import EndPayment, Settle, StartPayment
from frontline.store.database import Database, Transaction
from frontline.testing.laws import read, storing
from frontline.testing.story import BEGIN as NOW
from frontline.testing.story import Story
from frontline.wechat.provider import Channel

EXAMPLES, CHAPTERS = 3, 50

_shops = itertools.count(1)


@pytest.fixture(scope="module")
def url(server_url: str) -> str:
    return asyncio.run(new_database(server_url))


@pytest.mark.parametrize("name", sorted(CAST.wishes))
def test_the_database_tells_the_same_story(url: str, name: str) -> None:
    """Rows, outcomes, events and timers; and the same wishes again have the same answers."""

    @stories.law(EXAMPLES)
    @given(stories.stories(often=name, chapters=CHAPTERS))
    def holds(story: Story) -> None:
        asyncio.run(_tell(url, story))

    holds()


async def _tell(url: str, story: Story) -> None:
    shop_id = await stories.lay(url, ShopId(next(_shops)), story.start)
    database = Database(url, connections_max=1)
    try:
        await storing(CAST, story, database, shop_id, REACTING)
    finally:
        await database.close()


# -- Statements ---------------------------------------------------------------------------

MANY = 256


def test_statements_do_not_grow_with_the_batch(url: str, monkeypatch: Any) -> None:
    """The lives of 256 orders at once take as many statements as the life of one."""
    seen: list[Any] = []
    say = Transaction._said
    here = get_ident()  # A town of other tests may live in another thread.

    def said(self: Transaction, statement: Any, values: dict[str, Any]) -> Any:
        if get_ident() == here:
            seen.append(statement)
        return say(self, statement, values)

    monkeypatch.setattr(Transaction, "_said", said)
    one, many = (asyncio.run(_lives(url, size, seen)) for size in (1, MANY))
    assert one == many
    assert min(one.values()) > 0


async def _lives(url: str, size: int, seen: list[Any]) -> dict[str, int]:
    """How many statements each step takes."""
    others = (part.lay(Random(0)) for part in CAST.parts if part.name != "stock")
    start = reduce(or_, others, stocked(dict.fromkeys(GOODS, 10 * MANY)))
    shop_id = await stories.lay(url, ShopId(next(_shops)), start)
    database = Database(url, connections_max=1)
    engine = Engine(
        database, CAST.library, [one for one, _ in CAST.wishes.values()], now=lambda: NOW
    )
    counted = {}
    for kind, batch in _steps(size).items():
        seen.clear()
        command_set = engine._sets[type(batch[0])]
        outcomes = await engine.handler(shop_id, command_set)(batch)
        assert [outcome for outcome in outcomes if isinstance(outcome, NoEffect)] == [], kind
        counted[kind] = len(seen)
    await database.close()
    return counted


def _steps(size: int) -> dict[str, list[Command[Any]]]:
    """What is wished of each of so many orders, and of as many others that come to nothing."""
    members = [MemberId(uid(30, n)) for n in range(size)]
    kept, lost = ([OrderId(uid(kind, n)) for n in range(size)] for kind in (20, 21))
    reason = CancelReason.BUYER

    def each(kind: type[Command[Any]], order_ids: list[OrderId], fields: Any) -> list[Command[Any]]:
        mark = following(UUID(int=0), kind.__name__).int
        return [
            kind(id=UUID(int=order_id.int ^ mark), order_id=order_id, **fields(member_id))
            for order_id, member_id in zip(order_ids, members, strict=True)
        ]

    def place(order_ids: list[OrderId]) -> list[Command[Any]]:
        return [
            PlaceOrder(id=order_id, member_id=member_id, wanted=(Wanted(PLAIN, 1),))
            for order_id, member_id in zip(order_ids, members, strict=True)
        ]

    start: Any = lambda m: {"member_id": m, "channel": Channel.H5, "currency": "CNY"}
    return {
        "place": [*place(kept), *place(lost)],
        "start": [*each(StartPayment, kept, start), *each(StartPayment, lost, start)],
        "settle": [
            Settle(
                id=uid(22, n), out_trade_no=out_trade_no(order_id), transaction_id=f"t{n}",
                amount=GOODS[PLAIN].price, currency="CNY", payer=None, paid_at=NOW,
            )
            for n, order_id in enumerate(kept)
        ],
        "cancel": each(CancelOrder, lost, lambda m: {"actor_id": m, "by_staff": False}),
        "end": each(EndPayment, lost, lambda _: {"reason": reason}),
        "ship": each(
            ShipOrder, kept, lambda _: {"staff_id": STAFF, "carrier": "SF", "tracking": "1"}
        ),
        "receive": each(ReceiveOrder, kept, lambda m: {"member_id": m}),
        "complete": each(CompleteOrder, kept, lambda _: {}),
    }  # fmt: skip


def test_a_shop_sees_nothing_of_another(url: str) -> None:
    """Not a row of any part, though the same story was told there."""

    async def look() -> None:
        story = CAST.tell(Random(7))
        await _tell(url, story)
        database = Database(url, connections_max=1)
        async with database.transaction(ShopId(10**6)) as transaction:
            stored = await read(CAST, transaction)
        await database.close()
        assert not any(stored.values())

    asyncio.run(look())
