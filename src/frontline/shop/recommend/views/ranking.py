"""Which products sell best, kept for a while: to add up a month takes longer than all the rest."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import text

from frontline.kernel.words import ProductId, ShopId
from frontline.shop.catalog.cache import Cache
from frontline.store.database import Database

POPULAR_FOR = timedelta(days=30)
SPARE = 3  # So many times the wanted number are looked at, for those in stock.
SHOWN_MAX = 20
FRESH_S = 30.0
SHOPS_MAX = 1_000

_POPULAR = text("""
    SELECT d.product_id AS id
    FROM recommend_day AS d
    JOIN product AS p ON p.shop_id = d.shop_id AND p.id = d.product_id AND p.on_sale
    WHERE d.shop_id = :shop_id AND d.day > CAST(:since AS date)
    GROUP BY d.product_id HAVING sum(d.units) > 0
    ORDER BY sum(d.units) DESC, d.product_id LIMIT CAST(:rows_max AS int)
""")

_Key = tuple[ShopId, date]
_kept: WeakKeyDictionary[Database, Cache[_Key, tuple[ProductId, ...]]] = WeakKeyDictionary()


async def ranked(database: Database, shop_id: ShopId, now: datetime) -> tuple[ProductId, ...]:
    """Those bought most in the last days, as they stood half a minute ago at most."""
    cache = _kept.get(database)
    if cache is None:
        cache = _kept[database] = _cache(database)
    return await cache.get((shop_id, (now - POPULAR_FOR).date()))


def _cache(database: Database) -> Cache[_Key, tuple[ProductId, ...]]:
    async def read(key: _Key) -> tuple[ProductId, ...]:
        shop_id, since = key
        async with database.transaction(shop_id) as transaction:
            rows = await transaction.read(_POPULAR, since=since, rows_max=SPARE * SHOWN_MAX)
        return tuple(row.id for row in rows)

    return Cache(read, fresh_s=FRESH_S, size_max=SHOPS_MAX)
