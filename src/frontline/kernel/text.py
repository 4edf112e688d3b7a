"""What people read when something is refused: Chinese first, English beside it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Text(NamedTuple):
    """Says what is wrong and what to do about it."""

    zh: str
    en: str
    status: int = 409  # Of the HTTP answer.


Texts = Mapping[StrEnum, Text]
"""One for every refusal of a feature; proved complete when the house is put together."""


class Words(NamedTuple):
    """A label or sentence in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.zh
