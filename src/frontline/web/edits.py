"""What a page answers when somebody else has changed what its form was made of.

A form that replaces a whole thing extends `Edited` and holds `{{ parts.seen(seen) }}`. Its
action submits by `edit`: if the command is answered with `ChangedSince`, that answers with the
`Clash`: the form stays as it was typed, beside it stand what is there now and who did it, and its
owner chooses.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import text

from frontline.kernel.seen import ChangedSince, Facts, seen_of, touched
from frontline.kernel.text import Words
from frontline.kernel.words import Command
from frontline.store.database import Transaction
from frontline.web.pages import DeskVisit

_TOLD_MAX = 160  # Characters of a value.
_GONE = seen_of({})
_TAG = re.compile(r"<[^>]*>")
_BEFORE = 20  # Of them, what is the same in both.

_LAST = text("""
    SELECT e.staff_id, e.at, s.name
    FROM edit AS e LEFT JOIN staff AS s ON s.shop_id = e.shop_id AND s.id = e.staff_id
    WHERE e.shop_id = :shop_id AND e.thing_id = CAST(:thing_id AS uuid)
""")


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a form that says what was seen when it was made."""

    seen: str = ""
    over: str = ""  # What was seen beside it, and is to be replaced all the same.
    both: str = ""  # The same; but what the form left as it was is to be as it is now.

    @property
    def basis(self) -> str:
        """What the command is to find there."""
        return self.both or self.over or self.seen


class Line(NamedTuple):
    """One fact that is another now."""

    label: Words
    now: str
    mine: str  # As it is in the form.
    touched: bool  # Whoever filled in the form has changed it as well.


Parts = Mapping[str, str]
"""What a fact is made of, by label: told are those parts that differ."""
Teller = Callable[[str, Facts], tuple[Words, str | Parts]]
"""The label of a fact, and how it reads among all the facts."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Nothing was written, for it had been changed since: told at the form, with the choice."""

    lines: tuple[Line, ...]
    seen: str  # As it is now.
    who: str  # "" is not known.
    own: bool  # It was the same person, on another page.
    at: datetime | None

    @property
    def apart(self) -> bool:
        """The form holds old values of what its owner never touched: both may be kept."""
        return self.seen != _GONE and any(not one.touched for one in self.lines)


Look = Callable[[Transaction], Awaitable[tuple[Facts, Teller]]]
"""What is there now, and how to tell it."""


async def edit(  # noqa: PLR0913 - what was seen, what is wanted, and what is there
    visit: DeskVisit,
    form: Edited,
    thing_id: UUID,
    mine: Facts,
    *,
    wish: Callable[[Facts], Command[Any]],
    look: Look,
) -> Any:
    """The outcome of the wish, made of these facts; or the Clash that keeps it from having any."""
    wanted = mine
    if form.both:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            now, _ = await look(transaction)
        wanted = _kept_both(form, mine, now)
    outcome = await visit.opened.engine.submit(visit.shop_id, wish(wanted))
    if not isinstance(outcome, ChangedSince):
        return outcome
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        now, tell = await look(transaction)
        rows = await transaction.read(_LAST, thing_id=thing_id)
    last = rows[0] if rows else None
    own = touched(form.seen, mine)
    return Clash(
        tuple(_lines(outcome.fields, own, mine, now, tell)),
        seen_of(now),
        "" if last is None else last.name or "",
        last is not None and last.staff_id == visit.known.staff_id,
        None if last is None else last.at,
    )


def _kept_both(form: Edited, mine: Facts, now: Facts) -> Facts:
    """What who would keep both wants: `mine` where the form changed something, else `now`."""
    if not now:
        return mine  # It is gone: there is nothing else to keep.
    own = touched(form.seen, mine)
    names = dict.fromkeys((*now, *mine))
    wanted = {name: mine if name in own else now for name in names}
    return {name: facts[name] for name, facts in wanted.items() if name in facts}


def labelled(
    visit: DeskVisit, labels: Mapping[str, Words], said: Mapping[str, Callable[[Any], str]] = {}
) -> Teller:
    """Of facts that are told by themselves; `said` how, where `plain` does not do."""

    def tell(name: str, facts: Facts) -> tuple[Words, str | Parts]:
        value = facts[name]
        return labels[name], said[name](value) if name in said else plain(visit, value)

    return tell


def plain(visit: DeskVisit, value: Any) -> str:
    """A value as people read it; "" of None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return visit.t("是", "Yes") if value else visit.t("否", "No")
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(visit.shop.timezone)):%Y-%m-%d %H:%M}"
    return str(value)


def unmarked(html: str) -> str:
    """What HTML says, without its marks."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _lines(
    fields: Iterable[str], own: frozenset[str], mine: Facts, now: Facts, tell: Teller
) -> Iterable[Line]:
    for name in fields:
        if (name in now, now.get(name)) == (name in mine, mine.get(name)):
            continue  # What is wanted is there.
        label, _ = tell(name, now if name in now else mine)
        told = [tell(name, facts)[1] if name in facts else "" for facts in (now, mine)]
        yield Line(label, *_excerpts(*_differing(*told)), name in own)


def _differing(now: str | Parts, mine: str | Parts) -> tuple[str, str]:
    """As texts; of parts, those that are not the same in both."""
    one, other = (parts if isinstance(parts, Mapping) else {} for parts in (now, mine))
    same = {label for label in one if one[label] == other.get(label)}
    return _told(now, same), _told(mine, same)


def _told(told: str | Parts, same: set[str]) -> str:
    if isinstance(told, str):
        return told
    parts = (f"{label} {text or '—'}" for label, text in told.items() if label not in same)
    return " · ".join(parts)


def _excerpts(now: str, mine: str) -> tuple[str, str]:
    """Of long texts, what stands where they begin to differ."""
    if max(len(now), len(mine)) <= _TOLD_MAX:
        return now, mine
    pairs = enumerate(zip(now, mine, strict=False))
    differ = next((place for place, (one, other) in pairs if one != other), 0)
    start = max(0, differ - _BEFORE)
    return _excerpt(now, start), _excerpt(mine, start)


def _excerpt(text: str, start: int) -> str:
    end = start + _TOLD_MAX
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
