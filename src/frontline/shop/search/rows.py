"""Search rows. Whoever counts has the day locked, so of its words no two are added twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.search.book import (
    ALL,
    KEPT,
    MARKS,
    Count,
    Day,
    Place,
    SearchBook,
    SearchKeys,
    Synonym,
    SynonymBook,
    SynonymKeys,
    week_of,
)
from frontline.store.database import Transaction

_LOCK_DAYS = text("""
    SELECT day, words, searches, without FROM search_day
    WHERE shop_id = :shop_id AND day = ANY(CAST(:days AS date[]))
    ORDER BY day FOR NO KEY UPDATE
""")
_SALTS = text("""
    SELECT week, salt FROM search_salt
    WHERE shop_id = :shop_id AND week = ANY(CAST(:weeks AS date[]))
""")
_LOCK_WORDS = text("""
    SELECT w.day, w.word, w.searches, w.without, CAST(w.marks AS text) AS marks
    FROM search_word AS w
    JOIN unnest(CAST(:days AS date[]), CAST(:words AS text[])) AS k (day, word)
      ON w.day = k.day AND w.word = k.word
    WHERE w.shop_id = :shop_id
    ORDER BY w.day, w.word FOR NO KEY UPDATE OF w
""")
# Plain inserts on purpose: of two processes that both begin a day one must run again.
_ADD_DAYS = text("""
    INSERT INTO search_day (shop_id, day, words, searches, without)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:days AS date[]), CAST(:words AS int[]), CAST(:searches AS bigint[]),
                CAST(:without AS bigint[]))
""")
_COUNT_DAYS = text("""
    UPDATE search_day AS d
    SET words = d.words + n.words, searches = d.searches + n.searches,
        without = d.without + n.without
    FROM unnest(CAST(:days AS date[]), CAST(:words AS int[]), CAST(:searches AS bigint[]),
                CAST(:without AS bigint[])) AS n (day, words, searches, without)
    WHERE d.shop_id = :shop_id AND d.day = n.day
""")
_ADD_WORDS = text("""
    INSERT INTO search_word (shop_id, day, word, searches, without, marks)
    SELECT CAST(:shop_id AS bigint), n.day, n.word, n.searches, n.without,
           CAST(n.marks AS bit(256))
    FROM unnest(CAST(:days AS date[]), CAST(:words AS text[]), CAST(:searches AS bigint[]),
                CAST(:without AS bigint[]), CAST(:marks AS text[]))
         AS n (day, word, searches, without, marks)
""")
_COUNT_WORDS = text("""
    UPDATE search_word AS w
    SET searches = w.searches + n.searches, without = w.without + n.without,
        marks = w.marks | CAST(n.marks AS bit(256))
    FROM unnest(CAST(:days AS date[]), CAST(:words AS text[]), CAST(:searches AS bigint[]),
                CAST(:without AS bigint[]), CAST(:marks AS text[]))
         AS n (day, word, searches, without, marks)
    WHERE w.shop_id = :shop_id AND w.day = n.day AND w.word = n.word
""")
_ADD_SALTS = text("""
    INSERT INTO search_salt (shop_id, week, salt)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:weeks AS date[]), CAST(:salts AS bytea[]))
""")
_FORGET_SALTS = text("""
    DELETE FROM search_salt WHERE shop_id = :shop_id AND week < CAST(:week AS date)
""")
_FORGET_WORDS = text("""
    DELETE FROM search_word WHERE shop_id = :shop_id AND day < CAST(:day AS date)
""")
_FORGET_DAYS = text("""
    DELETE FROM search_day WHERE shop_id = :shop_id AND day < CAST(:day AS date)
