"""What people read of windows. No locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.window.book import Step, Window
from frontline.company.window.messages import State, WindowId
from frontline.company.window.rows import window_of
from frontline.kernel.words import Fen
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place

_COLUMNS = """
    w.id, w.state, w.platform, w.title, w.opens_at, w.closes_at, w.conditions, w.places,
    w.starts_on, w.ends_on, w.expected_margin, w.margin_how, w.url, w.discount_bp, w.stock_units,
    w.cost, w.put_by, w.put_at
"""
_ONE = text(f"""
    SELECT {_COLUMNS} FROM signup_window AS w
    WHERE w.shop_id = :shop_id AND w.id = CAST(:id AS uuid)
""")  # noqa: S608 - put together of pieces that stand above
_OPEN = text(f"""
    SELECT {_COLUMNS} FROM signup_window AS w
    WHERE w.shop_id = :shop_id AND w.state = 'open' AND w.closes_at > CAST(:now AS timestamptz)
    ORDER BY w.closes_at, w.id LIMIT CAST(:rows_max AS int)
""")  # noqa: S608
_MISSED = text(f"""
    SELECT {_COLUMNS} FROM signup_window AS w
    WHERE w.shop_id = :shop_id AND w.state = 'missed'
      AND w.closes_at >= CAST(:since AS timestamptz)
    ORDER BY w.closes_at DESC, w.id DESC LIMIT CAST(:rows_max AS int)
""")  # noqa: S608
_BETWEEN = text(f"""
    SELECT {_COLUMNS} FROM signup_window AS w
    WHERE w.shop_id = :shop_id AND w.closes_at >= CAST(:since AS timestamptz)
      AND w.closes_at < CAST(:until AS timestamptz)
    ORDER BY w.closes_at, w.id LIMIT CAST(:rows_max AS int)
