"""Proposals in lists, by keyset: what waits for one person, what is open, decided, or all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.decision.messages import Executed, ProposalId, State
from frontline.company.decision.views.one import titled
from frontline.company.decision.views.waiting import MINE, per_hour
from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.kernel.words import Fen, StaffId
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place

_COLUMNS = """
    SELECT p.id, p.title, p.action, p.amount, s.name AS by_name, p.asked_at, p.deadline, p.worth,
           p.state, p.executed, p.decided_at, {at} AS at
"""
_STAFF = "LEFT JOIN staff AS s ON s.shop_id = p.shop_id AND s.id = p.by_id"
_ACTION = "(CAST(:action AS text) IS NULL OR p.action = CAST(:action AS text))"
_MINE = text(f"""
    {_COLUMNS.format(at="w.since")}
    FROM proposal_wait AS w
    JOIN proposal AS p ON p.shop_id = w.shop_id AND p.id = w.proposal_id
    {_STAFF}
    WHERE w.shop_id = :shop_id AND w.until IS NULL AND {MINE} AND {_ACTION}
      AND (w.since, w.proposal_id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY w.since DESC, w.proposal_id DESC LIMIT CAST(:rows_max AS int)
""")
_OWN = text(f"""
    {_COLUMNS.format(at="p.asked_at")}
    FROM proposal AS p {_STAFF}
    WHERE p.shop_id = :shop_id AND p.by_id = CAST(:staff_id AS uuid) AND {_ACTION}
      AND (p.asked_at, p.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY p.asked_at DESC, p.id DESC LIMIT CAST(:rows_max AS int)
""")
_OPEN = text(f"""
    {_COLUMNS.format(at="p.asked_at")}
    FROM proposal AS p {_STAFF}
    WHERE p.shop_id = :shop_id AND p.state = 'open' AND {_ACTION}
      AND (p.asked_at, p.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY p.asked_at DESC, p.id DESC LIMIT CAST(:rows_max AS int)
""")
_DECIDED = text(f"""
    {_COLUMNS.format(at="p.decided_at")}
    FROM proposal AS p {_STAFF}
    WHERE p.shop_id = :shop_id AND p.decided_at IS NOT NULL AND {_ACTION}
      AND (p.decided_at, p.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY p.decided_at DESC, p.id DESC LIMIT CAST(:rows_max AS int)
""")
_ALL = text(f"""
    {_COLUMNS.format(at="p.asked_at")}
    FROM proposal AS p {_STAFF}
    WHERE p.shop_id = :shop_id AND {_ACTION}
      AND (p.asked_at, p.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY p.asked_at DESC, p.id DESC LIMIT CAST(:rows_max AS int)
""")
_FOUND = text(f"""
    {_COLUMNS.format(at="p.asked_at")}
    FROM (SELECT * FROM proposal WHERE shop_id = :shop_id
          ORDER BY asked_at DESC, id DESC LIMIT 2000) AS p {_STAFF}
    WHERE p.title ILIKE CAST(:pattern AS text) ORDER BY p.asked_at DESC LIMIT 5
""")  # noqa: S608


class Scope(StrEnum):
    MINE = "mine"  # Waits for me.
    OWN = "own"  # I have asked for it.
    OPEN = "open"
    DECIDED = "decided"
    ALL = "all"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    id: ProposalId
    title: Words
    action: Action
    amount: int | None
    by_name: str
    asked_at: datetime
    deadline: datetime
    worth: Fen | None
    cost_per_hour: Fen | None  # While it is open.
    state: State
    executed: Executed


_STATEMENTS = {
    Scope.MINE: _MINE,
    Scope.OWN: _OWN,
    Scope.OPEN: _OPEN,
    Scope.DECIDED: _DECIDED,
    Scope.ALL: _ALL,
}


async def listed(  # noqa: PLR0913 - what may be asked for
    t: Transaction,
    staff_id: StaffId,
    *,
    scope: Scope,
    action: Action | None,
    after: str | None,
    limit: int,
) -> tuple[Sequence[Line], str | None]:
    """The latest first, and where the next page begins."""
    at, id_ = LATEST if after is None else place(after)
    asked: dict[str, Any] = {"action": action, "at": at, "id": id_, "rows_max": limit + 1}
    if scope in {Scope.MINE, Scope.OWN}:
        asked["staff_id"] = staff_id
    rows = await t.read(_STATEMENTS[scope], **asked)
    lines = [_line(row) for row in rows[:limit]]
    return lines, cursor(rows[limit - 1].at, rows[limit - 1].id) if len(rows) > limit else None


async def found(t: Transaction, words: str) -> Sequence[Line]:
    """Among the latest 2,000, those called so; at most 5."""
    pattern = "".join(f"\\{it}" if it in "\\%_" else it for it in words)
    return [_line(row) for row in await t.read(_FOUND, pattern=f"%{pattern}%")]


def _line(row: Any) -> Line:
    state = State(row.state)
    return Line(
        id=row.id,
        title=titled(row.title, Action(row.action)),
        action=Action(row.action),
        amount=row.amount,
        by_name=row.by_name or "",
        asked_at=row.asked_at,
        deadline=row.deadline,
        worth=row.worth,
        cost_per_hour=per_hour(row.worth, row.asked_at, row.deadline)
        if state is State.OPEN
        else None,
        state=state,
        executed=Executed(row.executed),
    )


def id_of(text_: str) -> UUID | None:
    """The id somebody typed, if it is one."""
    try:
        return UUID(text_)
    except ValueError:
        return None
