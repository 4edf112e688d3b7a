"""The first screen, read at once and encoded once for all who look at the same moment."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import ShopId
from frontline.shop.page.messages import Facts
from frontline.shop.page.views.words import read_facts
from frontline.shop.recommend.views import lists, ranking
from frontline.shop.recommend.views.cards import ProductCard
from frontline.store.database import Database, Transaction

SHOWN_MAX = 12  # Products of each kind.
CATEGORIES_MAX = 20


class HomeShop(msgspec.Struct, frozen=True):
    name: str
    logo: str | None
    notice: str | None  # In the reader's language.


class BannerView(msgspec.Struct, frozen=True):
    id: UUID
    title: str
    picture: str
    link: str | None  # A path of the storefront.


class CategoryTile(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    picture: str | None  # Of a product in it.


class HomeParts(msgspec.Struct, frozen=True):
    shop: HomeShop
    banners: tuple[BannerView, ...]
    categories: tuple[CategoryTile, ...]  # The top ones that have something on sale.
    popular: tuple[ProductCard, ...]
    newest: tuple[ProductCard, ...]


class Home(HomeParts, frozen=True):
    """What the door answers. `now` is told by the clock, all else is a second old at most."""

    now: datetime


_BANNERS = text("""
    SELECT id, title_zh, title_en, picture, link FROM page_banner
    WHERE shop_id = :shop_id
      AND (shown_from IS NULL OR shown_from <= CAST(:now AS timestamptz))
      AND (shown_until IS NULL OR shown_until > CAST(:now AS timestamptz))
    ORDER BY place
""")
# Every category below a top one counts as that one; one product of each shows it.
_CATEGORIES = text("""
    WITH RECURSIVE below AS (
        SELECT id AS top_id, id FROM category WHERE shop_id = :shop_id AND parent_id IS NULL
        UNION ALL
        SELECT b.top_id, c.id FROM category AS c JOIN below AS b ON c.parent_id = b.id
        WHERE c.shop_id = :shop_id
    )
    SELECT c.id, c.name, f.picture
    FROM category AS c
    JOIN LATERAL (
        SELECT (SELECT src FROM picture AS i
                WHERE i.shop_id = p.shop_id AND i.product_id = p.id
                ORDER BY position LIMIT 1) AS picture
        FROM below AS b
        JOIN product AS p ON p.shop_id = :shop_id AND p.category_id = b.id AND p.on_sale
        LEFT JOIN recommend_sold AS r ON r.shop_id = p.shop_id AND r.product_id = p.id
        WHERE b.top_id = c.id
        ORDER BY coalesce(r.units, 0) DESC, p.created_at DESC, p.id LIMIT 1
    ) AS f ON true
    WHERE c.shop_id = :shop_id AND c.parent_id IS NULL
    ORDER BY c.position, c.name, c.id LIMIT CAST(:rows_max AS int)
""")

_encode = msgspec.json.Encoder().encode


def at(now: datetime, parts: bytes) -> bytes:
    """JSON of a Home (or of anything timed): `parts` as an object that begins with `now`."""
    return b'{"now":%s,%s' % (_encode(now), parts[1:])


async def tiles(database: Database, shop_id: ShopId) -> tuple[CategoryTile, ...]:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_CATEGORIES, rows_max=CATEGORIES_MAX)
    return tuple(CategoryTile(*row) for row in rows)


async def home(  # noqa: PLR0913, PLR0917 - put together of this much
    database: Database,
    shop_id: ShopId,
    name: str,
    categories: tuple[CategoryTile, ...],
    language: str,
    now: datetime,
) -> bytes:
    """JSON of HomeParts."""
    ranked = await ranking.ranked(database, shop_id, now)
    async with database.transaction(shop_id) as transaction:
        facts, _ = await read_facts(transaction)
        parts = HomeParts(
            shop=_shop(name, facts, language),
            banners=await _banners(transaction, language, now),
            categories=categories,
            popular=await lists.popular(transaction, ranked, SHOWN_MAX),
            newest=await lists.newest(transaction, SHOWN_MAX),
        )
    return _encode(parts)


def _shop(name: str, facts: Facts, language: str) -> HomeShop:
    return HomeShop(name, facts.logo or None, facts.notice.to(language) or None)


async def _banners(
    transaction: Transaction, language: str, now: datetime
) -> tuple[BannerView, ...]:
    return tuple(
        BannerView(
            row.id,
            row.title_en if language == "en" and row.title_en else row.title_zh,
            row.picture,
            row.link or None,
        )
        for row in await transaction.read(_BANNERS, now=now)
    )