""")  # noqa: S608
_LATEST = f"""
    SELECT {_COLUMNS} FROM signup_window AS w
    WHERE w.shop_id = :shop_id
      AND (w.closes_at, w.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
"""  # noqa: S608
_NEWEST = " ORDER BY w.closes_at DESC, w.id DESC LIMIT CAST(:rows_max AS int)"
_ALL = text(_LATEST + _NEWEST)
_IN_STATE = text(f"{_LATEST} AND w.state = CAST(:state AS text) {_NEWEST}")
_KNOWN = text(f"""
    SELECT {_COLUMNS} FROM signup_window AS w
    WHERE w.shop_id = :shop_id AND w.id = ANY(CAST(:window_ids AS uuid[]))
""")  # noqa: S608
_FOUND = text(f"""
    SELECT {_COLUMNS} FROM signup_window AS w
    WHERE w.shop_id = :shop_id AND w.platform || ' ' || w.title ILIKE CAST(:pattern AS text)
    ORDER BY w.closes_at DESC LIMIT 5
""")  # noqa: S608
_ASKED = text("""
    SELECT window_id, id FROM proposal
    WHERE shop_id = :shop_id AND window_id = ANY(CAST(:window_ids AS uuid[])) AND state = 'open'
    ORDER BY asked_at
""")
_WAITING = text("""
    SELECT count(*) AS n FROM (
        SELECT 1 FROM signup_window
        WHERE shop_id = :shop_id AND state = 'open' AND closes_at > CAST(:now AS timestamptz)
        LIMIT 100) AS found
""")
_STEPS = text("""
    SELECT p.window_id, p.deed, p.said, p.staff_id, p.at, coalesce(s.name, '') AS name
    FROM signup_window_step AS p
    LEFT JOIN staff AS s ON s.shop_id = p.shop_id AND s.id = p.staff_id
    WHERE p.shop_id = :shop_id AND p.window_id = CAST(:id AS uuid) ORDER BY p.id
""")

ROWS_MAX = 500


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision about a window has to know."""

    id: WindowId
    platform: str
    title: str
    opens_at: datetime | None
    closes_at: datetime
    expected_margin: Fen | None
    margin_how: str
    state: State


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    id: WindowId
    platform: str
    title: str
    closed_at: datetime
    expected_margin: Fen | None
    margin_how: str


class Told(msgspec.Struct, frozen=True):
    step: Step
    name: str  # Of the member of staff; "" is time.


class Whole(msgspec.Struct, frozen=True):
    window: Window
    steps: tuple[Told, ...]


# -- For other features -------------------------------------------------------------------


async def terms(transaction: Transaction, window_id: UUID) -> Terms | None:
    rows = await transaction.read(_ONE, id=window_id)
    return _terms(window_of(rows[0])) if rows else None


async def open_windows(
    transaction: Transaction, now: datetime, limit: int = 50
) -> tuple[Terms, ...]:
    """Those that nobody has decided, the soonest to close first."""
    rows = await transaction.read(_OPEN, now=now, rows_max=limit)
    return tuple(_terms(window_of(row)) for row in rows)


async def missed(
    transaction: Transaction, since: datetime, limit: int = ROWS_MAX
) -> tuple[Missed, ...]:
    """Those that closed since then without a decision, the last first."""
    rows = await transaction.read(_MISSED, since=since, rows_max=limit)
    return tuple(
        Missed(
            id=row.id,
            platform=row.platform,
            title=row.title,
            closed_at=row.closes_at,
            expected_margin=row.expected_margin,
            margin_how=row.margin_how,
        )
        for row in rows
    )


def _terms(window: Window) -> Terms:
    facts = window.facts
    return Terms(
        id=window.id,
        platform=facts.platform,
        title=facts.title,
        opens_at=facts.opens_at,
        closes_at=facts.closes_at,
        expected_margin=facts.expected_margin,
        margin_how=facts.margin_how,
        state=window.state,
    )


# -- For its own pages --------------------------------------------------------------------


async def one(transaction: Transaction, window_id: UUID) -> Whole | None:
    rows = await transaction.read(_ONE, id=window_id)
    if not rows:
        return None
    steps = await transaction.read(_STEPS, id=window_id)
    return Whole(window_of(rows[0]), tuple(Told(Step(*row[:5]), row.name) for row in steps))


async def page(
    transaction: Transaction, state: State | None, after: str | None, limit: int
) -> tuple[Sequence[Window], str | None]:
    """The last to close first, and where the next page begins."""
    at, id_ = LATEST if after is None else place(after)
    asked: dict[str, Any] = {"at": at, "id": id_, "rows_max": limit + 1}
    rows = (
        await transaction.read(_ALL, **asked)
        if state is None
        else await transaction.read(_IN_STATE, state=state, **asked)
    )
    windows = [window_of(row) for row in rows]
    if len(windows) <= limit:
        return windows, None
    last = windows[limit - 1]
    return windows[:limit], cursor(last.facts.closes_at, last.id)


async def between(transaction: Transaction, since: datetime, until: datetime) -> tuple[Window, ...]:
    """Those that close within this time, in order; at most ROWS_MAX."""
    rows = await transaction.read(_BETWEEN, since=since, until=until, rows_max=ROWS_MAX)
    return tuple(map(window_of, rows))


async def known(transaction: Transaction, window_ids: Sequence[WindowId]) -> dict[UUID, Window]:
    """Those of them that are there."""
    rows = await transaction.rows(_KNOWN, window_ids=window_ids)
    return {row.id: window_of(row) for row in rows}


async def asked(transaction: Transaction, window_ids: Sequence[WindowId]) -> dict[UUID, UUID]:
    """The proposals about these windows that still wait for a decision, by window."""
    rows = await transaction.rows(_ASKED, window_ids=window_ids)
    return {row.window_id: row.id for row in rows}


async def found(transaction: Transaction, words: str) -> tuple[Window, ...]:
    """At most five whose platform or title holds these words."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await transaction.read(_FOUND, pattern=f"%{plain}%")
    return tuple(map(window_of, rows))


async def waiting(transaction: Transaction, now: datetime) -> int:
    """How many are undecided; at most 100."""
    rows = await transaction.read(_WAITING, now=now)
    count: int = rows[0].n
    return count
