"""The laws of the house, for the funnel; and that what was counted is what there is."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import scenery
from laws_of import prove, prove_stored
from scenery import GOODS, MEMBERS, PRODUCTS, SKUS, UNKNOWN, lay, some, uid
from sqlalchemy import text

from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command, OrderId, ShopId
from frontline.shop.funnel import rows
from frontline.shop.funnel.book import (
    FunnelBook,
    FunnelKeys,
    Mark,
    Ordered,
    OrderedBook,
    OrderedKeys,
    VisitorBook,
    VisitorKeys,
)
from frontline.shop.funnel.feature import FUNNEL, ORDERS
from frontline.shop.funnel.messages import NameVisitor, RecordOrders, RecordStep, Step
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import BEGIN, Cast, Part

VISITORS = [uid(50, number) for number in range(3)]
TODAY = date(2026, 1, 1)
EVENING = BEGIN + timedelta(hours=15)  # 23:00 in Shanghai; two hours on it is tomorrow.


def _ordered(number: int, lines: list[int], *, paid: timedelta | None) -> Any:
    on = None if paid is None else TODAY + timedelta(days=paid >= timedelta(hours=1))
    products = tuple(sorted({GOODS[SKUS[line]].product_id for line in lines}))
    return Ordered(MEMBERS[number % 3], products, TODAY, on), lines, paid


_ORDERS = {
    OrderId(uid(51, number)): _ordered(number, lines, paid=paid)
    for number, (lines, paid) in enumerate(
        [
            ([0, 1, 0], timedelta(minutes=5)),
            ([2], timedelta(hours=2)),
            ([3, 1], None),
            ([4], timedelta(0)),
            ([0], None),
        ]
    )
}


def _lay(_: Random) -> World:
    return World(
        {
            FunnelKeys: FunnelBook(Page({}), Page({})),
            VisitorKeys: VisitorBook(Page({})),
            OrderedKeys: OrderedBook(Page({id_: told[0] for id_, told in _ORDERS.items()})),
        }
    )


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    kind, visitor = chance.random(), chance.choice(VISITORS)
    if kind < 0.1:
        return NameVisitor(id=id_, visitor=visitor, member_id=chance.choice(MEMBERS))
    return RecordStep(
        id=id_,
        visitor=visitor,
        member_id=chance.choice([None, None, *MEMBERS]),
        day=TODAY + timedelta(days=chance.choice([0, 0, 1])),
        step=chance.choice([Step.OPEN, Step.OPEN, Step.PRODUCT, Step.CHECKOUT]),
        product_id=chance.choice([None, *PRODUCTS[:2]]),
        shared=chance.random() < 0.3,
    )


def _order(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    return RecordOrders(
        id=id_,
        order_ids=tuple(
            some(chance, [*_ORDERS], [OrderId(UNKNOWN)]) for _ in range(chance.randint(1, 3))
        ),
        step=chance.choice([Step.PLACED, Step.PAID]),
    )


def _conserved(_: Content, after: Content) -> None:
    """The day's counts are the numbers of its marks."""
    marks: dict[Mark, bool] = after["FunnelBook.marks"]
    visitors = Counter(mark.place for mark in marks)
    shared = Counter(mark.place for mark, came in marks.items() if came)
    counts = after["FunnelBook.counts"]
    assert {place: tuple(count) for place, count in counts.items()} == {
        place: (visitors[place], shared[place]) for place in visitors
    }


async def _fill(sql: Any, shop_id: ShopId, _content: Content) -> None:
    await lay(
        sql, "shop_order", "shop_id, id, member_id, state, total, freight, note, placed_at,"
        " pay_until",
        [
            (shop_id, id_, order.member_id, "created", 1, 0, "", EVENING,
             EVENING)
            for id_, (order, _, _) in _ORDERS.items()
        ],
    )  # fmt: skip
    await lay(
        sql, "order_line", "shop_id, order_id, number, sku_id, title, quantity, price, paid,"
        " limited",
        [
            (shop_id, id_, number, SKUS[line], "x", 1, 1, 1, False)
            for id_, (_, lines, _) in _ORDERS.items()
            for number, line in enumerate(lines, 1)
        ],
    )  # fmt: skip
    await lay(
        sql, "order_step", "shop_id, order_id, state, at, who",
        [
            (shop_id, id_, state, EVENING if state == "paying" else EVENING + paid, "system")
            for id_, (_, _, paid) in _ORDERS.items()
            if paid is not None
            for state in ("paying", "paid", "to_ship")
        ],
    )  # fmt: skip


_MARKS = text("SELECT day, step, product_id, visitor FROM funnel_mark WHERE shop_id = :shop_id")
_PLACES = text("SELECT day, step, product_id FROM funnel_day WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    marks = [
        Mark(row.day, Step(row.step), row.product_id, row.visitor)
        for row in await transaction.read(_MARKS)
    ]
    places = [
        Mark(row.day, Step(row.step), row.product_id, UNKNOWN)  # Marked by nobody: is counted.
        for row in await transaction.read(_PLACES)
    ]
    book = await rows.load(transaction, FunnelKeys([*marks, *places]))
    visitors = await rows.load_visitors(transaction, VisitorKeys(MEMBERS))
    orders = await rows.load_orders(transaction, OrderedKeys(_ORDERS))
    return {
        "FunnelBook.marks": book.marks.rows(),
        "FunnelBook.counts": book.counts.rows(),
        "VisitorBook.visitors": visitors.visitors.rows(),
        "OrderedBook.orders": orders.orders.rows(),
        **{name: rows for name, rows in scenery.PART.lay(Random(0)).content().items() if rows},
    }


CAST = Cast(
    assembled().library,
    (
        scenery.PART,
        Part(
            name="funnel",
            lay=_lay,
            wishes=((FUNNEL, _wish), (ORDERS, _order)),
            conserved=_conserved,
            fill=_fill,
            read=_read,
        ),
    ),
)


def test_laws() -> None:
    prove(CAST, [])


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
