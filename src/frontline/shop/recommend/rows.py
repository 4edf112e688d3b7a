"""Counters: orders that were counted, units by product and day, orders by pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import TextClause, text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.kernel.words import OrderId, ProductId
from frontline.shop.order.states import State
from frontline.shop.recommend.book import (
    CountBook,
    CountKeys,
    Purchase,
    PurchaseBook,
    PurchaseKeys,
    Standing,
)
from frontline.store.database import Transaction

STANDING: Mapping[State, Standing] = {
    **dict.fromkeys((State.CREATED, State.PAYING, State.CANCELLED), Standing.NOT_PAID),
    **dict.fromkeys(
        (
            *(State.PAID, State.TO_SHIP, State.PART_SHIPPED),
            *(State.SHIPPED, State.RECEIVED, State.DONE),
        ),
        Standing.PAID,
    ),
    **dict.fromkeys((State.REFUNDING, State.REFUNDED), Standing.GIVEN_BACK),
}

_ORDERS = text("""
    SELECT id, state, CAST(placed_at AT TIME ZONE 'UTC' AS date) AS day FROM shop_order
    WHERE shop_id = :shop_id AND id = ANY(CAST(:order_ids AS uuid[]))
""")
_UNITS = text("""
    SELECT l.order_id, s.product_id, sum(l.quantity) AS units
    FROM order_line AS l JOIN sku AS s ON s.shop_id = l.shop_id AND s.id = l.sku_id
    WHERE l.shop_id = :shop_id AND l.order_id = ANY(CAST(:order_ids AS uuid[]))
    GROUP BY l.order_id, s.product_id ORDER BY l.order_id, min(l.number)
""")


async def load_purchases(transaction: Transaction, keys: PurchaseKeys) -> PurchaseBook:
    order_ids = list(keys.order_ids)
    orders = await transaction.rows(_ORDERS, order_ids=order_ids)
    units: defaultdict[OrderId, list[tuple[ProductId, int]]] = defaultdict(list)
    for row in await transaction.rows(_UNITS, order_ids=order_ids):
        units[row.order_id].append((row.product_id, row.units))
    return PurchaseBook(
        Page(
            {
                row.id: Purchase(row.id, STANDING[State(row.state)], row.day, tuple(units[row.id]))
                for row in orders
            }
        )
    )


# -- Counters -----------------------------------------------------------------------------
# Locked in one order by all. Those that are not there yet are plain inserts on purpose: of two
# processes that find none one fails on the key, and runs again.

_LOCK_COUNTED = text("""
    SELECT order_id, standing FROM recommend_counted
    WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[]))
    ORDER BY order_id FOR NO KEY UPDATE
""")
_LOCK_SOLD = text("""
    SELECT product_id, units FROM recommend_sold
    WHERE shop_id = :shop_id AND product_id = ANY(CAST(:product_ids AS uuid[]))
    ORDER BY product_id FOR NO KEY UPDATE
""")
_LOCK_DAYS = text("""
    SELECT d.day, d.product_id, d.units
    FROM recommend_day AS d
    JOIN unnest(CAST(:days AS date[]), CAST(:product_ids AS uuid[])) AS k (day, product_id)
      ON d.day = k.day AND d.product_id = k.product_id
    WHERE d.shop_id = :shop_id
    ORDER BY d.day, d.product_id FOR NO KEY UPDATE OF d
""")
_LOCK_PAIRS = text("""
    SELECT p.product_id, p.other_id, p.orders
    FROM recommend_pair AS p
    JOIN unnest(CAST(:product_ids AS uuid[]), CAST(:other_ids AS uuid[]))
         AS k (product_id, other_id)
      ON p.product_id = k.product_id AND p.other_id = k.other_id
    WHERE p.shop_id = :shop_id
    ORDER BY p.product_id, p.other_id FOR NO KEY UPDATE OF p
""")
_ADD_COUNTED = text("""
    INSERT INTO recommend_counted (shop_id, order_id, standing)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:standing AS boolean[]))
""")
_MOVE_COUNTED = text("""
    UPDATE recommend_counted AS c SET standing = n.standing
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:standing AS boolean[])) AS n (order_id, standing)
    WHERE c.shop_id = :shop_id AND c.order_id = n.order_id AND c.standing <> n.standing
""")
_ADD_SOLD = text("""
    INSERT INTO recommend_sold (shop_id, product_id, units)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:product_ids AS uuid[]), CAST(:more AS bigint[]))
