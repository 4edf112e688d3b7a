"""The laws of the house, for searches and synonyms; and what their books keep to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import scenery
from laws_of import prove, prove_stored
from scenery import MEMBERS, STAFF
from sqlalchemy import text

from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command, StaffId
from frontline.shop.search import book, rows
from frontline.shop.search.book import (
    ALL,
    Count,
    Day,
    Place,
    SearchBook,
    SearchKeys,
    SynonymBook,
    SynonymKeys,
    mark,
    week_of,
)
from frontline.shop.search.feature import COUNTING, SYNONYMS
from frontline.shop.search.messages import (
    Asked,
    DropSynonym,
    PutSynonym,
    RecordSearches,
    Refusal,
)
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part

FRIDAY = date(2026, 1, 2)
WORDS = ["曲奇", "曲奇饼", "tea", "番茄", "西红柿"]


def _lay(_: Random) -> World:
    return World(
        {
            SearchKeys: SearchBook(Page({}), Page({}), Page({})),
            SynonymKeys: SynonymBook(Page({ALL: {}})),
        }
    )


def _searches(chance: Random, _world: World, _now: datetime, id_: UUID) -> Command[Any]:
    words = []
    for word in chance.sample(WORDS, chance.randint(0, 3)):
        searches = chance.randint(1, 4)
        who = tuple(str(one) for one in chance.sample(MEMBERS, chance.randint(1, min(searches, 3))))
        words.append(Asked(word, searches, chance.randint(0, searches), who))
    others = chance.randint(0, 2)
    return RecordSearches(
        id=id_,
        day=FRIDAY + timedelta(days=chance.choice([0, 0, 1])),
        searches=sum(one.searches for one in words) + others,
        without=sum(one.without for one in words) + others,
        words=tuple(words),
    )


def _synonym(chance: Random, world: World, _now: datetime, id_: UUID) -> Command[Any]:
    word = chance.choice([*WORDS, " TEA ", "?!"])
    if chance.random() < 0.4:
        return DropSynonym(id=id_, word=word, staff_id=StaffId(STAFF))
    return PutSynonym(id=id_, word=word, means=chance.choice(WORDS), staff_id=StaffId(STAFF))


def _conserved(_: Content, after: Content) -> None:
    """The words of a day are among its searches, and none of them is lost."""
    for day, whole in after["SearchBook.days"].items():
        counts = [it for place, it in after["SearchBook.counts"].items() if place.day == day]
        assert whole.words == len(counts)
        assert sum(it.searches for it in counts) <= whole.searches
        assert sum(it.without for it in counts) <= whole.without


_PLACES = text("SELECT day, word FROM search_word WHERE shop_id = :shop_id")
_DAYS = text("SELECT day FROM search_day WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    days = [row.day for row in await transaction.read(_DAYS)]
    places = [Place(*row) for row in await transaction.read(_PLACES)]
    found = await rows.load(transaction, SearchKeys(days, places))
    synonyms = await rows.load_synonyms(transaction, SynonymKeys())
    return {
        "SearchBook.days": found.days.rows(),
        "SearchBook.salts": found.salts.rows(),
        "SearchBook.counts": found.counts.rows(),
        "SynonymBook.shop": synonyms.shop.rows(),
        **{name: rows for name, rows in scenery.PART.lay(Random(0)).content().items() if rows},
    }


CAST = Cast(
    assembled().library,
    (
        scenery.PART,
        Part(
            name="search",
            lay=_lay,
            wishes=((COUNTING, _searches), (SYNONYMS, _synonym)),
            conserved=_conserved,
            read=_read,
        ),
    ),
)


def test_laws() -> None:
    prove(CAST, [Refusal.SYNONYM_EMPTY, Refusal.SYNONYM_SAME, Refusal.SYNONYM_UNKNOWN])


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)


def test_a_day_keeps_so_many_words(monkeypatch: Any) -> None:
    """Of further ones only that they were searched for."""
    monkeypatch.setattr(book, "WORDS_A_DAY_MAX", 1)
    kept = SearchBook(Page({}), Page({}), Page({}))
    salt = kept.record(FRIDAY, 3, 2, 7)
    kept.count(FRIDAY, Asked("曲奇", 1, 0, ("a",)), salt)
    kept.count(FRIDAY, Asked("tea", 2, 2, ("a", "b")), salt)
    kept.count(FRIDAY, Asked("曲奇", 1, 0, ("b",)), salt)
    assert kept.days[FRIDAY] == Day(1, 3, 2)
    assert [place.word for place in kept.counts.rows()] == ["曲奇"]


def test_marks_tell_people_of_a_week_apart_and_nothing_else() -> None:
    """Whoever comes again is one; of another word, or another week, nobody can tell it is they."""
    kept = SearchBook(Page({}), Page({}), Page({}))
    salt = kept.record(FRIDAY, 4, 0, 7)
    kept.count(FRIDAY, Asked("曲奇", 2, 0, ("a", "b")), salt)
    kept.count(FRIDAY, Asked("曲奇", 2, 0, ("b",)), salt)
    assert kept.counts[Place(FRIDAY, "曲奇")] == Count(
        4, 0, mark("a", "曲奇", salt) | mark("b", "曲奇", salt)
    )
    monday = FRIDAY + timedelta(days=3)
    assert kept.record(monday, 1, 0, 8) != salt
    assert week_of(monday) == monday
    assert len({mark("a", word, salt) for word in WORDS}) > 1
    assert len({mark("a", "曲奇", bytes([number] * 8)) for number in range(8)}) > 1
