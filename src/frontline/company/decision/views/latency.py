"""How long decisions take: whom they waited for, in which step, and what was missed by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.authority.messages import ReviewKind
from frontline.company.authority.views import read as read_company
from frontline.company.decision.messages import Part, ProposalId
from frontline.company.decision.views.one import titled
from frontline.company.decision.views.waiting import words
from frontline.company.window import views as windows
from frontline.kernel.authority import Action
from frontline.kernel.money import share
from frontline.kernel.text import Words
from frontline.kernel.words import Fen, StaffId
from frontline.store.database import Transaction

MISSED_MAX = 200

_DESKS = text("""
    SELECT staff_id, part, kind, action, count(*) AS n,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY until - since) AS median,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY until - since) AS p90,
           sum(until - since) AS total,
           count(*) FILTER (WHERE ended = 'answered') AS answered
    FROM proposal_wait
    WHERE shop_id = :shop_id AND until >= CAST(:since AS timestamptz)
      AND until < CAST(:before AS timestamptz) AND until > proposal_wait.since
    GROUP BY staff_id, part, kind, action
""")
# What was missed counts once for each window, and not at all if the window was signed up after all
# by another proposal.
_SAVED = """
    EXISTS (SELECT FROM proposal AS o WHERE o.shop_id = p.shop_id
            AND o.window_id = p.window_id AND o.executed = 'done')
"""
_WEEKS = text(f"""
    WITH closed AS (
        SELECT CAST(date_trunc('week', decided_at AT TIME ZONE CAST(:zone AS text)) AS date)
                   AS week,
               decided_at - asked_at AS took, worth, coalesce(window_id, id) AS about,
               decided_by IS NULL AND NOT {_SAVED} AS missed
        FROM proposal AS p
        WHERE shop_id = :shop_id AND decided_at >= CAST(:since AS timestamptz)
          AND decided_at < CAST(:before AS timestamptz) AND state <> 'withdrawn'),
    lost AS (
        SELECT week, count(*) AS missed, coalesce(sum(worth), 0) AS lost
        FROM (SELECT week, about, max(worth) AS worth FROM closed WHERE missed
              GROUP BY week, about) AS once
        GROUP BY week)
    SELECT c.week, count(*) AS n,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY c.took) AS median,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY c.took) AS p90,
           coalesce(max(l.missed), 0) AS missed, coalesce(max(l.lost), 0) AS lost
    FROM closed AS c LEFT JOIN lost AS l ON l.week = c.week
    GROUP BY c.week ORDER BY c.week
""")  # noqa: S608 - put together of pieces that stand above
# Nobody decided before the deadline; and who had been asked and was silent until then.
_MISSED = text(f"""
    SELECT DISTINCT ON (coalesce(p.window_id, p.id))
           p.id, p.title, p.action, p.asked_at, p.deadline, p.worth, p.worth_how, p.window_id,
           array(SELECT w.staff_id FROM proposal_wait AS w
                 WHERE w.shop_id = p.shop_id AND w.proposal_id = p.id AND w.ended = 'lapsed'
                 ORDER BY w.since, w.id) AS silent
    FROM proposal AS p
    WHERE p.shop_id = :shop_id AND p.decided_at >= CAST(:since AS timestamptz)
      AND p.decided_at < CAST(:before AS timestamptz) AND p.decided_by IS NULL
      AND p.state <> 'withdrawn' AND NOT {_SAVED}
    ORDER BY coalesce(p.window_id, p.id), p.worth DESC NULLS LAST, p.id
    LIMIT CAST(:rows_max AS int)
""")  # noqa: S608
_PROPOSED = text("""
    SELECT DISTINCT window_id FROM proposal
    WHERE shop_id = :shop_id AND window_id = ANY(CAST(:window_ids AS uuid[]))
