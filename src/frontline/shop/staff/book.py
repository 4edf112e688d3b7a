"""How often somebody has tried a password of late.

Tries are counted by a digest of the name, whether or not somebody is called so: nobody learns
from it which names there are, and 65,536 rows are the most that a stranger can fill.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from frontline.kernel.book import Book, Keys, Page

TRIES_MAX = 5
SLOTS = 65_536


class Tries(msgspec.Struct, frozen=True):
    since: datetime  # When the first of them was made.
    count: int


@dataclass(slots=True)
class TriesBook(Book):
    tries: Page[int, Tries]

    def check(self) -> None:
        for slot, tries in self.tries.rows().items():
            assert 0 <= slot < SLOTS
            assert 0 <= tries.count <= TRIES_MAX


@dataclass(frozen=True, slots=True)
class TriesKeys(Keys[TriesBook]):
    slots: Iterable[int]
