"""What was searched for, and which words mean the same. No locks.

A word is shown once two people or more have searched for it within a week.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import text

from frontline.shop.catalog.text import has_characters, patterns
from frontline.store.database import Transaction

MISSED_SHOWN = 5
SHORTER_MAX = 24  # Shorter wordings of one search that are tried.
_LEAST = 2  # Characters: one alone is found in too much.


class Order(StrEnum):
    MOST = "most"
    MISSED = "missed"


class Outcome(StrEnum):
    MISSED = "missed"  # Never found anything.
    PARTLY = "partly"
    FOUND = "found"


class Sought(NamedTuple):
    """A word over some days."""

    word: str
    searches: int
    without: int
    searchers: int
    """People, about; who searches in two weeks counts twice."""
    last: date
    means: str | None  # Its synonym.

    @property
    def id(self) -> str:
        return self.word

    @property
    def outcome(self) -> Outcome:
        if not self.without:
            return Outcome.FOUND
        return Outcome.MISSED if self.without == self.searches else Outcome.PARTLY


class SoughtOn(NamedTuple):
    """A day: of one word, or of all."""

    day: date
    searches: int
    without: int


class SynonymView(NamedTuple):
    word: str
    means: str
    name: str  # Of the member of staff.
    at: datetime


# 256 marks, of which m are set by n people: n is about -256 ln(1 - m/256).
_SOUGHT = """
    SELECT w.word, CAST(sum(w.searches) AS bigint) AS searches,
           CAST(sum(w.without) AS bigint) AS without,
           CAST(least(sum(w.searches), sum(round(-256 * ln(1 - least(w.marks, 255) / 256.0))))
                AS bigint) AS searchers,
           max(w.last) AS last
    FROM (
        SELECT word, sum(searches) AS searches, sum(without) AS without,
               bit_count(bit_or(marks)) AS marks, max(day) AS last
        FROM search_word
        WHERE shop_id = :shop_id AND day BETWEEN CAST(:first AS date) AND CAST(:last AS date)
          AND (CAST(:part AS text) IS NULL OR strpos(word, CAST(:part AS text)) > 0)
        GROUP BY word, day - CAST(extract(isodow FROM day) AS int)) AS w
    GROUP BY w.word
    HAVING max(w.marks) >= 2
"""


def _page(key: str) -> str:
    # Put together of pieces that stand here.
    return f"""
    SELECT f.word, f.searches, f.without, f.searchers, f.last, s.means FROM ({_SOUGHT}) AS f
    LEFT JOIN search_synonym AS s ON s.shop_id = :shop_id AND s.word = f.word
    WHERE (CAST(:outcome AS text) IS NULL OR CAST(:outcome AS text) = CASE
               WHEN f.without = 0 THEN 'found' WHEN f.without = f.searches THEN 'missed'
               ELSE 'partly' END)
      AND (CAST(:after_word AS text) IS NULL OR {key} < CAST(:after_key AS bigint)
           OR ({key} = :after_key AND f.word > CAST(:after_word AS text)))
    ORDER BY {key} DESC, f.word LIMIT CAST(:rows_max AS int)
    """  # noqa: S608


_PAGES = {Order.MOST: text(_page("f.searches")), Order.MISSED: text(_page("f.without"))}
_MISSED = text(f"""
    SELECT f.word, f.searches, f.without, f.searchers, f.last, NULL AS means FROM ({_SOUGHT}) AS f
    WHERE f.without > 0 AND NOT EXISTS (
        SELECT 1 FROM search_synonym AS s WHERE s.shop_id = :shop_id AND s.word = f.word)
    ORDER BY f.searchers DESC, f.without DESC, f.word LIMIT CAST(:rows_max AS int)
""")  # noqa: S608 - put together of pieces that stand above
_DAYS = text("""
    SELECT day, searches, without FROM search_day
    WHERE shop_id = :shop_id AND day BETWEEN CAST(:first AS date) AND CAST(:last AS date)
    ORDER BY day
""")
_DAYS_OF_WORD = text("""
    SELECT day, searches, without FROM search_word
    WHERE shop_id = :shop_id AND word = CAST(:word AS text)
      AND day BETWEEN CAST(:first AS date) AND CAST(:last AS date)
    ORDER BY day
""")
_SYNONYMS = text("""
    SELECT y.word, y.means, coalesce(s.name, '') AS name, y.at FROM search_synonym AS y
    LEFT JOIN staff AS s ON s.shop_id = y.shop_id AND s.id = y.staff_id
    WHERE y.shop_id = :shop_id ORDER BY y.at DESC, y.word
