"""What staff see of stock: reads, without locks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import ProductId, ShopId, SkuId
from frontline.store.database import Database


class LevelView(msgspec.Struct, frozen=True):
    sku_id: SkuId
    product_id: ProductId
    title: str  # Of the product, with its options.
    code: str
    on_hand: int
    reserved: int  # Held for orders that are not paid yet.
    free: int
    sold: int


class Levels(msgspec.Struct, frozen=True):
    items: tuple[LevelView, ...]
    after: UUID | None  # To ask for what follows; None: that was all.


class MovementView(msgspec.Struct, frozen=True):
    number: int
    sku_id: SkuId
    at: datetime
    kind: str
    quantity: int
    cause_id: UUID
    reason: str
    actor_id: UUID | None


class Movements(msgspec.Struct, frozen=True):
    items: tuple[MovementView, ...]
    after: int | None


_LEVELS = text("""
    SELECT s.id, s.product_id,
           concat_ws(' · ', p.title, nullif(array_to_string(s.option_values, ' '), '')) AS title,
           s.code, coalesce(t.on_hand, 0) AS on_hand, coalesce(t.reserved, 0) AS reserved,
           coalesce(t.on_hand - t.reserved, 0) AS free, coalesce(t.sold, 0) AS sold
    FROM sku AS s
    JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    LEFT JOIN stock AS t ON t.shop_id = s.shop_id AND t.sku_id = s.id
    WHERE s.shop_id = :shop_id AND (NOT s.removed OR t.on_hand > 0)
      AND (CAST(:product_id AS uuid) IS NULL OR s.product_id = CAST(:product_id AS uuid))
      AND (CAST(:free_max AS int) IS NULL
           OR coalesce(t.on_hand - t.reserved, 0) <= CAST(:free_max AS int))
      AND (CAST(:after AS uuid) IS NULL OR s.id > CAST(:after AS uuid))
    ORDER BY s.id LIMIT CAST(:rows_max AS int)
""")
_MOVEMENTS = text("""
    SELECT id, sku_id, at, kind, quantity, cause_id, reason, actor_id FROM stock_movement
    WHERE shop_id = :shop_id
      AND (CAST(:sku_id AS uuid) IS NULL OR sku_id = CAST(:sku_id AS uuid))
      AND (CAST(:after AS bigint) IS NULL OR id < CAST(:after AS bigint))
    ORDER BY id DESC LIMIT CAST(:rows_max AS int)
""")


async def levels(  # noqa: PLR0913 - what may be asked for
    database: Database,
    shop_id: ShopId,
    *,
    product_id: UUID | None,
    free_max: int | None,
    after: UUID | None,
    limit: int,
) -> Levels:
    """How much there is of each SKU, by its id."""
    async with database.transaction(shop_id) as transaction:
        found = await transaction.read(
            _LEVELS, product_id=product_id, free_max=free_max, after=after, rows_max=limit + 1
        )
    items = tuple(LevelView(*row) for row in found[:limit])
    return Levels(items, items[-1].sku_id if len(found) > limit else None)


async def movements(
    database: Database, shop_id: ShopId, *, sku_id: UUID | None, after: int | None, limit: int
) -> Movements:
    """What came and went, the latest first."""
    async with database.transaction(shop_id) as transaction:
        found = await transaction.read(_MOVEMENTS, sku_id=sku_id, after=after, rows_max=limit + 1)
    items = tuple(MovementView(*row) for row in found[:limit])
    return Movements(items, items[-1].number if len(found) > limit else None)
