"""Products found: by category, by words, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import TextClause, text

from frontline.kernel.words import Fen, ProductId, ShopId
from frontline.shop.catalog.text import has_characters, likeness, patterns, variations
from frontline.shop.search.wording import WAYS_MAX, normal, ways
from frontline.store.database import Database, Transaction

NEAR_AT_LEAST = (0.7, 0.5)  # Shares of a query's threes of letters; one letter of seven is 0.57.
NEAR_READ_MAX = 400  # Likeness is slow to compare.

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Sort(StrEnum):
    NEWEST = "newest"
    PRICE = "price"
    PRICE_DOWN = "-price"


class Card(msgspec.Struct, frozen=True):
    """A product in a list."""

    id: ProductId
    handle: str
    title: str
    vendor: str
    category_id: UUID | None
    on_sale: bool
    price_min: Fen
    price_max: Fen
    variants: int
    in_stock: bool
    picture: str | None


class Found(msgspec.Struct, frozen=True):
    items: tuple[Card, ...]
    after: str | None  # To ask for what follows; None: that was all.
    near: bool = False  # Nothing was found; these are the nearest.


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for."""

    q: str = ""
    category_id: UUID | None = None
    sort: Sort = Sort.NEWEST
    on_sale: bool | None = True
    after: str | None = None  # `<key>_<id>` of the last one seen.
    limit: int = 20


_BELOW = text("""
    WITH RECURSIVE below AS (
        SELECT id FROM category
        WHERE shop_id = :shop_id AND id = CAST(:category_id AS uuid)
        UNION
        SELECT c.id FROM category AS c JOIN below AS b ON c.parent_id = b.id
        WHERE c.shop_id = :shop_id
    )
    SELECT id FROM below
""")
_FILTER = """
    shop_id = :shop_id
    AND (CAST(:on_sale AS boolean) IS NULL OR on_sale = CAST(:on_sale AS boolean))
    AND (CAST(:category_ids AS uuid[]) IS NULL
         OR category_id = ANY(CAST(:category_ids AS uuid[])))
"""
_CARDS = """
    SELECT f.key, p.id, p.handle, p.title, p.vendor, p.category_id, p.on_sale, p.price_min,
           s.price_max, s.variants, s.in_stock,
           (SELECT src FROM picture AS i WHERE i.shop_id = p.shop_id AND i.product_id = p.id
            ORDER BY position LIMIT 1) AS picture
    FROM found AS f
    JOIN product AS p ON p.shop_id = :shop_id AND p.id = f.id
    JOIN LATERAL (
        SELECT max(s.price) AS price_max, count(*) AS variants,
               coalesce(bool_or(t.on_hand > t.reserved), false) AS in_stock
        FROM sku AS s LEFT JOIN stock AS t ON t.shop_id = s.shop_id AND t.sku_id = s.id
        WHERE s.shop_id = p.shop_id AND s.product_id = p.id AND NOT s.removed
    ) AS s ON true
"""

# Wordings of the search that are not there are NULL, and gone before the plan is made.
_WAYS = " OR ".join(
    f"(search LIKE CAST(:pattern_{way} AS text) AND search LIKE ALL(CAST(:others_{way} AS text[])))"
    for way in range(WAYS_MAX)
)
_SYNONYMS = text("""
    SELECT word, means FROM search_synonym
    WHERE shop_id = :shop_id AND strpos(CAST(:said AS text), word) > 0
""")


def _listed(column: str, order: str, key: str) -> TextClause:
    beyond = {"ASC": ">", "DESC": "<"}[order]
    return text(f"""
        WITH found AS (
            SELECT id, {column} AS key FROM product_sought
            WHERE {_FILTER}
              AND (CAST(:pattern_0 AS text) IS NULL OR {_WAYS})
              AND (CAST(:after_id AS uuid) IS NULL
                   OR ({column}, id) {beyond} (CAST(:after_key AS {key}), CAST(:after_id AS uuid)))
            ORDER BY {column} {order}, id {order} LIMIT CAST(:rows_max AS int)
        )
        {_CARDS} ORDER BY f.key {order}, f.id {order}
    """)  # noqa: S608 - put together of pieces that stand above


