"""What staff see of stock: reads, without locks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import ProductId, ShopId, SkuId
from frontline.store.database import Database, Transaction


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


class Moved(msgspec.Struct, frozen=True):
    """A movement, with who made it."""

    number: int
    at: datetime
    kind: str
    quantity: int
    cause_id: UUID
    reason: str
    by: str  # "" if nobody of the staff did.


class Counted(msgspec.Struct, frozen=True):
    """What is to be counted."""

    sku_id: SkuId
    code: str
    title: str
    on_hand: int


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


# -- For the desk ---------------------------------------------------------------------------

LOW = 5
"""So few free that somebody should see to it."""

_TITLED = """
    SELECT s.id, s.product_id,
           concat_ws(' · ', p.title, nullif(array_to_string(s.option_values, ' '), '')) AS title,
           s.code, coalesce(t.on_hand, 0) AS on_hand, coalesce(t.reserved, 0) AS reserved,
           coalesce(t.on_hand - t.reserved, 0) AS free, coalesce(t.sold, 0) AS sold
    FROM sku AS s
    JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    LEFT JOIN stock AS t ON t.shop_id = s.shop_id AND t.sku_id = s.id
"""
# No index is in the order of what is free: it would have to be written with every order, where
# now a row of stock is changed in place. A shop has few SKUs beside its orders.
_LOWEST = text(f"""
    {_TITLED}
    WHERE s.shop_id = :shop_id AND (NOT s.removed OR t.on_hand > 0)
      AND (CAST(:product_ids AS uuid[]) IS NULL
           OR s.product_id = ANY(CAST(:product_ids AS uuid[])))
      AND (CAST(:on_sale AS boolean) IS NULL OR p.on_sale = CAST(:on_sale AS boolean))
      AND coalesce(t.on_hand - t.reserved, 0) <= CAST(:free_max AS int)
      AND (CAST(:after_id AS uuid) IS NULL
           OR (coalesce(t.on_hand - t.reserved, 0), s.id)
              > (CAST(:after_free AS int), CAST(:after_id AS uuid)))
    ORDER BY coalesce(t.on_hand - t.reserved, 0), s.id LIMIT CAST(:rows_max AS int)
""")
_LEVEL = text(f"{_TITLED} WHERE s.shop_id = :shop_id AND s.id = CAST(:sku_id AS uuid)")
_LOW_COUNT = text("""
    SELECT count(*) AS low FROM (
        SELECT FROM stock AS t
        JOIN sku AS s ON s.shop_id = t.shop_id AND s.id = t.sku_id AND NOT s.removed
        JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id AND p.on_sale
        WHERE t.shop_id = :shop_id AND t.on_hand - t.reserved <= CAST(:low AS int)
        LIMIT CAST(:count_max AS int)) AS found
""")
_MOVED = text("""
    SELECT m.id, m.at, m.kind, m.quantity, m.cause_id, m.reason, coalesce(a.name, '') AS by
    FROM stock_movement AS m
    LEFT JOIN staff AS a ON a.shop_id = m.shop_id AND a.id = m.actor_id
    WHERE m.shop_id = :shop_id AND m.sku_id = CAST(:sku_id AS uuid)
      AND (CAST(:after AS bigint) IS NULL OR m.id < CAST(:after AS bigint))
    ORDER BY m.id DESC LIMIT CAST(:rows_max AS int)
""")
_COUNTED = text(f"""
    SELECT id, code, title, on_hand FROM ({_TITLED} WHERE s.shop_id = :shop_id AND NOT s.removed
      AND (s.id = ANY(CAST(:sku_ids AS uuid[])) OR s.code = ANY(CAST(:codes AS text[])))) AS found
""")  # noqa: S608 - put together of pieces that stand above
_ALL = text(f"""
    SELECT id, code, title, on_hand FROM ({_TITLED} WHERE s.shop_id = :shop_id AND NOT s.removed)
    AS found ORDER BY title, id LIMIT CAST(:rows_max AS int)
""")  # noqa: S608 - put together of pieces that stand above


async def lowest(  # noqa: PLR0913 - what may be asked for
    transaction: Transaction,
    *,
    product_ids: list[UUID] | None,
    on_sale: bool | None,
    free_max: int,
    after: tuple[int, UUID] | None,
    limit: int,
) -> tuple[tuple[LevelView, ...], tuple[int, UUID] | None]:
    """What runs short first; and where the next page begins."""
    after_free, after_id = after or (None, None)
    found = await transaction.read(
        _LOWEST,
        product_ids=product_ids,
        on_sale=on_sale,
        free_max=free_max,
        after_free=after_free,
        after_id=after_id,
        rows_max=limit + 1,
    )
    items = tuple(LevelView(*row) for row in found[:limit])
    more = len(found) > limit
    return items, (items[-1].free, items[-1].sku_id) if more else None


async def low_count(transaction: Transaction, count_max: int) -> int:
    """SKUs on sale of which few are free, but not more than `count_max`."""
    (row,) = await transaction.read(_LOW_COUNT, low=LOW, count_max=count_max)
    return int(row.low)


async def level(transaction: Transaction, sku_id: UUID) -> LevelView | None:
    found = await transaction.read(_LEVEL, sku_id=sku_id)
    return LevelView(*found[0]) if found else None


async def moved(
    transaction: Transaction, sku_id: UUID, after: int | None, limit: int
) -> tuple[tuple[Moved, ...], int | None]:
    """What came and went of a SKU, the latest first; and where the next page begins."""
    found = await transaction.read(_MOVED, sku_id=sku_id, after=after, rows_max=limit + 1)
    items = tuple(Moved(*row) for row in found[:limit])
    return items, items[-1].number if len(found) > limit else None


async def counted(
    transaction: Transaction, sku_ids: list[UUID], codes: list[str]
) -> tuple[Counted, ...]:
    """Those of these ids, or of these numbers of the merchant's own."""
    found = await transaction.read(_COUNTED, sku_ids=sku_ids, codes=codes)
    return tuple(Counted(*row) for row in found)


async def to_count(transaction: Transaction, rows_max: int) -> tuple[Counted, ...]:
    """All SKUs by their titles: a sheet to go round with."""
    return tuple(Counted(*row) for row in await transaction.read(_ALL, rows_max=rows_max))
