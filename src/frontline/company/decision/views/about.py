"""What waits about a thing, and what somebody's own wishes about it have come to lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.authority.messages import ReviewKind
from frontline.company.decision.messages import Executed, Part, ProposalId, State
from frontline.company.decision.views.one import titled
from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.kernel.words import StaffId
from frontline.store.database import Transaction

TOLD_FOR = timedelta(days=7)
"""So long whoever asked is told what came of it."""
DOING_FOR = timedelta(hours=1)
"""So long whoever decided is told, and everybody if it is still to be done: moments, as a rule."""
FOUND_MAX = 50

# Two of the four are empty on most pages; each reads by an index of its own.
_ABOUT = text("""
    SELECT p.id, p.subject_id, p.title, p.evidence, p.action, p.amount, p.by_id,
           coalesce(s.name, '') AS by_name, p.asked_at, p.deadline, p.state, p.executed,
           p.outcome, p.decided_at, coalesce(d.name, '') AS decided_by_name, p.reason, p.cap,
           p.accepted_at, EXISTS (
               SELECT FROM proposal_review AS r
               WHERE r.shop_id = p.shop_id AND r.proposal_id = p.id AND r.answer IS NULL)
               AS unreviewed
    FROM proposal AS p
    LEFT JOIN staff AS s ON s.shop_id = p.shop_id AND s.id = p.by_id
    LEFT JOIN staff AS d ON d.shop_id = p.shop_id AND d.id = p.decided_by
    WHERE p.shop_id = :shop_id AND p.id = ANY(ARRAY(
        SELECT id FROM proposal
        WHERE shop_id = :shop_id AND state = 'open' AND deadline > CAST(:now AS timestamptz)
              AND subject_id = ANY(CAST(:ids AS uuid[]))
        UNION ALL
        SELECT id FROM proposal
        WHERE shop_id = :shop_id AND decided_at > CAST(:since AS timestamptz)
              AND subject_id = ANY(CAST(:ids AS uuid[]))
              AND (by_id = CAST(:staff_id AS uuid) AND state <> 'withdrawn'
                   OR decided_at > CAST(:doing AS timestamptz)
                      AND (decided_by = CAST(:staff_id AS uuid)
                           OR state = 'approved' AND executed = 'no'))
        UNION ALL
        SELECT id FROM proposal
        WHERE shop_id = :shop_id AND state = 'open' AND deadline > CAST(:now AS timestamptz)
              AND action = ANY(CAST(:actions AS text[]))
        UNION ALL
        SELECT id FROM proposal
        WHERE shop_id = :shop_id AND decided_at > CAST(:since AS timestamptz)
              AND action = ANY(CAST(:actions AS text[])) AND state <> 'withdrawn'
              AND (by_id = CAST(:staff_id AS uuid)
                   OR decided_by = CAST(:staff_id AS uuid)
                      AND decided_at > CAST(:doing AS timestamptz))))
    ORDER BY p.state = 'open' DESC, coalesce(p.decided_at, p.asked_at) DESC, p.id
    LIMIT CAST(:rows_max AS int)
""")
_WAITS = text("""
    SELECT w.proposal_id, w.staff_id, coalesce(s.name, '') AS name, w.part, w.kind
    FROM proposal_wait AS w
    LEFT JOIN staff AS s ON s.shop_id = w.shop_id AND s.id = w.staff_id
    WHERE w.shop_id = :shop_id AND w.until IS NULL
          AND w.proposal_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY w.since, w.id
""")
_MARKED = text("""
    SELECT DISTINCT subject_id FROM proposal
    WHERE shop_id = :shop_id AND state = 'open' AND deadline > CAST(:now AS timestamptz)
          AND subject_id = ANY(CAST(:ids AS uuid[]))
""")


class Asked(msgspec.Struct, frozen=True):
    """Somebody who is waited for."""

    staff_id: StaffId
    name: str
    part: Part
    kind: ReviewKind | None


class OfThing(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal, as it stands on the page of what it is about."""

    id: ProposalId
    subject_id: UUID
    title: Words
    named: bool  # Whether the applicant called it something, or the title is that of the action.
    evidence: str
    action: Action
    amount: int | None
    by_id: StaffId
    by_name: str
    asked_at: datetime
    deadline: datetime
    state: State
    executed: Executed
    outcome: str  # The shop's refusal.
    decided_at: datetime | None
    decided_by_name: str  # Empty: time decided.
    reason: str
    cap: int | None
    accepted_at: datetime | None
    unreviewed: bool  # A review is missing.
    asked: tuple[Asked, ...] = ()  # While it is open.

    @property
    def open(self) -> bool:
        return self.state is State.OPEN


async def about(
    t: Transaction,
    ids: Sequence[UUID],
    actions: Sequence[Action],
    *,
    staff_id: StaffId,
    now: datetime,
) -> list[OfThing]:
    """What waits about these things, or is asked for in these ways; then what came of it.

    What was answered is told to `staff_id` if they asked for it (for a week) or decided it (for an
    hour), unless the applicant has asked for something of the kind since then.
    """
    rows = await t.read(
        _ABOUT,
        ids=list(ids),
        actions=list(actions),
        staff_id=staff_id,
        now=now,
        since=now - TOLD_FOR,
        doing=now - DOING_FOR,
        rows_max=FOUND_MAX,
    )
    anew: dict[Any, datetime] = {}
    for row in rows:
        of = _kind(row, ids)
        anew[of] = max(row.asked_at, anew.get(of, row.asked_at))
    told = [
        row for row in rows if row.decided_at is None or anew[_kind(row, ids)] <= row.decided_at
    ]
    waits = await t.rows(_WAITS, ids=[row.id for row in told if row.decided_at is None])
    return [_of_thing(row, waits) for row in told]


async def marked(t: Transaction, ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Those that something waits about."""
    return {row.subject_id for row in await t.read(_MARKED, ids=list(ids), now=now)}


def _kind(row: Any, ids: Sequence[UUID]) -> Any:
    """What is made by what was asked for has no page before: there all of an action are one."""
    return row.subject_id if row.subject_id in ids else None, row.action, row.by_id


def _of_thing(row: Any, waits: Sequence[Any]) -> OfThing:
    action = Action(row.action)
    return OfThing(
        **{
            **row._asdict(),
            "title": titled(row.title, action),
            "named": bool(row.title),
            "action": action,
            "state": State(row.state),
            "executed": Executed(row.executed),
            "asked": tuple(
                Asked(
                    one.staff_id,
                    one.name,
                    Part(one.part),
                    None if one.kind is None else ReviewKind(one.kind),
                )
                for one in waits
                if one.proposal_id == row.id
            ),
        }
    )