_LISTED: Mapping[Sort, TextClause] = {
    Sort.NEWEST: _listed("created_at", "DESC", "timestamptz"),
    Sort.PRICE: _listed("price_min", "ASC", "bigint"),
    Sort.PRICE_DOWN: _listed("price_min", "DESC", "bigint"),
}
_AT_LEAST = text("""
    SELECT CAST(:shop_id AS bigint),
           set_config('pg_trgm.word_similarity_threshold', CAST(:at_least AS text), true)
""")
_NEAREST = text(f"""
    WITH near AS (
        SELECT id, word_similarity(CAST(:likeness AS text), search) AS key FROM product_sought
        WHERE {_FILTER} AND CAST(:likeness AS text) <% search
        LIMIT CAST(:read_max AS int)
    ), found AS (
        SELECT id, key FROM near ORDER BY key DESC, id LIMIT CAST(:rows_max AS int)
    )
    {_CARDS} ORDER BY f.key DESC, f.id
""")  # noqa: S608 - put together of pieces that stand above
_VARIED = text(f"""
    WITH near AS (
        SELECT h.id, h.key
        FROM unnest(CAST(:patterns AS text[]), CAST(:others AS text[])) AS v (pattern, others)
        CROSS JOIN LATERAL (
            SELECT id, word_similarity(CAST(:likeness AS text), search) AS key FROM product_sought
            WHERE {_FILTER} AND search LIKE v.pattern
              AND search LIKE ALL(string_to_array(v.others, chr(31)))
            LIMIT CAST(:read_max AS int)
        ) AS h
    ), found AS (
        SELECT id, max(key) AS key FROM near
        GROUP BY id ORDER BY max(key) DESC, id LIMIT CAST(:rows_max AS int)
    )
    {_CARDS} ORDER BY f.key DESC, f.id
""")  # noqa: S608 - put together of pieces that stand above


async def find(database: Database, shop_id: ShopId, wish: Wish) -> Found:
    """A page of what is wished for; if no page has anything, the nearest there is."""
    async with database.transaction(shop_id) as transaction:
        return await found_in(transaction, wish)


async def found_in(transaction: Transaction, wish: Wish) -> Found:
    """The same, for whoever reads more beside it."""
    wanted = patterns(wish.q)
    if wish.q and not wanted:
        return Found((), None)
    filters = {
        "on_sale": wish.on_sale,
        "category_ids": await _below(transaction, wish.category_id),
    }
    key, after_id = _after(wish)
    found = await transaction.read(
        _LISTED[wish.sort],
        **filters,
        **await _ways(transaction, wish.q),
        after_key=key,
        after_id=after_id,
        rows_max=wish.limit + 1,
    )
    if not found and wanted and wish.after is None:
        nearest = await _nearest(transaction, wish, filters)
        return Found(nearest, None, near=bool(nearest))
    page = found[: wish.limit]
    more = len(found) > wish.limit
    return Found(_cards(page), _cursor(page[-1]) if more else None)


async def _ways(transaction: Transaction, said: str) -> dict[str, Any]:
    """Patterns of the search, also with the shop's own words in place of what was said."""
    known = await transaction.read(_SYNONYMS, said=normal(said)) if said else ()
    some = [patterns(way) for way in ways(said, [(row.word, row.means) for row in known])]
    some += [[]] * (WAYS_MAX - len(some))
    return {f"pattern_{way}": one[0] if one else None for way, one in enumerate(some)} | {
        f"others_{way}": one[1:] for way, one in enumerate(some)
    }


async def _nearest(
    transaction: Transaction, wish: Wish, filters: dict[str, Any]
) -> tuple[Card, ...]:
    """Likest first.

    Words are compared strictly at first: what is less like is much more, and slow to compare.
    Likeness passes over a short word with a letter wrong in its middle, so that comes last.
    """
    given = {**filters, "likeness": likeness(wish.q), "rows_max": wish.limit}
    for at_least in () if has_characters(wish.q) else NEAR_AT_LEAST:
        await transaction.read(_AT_LEAST, at_least=str(at_least))
        found = await transaction.read(_NEAREST, **given, read_max=NEAR_READ_MAX)
        if found:
            return _cards(found)
    varied = variations(wish.q)
    if not varied:
        return ()
    found = await transaction.read(
        _VARIED,
        **given,
        patterns=[one[0] for one in varied],
        others=["\x1f".join(one[1:]) for one in varied],
        read_max=max(NEAR_READ_MAX // len(varied), wish.limit),
    )
    return _cards(found)


async def _below(transaction: Transaction, category_id: UUID | None) -> list[UUID] | None:
    """The category and all in it; None: everywhere."""
    if category_id is None:
        return None
    return [row.id for row in await transaction.read(_BELOW, category_id=category_id)]


def _cards(found: Sequence[Any]) -> tuple[Card, ...]:
    return tuple(Card(*row[1:]) for row in found)


def _cursor(row: Any) -> str:
    """Where a page ends: the key in whole numbers, and the id."""
    key = row.key
    if isinstance(key, datetime):
        key = (key - _EPOCH) // timedelta(microseconds=1)
    return f"{key}_{row.id.hex}"


def _after(wish: Wish) -> tuple[datetime | int | None, UUID | None]:
    if wish.after is None:
        return None, None
    key, _, id_ = wish.after.partition("_")
    if wish.sort is Sort.NEWEST:
        return _EPOCH + timedelta(microseconds=int(key)), UUID(id_)
    return int(key), UUID(id_)