""")


async def load(transaction: Transaction, keys: SearchKeys) -> SearchBook:
    days, places = set(keys.days), set(keys.places)
    whole = await transaction.rows(_LOCK_DAYS, days=days)
    salts = await transaction.rows(_SALTS, weeks={week_of(day) for day in days})
    words = await transaction.rows(
        _LOCK_WORDS, days=[one.day for one in places], words=[one.word for one in places]
    )
    return SearchBook(
        Page({row.day: Day(row.words, row.searches, row.without) for row in whole}),
        Page({row.week: row.salt for row in salts}),
        Page(
            {
                Place(row.day, row.word): Count(row.searches, row.without, int(row.marks, 2))
                for row in words
            }
        ),
    )


async def store(transaction: Transaction, book: SearchBook) -> None:
    begun = book.days.added()
    transaction.write_later(_ADD_DAYS, days=begun, **_day_columns(begun.values()))
    changed = book.days.altered()
    more = [Day(*map(int.__sub__, new, old)) for old, new in changed.values()]
    transaction.write_later(_COUNT_DAYS, days=changed, **_day_columns(more))
    added = book.counts.added()
    transaction.write_later(_ADD_WORDS, **_places(added), **_columns(added.values()))
    altered = book.counts.altered()
    counted = [
        Count(new.searches - old.searches, new.without - old.without, new.marks)
        for old, new in altered.values()
    ]
    transaction.write_later(_COUNT_WORDS, **_places(altered), **_columns(counted))
    salts = book.salts.added()
    transaction.write_later(_ADD_SALTS, weeks=salts, salts=list(salts.values()))
    if salts:
        await transaction.read(_FORGET_SALTS, week=max(salts))
    if begun:  # Once a day.
        await transaction.read(_FORGET_WORDS, day=max(begun) - KEPT)
        await transaction.read(_FORGET_DAYS, day=max(begun) - KEPT)


def _day_columns(days: Iterable[Day]) -> dict[str, list[Any]]:
    rows = list(days)
    return {
        "words": [one.words for one in rows],
        "searches": [one.searches for one in rows],
        "without": [one.without for one in rows],
    }


def _places(places: Iterable[Place]) -> dict[str, list[Any]]:
    rows = list(places)
    return {"days": [one.day for one in rows], "words": [one.word for one in rows]}


def _columns(counts: Iterable[Count]) -> dict[str, list[Any]]:
    rows = list(counts)
    return {
        "searches": [one.searches for one in rows],
        "without": [one.without for one in rows],
        "marks": [f"{one.marks:0{MARKS}b}" for one in rows],
    }


SHELF = Shelf(keys=SearchKeys, load=load, store=store, lock=Lock.CATALOG)

# -- Synonyms -----------------------------------------------------------------------------

_LOCK_SYNONYMS = text("""
    SELECT word, means, staff_id, at FROM search_synonym
    WHERE shop_id = :shop_id ORDER BY word FOR NO KEY UPDATE
""")
_ADD_SYNONYMS = text("""
    INSERT INTO search_synonym (shop_id, word, means, staff_id, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:words AS text[]), CAST(:means AS text[]), CAST(:staff_ids AS uuid[]),
                CAST(:at AS timestamptz[]))
""")
_CHANGE_SYNONYMS = text("""
    UPDATE search_synonym AS s SET means = n.means, staff_id = n.staff_id, at = n.at
    FROM unnest(CAST(:words AS text[]), CAST(:means AS text[]), CAST(:staff_ids AS uuid[]),
                CAST(:at AS timestamptz[])) AS n (word, means, staff_id, at)
    WHERE s.shop_id = :shop_id AND s.word = n.word
""")
_DROP_SYNONYMS = text("""
    DELETE FROM search_synonym
    WHERE shop_id = :shop_id AND word = ANY(CAST(:words AS text[]))
""")


async def load_synonyms(transaction: Transaction, keys: SynonymKeys) -> SynonymBook:
    rows = await transaction.read(_LOCK_SYNONYMS) if keys.wanted else ()
    return SynonymBook(Page({ALL: {row.word: Synonym(*row[1:]) for row in rows}}))


async def store_synonyms(transaction: Transaction, book: SynonymBook) -> None:
    old, new = book.shop.before[ALL], book.synonyms
    added = [(word, one) for word, one in new.items() if word not in old]
    await transaction.write(_ADD_SYNONYMS, **_synonym_columns(added))
    changed = [(word, one) for word, one in new.items() if word in old and old[word] != one]
    await transaction.write(_CHANGE_SYNONYMS, **_synonym_columns(changed))
    await transaction.write(_DROP_SYNONYMS, words=[word for word in old if word not in new])


def _synonym_columns(synonyms: list[tuple[str, Synonym]]) -> dict[str, list[Any]]:
    return {
        "words": [word for word, _ in synonyms],
        "means": [one.means for _, one in synonyms],
        "staff_ids": [one.staff_id for _, one in synonyms],
        "at": [one.at for _, one in synonyms],
    }


SYNONYMS = Shelf(keys=SynonymKeys, load=load_synonyms, store=store_synonyms, lock=Lock.CATALOG)