""")
_FOUND = text("""
    SELECT v.number FROM unnest(CAST(:numbers AS int[]), CAST(:patterns AS text[]),
                                CAST(:others AS text[])) AS v (number, pattern, others)
    WHERE EXISTS (
        SELECT 1 FROM product_sought AS p
        WHERE p.shop_id = :shop_id AND p.on_sale AND p.search LIKE v.pattern
          AND p.search LIKE ALL(string_to_array(v.others, chr(31))))
""")


def until(today: date, days: int) -> tuple[date, date]:
    """The first and the last of so many days."""
    return today - timedelta(days=days - 1), today


async def page(  # noqa: PLR0913 - a list has this many filters
    transaction: Transaction,
    first: date,
    last: date,
    *,
    part: str | None = None,
    outcome: Outcome | None = None,
    order: Order = Order.MOST,
    after: tuple[int, str] | None = None,
    limit: int,
) -> tuple[list[Sought], tuple[int, str] | None]:
    """Words of these days, and where the next page begins."""
    key, word = after or (None, None)
    rows = await transaction.read(
        _PAGES[order],
        first=first,
        last=last,
        part=part,
        outcome=outcome,
        after_key=key,
        after_word=word,
        rows_max=limit + 1,
    )
    found = [Sought(*row) for row in rows]
    if len(found) <= limit:
        return found, None
    end = found[limit - 1]
    return found[:limit], (end.searches if order is Order.MOST else end.without, end.word)


async def one(transaction: Transaction, word: str, first: date, last: date) -> Sought | None:
    """None also while only one person has searched for it."""
    rows, _ = await page(transaction, first, last, part=word, limit=1_000)
    return next((it for it in rows if it.word == word), None)


async def missed(
    transaction: Transaction, first: date, last: date, most: int = MISSED_SHOWN
) -> list[tuple[Sought, str | None]]:
    """What most people looked for and still would not find; with a shorter word that is found."""
    rows = await transaction.read(_MISSED, first=first, last=last, part=None, rows_max=most * 4)
    tried = [Sought(*row) for row in rows]
    there = await _found(transaction, [one.word for one in tried])
    still = [one for one in tried if one.word not in there][:most]
    shorter = {one.word: _shorter(one.word) for one in still}
    found = await _found(transaction, [each for some in shorter.values() for each in some])
    return [
        (one, next((each for each in shorter[one.word] if each in found), None)) for one in still
    ]


async def found_shorter(transaction: Transaction, word: str) -> str | None:
    """The longest part of a word that finds something."""
    tried = _shorter(word)
    found = await _found(transaction, tried)
    return next((each for each in tried if each in found), None)


def _shorter(word: str) -> list[str]:
    """The longest first: Chinese without its end or its beginning, other languages by words."""
    parts = list(word) if has_characters(word) else word.split()
    least = _LEAST if has_characters(word) else 1
    between = "" if has_characters(word) else " "
    found: list[str] = []
    for size in range(len(parts) - 1, least - 1, -1):
        for some in (parts[:size], parts[-size:]):
            joined = between.join(some).strip()
            if len(joined) >= _LEAST and joined not in found:
                found.append(joined)
    return found[:SHORTER_MAX]


async def _found(transaction: Transaction, words: Sequence[str]) -> set[str]:
    """Those that find something that is on sale, word for word."""
    asked = {word: some for word in words if (some := patterns(word))}
    rows = await transaction.rows(
        _FOUND,
        numbers=range(len(asked)),
        patterns=[some[0] for some in asked.values()],
        others=["\x1f".join(some[1:]) for some in asked.values()],
    )
    names = list(asked)
    return {names[row.number] for row in rows}


async def days(
    transaction: Transaction, first: date, last: date, word: str | None = None
) -> list[SoughtOn]:
    """Days that had any."""
    if word is None:
        rows = await transaction.read(_DAYS, first=first, last=last)
    else:
        rows = await transaction.read(_DAYS_OF_WORD, first=first, last=last, word=word)
    return [SoughtOn(*row) for row in rows]


async def synonyms(transaction: Transaction) -> list[SynonymView]:
    """The newest first; at most SYNONYMS_MAX."""
    return [SynonymView(*row) for row in await transaction.read(_SYNONYMS)]


def sums(those: Iterable[SoughtOn]) -> tuple[int, int]:
    """Searches, and those without a result."""
    found = list(those)
    return sum(one.searches for one in found), sum(one.without for one in found)
