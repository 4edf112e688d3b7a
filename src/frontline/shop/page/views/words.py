"""The shop's facts and pages in the reader's language; all of it for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text

from frontline.kernel.seen import seen_of
from frontline.kernel.words import ShopId
from frontline.shop.page.book import Banner, Written
from frontline.shop.page.messages import TITLES, BannerId, Facts, Said, Slug
from frontline.shop.page.seen import banner_facts, page_facts, shop_facts
from frontline.store.database import Database, Transaction
from frontline.web.shops import Shop

LOCALES = ("zh", "en")


class ShopView(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of the shop; what was never said is null."""

    now: datetime
    name: str
    currency: str  # ISO 4217.
    locales: tuple[str, ...]
    logo: str | None
    phone: str | None
    wechat_id: str | None
    service_hours: str | None
    address: str | None
    demo: bool  # A shop to try things in: nothing is sold for real.


class Licence(msgspec.Struct, frozen=True):
    name: str
    number: str
    picture: str | None


class Trust(msgspec.Struct, frozen=True):
    """Who stands behind the shop."""

    about: str
    licence: Licence | None
    promise: str  # When and how money is given back.
    complaint: str


class PageView(msgspec.Struct, frozen=True):
    slug: Slug
    title: str
    html: str  # Clean; "" while nobody has written it.
    updated_at: datetime | None
    trust: Trust | None  # With the page `trust` only.


class WrittenPage(msgspec.Struct, frozen=True):
    slug: Slug
    title: Said
    html: Said
    updated_at: datetime | None
    seen: str  # To be handed back with a change: `kernel.seen`.


class PutUpBanner(msgspec.Struct, frozen=True):
    place: int
    id: BannerId
    title: Said
    picture: str
    link: str
    shown_from: datetime | None
    shown_until: datetime | None
    seen: str


class StaffWords(msgspec.Struct, frozen=True):
    """All that the shop says of itself, to be changed and put back."""

    facts: Facts
    demo: bool
    banners: tuple[PutUpBanner, ...]
    pages: tuple[WrittenPage, ...]
    seen: str  # Of the facts.


_FACTS = text("SELECT facts, demo FROM page_shop WHERE shop_id = :shop_id")
_PAGES = text("""
    SELECT slug, title_zh, title_en, html_zh, html_en, updated_at FROM page_text
    WHERE shop_id = :shop_id AND (CAST(:slug AS text) IS NULL OR slug = CAST(:slug AS text))
""")
_BANNERS = text("""
    SELECT place, id, title_zh, title_en, picture, link, shown_from, shown_until
    FROM page_banner WHERE shop_id = :shop_id ORDER BY place
""")

_decode = msgspec.json.Decoder(Facts).decode


async def read_facts(transaction: Transaction) -> tuple[Facts, bool]:
    """What the shop says of itself, and whether it is one to try things in."""
    rows = await transaction.read(_FACTS)
    return (_decode(rows[0].facts), rows[0].demo) if rows else (Facts(), False)


async def shop(database: Database, of: Shop, language: str, now: datetime) -> ShopView:
    async with database.transaction(of.id) as transaction:
        facts, demo = await read_facts(transaction)
    return ShopView(
        now=now,
        name=of.name,
        currency=of.currency,
        locales=LOCALES,
        logo=facts.logo or None,
        phone=facts.phone or None,
        wechat_id=facts.wechat_id or None,
        service_hours=facts.service_hours.to(language) or None,
        address=facts.address.to(language) or None,
        demo=demo,
    )


async def page(database: Database, shop_id: ShopId, slug: Slug, language: str) -> PageView:
    """A page in this language; in Chinese what is not there in English."""
    async with database.transaction(shop_id) as transaction:
        written = (await _written(transaction, slug))[slug]
        facts, _ = await read_facts(transaction)
    return PageView(
        slug,
        written.title.to(language),
        written.html.to(language),
        written.updated_at,
        _trust(facts, language) if slug is Slug.TRUST else None,
    )


async def staff_words(database: Database, shop_id: ShopId) -> StaffWords:
    async with database.transaction(shop_id) as transaction:
        return await staff_words_in(transaction)


async def staff_words_in(transaction: Transaction) -> StaffWords:
    """The same, for whoever reads more beside it."""
    facts, demo = await read_facts(transaction)
    written = await _written(transaction, None)
    banners = await transaction.read(_BANNERS)
    return StaffWords(
        facts,
        demo,
        tuple(map(_put_up, banners)),
        tuple(written.values()),
        seen_of(shop_facts(facts)),
    )


def _put_up(row: Any) -> PutUpBanner:
    banner = Banner(
        id=row.id,
        title=Said(row.title_zh, row.title_en),
        picture=row.picture,
        link=row.link,
        shown_from=row.shown_from,
        shown_until=row.shown_until,
    )
    return PutUpBanner(
        row.place,
        banner.id,
        banner.title,
        banner.picture,
        banner.link,
        banner.shown_from,
        banner.shown_until,
        seen_of(banner_facts(banner)),
    )


async def _written(transaction: Transaction, slug: Slug | None) -> dict[Slug, WrittenPage]:
    """Every page, written or not."""
    found = {
        one: WrittenPage(one, TITLES[one], Said(), None, seen_of(page_facts(one, None)))
        for one in Slug
    }
    for row in await transaction.read(_PAGES, slug=slug):
        page, at = Slug(row.slug), row.updated_at
        there = Written(Said(row.title_zh, row.title_en), Said(row.html_zh, row.html_en), at)
        seen = seen_of(page_facts(page, there))
        found[page] = WrittenPage(page, there.title, there.html, at, seen)
    return found


def _trust(facts: Facts, language: str) -> Trust:
    licence = None
    if facts.licence_number:
        licence = Licence(facts.licence_name, facts.licence_number, facts.licence_picture or None)
    return Trust(
        facts.about.to(language),
        licence,
        facts.promise.to(language),
        facts.complaint.to(language),
    )
