"""Lists at the desk: columns, filters, pages by keyset, things done to many, and export.

A feature says what a list is made of, and gets the page, its export as CSV and XLSX, saved
views, selection and bulk actions, all looking and working alike.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from frontline.kernel.text import Words
from frontline.web.pages import DeskVisit, Menu


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


class Asks(StrEnum):
    CHOICE = "choice"
    WORDS = "words"
    DAY = "day"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    name: str  # Of the field of the list's form.
    label: Words
    asks: Asks
    choices: Sequence[tuple[str, Words]] = ()


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
