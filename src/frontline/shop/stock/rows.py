"""Stock rows.

Written by delta: with the lock it is the same as writing the new value; should the lock
ever be lost, the CHECK turns an oversale into a failed batch.
"""

from __future__ import annotations

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.stock.book import Level, StockBook, StockKeys
from frontline.store.database import Transaction

_LOCK = text("""
    SELECT sku_id, on_hand, reserved, sold FROM stock
    WHERE shop_id = :shop_id AND sku_id = ANY(CAST(:sku_ids AS uuid[]))
    ORDER BY sku_id FOR NO KEY UPDATE
""")
_ADD = text("""
    INSERT INTO stock (shop_id, sku_id, on_hand, reserved, sold)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:sku_ids AS uuid[]), CAST(:on_hand AS int[]), CAST(:reserved AS int[]),
                CAST(:sold AS int[]))
""")
_MOVE = text("""
    UPDATE stock AS s
    SET on_hand = s.on_hand + d.on_hand, reserved = s.reserved + d.reserved, sold = s.sold + d.sold
    FROM unnest(CAST(:sku_ids AS uuid[]), CAST(:on_hand AS int[]), CAST(:reserved AS int[]),
                CAST(:sold AS int[])) AS d (sku_id, on_hand, reserved, sold)
    WHERE s.shop_id = :shop_id AND s.sku_id = d.sku_id
""")
_REMEMBER = text("""
    INSERT INTO stock_movement (shop_id, sku_id, at, kind, quantity, cause_id, reason, actor_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:sku_ids AS uuid[]), CAST(:at AS timestamptz[]), CAST(:kinds AS text[]),
                CAST(:quantities AS int[]), CAST(:cause_ids AS uuid[]), CAST(:reasons AS text[]),
                CAST(:actor_ids AS uuid[]))
""")


async def load(transaction: Transaction, keys: StockKeys) -> StockBook:
    rows = await transaction.rows(_LOCK, sku_ids=keys.sku_ids)
    return StockBook(Page({row[0]: Level(*row[1:]) for row in rows}))


async def store(transaction: Transaction, book: StockBook) -> None:
    added = book.levels.added()
    transaction.write_later(
        _ADD,
        sku_ids=added,
        on_hand=[level.on_hand for level in added.values()],
        reserved=[level.reserved for level in added.values()],
        sold=[level.sold for level in added.values()],
    )
    moved = book.levels.altered()
    transaction.write_later(
        _MOVE,
        sku_ids=moved,
        on_hand=[new.on_hand - old.on_hand for old, new in moved.values()],
        reserved=[new.reserved - old.reserved for old, new in moved.values()],
        sold=[new.sold - old.sold for old, new in moved.values()],
    )
    movements = book.movements
    transaction.write_later(
        _REMEMBER,
        sku_ids=[movement.sku_id for movement in movements],
        at=[movement.at for movement in movements],
        kinds=[movement.kind for movement in movements],
        quantities=[movement.quantity for movement in movements],
        cause_ids=[movement.cause_id for movement in movements],
        reasons=[movement.reason for movement in movements],
        actor_ids=[movement.actor_id for movement in movements],
    )


SHELF = Shelf(keys=StockKeys, load=load, store=store, lock=Lock.STOCK)
