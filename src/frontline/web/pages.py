"""Pages for staff: how a feature says which it has, and what they may answer.

A feature's `pages.py` holds `PAGES`, a tuple of what `page` and `action` make, and its Jinja
templates lie in `templates/` beside it. `frontline.desk` serves them below /desk/ to who is
signed in there: it makes forms out of queries and posted fields, frames the answers, turns
refusals into what people read, and builds the menu. Ids stand in the query, never in the path.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.web.door import Visit, Who
from frontline.web.shops import Shop

FormT = TypeVar("FormT", bound=msgspec.Struct)
UPLOAD_BYTES_MAX = 16 * 2**20


class Nothing(msgspec.Struct, frozen=True):
    """The form of a page that is told nothing."""


# -- What forms hold, beside what msgspec knows ------------------------------------------------


class Amount(int):
    """Money typed as people do (`12.50`); minor units of the shop's currency."""


class Rate(int):
    """A percentage typed as people do (`12.5`); basis points."""


class Upload(msgspec.Struct, frozen=True):
    """A file that was sent with a form."""

    name: str
    media_type: str
    content: bytes


# `datetime` in a form is a shop-local `2026-11-11T09:30`, made aware; `X | None` takes an empty
# field for None; a tuple takes a field that is there several times, or not at all.


# -- Who is there -------------------------------------------------------------------------------


class DeskVisit(Visit, frozen=True):
    """A request of somebody who is signed in at the desk."""

    shop: Shop
    name: str  # Of the member of staff.
    own_url: str  # Path and query of the page that is looked at.

    def t(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    @property
    def money_unit(self) -> str:
        """What amounts are in, as people write it beside a number."""
        currency = self.shop.currency
        return "元" if currency == "CNY" and self.language == "zh" else currency


# -- What pages answer --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a page is about: so whoever knows something of that can say it on top of the page."""

    ids: tuple[UUID, ...] = ()  # Of an order, a product and its SKUs, a campaign ...
    makes: tuple[Action, ...] = ()  # What is asked for here has no page of its own before it is.
    rows: tuple[UUID, ...] = ()  # Of a list: each may bear a mark.


@dataclass(frozen=True, slots=True)
class Beside:
    """What a feature says to it."""

    view: View | None = None  # A bare one, on top of the page.
    marks: Mapping[UUID, Words] = field(default_factory=dict)  # In rows of the list, by their id.
    feature: str = ""  # Whose it is; filled in by the frame, which says it anew when that changes.


@dataclass(frozen=True, slots=True)
class View:
    """A page, or with `bare` a piece of one, out of a template of the feature.

    Templates extend `desk/page.html` and fill `main`; they see `values`, `visit`, `t(zh, en)`,
    `csrf`, `new_id()`, and the filters `money`, `count`, `rate`, `moment`, `day`, `ago`.
    """

    template: str
    title: Words
    values: Mapping[str, Any] = field(default_factory=dict)
    bare: bool = False
    status: int = 200
    about: About | None = None
    beside: tuple[Beside, ...] = ()  # Put there by the frame.


@dataclass(frozen=True, slots=True)
class Download:
    name: str
    media_type: str
    content: bytes | AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Go:
    """To another page."""

    url: str


@dataclass(frozen=True, slots=True)
class Done:
    """What an action has done: told in a toast, on the page `go`, or with `view` put in place.

    Without either the page that was looked at is shown anew.
    """

    said: Words
    go: str | None = None
    view: View | None = None
    undo: Undo | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """Another action that takes it back; offered in the toast."""

    path: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Invalid:
    """What was filled in will not do. Shown at the fields, the rest of the form untouched."""

    errors: Mapping[str, Words]  # By field; "" is the whole form.


Answer = View | Download | Go | Done | Invalid | Any | None
"""None is 404. Anything else is an outcome of a command: with `refusal` its text is shown and
nothing else changes on the page; `Held` says that it waits as a proposal, with the way there."""


# -- What a feature says ------------------------------------------------------------------------


class Group(StrEnum):
    """Headings of the menu, in this order."""

    FRONT = "front"  # 一线
    TRADE = "trade"  # 交易
    GOODS = "goods"  # 商品
    PLAY = "play"  # 营销
    MEMBERS = "members"  # 客户
    COMPANY = "company"  # 公司
    SHOP = "shop"  # 店铺


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    group: Group
    label: Words
    icon: str  # Of Tabler's outline icons: `truck-delivery`.
    place: int = 50  # Within the group.
    badge: Callable[[DeskVisit], Awaitable[int]] | None = None  # How many wait; at most 100.


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page (GET) or an action (POST) of the desk."""

    method: str
    path: str  # Below /desk/.
    who: Who  # STAFF or OWNER.
    form: type[msgspec.Struct]
    act: Callable[[DeskVisit, Any], Awaitable[Answer]]
    menu: Menu | None = None
    area: str = ""  # What one must be let into; empty: the feature's name.


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something found by the search at the top of every page."""

    kind: Words
    title: str
    about: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A card of the owner's screen: a bare View, or None where there is nothing to say."""

    place: int
    act: Callable[[DeskVisit], Awaitable[View | None]]


def page(  # noqa: PLR0913 - a page has this many sides
    path: str,
    form: type[FormT],
    act: Callable[[DeskVisit, FormT], Awaitable[Answer]],
    *,
    who: Who = Who.STAFF,
    menu: Menu | None = None,
    area: str = "",
) -> Page:
    """What is looked at."""
    return Page(method="GET", path=path, who=who, form=form, act=act, menu=menu, area=area)


def action(
    path: str,
    form: type[FormT],
    act: Callable[[DeskVisit, FormT], Awaitable[Answer]],
    *,
    who: Who = Who.STAFF,
    area: str = "",
) -> Page:
    """What is done. Its form holds `id: UUID`, minted with the page: sent twice, done once."""
    return Page(method="POST", path=path, who=who, form=form, act=act, area=area)
