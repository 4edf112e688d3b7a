"""Which products to show: the most bought, the newest, those bought together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import text

from frontline.kernel.words import ProductId, ShopId
from frontline.shop.recommend.views import ranking
from frontline.shop.recommend.views.cards import ProductCard, cards
from frontline.store.database import Database, Transaction

TOGETHER_MIN = 2  # Orders; one may be chance, and tells what one person bought.
SPARE = ranking.SPARE  # So many times the wanted number are looked at, for those in stock.


class Why(StrEnum):
    BOUGHT_TOGETHER = "bought_together"
    POPULAR = "popular"


class Recommended(msgspec.Struct, frozen=True):
    items: tuple[ProductCard, ...]
    why: Why


_NEWEST = text("""
    SELECT id FROM product WHERE shop_id = :shop_id AND on_sale
    ORDER BY created_at DESC, id DESC LIMIT CAST(:rows_max AS int)
""")
_TOGETHER = text("""
    SELECT r.other_id AS id
    FROM recommend_pair AS r
    JOIN product AS p ON p.shop_id = r.shop_id AND p.id = r.other_id AND p.on_sale
    WHERE r.shop_id = :shop_id AND r.product_id = CAST(:product_id AS uuid)
      AND r.orders >= CAST(:orders_min AS int)
    ORDER BY r.orders DESC, r.other_id LIMIT CAST(:rows_max AS int)
""")

_encode = msgspec.json.Encoder().encode


async def recommended(
    database: Database, shop_id: ShopId, product_id: ProductId | None, limit: int, now: datetime
) -> bytes:
    """JSON of a Recommended."""
    ranked = await ranking.ranked(database, shop_id, now)
    async with database.transaction(shop_id) as transaction:
        if product_id is not None and (found := await together(transaction, product_id, limit)):
            return _encode(Recommended(found, Why.BOUGHT_TOGETHER))
        found = await popular(transaction, ranked, limit, without=product_id)
    return _encode(Recommended(found, Why.POPULAR))


async def together(
    transaction: Transaction, product_id: ProductId, limit: int
) -> tuple[ProductCard, ...]:
    """What was bought with it in several orders, the oftenest first."""
    rows = await transaction.read(
        _TOGETHER, product_id=product_id, orders_min=TOGETHER_MIN, rows_max=SPARE * limit
    )
    return _first(await cards(transaction, _ids(rows)), limit)


async def popular(
    transaction: Transaction,
    ranked: Sequence[ProductId],
    limit: int,
    *,
    without: ProductId | None = None,
) -> tuple[ProductCard, ...]:
    """The most bought of late; where there are too few, the newest after them."""
    ids = dict.fromkeys(ranked[: SPARE * limit])
    if len(ids) <= limit:
        ids |= dict.fromkeys(_ids(await transaction.read(_NEWEST, rows_max=SPARE * limit)))
    if without is not None:
        ids.pop(without, None)
    return _first(await cards(transaction, list(ids)), limit)


async def newest(transaction: Transaction, limit: int) -> tuple[ProductCard, ...]:
    rows = await transaction.read(_NEWEST, rows_max=limit)
    return await cards(transaction, _ids(rows))


def _ids(rows: Any) -> list[ProductId]:
    return [row.id for row in rows]


def _first(found: tuple[ProductCard, ...], limit: int) -> tuple[ProductCard, ...]:
    """What is sold out comes after what can be had."""
    return tuple(sorted(found, key=lambda card: not card.in_stock)[:limit])
