"""The words of a search: written one way, told from what is somebody's own, put one for another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

WORD_MAX = 40
"""Characters. Whoever writes more is not looking for a thing, but telling something."""
WAYS_MAX = 4
"""A search is made in so many wordings at most, its own included."""

_DIGITS_MAX = 6  # A phone, a parcel, an order and an identity card have more; so do barcodes.
_DIGIT = re.compile(r"\d")
_ADDRESS = re.compile(
    r"(?:省|市|自治区|区|县|镇|乡|村|街道|大道|路|街|巷|弄|胡同|小区|花园).*"
    r"\d+\s*(?:号|弄|栋|幢|座|楼|单元|室|房|层)"
    r"|(?:省|自治区|市).{1,12}(?:市|区|县)"
    r"|\d+\s*(?:号楼|栋|幢|单元|室)"
    r"|^\d+\s+\S+.*\b(?:street|st|road|rd|avenue|ave|lane|drive)\b"
)


def normal(said: str) -> str:
    """In small letters of one width, single spaces, nothing but words at either end.

    Empty where there is no letter or digit in it.
    """
    words = " ".join(unicodedata.normalize("NFKC", said).casefold().split())
    first = next((at for at, it in enumerate(words) if it.isalnum()), len(words))
    last = next((at for at in range(len(words), first, -1) if words[at - 1].isalnum()), first)
    return words[first:last]


def is_kept(word: str) -> bool:
    """Whether it may be written down: `normal`, short, and no phone, number, mail or address."""
    return (
        0 < len(word) <= WORD_MAX
        and "@" not in word
        and len(_DIGIT.findall(word)) <= _DIGITS_MAX
        and _ADDRESS.search(word) is None
    )


def ways(said: str, synonyms: Iterable[tuple[str, str]]) -> list[str]:
    """The search itself, then the same with words of it put in the shop's own.

    A synonym is (what is said, what the shop says), both `normal`. Longer ones first: with 曲奇饼
    and 曲奇 both known, 曲奇饼 is the one that is meant.
    """
    found = [normal(said)]
    for word, means in sorted(synonyms, key=lambda it: (-len(it[0]), it)):
        found += [_put(word, means, one) for one in found if _holds(word, one)]
    return [said, *[one for one in dict.fromkeys(found) if one != found[0]]][:WAYS_MAX]


def _holds(word: str, text: str) -> bool:
    return _whole(word).search(text) is not None


def _put(word: str, means: str, text: str) -> str:
    return _whole(word).sub(lambda _: means, text)


def _whole(word: str) -> re.Pattern[str]:
    """Letters are whole words: `tea` is not in `steak`. Chinese has no gaps to tell by."""
    before = r"(?<![a-z0-9])" if word[0].isascii() else ""
    after = r"(?![a-z0-9])" if word[-1].isascii() else ""
    return re.compile(before + re.escape(word) + after)
