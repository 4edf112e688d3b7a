"""Lists at the desk: columns, filters, pages by keyset, things done to many, and export.

A feature says what a list is made of, and gets the page, its export as CSV and XLSX, saved
views, selection and bulk actions, all looking and working alike.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.web import saved
from frontline.web.export import Sheet, download
from frontline.web.pages import About, DeskVisit, Download, Menu, Page, View, page


class Kind(StrEnum):
    """How a cell is written; numbers stand right, with their unit."""

    TEXT = "text"
    MONEY = "money"  # Minor units.
    COUNT = "count"
    RATE = "rate"  # Basis points.
    MOMENT = "moment"
    DAY = "day"
    STATE = "state"  # A coloured badge.
    PICTURE = "picture"  # Its address.


@dataclass(frozen=True, slots=True)
class Badge:
    words: Words
    colour: str  # Of Tabler: `green`, `orange`, `red`, `blue`, `secondary`.


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    label: Words
    of: Callable[[Any], Any]  # The cell's value, of a row.
    kind: Kind = Kind.TEXT
    link: Callable[[Any], str | None] | None = None
    states: Mapping[str, Badge] | None = None  # Of kind STATE, and written out in exports.
    on_phone: bool = True  # Also where there is little room.
    on_page: bool = True  # Else only in files, where there is room for all of it.


class Asks(StrEnum):
    CHOICE = "choice"
    WORDS = "words"
    DAY = "day"
    AMOUNT = "amount"


Choose = Callable[[DeskVisit], Awaitable[Sequence[tuple[str, Words]]]]
"""Choices that are read from the shop whenever the list is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    name: str  # Of the field of the list's form.
    label: Words
    asks: Asks
    choices: Sequence[tuple[str, Words]] | Choose = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """Done to the chosen rows: posted to an action of the feature as `ids` (tuple[UUID, ...])."""

    label: Words
    path: str
    sure: Words | None = None  # Asked before.
    opens: bool = False  # The answer is a page or a file of its own, as labels are.


@dataclass(frozen=True, slots=True)
class Found:
    rows: Sequence[Any]  # Each has `.id`.
    next: str | None  # Cursor of what follows.


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list. Its form has `after: Cursor | None = None`, `limit: Limit = 20`, and the filters."""

    path: str  # `/desk/orders`; exports at `/desk/orders/export?format=csv|xlsx&...`.
    title: Words
    form: type[msgspec.Struct]
    find: Callable[[DeskVisit, Any], Awaitable[Found]]
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    bulk: Sequence[Bulk] = ()
    menu: Menu | None = None
    empty: Words  # Said where there is nothing, with what to do.
    add: tuple[Words, str] | None = None  # The button for a new one: label and address.
    template: str | None = None  # Extends `desk/list.html`; None: that itself.
    marked: bool = False  # Whether something may wait about a row: what may be held, by its id.
    makes: tuple[Action, ...] = ()  # What is held when a row is to be made.


# -- Its pages ------------------------------------------------------------------------------

BACK_MAX = 20
"""So many pages may be turned back."""
SIZES = (20, 50, 100, 200)
"""So many rows a page; a list whose form begins with another number has that alone."""
_OWN = frozenset({"after", "back", "format", "limit"})
"""Fields of the address that are no filters."""


def pages_of(listing: Listing) -> tuple[Page, ...]:
    """The page of a list, and its export."""

    async def show(visit: DeskVisit, form: Any) -> View:
        found, choices = await listing.find(visit, form), await _choices(listing, visit)
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            views = await saved.of_list(transaction, listing.path, visit.known.staff_id)
        return _view(listing, visit, form, found, {"choices": choices, "saved": views})

    async def write(visit: DeskVisit, form: Any) -> Download:
        kind = dict(_given(visit)).get("format")
        return await download(Sheet(listing, visit, form), "xlsx" if kind == "xlsx" else "csv")

    return (
        page(listing.path, listing.form, show, menu=listing.menu),
        page(f"{listing.path}/export", listing.form, write),
    )


async def _choices(listing: Listing, visit: DeskVisit) -> dict[str, Sequence[tuple[str, Words]]]:
    return {
        one.name: await one.choices(visit) if callable(one.choices) else one.choices
        for one in listing.filters
    }


def _view(
    listing: Listing, visit: DeskVisit, form: Any, found: Found, more: Mapping[str, Any]
) -> View:
    given = _given(visit)
    filters = [(name, value) for name, value in given if name not in _OWN and value]
    back = [each for name, value in given if name == "back" for each in value.split(",")]
    after, limit = getattr(form, "after", None), getattr(form, "limit", SIZES[0])
    kept = [("limit", limit)] if limit in SIZES[1:] else []
    values: dict[str, Any] = {
        **more,
        "list": listing,
        "columns": [one for one in listing.columns if one.on_page],
        "limit": limit,
        "kept": kept,
        "sizes": _sizes(listing, filters),
        "rows": found.rows,
        "asked": dict(given),
        "query": urlencode(filters),
        "export_url": f"{listing.path}/export?{urlencode(filters)}{'&' if filters else ''}",
        "next": None,
        "previous": None,
    }
    if found.next is not None:
        trail = ",".join([*back, after or ""][-BACK_MAX:])
        turned = [*filters, *kept, ("after", found.next), ("back", trail)]
        values["next"] = f"{listing.path}?{urlencode(turned)}"
    if after is not None:
        turned = [*filters, *kept]
        if back and back[-1]:
            turned += [("after", back[-1]), ("back", ",".join(back[:-1]))]
        values["previous"] = f"{listing.path}?{urlencode(turned)}"
    ids = tuple(row.id for row in found.rows) if listing.marked else ()
    about = About(rows=ids, makes=listing.makes) if ids or listing.makes else None
    return View(listing.template or "desk/list.html", listing.title, values, about=about)


def _sizes(listing: Listing, filters: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    """How many rows a page may have, and where to find it so; none where there is no choice."""
    fields = {one.name: one for one in msgspec.structs.fields(listing.form)}
    if "limit" not in fields or fields["limit"].default != SIZES[0]:
        return []
    return [
        (size, f"{listing.path}?{urlencode([*filters, ('limit', size)])}")
        for size in SIZES
        if _takes(fields["limit"].type, size)
    ]


def _takes(kind: Any, size: int) -> bool:
    try:
        msgspec.convert(size, kind)
    except msgspec.ValidationError:
        return False
    return True


def _given(visit: DeskVisit) -> list[tuple[str, str]]:
    return parse_qsl(visit.own_url.partition("?")[2], keep_blank_values=True)
