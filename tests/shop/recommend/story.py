"""Counting in stories: orders that were paid, not yet paid, given back."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from scenery import UNKNOWN, sensible
from sqlalchemy import text

from frontline.kernel.book import Page
from frontline.kernel.words import Command, OrderId, ProductId
from frontline.shop.catalog.book import CatalogKeys
from frontline.shop.order.book import Order, OrderKeys
from frontline.shop.recommend import rows
from frontline.shop.recommend.book import (
    CountBook,
    CountKeys,
    Purchase,
    PurchaseBook,
    PurchaseKeys,
    Standing,
)
from frontline.shop.recommend.feature import COUNTING
from frontline.shop.recommend.messages import CountOrder
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Part


def _lay(_: Random) -> World:
    return World({CountKeys: CountBook(Page({}), Page({}), Page({}), Page({}))})


def _purchase(order: Order, product_of: dict[Any, ProductId]) -> Purchase:
    units: Counter[ProductId] = Counter()
    for line in order.lines:
        units[product_of[line.sku_id]] += line.quantity
    day = order.placed_at.date()
    return Purchase(order.id, rows.STANDING[order.state], day, tuple(units.items()))


def _purchases(world: World) -> PurchaseBook:
    skus = world.book(CatalogKeys).skus.rows()
    product_of = {id_: sku.product_id for id_, sku in skus.items()}
    orders = world.book(OrderKeys).orders.rows().values()
    return PurchaseBook(Page({one.id: _purchase(one, product_of) for one in orders}))


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    counted = world.book(CountKeys).counted.rows()
    purchases = _purchases(world).purchases.rows().values()
    uncounted = [o for o in purchases
                 if o.standing is Standing.PAID and o.order_id not in counted]  # fmt: skip
    likely = {
        "count several": [o.order_id for o in uncounted if len(o.units) > 1],
        "count": [o.order_id for o in uncounted],
        "take off": [o.order_id for o in purchases
                     if o.standing is Standing.GIVEN_BACK and counted.get(o.order_id)],
        "pass over": [o.order_id for o in purchases
                      if o.standing is Standing.GIVEN_BACK and o.order_id not in counted],
        "nothing": [*(one.order_id for one in purchases), OrderId(UNKNOWN)],
    }  # fmt: skip
    deed = sensible(chance, likely)
    if deed is None or not likely[deed]:
        return None
    return CountOrder(id=id_, order_id=chance.choice(likely[deed]))


def conserved(before: Content, after: Content) -> None:
    """What is counted is what the orders that count are made of."""
    sold: Counter[Any] = Counter()
    pairs: Counter[Any] = Counter()
    skus = after["CatalogBook.skus"]
    for order_id, standing in after["CountBook.counted"].items():
        if standing:
            order = after["OrderBook.orders"][order_id]
            for line in order.lines:
                sold[skus[line.sku_id].product_id] += line.quantity
            products = {skus[line.sku_id].product_id for line in order.lines}
            pairs.update((one, other) for one in products for other in products if one != other)
    assert +Counter(after["CountBook.sold"]) == sold
    assert +Counter(after["CountBook.pairs"]) == pairs
    assert sum(after["CountBook.days"].values()) == sold.total()


_COUNTED = text("SELECT order_id, standing FROM recommend_counted WHERE shop_id = :shop_id")
_SOLD = text("SELECT product_id, units FROM recommend_sold WHERE shop_id = :shop_id")
_DAYS = text("SELECT day, product_id, units FROM recommend_day WHERE shop_id = :shop_id")
_PAIRS = text("SELECT product_id, other_id, orders FROM recommend_pair WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    return {
        "CountBook.counted": dict(map(tuple, await transaction.read(_COUNTED))),
        "CountBook.sold": dict(map(tuple, await transaction.read(_SOLD))),
        "CountBook.days": {tuple(row)[:2]: row.units for row in await transaction.read(_DAYS)},
        "CountBook.pairs": {tuple(row)[:2]: row.orders for row in await transaction.read(_PAIRS)},
    }


PART = Part(
    name="recommend",
    lay=_lay,
    derived={PurchaseKeys: _purchases},
    wishes=((COUNTING, _wish),),
    conserved=conserved,
    read=_read,
    breaks={
        "units sold": "UPDATE recommend_sold SET units = units + 1",
        "bought together": "UPDATE recommend_pair SET orders = orders + 100",
    },
)
