"""What people write about products: made safe to show, and possible to find.

pg_trgm takes words apart into threes of letters, and does not see Chinese at all where the
database's locale is C; elsewhere a Chinese word of one or two characters has too few threes to
be found by. So every character outside a-z and 0-9 is written as a word of its own in capitals:
`羽绒 XL` becomes ` LJOB SBKB xl `. One character can then be looked up in the index, a wrong one of
three leaves two that are right, and it is the same in every locale. (pg_trgm takes capitals for
small letters, LIKE does not.)
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

import nh3

TERMS_MAX = 8
FORGIVEN_MIN = 3  # One wrong of two leaves too little to go by.
RESPELT_MIN = 4  # Of three letters almost anything is a neighbour.
VARIATIONS_MAX = 48

_TAGS = {
    *("a", "b", "blockquote", "br", "caption", "code", "del", "div", "em", "figcaption", "figure"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "small"),
    *("span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u"),
    "ul",
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"alt", "height", "src", "title", "width"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_LETTERS = string.ascii_uppercase
_CLEANINGS_MAX = 4


def cleaned(html: str) -> str:
    """Rich text with nothing in it that could run; cleaning it again changes nothing."""
    for _ in range(_CLEANINGS_MAX):  # What is left out can bring forth something else.
        before, html = (
            html,
            nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES).strip(),
        )
        if html == before:
            return html
    return nh3.clean_text(html)


def searchable(parts: Iterable[str]) -> str:
    """All that a product is found by, in words between spaces."""
    return f" {' '.join(' '.join(_words(part)) for part in parts)} "


def patterns(query: str) -> list[str]:
    """For LIKE against `searchable`: every term has to be in it. The longest, and so rarest, first.

    Without a letter or digit in the query there is none.
    """
    return sorted(map(_pattern, _terms(query)), key=len, reverse=True)


def has_characters(query: str) -> bool:
    """Whether there is anything in it besides a-z and 0-9."""
    return any(word.isupper() for word in _words(query))


def variations(query: str) -> list[list[str]]:
    """The same with one thing wrong in it, each to be found as above.

    With Chinese: a character or a whole term left out. Without: a letter too few, too many, wrong
    or in its neighbour's place.
    """
    characters = has_characters(query)
    terms = _terms(query)
    found: list[list[str]] = []
    for place, term in enumerate(terms):
        others = [_pattern(other) for other in (*terms[:place], *terms[place + 1 :])]
        if not characters:
            found += [[pattern, *others] for pattern in _respelt(term)]
        elif len(term) >= FORGIVEN_MIN:
            found += [[_without(term, gap), *others] for gap in range(len(term))]
        elif others:
            found.append(others)
    return [sorted(one, key=len, reverse=True) for one in found[:VARIATIONS_MAX]]


def likeness(query: str) -> str:
    """For pg_trgm's likeness to `searchable`."""
    return " ".join(_words(query))


def _terms(query: str) -> list[list[str]]:
    return [words for term in query.split() if (words := _words(term))][:TERMS_MAX]


def _respelt(words: list[str]) -> Iterator[str]:
    """From the beginnings of words on, so that the index has something to hold on to."""
    for place, word in enumerate(words):
        if len(word) >= RESPELT_MIN:
            for other in _edits(word):
                yield f"% {' '.join((*words[:place], other, *words[place + 1 :]))}%"


def _edits(word: str) -> Iterator[str]:
    """For LIKE, where `_` is any one letter."""
    for at in range(len(word)):
        yield f"{word[:at]}_{word[at + 1 :]}"
        yield f"{word[:at]}_{word[at:]}"
        yield f"{word[:at]}{word[at + 1 :]}"
        if at:
            yield f"{word[: at - 1]}{word[at]}{word[at - 1]}{word[at + 1 :]}"


def _without(words: list[str], gap: int) -> str:
    """With room for anything, or nothing, in the place of one word."""
    before, after = words[:gap], words[gap + 1 :]
    if not (before and after):
        return _pattern(before or after)
    return f"{_pattern(before)}{_pattern(after)[1:].lstrip()}"


def _pattern(words: list[str]) -> str:
    """Characters are whole; letters and digits at either end may be part of a longer word."""
    start = " " if words[0].isupper() else ""
    end = " " if words[-1].isupper() else ""
    return f"%{start}{' '.join(words)}{end}%"


def _words(text: str) -> list[str]:
    return "".join(map(_written, unicodedata.normalize("NFKD", text.casefold()).casefold())).split()


@lru_cache(maxsize=2**16)
def _written(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else " "
    if unicodedata.combining(character):
        return ""  # An accent: é is found by e.
    return f" {_number(ord(character))} " if character.isalnum() else " "


def _number(code: int) -> str:
    """In base 26, the digit that differs most first, so that threes of letters tell more apart."""
    digits = ""
    while code:
        code, digit = divmod(code, len(_LETTERS))
        digits += _LETTERS[digit]
    return digits
