"""Searches counted by day and word, and the shop's synonyms.

Who searched is known by a mark only: one of 256 places, drawn from the searcher and the word with
a salt that is thrown away after its week. Marks of a word are put together, so their number tells
how many people it was in a week; from which person a mark came nobody can tell afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import StaffId
from frontline.shop.search.messages import Asked

WORDS_A_DAY_MAX = 2_000
SYNONYMS_MAX = 500
MARKS = 256
KEPT = timedelta(days=400)


class Day(NamedTuple):
    """All searches of a day in a shop."""

    words: int = 0  # That are kept by themselves.
    searches: int = 0
    without: int = 0


class Place(NamedTuple):
    day: date
    word: str


class Count(NamedTuple):
    searches: int = 0
    without: int = 0
    marks: int = 0  # MARKS bits.


def week_of(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


def mark(searcher: str, word: str, salt: bytes) -> int:
    """One bit of MARKS."""
    digest = blake2b(f"{word}\0{searcher}".encode(), digest_size=2, key=salt).digest()
    return 1 << int.from_bytes(digest, "big") % MARKS


@dataclass(slots=True)
class SearchBook(Book):
    days: Page[date, Day]
    salts: Page[date, bytes]  # By week.
    counts: Page[Place, Count]

    def record(self, day: date, searches: int, without: int, seed: int) -> bytes:
        """All that was searched for; the salt of its week, new of the seed if there is none."""
        before = self.days.get(day) or Day()
        self.days[day] = Day(before.words, before.searches + searches, before.without + without)
        week = week_of(day)
        if self.salts.get(week) is None:
            self.salts[week] = seed.to_bytes(8, "big")
        return self.salts[week]

    def count(self, day: date, asked: Asked, salt: bytes) -> None:
        """A word by itself, if it is one of the first of its day. After `record`."""
        place, whole = Place(day, asked.word), self.days[day]
        before = self.counts.get(place)
        if before is None and whole.words >= WORDS_A_DAY_MAX:
            return
        if before is None:
            self.days[day] = Day(whole.words + 1, whole.searches, whole.without)
            before = Count()
        marks = before.marks
        for searcher in asked.searchers:
            marks |= mark(searcher, asked.word, salt)
        self.counts[place] = Count(
            before.searches + asked.searches, before.without + asked.without, marks
        )

    def check(self) -> None:
        for day in self.days.rows().values():
            assert 0 <= day.words <= WORDS_A_DAY_MAX
            assert 0 <= day.without <= day.searches
        for count in self.counts.rows().values():
            assert 0 <= count.without <= count.searches
            assert 0 <= count.marks.bit_count() <= min(count.searches, MARKS)


@dataclass(frozen=True, slots=True)
class SearchKeys(Keys[SearchBook]):
    """With their days, and the salts of their weeks."""

    days: Iterable[date]
    places: Iterable[Place]


class Synonym(NamedTuple):
    means: str
    staff_id: StaffId
    at: datetime


Synonyms = Mapping[str, Synonym]
"""By the word that is said."""
ALL = 0


@dataclass(slots=True)
class SynonymBook(Book):
    shop: Page[int, Synonyms]  # All of the shop's, as ALL.

    @property
    def synonyms(self) -> Synonyms:
        return self.shop[ALL]

    def put(self, word: str, synonym: Synonym) -> None:
        self.shop[ALL] = {**self.synonyms, word: synonym}

    def drop(self, word: str) -> None:
        self.shop[ALL] = {said: one for said, one in self.synonyms.items() if said != word}

    def check(self) -> None:
        assert len(self.synonyms) <= SYNONYMS_MAX
        assert all(one.means and one.means != word for word, one in self.synonyms.items())


@dataclass(frozen=True, slots=True)
class SynonymKeys(Keys[SynonymBook]):
    wanted: bool = True