""")
_COUNT_SOLD = text("""
    UPDATE recommend_sold AS s SET units = s.units + n.more
    FROM unnest(CAST(:product_ids AS uuid[]), CAST(:more AS bigint[])) AS n (product_id, more)
    WHERE s.shop_id = :shop_id AND s.product_id = n.product_id
""")
_ADD_DAYS = text("""
    INSERT INTO recommend_day (shop_id, day, product_id, units)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:days AS date[]), CAST(:product_ids AS uuid[]), CAST(:more AS bigint[]))
""")
_COUNT_DAYS = text("""
    UPDATE recommend_day AS d SET units = d.units + n.more
    FROM unnest(CAST(:days AS date[]), CAST(:product_ids AS uuid[]), CAST(:more AS bigint[]))
         AS n (day, product_id, more)
    WHERE d.shop_id = :shop_id AND d.day = n.day AND d.product_id = n.product_id
""")
_ADD_PAIRS = text("""
    INSERT INTO recommend_pair (shop_id, product_id, other_id, orders)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:product_ids AS uuid[]), CAST(:other_ids AS uuid[]), CAST(:more AS int[]))
""")
_COUNT_PAIRS = text("""
    UPDATE recommend_pair AS p SET orders = p.orders + n.more
    FROM unnest(CAST(:product_ids AS uuid[]), CAST(:other_ids AS uuid[]), CAST(:more AS int[]))
         AS n (product_id, other_id, more)
    WHERE p.shop_id = :shop_id AND p.product_id = n.product_id AND p.other_id = n.other_id
""")


async def load(transaction: Transaction, keys: CountKeys) -> CountBook:
    purchases = list(keys.purchases)
    counted = await transaction.rows(_LOCK_COUNTED, order_ids=[one.order_id for one in purchases])
    products = {product_id for one in purchases for product_id, _ in one.units}
    sold = await transaction.rows(_LOCK_SOLD, product_ids=products)
    on_days = {(one.day, product_id) for one in purchases for product_id, _ in one.units}
    days = await transaction.rows(
        _LOCK_DAYS,
        days=[day for day, _ in on_days],
        product_ids=[product_id for _, product_id in on_days],
    )
    both = {pair for one in purchases for pair in one.pairs()}
    pairs = await transaction.rows(
        _LOCK_PAIRS, product_ids=[one for one, _ in both], other_ids=[other for _, other in both]
    )
    return CountBook(
        counted=Page({row.order_id: row.standing for row in counted}),
        sold=Page({row.product_id: row.units for row in sold}),
        days=Page({(row.day, row.product_id): row.units for row in days}),
        pairs=Page({(row.product_id, row.other_id): row.orders for row in pairs}),
    )


async def store(transaction: Transaction, book: CountBook) -> None:
    _write(transaction, _ADD_COUNTED, ("order_ids",), "standing", _alone(book.counted.added()))
    moved = {order_id: new for order_id, (_, new) in book.counted.altered().items()}
    _write(transaction, _MOVE_COUNTED, ("order_ids",), "standing", _alone(moved))
    by_product = ("product_ids",)
    _write(transaction, _ADD_SOLD, by_product, "more", _alone(book.sold.added()))
    _write(transaction, _COUNT_SOLD, by_product, "more", _alone(_more(book.sold)))
    by_day = ("days", "product_ids")
    _write(transaction, _ADD_DAYS, by_day, "more", book.days.added())
    _write(transaction, _COUNT_DAYS, by_day, "more", _more(book.days))
    by_pair = ("product_ids", "other_ids")
    _write(transaction, _ADD_PAIRS, by_pair, "more", book.pairs.added())
    _write(transaction, _COUNT_PAIRS, by_pair, "more", _more(book.pairs))


def _alone(rows: Mapping[Any, Any]) -> dict[tuple[Any, ...], Any]:
    return {(key,): value for key, value in rows.items()}


def _more(page: Page[Any, int]) -> dict[Any, int]:
    return {key: new - old for key, (old, new) in page.altered().items()}


def _write(
    transaction: Transaction,
    statement: TextClause,
    names: tuple[str, ...],
    value: str,
    rows: Mapping[Any, Any],
) -> None:
    """One row for each key of so many parts."""
    keys = {name: [key[place] for key in rows] for place, name in enumerate(names)}
    transaction.write_later(statement, **keys, **{value: list(rows.values())})


PURCHASES = Shelf(keys=PurchaseKeys, load=load_purchases)
SHELF = Shelf(keys=CountKeys, load=load, store=store, lock=Lock.CATALOG)
