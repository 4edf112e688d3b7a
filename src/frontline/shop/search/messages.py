"""Searches: what is counted of them, and words that staff say mean the same."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, NoEffect, StaffId

# -- Counting -------------------------------------------------------------------------


class Asked(msgspec.Struct, frozen=True):
    """How often a word was searched for within a few seconds."""

    word: str  # As `wording.normal` writes it.
    searches: int
    without: int  # Of those, in which nothing was found.
    searchers: tuple[str, ...]
    """Who they were, so that each counts once a week. It is not written down."""


class Recorded(msgspec.Struct, frozen=True, tag=True):
    """It is counted."""


class RecordSearches(Command[Recorded], frozen=True, tag=True):
    """What one process was asked on a day since it last told."""

    day: date  # In the shop.
    searches: int  # All of them, also of words that are not kept.
    without: int
    words: tuple[Asked, ...]


# -- Words that mean the same -----------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public."""

    SYNONYM_EMPTY = "synonym_empty"
    SYNONYM_SAME = "synonym_same"
    TOO_MANY_SYNONYMS = "too_many_synonyms"
    SYNONYM_UNKNOWN = "synonym_unknown"


TEXTS: Texts = {
    Refusal.SYNONYM_EMPTY: Text(
        "请填写 40 个字以内的词，里面要有文字或数字", "Write a word of up to 40 characters", 400
    ),
    Refusal.SYNONYM_SAME: Text(
        "两个词一样，不需要设置", "The two words are the same; nothing to do", 400
    ),
    Refusal.TOO_MANY_SYNONYMS: Text(
        "同义词最多 500 个，请先删掉不用的", "There are 500 synonyms; remove some first"
    ),
    Refusal.SYNONYM_UNKNOWN: Text("这个同义词已经不在了", "This synonym is gone", 404),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class SynonymPut(msgspec.Struct, frozen=True, tag=True):
    word: str
    means: str
    before: str | None  # What it meant until now.


class SynonymDropped(msgspec.Struct, frozen=True, tag=True):
    word: str
    means: str  # What it meant.


class PutSynonym(Command[SynonymPut | Refused], frozen=True, tag=True):
    """Whoever searches for `word` also finds what is found by `means`."""

    word: str
    means: str
    staff_id: StaffId


class DropSynonym(Command[SynonymDropped | Refused], frozen=True, tag=True):
    word: str
    staff_id: StaffId


Outcome = SynonymPut | SynonymDropped | Refused
Request = PutSynonym | DropSynonym
