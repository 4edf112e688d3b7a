"""The shop's own words as rows: facts, pages, banners in their places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.shop.page.messages import PLACES_MAX, BannerId, Facts, Said, Slug


class Banner(msgspec.Struct, frozen=True, kw_only=True):
    id: BannerId
    title: Said
    picture: str
    link: str
    shown_from: datetime | None
    shown_until: datetime | None


class Written(msgspec.Struct, frozen=True):
    title: Said
    html: Said  # Clean.
    updated_at: datetime


class Front(msgspec.Struct, frozen=True):
    facts: Facts
    demo: bool
    updated_at: datetime


SHOP = "shop"
"""The one row of facts there is."""


@dataclass(slots=True)
class WordsBook(Book):
    banners: Page[int, Banner | None]  # By place; None: there is none.
    pages: Page[Slug, Written]
    fronts: Page[str, Front]

    def check(self) -> None:
        for place, banner in self.banners.rows().items():
            assert 1 <= place <= PLACES_MAX
            if banner is not None and banner.shown_from and banner.shown_until:
                assert banner.shown_from < banner.shown_until
        assert all(written.html.zh for written in self.pages.rows().values())
        assert self.fronts.rows().keys() <= {SHOP}


@dataclass(frozen=True, slots=True)
class WordsKeys(Keys[WordsBook]):
    places: Iterable[int] = ()
    slugs: Iterable[Slug] = ()
    facts: bool = False
