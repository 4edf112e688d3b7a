"""What people type into a row of a table: read leniently, written back as they would type it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from frontline.web.shell import WHOLE

_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,13}))?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,10}")


class Mistyped(ValueError):
    """It is not what was asked for."""


def amount(typed: str, currency: str) -> int:
    """Minor units of `12.50`; wide digits, a currency's sign and thousands' commas are let pass."""
    digits = _digits(currency)
    found = _AMOUNT.fullmatch(_plain(typed).lstrip("$€£").replace(",", ""))
    if found is None:
        raise Mistyped(typed)
    behind = (found[2] or "").rstrip("0")
    if len(behind) > digits:
        raise Mistyped(typed)
    return int(found[1] + behind.ljust(digits, "0"))


def whole(typed: str) -> int:
    """`1200`, `+3`, `-3`; raises Mistyped."""
    plain = _plain(typed).replace(",", "")
    if not _WHOLE.fullmatch(plain):
        raise Mistyped(typed)
    return int(plain)


def written(minor: int | None, currency: str) -> str:
    """An amount as it is typed: `12.50`; nothing for None."""
    if minor is None:
        return ""
    digits = _digits(currency)
    if not digits:
        return str(minor)
    return f"{minor // 10**digits}.{minor % 10**digits:0{digits}}"


def at(column: Sequence[str], place: int) -> str:
    """A cell of a table that came by columns; empty where the column is shorter."""
    return column[place].strip() if place < len(column) else ""


def _digits(currency: str) -> int:
    return 0 if currency in WHOLE else 2


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).strip().replace("¥", "")