""")


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """One person in one step of one kind of action."""

    staff_id: StaffId
    name: str
    department: str
    part: Part
    kind: ReviewKind | None
    action: Action
    count: int
    answered: int
    median: timedelta
    p90: timedelta
    total: timedelta


class Week(msgspec.Struct, frozen=True, kw_only=True):
    monday: date
    count: int
    median: timedelta  # From asked to decided.
    p90: timedelta
    missed: int
    lost: Fen


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    id: ProposalId
    title: Words
    asked_at: datetime
    deadline: datetime
    worth: Fen | None
    worth_how: Words
    window_id: UUID | None
    silent: tuple[str, ...]  # Names of those who had been asked and had not answered.


class Share(msgspec.Struct, frozen=True):
    """What somebody's silence had a part in."""

    name: str
    missed: int
    lost: Fen  # Each loss shared evenly among those who were silent.


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    desks: tuple[Desk, ...]  # Who keeps others waiting the longest first.
    weeks: tuple[Week, ...]
    missed: tuple[Missed, ...]  # What cost the most first.
    shares: tuple[Share, ...]
    unasked: tuple[windows.Missed, ...]  # Windows that closed, and nobody had proposed anything.

    @property
    def lost(self) -> Fen:
        return Fen(sum(one.worth or 0 for one in self.missed))


async def latency(
    t: Transaction, since: datetime, before: datetime, trend_since: datetime, zone: str
) -> Latency:
    """Of what ended within the time; `trend_since`: from when on weeks are told."""
    company = await read_company(t)
    names = company.names
    asked = {"since": since, "before": before}
    desks = [_desk(row, company) for row in await t.read(_DESKS, **asked)]
    weeks = await t.read(_WEEKS, since=trend_since, before=before, zone=zone)
    missed = await t.read(_MISSED, **asked, rows_max=MISSED_MAX)
    missed = sorted(missed, key=lambda row: (-(row.worth or 0), row.id))
    gone = [one for one in await windows.missed(t, since) if one.closed_at < before]
    proposed = {row.window_id for row in await t.rows(_PROPOSED, window_ids=[it.id for it in gone])}
    return Latency(
        desks=tuple(sorted(desks, key=lambda one: (-one.total, one.name, one.action))),
        weeks=tuple(_week(row) for row in weeks),
        missed=tuple(_missed(row, names) for row in missed),
        shares=_shares(missed, names),
        unasked=tuple(one for one in gone if one.id not in proposed),
    )


def _desk(row: Any, company: Any) -> Desk:
    clerk = company.book.clerks.get(row.staff_id)
    position = None if clerk is None else company.book.positions.get(clerk.position_id)
    department = None if position is None else company.book.departments[position.department_id]
    return Desk(
        staff_id=row.staff_id,
        name=company.name(row.staff_id),
        department="" if department is None else department.name,
        part=Part(row.part),
        kind=None if row.kind is None else ReviewKind(row.kind),
        action=Action(row.action),
        count=row.n,
        answered=row.answered,
        median=row.median,
        p90=row.p90,
        total=row.total,
    )


def _week(row: Any) -> Week:
    return Week(
        monday=row.week,
        count=row.n,
        median=row.median,
        p90=row.p90,
        missed=row.missed,
        lost=Fen(int(row.lost)),
    )


def _missed(row: Any, names: dict[UUID, str]) -> Missed:
    return Missed(
        id=row.id,
        title=titled(row.title, Action(row.action)),
        asked_at=row.asked_at,
        deadline=row.deadline,
        worth=row.worth,
        worth_how=words(row.worth_how),
        window_id=row.window_id,
        silent=tuple(names.get(one, "") for one in dict.fromkeys(row.silent)),
    )


def _shares(missed: Sequence[Any], names: dict[UUID, str]) -> tuple[Share, ...]:
    counts: dict[UUID, int] = {}
    lost: dict[UUID, int] = {}
    for row in missed:
        silent = list(dict.fromkeys(row.silent))
        parts = share(Fen(row.worth or 0), [1] * len(silent)) if silent else []
        for staff_id, part in zip(silent, parts, strict=True):
            counts[staff_id] = counts.get(staff_id, 0) + 1
            lost[staff_id] = lost.get(staff_id, 0) + part
    found = [Share(names.get(one, ""), counts[one], Fen(lost[one])) for one in counts]
    return tuple(sorted(found, key=lambda one: (-one.lost, one.name)))
