"""Writing the shop's own words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from frontline.kernel.load import Load
from frontline.kernel.seen import Facts as Seen
from frontline.kernel.seen import changed_since
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.page.book import SHOP, Banner, Front, WordsBook, WordsKeys, Written
from frontline.shop.page.messages import (
    BannerPut,
    BannerRemoved,
    Facts,
    MoveBanner,
    Outcome,
    PagePut,
    PutBanner,
    PutPage,
    PutShop,
    Refusal,
    Refused,
    RemoveBanner,
    Request,
    Said,
    ShopPut,
)
from frontline.shop.page.seen import (
    THE_SHOP,
    banner_facts,
    page_facts,
    page_id,
    place_id,
    shop_facts,
)
from frontline.shop.page.text import cleaned, shows


async def gather(batch: Sequence[Request], load: Load) -> WordsBook:
    return await load(
        WordsKeys(
            places={
                place
                for one in batch
                if isinstance(one, PutBanner | RemoveBanner | MoveBanner)
                for place in ((one.place, one.to) if isinstance(one, MoveBanner) else (one.place,))
            },
            slugs={one.slug for one in batch if isinstance(one, PutPage)},
            facts=any(isinstance(one, PutShop) for one in batch),
        )
    )


def decide(book: WordsBook, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(tuple(_answer(book, one, moment.now, notes) for one in batch), notes)


def _answer(book: WordsBook, command: Request, now: datetime, notes: Notes) -> Outcome:
    if isinstance(command, PutBanner | PutPage | PutShop):
        changed = changed_since(command.seen, _facts(book, command))
        if changed is not None:
            return changed
    outcome = _write(book, command, now)
    if not isinstance(outcome, Refused):
        for thing_id in _things(command):
            notes.edited(thing_id, command.staff_id)
    return outcome


def _facts(book: WordsBook, command: PutBanner | PutPage | PutShop) -> Seen:
    match command:
        case PutBanner():
            return banner_facts(book.banners.get(command.place))
        case PutPage():
            return page_facts(command.slug, book.pages.get(command.slug))
        case PutShop():
            front = book.fronts.get(SHOP)
            return shop_facts(Facts() if front is None else front.facts)


def _things(command: Request) -> tuple[UUID, ...]:
    match command:
        case PutBanner() | RemoveBanner():
            return (place_id(command.place),)
        case MoveBanner():
            return place_id(command.place), place_id(command.to)
        case PutPage():
            return (page_id(command.slug),)
        case PutShop():
            return (THE_SHOP,)


def _write(
    book: WordsBook, command: Request, now: datetime
) -> BannerPut | BannerRemoved | PagePut | ShopPut | Refused:
    match command:
        case PutBanner():
            return _put_banner(book, command)
        case RemoveBanner():
            if book.banners.get(command.place) is None:
                return Refused(Refusal.BANNER_UNKNOWN)
            book.banners[command.place] = None
            return BannerRemoved(command.place)
        case MoveBanner():
            return _move_banner(book, command)
        case PutPage():
            return _put_page(book, command, now)
        case PutShop():
            return _put_shop(book, command, now)


def _put_banner(book: WordsBook, command: PutBanner) -> BannerPut | Refused:
    begins, ends = command.shown_from, command.shown_until
    if begins is not None and ends is not None and begins >= ends:
        return Refused(Refusal.BANNER_WINDOW_INVALID)
    book.banners[command.place] = Banner(
        id=command.id,
        title=command.title,
        picture=command.picture,
        link=command.link,
        shown_from=begins,
        shown_until=ends,
    )
    return BannerPut(command.place)


def _move_banner(book: WordsBook, command: MoveBanner) -> BannerPut | Refused:
    moved = book.banners.get(command.place)
    if moved is None:
        return Refused(Refusal.BANNER_UNKNOWN)
    book.banners[command.place] = book.banners.get(command.to)
    book.banners[command.to] = moved
    return BannerPut(command.to)


def _put_page(book: WordsBook, command: PutPage, now: datetime) -> PagePut | Refused:
    html = Said(cleaned(command.html.zh), cleaned(command.html.en))
    if not (command.title.zh and shows(html.zh)):
        return Refused(Refusal.PAGE_EMPTY)
    book.pages[command.slug] = Written(command.title, html, now)
    return PagePut(command.slug, html)


def _put_shop(book: WordsBook, command: PutShop, now: datetime) -> ShopPut | Refused:
    facts = command.facts
    if bool(facts.licence_name) != bool(facts.licence_number):
        return Refused(Refusal.LICENCE_INCOMPLETE)
    demo = command.demo
    if demo is None:
        front = book.fronts.get(SHOP)
        demo = front is not None and front.demo
    book.fronts[SHOP] = Front(facts, demo, now)
    return ShopPut(now)
