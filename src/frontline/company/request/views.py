"""What people read of requests. No locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.request.book import Request, Step
from frontline.company.request.messages import DepartmentId, RequestId, State
from frontline.company.request.rows import request_of
from frontline.kernel.text import Words
from frontline.kernel.words import StaffId
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place

ROWS_MAX = 50

_ROWS = """
    SELECT r.id, r.asked_by, r.department_id, r.what, r.asked_at, r.wanted_by, r.state,
           r.promised_by, r.promiser, r.promises, r.breaks, r.broken_at, r.settled_at, r.steps,
           d.name AS department, coalesce(a.name, '') AS asker,
           coalesce(p.name, '') AS promiser_name
    FROM department_request AS r
    JOIN authority_department AS d ON d.shop_id = r.shop_id AND d.id = r.department_id
    LEFT JOIN staff AS a ON a.shop_id = r.shop_id AND a.id = r.asked_by
    LEFT JOIN staff AS p ON p.shop_id = r.shop_id AND p.id = r.promiser
    WHERE r.shop_id = :shop_id
"""
_NEWEST = """
    AND (r.asked_at, r.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY r.asked_at DESC, r.id DESC LIMIT CAST(:rows_max AS int)
"""
_ONE = text(f"{_ROWS} AND r.id = CAST(:id AS uuid)")
_ALL = text(f"{_ROWS} {_NEWEST}")
_IN_STATE = text(f"{_ROWS} AND r.state = CAST(:state AS text) {_NEWEST}")
_OF_DEPARTMENT = text(f"{_ROWS} AND r.department_id = CAST(:department_id AS uuid) {_NEWEST}")
_OF_BOTH = text(
    f"{_ROWS} AND r.department_id = CAST(:department_id AS uuid)"
    f" AND r.state = CAST(:state AS text) {_NEWEST}"
)
_BROKEN = text(
    f"{_ROWS} AND r.broken_at >= CAST(:since AS timestamptz)"
    " ORDER BY r.broken_at DESC LIMIT CAST(:rows_max AS int)"
)
_OWED = text(f"""{_ROWS} AND r.state IN ('asked', 'promised', 'broken')
    AND r.department_id = (
        SELECT q.department_id FROM authority_person AS m
        JOIN authority_position AS q ON q.shop_id = m.shop_id AND q.id = m.position_id
        WHERE m.shop_id = :shop_id AND m.staff_id = CAST(:staff_id AS uuid))
    ORDER BY coalesce(r.promised_by, r.wanted_by), r.id LIMIT CAST(:rows_max AS int)
""")  # noqa: S608 - put together of pieces that stand above
_UNDER_WAY = text(f"""{_ROWS} AND r.state IN ('asked', 'promised', 'broken')
    ORDER BY coalesce(r.promised_by, r.wanted_by), r.id LIMIT CAST(:rows_max AS int)
""")
_ASKED_BY = text(f"""{_ROWS} AND r.asked_by = CAST(:staff_id AS uuid)
    ORDER BY r.asked_at DESC, r.id DESC LIMIT CAST(:rows_max AS int)
""")
_STUCK = text(f"""{_ROWS} AND (r.state = 'broken' OR (r.state = 'asked'
        AND r.asked_at + (r.wanted_by - r.asked_at) / 2 <= CAST(:now AS timestamptz)))
    ORDER BY r.asked_at, r.id LIMIT CAST(:rows_max AS int)
""")
_FOUND = text(f"{_ROWS} AND r.what ILIKE CAST(:pattern AS text) ORDER BY r.asked_at DESC LIMIT 5")
_STEPS = text("""
    SELECT p.request_id, p.number, p.state, p.said, p.staff_id, p.due_at, p.at,
           coalesce(s.name, '') AS name
    FROM department_request_step AS p
    LEFT JOIN staff AS s ON s.shop_id = p.shop_id AND s.id = p.staff_id
    WHERE p.shop_id = :shop_id AND p.request_id = CAST(:id AS uuid) ORDER BY p.number
""")
_WAITING = text("""
    SELECT count(*) AS n FROM (
        SELECT 1 FROM department_request AS r
        JOIN authority_position AS q
          ON q.shop_id = r.shop_id AND q.department_id = r.department_id
        JOIN authority_person AS m ON m.shop_id = q.shop_id AND m.position_id = q.id
        WHERE r.shop_id = :shop_id AND m.staff_id = CAST(:staff_id AS uuid)
          AND r.state IN ('asked', 'promised', 'broken')
        LIMIT 100) AS found
""")
_RATES = text("""
    SELECT d.id, d.name,
           count(r.id) AS asked,
           count(r.id) FILTER (WHERE r.state IN ('asked', 'promised')) AS open,
           count(r.id) FILTER (WHERE r.state = 'kept' AND r.breaks = 0) AS kept,
           count(r.id) FILTER (WHERE r.state = 'kept' AND r.breaks = 0 AND r.promises > 1)
               AS later,
           count(r.id) FILTER (WHERE r.breaks > 0) AS broken,
           count(r.id) FILTER (WHERE r.state = 'declined' AND r.breaks = 0) AS declined
    FROM authority_department AS d
    LEFT JOIN department_request AS r
      ON r.shop_id = d.shop_id AND r.department_id = d.id
         AND r.asked_at >= CAST(:since AS timestamptz)
    WHERE d.shop_id = :shop_id
    GROUP BY d.id, d.name ORDER BY d.name, d.id
""")
_DEPARTMENTS = text("""
    SELECT id, name FROM authority_department WHERE shop_id = :shop_id ORDER BY name, id
""")
_OWNERS = text("""
    SELECT id FROM staff WHERE shop_id = :shop_id AND role = 'owner' AND active ORDER BY id
""")
_PEOPLE = text("""
    SELECT s.id FROM authority_person AS m
    JOIN authority_position AS q ON q.shop_id = m.shop_id AND q.id = m.position_id
    JOIN staff AS s ON s.shop_id = m.shop_id AND s.id = m.staff_id AND s.active
    WHERE m.shop_id = :shop_id AND q.department_id = CAST(:department_id AS uuid)
    ORDER BY s.id
""")


class RequestRow(msgspec.Struct, frozen=True):
    """A request with the names of whom it concerns."""

    request: Request
    department: str
    asker: str
    promiser: str  # "": nobody has promised.

    @property
    def id(self) -> RequestId:
        return self.request.id


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    id: RequestId
    what: str
    department: str
    asked_by: str
    promiser: str  # "": it was never answered.
    due_at: datetime  # What was promised; what was wanted, if nothing was.
    broken_at: datetime
    promises: int
    state: State  # It may have been promised anew, or kept late.


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """Who keeps somebody waiting, as `decision.views.Stuck` says it."""

    on_name: str
    on_staff_id: StaffId | None  # None: the whole department.
    what: Words
    since: datetime
    cost_per_hour: int | None
    id: UUID


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """What a department made of what it was asked within a time."""

    id: DepartmentId
    name: str
    asked: int
    open: int
    kept: int  # In time.
    later: int  # Of those, after the time was promised anew.
    broken: int  # Also those that were kept late.
    declined: int

    @property
    def kept_bp(self) -> int | None:
        """Of those whose word was due, in basis points; None: there were none."""
        due = self.kept + self.broken
        return None if not due else 10_000 * self.kept // due


class Told(msgspec.Struct, frozen=True):
    step: Step
    name: str  # Of the member of staff; "" is time.


class Whole(msgspec.Struct, frozen=True):
    row: RequestRow
    steps: tuple[Told, ...]


# -- For other features -------------------------------------------------------------------


async def broken_since(transaction: Transaction, at: datetime) -> tuple[Broken, ...]:
    """Promises whose time has passed since then, the last first."""
    rows = await transaction.read(_BROKEN, since=at, rows_max=ROWS_MAX)
    return tuple(
        Broken(
            id=row.id,
            what=row.what,
            department=row.department,
            asked_by=row.asker,
            promiser=row.promiser_name,
            due_at=row.promised_by or row.wanted_by,
            broken_at=row.broken_at,
            promises=row.promises,
            state=State(row.state),
        )
        for row in rows
    )


async def open_for(transaction: Transaction, staff_id: StaffId) -> tuple[RequestRow, ...]:
    """What somebody's department owes an answer or a deed, the soonest due first."""
    rows = await transaction.read(_OWED, staff_id=staff_id, rows_max=ROWS_MAX)
    return tuple(map(_row, rows))


async def under_way(transaction: Transaction) -> tuple[RequestRow, ...]:
    """All that is open in the company, the soonest due first."""
    return tuple(map(_row, await transaction.read(_UNDER_WAY, rows_max=ROWS_MAX)))


async def stuck(transaction: Transaction, now: datetime) -> tuple[Stuck, ...]:
    """Broken, or unanswered after half of their time; the longest waiting first."""
    rows = await transaction.read(_STUCK, now=now, rows_max=ROWS_MAX)
    return tuple(
        Stuck(
            on_name=row.promiser_name or row.department,
            on_staff_id=row.promiser,
            what=Words(row.what, row.what),
            since=row.asked_at,
            cost_per_hour=None,
            id=row.id,
        )
        for row in rows
    )


# -- For its own pages --------------------------------------------------------------------


async def one(transaction: Transaction, request_id: UUID) -> Whole | None:
    rows = await transaction.read(_ONE, id=request_id)
    if not rows:
        return None
    steps = await transaction.read(_STEPS, id=request_id)
    told = (Told(_step(step), step.name) for step in steps)
    return Whole(_row(rows[0]), tuple(told))


async def page(
    transaction: Transaction,
    state: State | None,
    department_id: UUID | None,
    after: str | None,
    limit: int,
) -> tuple[Sequence[RequestRow], str | None]:
    """The newest first, and where the next page begins."""
    at, id_ = LATEST if after is None else place(after)
    asked: dict[str, Any] = {"at": at, "id": id_, "rows_max": limit + 1}
    match state, department_id:
        case None, None:
            rows = await transaction.read(_ALL, **asked)
        case _, None:
            rows = await transaction.read(_IN_STATE, state=state, **asked)
        case None, _:
            rows = await transaction.read(_OF_DEPARTMENT, department_id=department_id, **asked)
        case _:
            rows = await transaction.read(
                _OF_BOTH, state=state, department_id=department_id, **asked
            )
    found = [_row(row) for row in rows]
    if len(found) <= limit:
        return found, None
    last = found[limit - 1].request
    return found[:limit], cursor(last.asked_at, last.id)


async def asked_by(transaction: Transaction, staff_id: StaffId) -> tuple[RequestRow, ...]:
    """What somebody asked for, the newest first."""
    rows = await transaction.read(_ASKED_BY, staff_id=staff_id, rows_max=ROWS_MAX)
    return tuple(map(_row, rows))


async def rates(transaction: Transaction, since: datetime) -> tuple[Rate, ...]:
    """Of every department, what it was asked since then."""
    rows = await transaction.read(_RATES, since=since)
    return tuple(Rate(**row._mapping) for row in rows)


async def departments(transaction: Transaction) -> dict[DepartmentId, str]:
    return {row.id: row.name for row in await transaction.read(_DEPARTMENTS)}


async def people_of(transaction: Transaction, department_id: DepartmentId) -> tuple[StaffId, ...]:
    rows = await transaction.read(_PEOPLE, department_id=department_id)
    return tuple(row.id for row in rows)


async def concerned(transaction: Transaction, department_id: DepartmentId) -> tuple[StaffId, ...]:
    """Who is told of what a department is asked: its people; of one without any, the owners."""
    people = await people_of(transaction, department_id)
    return people or tuple(row.id for row in await transaction.read(_OWNERS))


async def waiting(transaction: Transaction, staff_id: StaffId) -> int:
    """How many requests somebody's department has open; at most 100."""
    rows = await transaction.read(_WAITING, staff_id=staff_id)
    count: int = rows[0].n
    return count


async def found(transaction: Transaction, words: str) -> tuple[RequestRow, ...]:
    """At most five whose text holds these words."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await transaction.read(_FOUND, pattern=f"%{plain}%")
    return tuple(map(_row, rows))


def _row(row: Any) -> RequestRow:
    return RequestRow(request_of(row), row.department, row.asker, row.promiser_name)


def _step(row: Any) -> Step:
    return Step(
        row.request_id, row.number, State(row.state), row.said, row.staff_id, row.due_at, row.at
    )
