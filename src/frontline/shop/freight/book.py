"""Freight: what carriage costs, by where it goes and how much there is of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import Fen


class Measure(StrEnum):
    PIECE = "piece"
    WEIGHT = "weight"  # Grams.


class Rate(msgspec.Struct, frozen=True):
    """`first_fee` for up to `first` units, then `more_fee` for each begun `more` units."""

    first: int
    first_fee: Fen
    more: int
    more_fee: Fen
    free_from: Fen | None = None  # Goods worth this much go free.

    def fee(self, units: int, goods: Fen) -> Fen:
        if self.free_from is not None and goods >= self.free_from:
            return Fen(0)
        beyond = max(0, units - self.first)
        return Fen(self.first_fee + -(-beyond // self.more) * self.more_fee)


class Template(msgspec.Struct, frozen=True):
    id: UUID
    measure: Measure
    elsewhere: Rate | None  # None: nothing is sent to regions that are not named.
    regions: Mapping[str, Rate | None] = {}
    """By region code, the longest prefix wins: 44 a province, 4403 a city, 440305 a district.
    None: not sent there."""

    def rate_to(self, region_code: str) -> Rate | None:
        for length in (6, 4, 2):
            if (code := region_code[:length]) in self.regions:
                return self.regions[code]
        return self.elsewhere


@dataclass(slots=True)
class FreightBook(Book):
    templates: Page[UUID, Template]  # Read only.

    def check(self) -> None:
        assert not self.templates.added()
        assert not self.templates.altered()


@dataclass(frozen=True, slots=True)
class FreightKeys(Keys[FreightBook]):
    template_ids: Iterable[UUID]
