"""The shop's own words in their tables."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import TextClause, text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.page.book import SHOP, Banner, Front, WordsBook, WordsKeys, Written
from frontline.shop.page.messages import Facts, Said, Slug
from frontline.store.database import Transaction

_LOCK_BANNERS = text("""
    SELECT place, id, title_zh, title_en, picture, link, shown_from, shown_until
    FROM page_banner WHERE shop_id = :shop_id AND place = ANY(CAST(:places AS int[]))
    ORDER BY place FOR UPDATE
""")
_LOCK_PAGES = text("""
    SELECT slug, title_zh, title_en, html_zh, html_en, updated_at FROM page_text
    WHERE shop_id = :shop_id AND slug = ANY(CAST(:slugs AS text[]))
    ORDER BY slug FOR NO KEY UPDATE
""")
_LOCK_SHOP = text("""
    SELECT facts, demo, updated_at FROM page_shop WHERE shop_id = :shop_id FOR NO KEY UPDATE
""")
# Plain inserts on purpose: of two processes that both find nothing one fails, and runs again.
_ADD_BANNERS = text("""
    INSERT INTO page_banner (shop_id, place, id, title_zh, title_en, picture, link, shown_from,
                             shown_until)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:places AS int[]), CAST(:ids AS uuid[]), CAST(:titles_zh AS text[]),
                CAST(:titles_en AS text[]), CAST(:pictures AS text[]), CAST(:links AS text[]),
                CAST(:shown_from AS timestamptz[]), CAST(:shown_until AS timestamptz[]))
""")
_CHANGE_BANNERS = text("""
    UPDATE page_banner AS b SET id = n.id, title_zh = n.title_zh, title_en = n.title_en,
           picture = n.picture, link = n.link, shown_from = n.shown_from,
           shown_until = n.shown_until
    FROM unnest(CAST(:places AS int[]), CAST(:ids AS uuid[]), CAST(:titles_zh AS text[]),
                CAST(:titles_en AS text[]), CAST(:pictures AS text[]), CAST(:links AS text[]),
                CAST(:shown_from AS timestamptz[]), CAST(:shown_until AS timestamptz[]))
         AS n (place, id, title_zh, title_en, picture, link, shown_from, shown_until)
    WHERE b.shop_id = :shop_id AND b.place = n.place
""")
_REMOVE_BANNERS = text("""
    DELETE FROM page_banner
    WHERE shop_id = :shop_id AND place = ANY(CAST(:places AS int[]))
""")
_ADD_PAGES = text("""
    INSERT INTO page_text (shop_id, slug, title_zh, title_en, html_zh, html_en, updated_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:slugs AS text[]), CAST(:titles_zh AS text[]), CAST(:titles_en AS text[]),
                CAST(:htmls_zh AS text[]), CAST(:htmls_en AS text[]),
                CAST(:updated_at AS timestamptz[]))
""")
_CHANGE_PAGES = text("""
    UPDATE page_text AS p SET title_zh = n.title_zh, title_en = n.title_en, html_zh = n.html_zh,
           html_en = n.html_en, updated_at = n.updated_at
    FROM unnest(CAST(:slugs AS text[]), CAST(:titles_zh AS text[]), CAST(:titles_en AS text[]),
                CAST(:htmls_zh AS text[]), CAST(:htmls_en AS text[]),
                CAST(:updated_at AS timestamptz[]))
         AS n (slug, title_zh, title_en, html_zh, html_en, updated_at)
    WHERE p.shop_id = :shop_id AND p.slug = n.slug
""")
_ADD_SHOP = text("""
    INSERT INTO page_shop (shop_id, facts, demo, updated_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:facts AS text[]), CAST(:demo AS boolean[]),
                CAST(:updated_at AS timestamptz[]))
""")
_CHANGE_SHOP = text("""
    UPDATE page_shop AS s SET facts = n.facts, demo = n.demo, updated_at = n.updated_at
    FROM unnest(CAST(:facts AS text[]), CAST(:demo AS boolean[]),
                CAST(:updated_at AS timestamptz[])) AS n (facts, demo, updated_at)
    WHERE s.shop_id = :shop_id
""")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Facts).decode


async def load(transaction: Transaction, keys: WordsKeys) -> WordsBook:
    banners: dict[int, Banner | None] = dict.fromkeys(keys.places)
    for row in await transaction.rows(_LOCK_BANNERS, places=banners):
        banners[row.place] = _banner(row)
    pages = await transaction.rows(_LOCK_PAGES, slugs=keys.slugs)
    fronts: dict[str, Front] = {}
    for row in await transaction.read(_LOCK_SHOP) if keys.facts else ():
        fronts[SHOP] = Front(_decode(row.facts), row.demo, row.updated_at)
    return WordsBook(
        Page(banners),
        Page(
            {
                Slug(row.slug): Written(
                    Said(row.title_zh, row.title_en), Said(row.html_zh, row.html_en), row.updated_at
                )
                for row in pages
            }
        ),
        Page(fronts),
    )


def _banner(row: Any) -> Banner:
    return Banner(
        id=row.id,
        title=Said(row.title_zh, row.title_en),
        picture=row.picture,
        link=row.link,
        shown_from=row.shown_from,
        shown_until=row.shown_until,
    )


async def store(transaction: Transaction, book: WordsBook) -> None:
    altered = book.banners.altered()
    added = {place: new for place, (old, new) in altered.items() if old is None and new}
    changed_banners = {place: new for place, (old, new) in altered.items() if old and new}
    _write_banners(transaction, _ADD_BANNERS, added)
    _write_banners(transaction, _CHANGE_BANNERS, changed_banners)
    gone = [place for place, (_, new) in altered.items() if new is None]
    transaction.write_later(_REMOVE_BANNERS, places=gone)
    changed = {slug: new for slug, (_, new) in book.pages.altered().items()}
    for statement, pages in ((_ADD_PAGES, book.pages.added()), (_CHANGE_PAGES, changed)):
        transaction.write_later(
            statement,
            slugs=pages,
            titles_zh=[one.title.zh for one in pages.values()],
            titles_en=[one.title.en for one in pages.values()],
            htmls_zh=[one.html.zh for one in pages.values()],
            htmls_en=[one.html.en for one in pages.values()],
            updated_at=[one.updated_at for one in pages.values()],
        )
    changed_shop = [new for _, new in book.fronts.altered().values()]
    added_shop = list(book.fronts.added().values())
    for statement, ones in ((_ADD_SHOP, added_shop), (_CHANGE_SHOP, changed_shop)):
        transaction.write_later(
            statement,
            facts=[_encode(one.facts).decode() for one in ones],
            demo=[one.demo for one in ones],
            updated_at=[one.updated_at for one in ones],
        )


def _write_banners(
    transaction: Transaction, statement: TextClause, banners: dict[int, Banner]
) -> None:
    transaction.write_later(
        statement,
        places=banners,
        ids=[one.id for one in banners.values()],
        titles_zh=[one.title.zh for one in banners.values()],
        titles_en=[one.title.en for one in banners.values()],
        pictures=[one.picture for one in banners.values()],
        links=[one.link for one in banners.values()],
        shown_from=[one.shown_from for one in banners.values()],
        shown_until=[one.shown_until for one in banners.values()],
    )


SHELF = Shelf(keys=WordsKeys, load=load, store=store, lock=Lock.CATALOG)
