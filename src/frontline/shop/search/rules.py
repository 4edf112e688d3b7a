"""Counting what was searched for, and saying which words mean the same."""

from __future__ import annotations

from collections.abc import Sequence

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.search.book import (
    SYNONYMS_MAX,
    Place,
    SearchBook,
    SearchKeys,
    Synonym,
    SynonymBook,
    SynonymKeys,
)
from frontline.shop.search.messages import (
    DropSynonym,
    Outcome,
    PutSynonym,
    Recorded,
    RecordSearches,
    Refusal,
    Refused,
    Request,
    SynonymDropped,
    SynonymPut,
)
from frontline.shop.search.wording import WORD_MAX, normal


async def gather(batch: Sequence[RecordSearches], load: Load) -> SearchBook:
    return await load(
        SearchKeys(
            {one.day for one in batch},
            {Place(one.day, asked.word) for one in batch for asked in one.words},
        )
    )


def decide(book: SearchBook, batch: Sequence[RecordSearches], moment: Moment) -> Decision[Recorded]:
    for one in batch:
        salt = book.record(one.day, one.searches, one.without, moment.seed)
        for asked in one.words:
            book.count(one.day, asked, salt)
    return Decision((Recorded(),) * len(batch), Notes())


async def gather_synonyms(_batch: Sequence[Request], load: Load) -> SynonymBook:
    return await load(SynonymKeys())


def decide_synonyms(
    book: SynonymBook, batch: Sequence[Request], moment: Moment
) -> Decision[Outcome]:
    return Decision(
        tuple(
            _put(book, one, moment) if isinstance(one, PutSynonym) else _drop(book, one)
            for one in batch
        ),
        Notes(),
    )


def _put(book: SynonymBook, command: PutSynonym, moment: Moment) -> SynonymPut | Refused:
    word, means = normal(command.word), normal(command.means)
    if not (0 < len(word) <= WORD_MAX and 0 < len(means) <= WORD_MAX):
        return Refused(Refusal.SYNONYM_EMPTY)
    if word == means:
        return Refused(Refusal.SYNONYM_SAME)
    before = book.synonyms.get(word)
    if before is None and len(book.synonyms) >= SYNONYMS_MAX:
        return Refused(Refusal.TOO_MANY_SYNONYMS)
    book.put(word, Synonym(means, command.staff_id, moment.now))
    return SynonymPut(word, means, None if before is None else before.means)


def _drop(book: SynonymBook, command: DropSynonym) -> SynonymDropped | Refused:
    word = normal(command.word)
    before = book.synonyms.get(word)
    if before is None:
        return Refused(Refusal.SYNONYM_UNKNOWN)
    book.drop(word)
    return SynonymDropped(word, before.means)
