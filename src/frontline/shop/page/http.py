"""Doors: the first screen, the shop's facts and pages; staff writing them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec

from frontline.kernel.words import ShopId
from frontline.shop.catalog.cache import Cache
from frontline.shop.page import messages
from frontline.shop.page.messages import (
    PLACES_MAX,
    Facts,
    PutBanner,
    PutPage,
    PutShop,
    RemoveBanner,
    Said,
    Slug,
)
from frontline.shop.page.views import home, words
from frontline.store.database import Database
from frontline.web.door import Opened, Visit, Who, command_door, get
from frontline.web.session import Caller

FRESH_S = 1.0
TILES_FRESH_S = 30.0  # Finding their pictures takes longer than all the rest.
HOMES_MAX = 2_000
PAGE_BYTES_MAX = 256 * 1024

# A path of our own: nothing is fetched from elsewhere, and nobody is sent there.
_PATH = r"^(/[A-Za-z0-9_.-]+)+$"
_LINK = r"^(/([A-Za-z0-9_.?=&%-][A-Za-z0-9_./?=&%-]*)?)?$"

Line = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=4_000)]
Html = Annotated[str, msgspec.Meta(max_length=60_000)]
Source = Annotated[str, msgspec.Meta(pattern=_PATH, max_length=200)]
SourceOrNone = Annotated[str, msgspec.Meta(pattern=rf"^$|{_PATH}", max_length=200)]
Link = Annotated[str, msgspec.Meta(pattern=_LINK, max_length=300)]
Phone = Annotated[str, msgspec.Meta(pattern=r"^[0-9+() -]*$", max_length=32)]
Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z-]*$", max_length=64)]
WeChatId = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]*$", max_length=64)]
Place = Annotated[int, msgspec.Meta(ge=1, le=PLACES_MAX)]
Time = Annotated[datetime, msgspec.Meta(tz=True)]

# -- Shoppers -----------------------------------------------------------------------------

_Key = tuple[ShopId, str]
_homes: WeakKeyDictionary[Database, Cache[_Key, bytes]] = WeakKeyDictionary()
"""First screens of this process, by the database they are read from."""


class HomeForm(msgspec.Struct, frozen=True):
    """Asks for the whole of it."""


async def _home(visit: Visit, _form: HomeForm) -> bytes:
    """The first screen: banners, categories, what is popular, what is new."""
    return await first_screen(visit.opened, visit.shop_id, visit.language)


async def first_screen(opened: Opened, shop_id: ShopId, language: str) -> bytes:
    """A `home.Home`, encoded; a second old at most."""
    cache = _homes.get(opened.database)
    if cache is None:
        cache = _homes[opened.database] = _cache(opened)
    return home.at(opened.now(), await cache.get((shop_id, language)))


def _cache(opened: Opened) -> Cache[_Key, bytes]:
    database, shops, now = opened.database, opened.shops, opened.now

    async def read_tiles(shop_id: ShopId) -> tuple[home.CategoryTile, ...]:
        return await home.tiles(database, shop_id)

    tiles = Cache(read_tiles, fresh_s=TILES_FRESH_S, size_max=HOMES_MAX)

    async def read(key: _Key) -> bytes:
        shop_id, language = key
        name = (await shops.all())[shop_id].name
        categories = await tiles.get(shop_id)
        return await home.home(database, shop_id, name, categories, language, now())

    return Cache(read, fresh_s=FRESH_S, size_max=HOMES_MAX)


class ShopForm(msgspec.Struct, frozen=True):
    """Asks for all of them."""


async def _shop(visit: Visit, _form: ShopForm) -> words.ShopView:
    """Facts of the shop, and its time."""
    opened = visit.opened
    shop = (await opened.shops.all())[visit.shop_id]
    return await words.shop(opened.database, shop, visit.language, opened.now())


class PageForm(msgspec.Struct, frozen=True):
    slug: Slug


async def _page(visit: Visit, form: PageForm) -> words.PageView:
    """One of the shop's pages, in the reader's language."""
    return await words.page(visit.opened.database, visit.shop_id, form.slug, visit.language)


# -- Staff --------------------------------------------------------------------------------


class LineForm(msgspec.Struct, frozen=True):
    zh: Line = ""
    en: Line = ""


class WordsForm(msgspec.Struct, frozen=True):
    zh: Words = ""
    en: Words = ""


class HtmlForm(msgspec.Struct, frozen=True):
    zh: Html
    en: Html = ""


class PutBannerForm(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    place: Place  # Banners are shown in this order; what was in the place is replaced.
    title: LineForm = LineForm()
    picture: Source
    link: Link = ""
    shown_from: Time | None = None
    shown_until: Time | None = None
    seen: str = ""  # Of `/api/staff/page`: refused if it was changed since.


class RemoveBannerForm(msgspec.Struct, frozen=True):
    id: UUID
    place: Place


class PutPageForm(msgspec.Struct, frozen=True):
    id: UUID
    slug: Slug
    title: LineForm
    html: HtmlForm
    seen: str = ""  # Of `/api/staff/page`: refused if it was changed since.


class PutShopForm(msgspec.Struct, frozen=True, kw_only=True):
    """All of them at once: what is left out is empty from now on."""

    id: UUID
    logo: SourceOrNone = ""
    notice: LineForm = LineForm()
    phone: Phone = ""
    wechat_id: WeChatId = ""
    service_hours: LineForm = LineForm()
    address: LineForm = LineForm()
    about: WordsForm = WordsForm()
    licence_name: Line = ""
    licence_number: Number = ""
    licence_picture: SourceOrNone = ""
    promise: WordsForm = WordsForm()
    complaint: WordsForm = WordsForm()
    seen: str = ""  # Of `/api/staff/page`: refused if it was changed since.


def _said(form: LineForm | WordsForm | HtmlForm) -> Said:
    return Said(form.zh.strip(), form.en.strip())


async def _words(visit: Visit, _form: ShopForm) -> words.StaffWords:
    """All that the shop says of itself, in both languages."""
    return await words.staff_words(visit.opened.database, visit.shop_id)


def _put_banner(caller: Caller, form: PutBannerForm) -> PutBanner:
    """Put a banner in a place."""
    return PutBanner(
        id=form.id,
        place=form.place,
        title=_said(form.title),
        picture=form.picture,
        link=form.link,
        shown_from=form.shown_from,
        shown_until=form.shown_until,
        staff_id=caller.staff_id,
        seen=form.seen,
    )


def _remove_banner(caller: Caller, form: RemoveBannerForm) -> RemoveBanner:
    """Take the banner out of a place."""
    return RemoveBanner(id=form.id, place=form.place, staff_id=caller.staff_id)


def _put_page(caller: Caller, form: PutPageForm) -> PutPage:
    """Write a page. What is not safe to show is left out; the answer tells what was kept."""
    return PutPage(
        id=form.id,
        slug=form.slug,
        title=_said(form.title),
        html=_said(form.html),
        staff_id=caller.staff_id,
        seen=form.seen,
    )


def _put_shop(caller: Caller, form: PutShopForm) -> PutShop:
    """Write down the facts of the shop."""
    facts = Facts(
        logo=form.logo,
        notice=_said(form.notice),
        phone=form.phone.strip(),
        wechat_id=form.wechat_id,
        service_hours=_said(form.service_hours),
        address=_said(form.address),
        about=_said(form.about),
        licence_name=form.licence_name.strip(),
        licence_number=form.licence_number,
        licence_picture=form.licence_picture,
        promise=_said(form.promise),
        complaint=_said(form.complaint),
    )
    return PutShop(id=form.id, facts=facts, staff_id=caller.staff_id, seen=form.seen)


DOORS = (
    get("/api/home", HomeForm, _home, home.Home, who=Who.ANYONE),
    get("/api/shop", ShopForm, _shop, words.ShopView, who=Who.ANYONE),
    get("/api/page", PageForm, _page, words.PageView, who=Who.ANYONE),
    get("/api/staff/page", ShopForm, _words, words.StaffWords, who=Who.STAFF),
    command_door(
        "/api/staff/page/banner", PutBannerForm, _put_banner, messages.BannerPut, who=Who.STAFF
    ),
    command_door(
        "/api/staff/page/banner/remove",
        RemoveBannerForm,
        _remove_banner,
        messages.BannerRemoved,
        who=Who.STAFF,
    ),
    command_door(
        "/api/staff/page/page",
        PutPageForm,
        _put_page,
        messages.PagePut,
        who=Who.STAFF,
        body_bytes_max=PAGE_BYTES_MAX,
    ),
    command_door(
        "/api/staff/page/shop",
        PutShopForm,
        _put_shop,
        messages.ShopPut,
        who=Who.STAFF,
        body_bytes_max=PAGE_BYTES_MAX,
    ),
)
