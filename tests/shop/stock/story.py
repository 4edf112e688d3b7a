"""Stock in stories: everything that sells moves it, and staff count what there is."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from scenery import GOODS, STAFF, UNKNOWN, lay, some
from sqlalchemy import text

from frontline.kernel.book import Page
from frontline.kernel.words import Command, ShopId, SkuId, StaffId
from frontline.shop.order.states import UNPAID, State
from frontline.shop.stock import rows
from frontline.shop.stock.book import Level, Movement, MovementKind, StockBook, StockKeys
from frontline.shop.stock.feature import ADJUSTING
from frontline.shop.stock.messages import AdjustStock
from frontline.shop.stock.rules import ON_HAND_MAX
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import BEGIN, Part

FOUND = UUID(int=0xF0)  # The first adjustment.


def world(free: dict[Any, int]) -> World:
    levels = {sku_id: Level(units, 0, 0) for sku_id, units in free.items()}
    found = tuple(
        Movement(sku_id, BEGIN, MovementKind.ADJUSTMENT, units, FOUND)
        for sku_id, units in free.items()
        if units
    )
    return World({StockKeys: StockBook(Page(levels))}, {"StockBook.movements": found})


def _lay(chance: Random) -> World:
    return world({sku_id: chance.randrange(16) for sku_id in GOODS})


def conserved(before: Content, after: Content) -> None:
    """What was there is there, reserved for an unpaid order, or sold to a paid one."""
    orders = after["OrderBook.orders"].values()
    movements = after["StockBook.movements"]
    for sku_id, level in after["StockBook.levels"].items():
        units = {
            kind: sum(m.quantity for m in movements if (m.sku_id, m.kind) == (sku_id, kind))
            for kind in MovementKind
        }
        assert level.on_hand == sum(units.values())
        assert level.sold == -units[MovementKind.SALE] - units[MovementKind.RESTOCK]
        assert level.reserved == _units(orders, sku_id, UNPAID)
        paid = set(State) - UNPAID - {State.CANCELLED}
        assert -units[MovementKind.SALE] == _units(orders, sku_id, paid)
        assert level.on_hand + level.sold == units[MovementKind.ADJUSTMENT]
    assert before["StockBook.levels"].keys() <= after["StockBook.levels"].keys()


def _units(orders: Any, sku_id: Any, states: Any) -> int:
    return sum(
        line.quantity
        for order in orders
        if order.state in states
        for line in order.lines
        if line.sku_id == sku_id
    )


def count(chance: Random, world: World, _now: datetime, id_: UUID) -> Command[Any]:
    levels = world.book(StockKeys).levels.rows()
    sku_id = some(chance, [*GOODS], [SkuId(UNKNOWN)])
    free = levels[sku_id].free if sku_id in levels else 0
    change = some(chance, [1, 3, -1, -free], [-free - 1, ON_HAND_MAX])
    return AdjustStock(
        id=id_, sku_id=sku_id, change=change or 1, reason="盘点", staff_id=StaffId(STAFF)
    )


async def _fill(sql: Any, shop_id: ShopId, content: Content) -> None:
    await lay(
        sql, "stock", "shop_id, sku_id, on_hand, reserved, sold",
        [
            (shop_id, sku_id, level.on_hand, level.reserved, level.sold)
            for sku_id, level in content["StockBook.levels"].items()
        ],
    )  # fmt: skip
    await lay(
        sql, "stock_movement", "shop_id, sku_id, at, kind, quantity, cause_id, reason",
        [
            (shop_id, m.sku_id, m.at, m.kind, m.quantity, m.cause_id, m.reason)
            for m in content["StockBook.movements"]
        ],
    )  # fmt: skip


_MOVEMENTS = text("""
    SELECT sku_id, at, kind, quantity, cause_id, reason, actor_id FROM stock_movement
    WHERE shop_id = :shop_id ORDER BY id
""")
_SKUS = text("SELECT sku_id FROM stock WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    sku_ids = [row.sku_id for row in await transaction.read(_SKUS)]
    book = await rows.load(transaction, StockKeys(sku_ids))
    movements = [
        Movement(**{**row._mapping, "kind": MovementKind(row.kind)})
        for row in await transaction.read(_MOVEMENTS)
    ]
    return {"StockBook.levels": book.levels.rows(), "StockBook.movements": tuple(movements)}


PART = Part(
    name="stock",
    lay=_lay,
    wishes=((ADJUSTING, count),),
    conserved=conserved,
    fill=_fill,
    read=_read,
    breaks={
        "stock moved": "UPDATE stock SET on_hand = on_hand + 1",
        "stock not oversold": "UPDATE stock SET reserved = on_hand + 1",
    },
)
