"""Who asked to be forgotten, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import MemberId


@dataclass(slots=True)
class ErasureBook(Book):
    """An entry here means that no row of any feature tells any more who the member was."""

    erasures: Page[MemberId, datetime]

    def check(self) -> None:
        assert not self.erasures.altered(), "nobody is forgotten twice"


@dataclass(frozen=True, slots=True)
class ErasureKeys(Keys[ErasureBook]):
    member_ids: Iterable[MemberId]


class Affairs(msgspec.Struct, frozen=True):
    """What is not finished between a member and the shop."""

    orders: int  # To be paid, sent or received.
    refunds: int  # After-sale cases that are open, and money on its way back.


@dataclass(slots=True)
class AffairsBook(Book):
    """Read only."""

    affairs: Page[MemberId, Affairs]  # Of whoever is a member.

    def check(self) -> None:
        assert not self.affairs.added()
        assert not self.affairs.altered()


@dataclass(frozen=True, slots=True)
class AffairsKeys(Keys[AffairsBook]):
    member_ids: Iterable[MemberId]
