"""The laws of the house, for the shop's own words."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from laws_of import prove, prove_stored
from scenery import STAFF

from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.seen import Facts as Seen
from frontline.kernel.seen import seen_of
from frontline.kernel.words import Command
from frontline.shop.page import rows
from frontline.shop.page.book import SHOP, WordsBook, WordsKeys
from frontline.shop.page.feature import WRITING
from frontline.shop.page.messages import (
    PLACES_MAX,
    Facts,
    MoveBanner,
    PutBanner,
    PutPage,
    PutShop,
    Refusal,
    RemoveBanner,
    Said,
    Slug,
)
from frontline.shop.page.seen import banner_facts, page_facts, shop_facts
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part

PLACES = range(1, PLACES_MAX + 1)
HTML = ("<p>您好</p>", "<p onclick='x()'>好<script>x()</script></p>", "<script>x()</script>", "")


def _lay(_: Random) -> World:
    return World({WordsKeys: WordsBook(Page(dict.fromkeys(PLACES)), Page({}), Page({}))})


def _seen(chance: Random, now: Seen) -> str:
    """Of a form made now or long ago; most say nothing."""
    return chance.choice(["", "", seen_of(now), seen_of({"title_zh": "once"})])


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    kind, place = chance.randrange(5), chance.choice((1, 2, 3))
    if kind == 0:
        return RemoveBanner(id=id_, place=place, staff_id=STAFF)
    book = world.book(WordsKeys)
    if kind == 1:
        slug = chance.choice([*Slug])
        return PutPage(
            id=id_,
            slug=slug,
            seen=_seen(chance, page_facts(slug, book.pages.get(slug))),
            title=Said(chance.choice(("题", "题", "")), "title"),
            html=Said(chance.choice(HTML), chance.choice(HTML)),
            staff_id=STAFF,
        )
    if kind == 2:
        front = book.fronts.get(SHOP)
        facts = Facts(
            notice=Said("放假通知"),
            licence_name=chance.choice(("", "小满")),
            licence_number=chance.choice(("", "91")),
        )
        return PutShop(
            id=id_,
            facts=facts,
            demo=chance.choice((None, None, True, False)),
            staff_id=STAFF,
            seen=_seen(chance, shop_facts(Facts() if front is None else front.facts)),
        )
    if kind == 3:
        return MoveBanner(id=id_, place=place, to=chance.choice((1, 2, 3)), staff_id=STAFF)
    return PutBanner(
        id=id_,
        place=place,
        title=Said("新品"),
        picture="/pictures/1.webp",
        link=chance.choice(("", "/pages/product")),
        shown_from=chance.choice((None, now)),
        shown_until=chance.choice((None, now, now + timedelta(days=1))),
        staff_id=STAFF,
        seen=_seen(chance, banner_facts(book.banners.get(place))),
    )


async def _read(transaction: Transaction) -> Content:
    book = await rows.load(transaction, WordsKeys(PLACES, Slug, facts=True))
    return {
        "WordsBook.banners": book.banners.rows(),
        "WordsBook.pages": book.pages.rows(),
        "WordsBook.fronts": book.fronts.rows(),
    }


CAST = Cast(
    assembled().library, (Part(name="page", lay=_lay, wishes=((WRITING, _wish),), read=_read),)
)


def test_laws() -> None:
    prove(CAST, [*Refusal])


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
