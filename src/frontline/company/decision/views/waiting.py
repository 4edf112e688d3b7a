"""What waits, on whom, and what each hour of it costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.authority.messages import ACTION_WORDS, REVIEW_WORDS, ReviewKind
from frontline.company.decision.messages import (
    Answer,
    Executed,
    Part,
    PreAnswer,
    ProposalId,
    State,
)
from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.kernel.words import Fen, StaffId
from frontline.store.database import Transaction

STUCK_MAX = 50


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for one person."""

    id: ProposalId
    title: str  # What the applicant called it; empty: named after the action.
    action: Action
    amount: int | None
    asked_by: StaffId
    asked_by_name: str
    asked_at: datetime  # When the proposal was made.
    since: datetime  # When this person was asked.
    due_at: datetime
    deadline: datetime
    worth: Fen | None  # Lost when nobody decides before the deadline.
    worth_how: Words
    cost_per_hour: Fen | None  # The worth over the hours from proposal to deadline.
    part: Part
    review_kind: ReviewKind | None
    pre_answer: PreAnswer | None  # Of this review; None: it is none.


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is waited for, and has let the time pass that was meant for it."""

    on_name: str
    on_staff_id: StaffId
    what: Words
    since: datetime
    cost_per_hour: Fen | None
    id: UUID  # Of the proposal.


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer, and before them the facts, said of a proposal."""

    kind: ReviewKind
    name: str  # Who answered, else who is to.
    answer: Answer | None
    reason: str
    pre_answer: PreAnswer
    facts: tuple[Words, ...]  # What the pre-answer goes by.


class OfWindow(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal that was made for a window."""

    id: ProposalId
    state: State
    executed: Executed
    asked_by_name: str
    asked_at: datetime
    deadline: datetime


def per_hour(worth: int | None, asked_at: datetime, deadline: datetime) -> Fen | None:
    """What an hour of waiting costs: the worth, spread evenly from proposal to deadline."""
    if worth is None:
        return None
    return Fen(round(worth * 3600 / max(1.0, (deadline - asked_at).total_seconds())))


# What waits for somebody: what they were asked, and among owners what any of them was asked to
# decide, for it may be that she came later. The second is said of the waits in the index alone.
MINE = """
    w.staff_id = ANY(array(
        SELECT CAST(:staff_id AS uuid)
        UNION ALL
        SELECT o.id FROM staff AS me
        JOIN staff AS o ON o.shop_id = me.shop_id AND o.role = 'owner' AND o.id <> me.id
        WHERE me.shop_id = :shop_id AND me.id = CAST(:staff_id AS uuid)
          AND me.role = 'owner' AND me.active))
    AND (w.staff_id = CAST(:staff_id AS uuid) OR (w.part = 'decide' AND NOT EXISTS (
        SELECT FROM proposal_wait AS own
        WHERE own.shop_id = w.shop_id AND own.proposal_id = w.proposal_id AND own.part = 'decide'
          AND own.until IS NULL AND (own.staff_id = CAST(:staff_id AS uuid)
              OR (own.staff_id < w.staff_id AND EXISTS (
                  SELECT FROM staff AS s WHERE s.shop_id = own.shop_id AND s.id = own.staff_id
                    AND s.role = 'owner'))))))
"""
_WAITING = text(f"""
    SELECT p.id, p.title, p.action, p.amount, p.by_id, s.name AS by_name, p.asked_at, w.since,
           w.due_at, p.deadline, p.worth, p.worth_how, w.part, w.kind, r.pre_answer
    FROM proposal_wait AS w
    JOIN proposal AS p ON p.shop_id = w.shop_id AND p.id = w.proposal_id
    LEFT JOIN staff AS s ON s.shop_id = p.shop_id AND s.id = p.by_id
    LEFT JOIN proposal_review AS r
        ON r.shop_id = w.shop_id AND r.proposal_id = w.proposal_id AND r.kind = w.kind
    WHERE w.shop_id = :shop_id AND w.until IS NULL AND {MINE}
      AND p.deadline > CAST(:now AS timestamptz)
    ORDER BY p.worth / extract(epoch FROM p.deadline - p.asked_at) DESC NULLS LAST,
             p.deadline, p.id, w.part
    LIMIT CAST(:rows_max AS int)
""")  # noqa: S608 - put together of a piece that stands above
_COUNT = text(f"""
    SELECT count(*) AS n FROM (
        SELECT DISTINCT w.proposal_id FROM proposal_wait AS w
        WHERE w.shop_id = :shop_id AND w.until IS NULL AND {MINE}
        LIMIT 100) AS found
""")  # noqa: S608
_REVIEWED = text("""
    SELECT r.proposal_id, r.kind, r.answer, r.reason, r.pre_answer, r.facts,
           coalesce(s.name, '') AS name
    FROM proposal_review AS r
    LEFT JOIN staff AS s
        ON s.shop_id = r.shop_id AND s.id = coalesce(r.answered_by, r.reviewer_id)
    WHERE r.shop_id = :shop_id AND r.proposal_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY r.proposal_id, r.place
""")
_STUCK = text("""
    SELECT w.staff_id, s.name, w.part, w.kind, w.since, p.id, p.title, p.action, p.worth,
           p.asked_at, p.deadline
    FROM proposal_wait AS w
    JOIN proposal AS p ON p.shop_id = w.shop_id AND p.id = w.proposal_id
    LEFT JOIN staff AS s ON s.shop_id = w.shop_id AND s.id = w.staff_id
    WHERE w.shop_id = :shop_id AND w.until IS NULL
      AND w.since + (w.due_at - w.since) / 2 <= CAST(:now AS timestamptz)
      AND p.deadline > CAST(:now AS timestamptz)
    ORDER BY p.worth / extract(epoch FROM p.deadline - p.asked_at) DESC NULLS LAST,
             w.since, w.id
    LIMIT CAST(:rows_max AS int)
""")
_DECIDED = text("""
    SELECT count(*) AS n FROM proposal_wait
    WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid) AND ended = 'answered'
      AND until >= CAST(:since AS timestamptz)
""")
_OF_WINDOW = text("""
    SELECT p.id, p.state, p.executed, s.name, p.asked_at, p.deadline
    FROM proposal AS p
    LEFT JOIN staff AS s ON s.shop_id = p.shop_id AND s.id = p.by_id
    WHERE p.shop_id = :shop_id AND p.window_id = CAST(:window_id AS uuid)
    ORDER BY p.asked_at DESC LIMIT 20
""")


async def waiting(
    t: Transaction, staff_id: StaffId, now: datetime, limit: int = 50
) -> list[Waiting]:
    """What waits for this person; what costs most by the hour first."""
    found = await t.read(_WAITING, staff_id=staff_id, now=now, rows_max=limit)
    return [
        Waiting(
            id=row.id,
            title=row.title,
            action=Action(row.action),
            amount=row.amount,
            asked_by=row.by_id,
            asked_by_name=row.by_name or "",
            asked_at=row.asked_at,
            since=row.since,
            due_at=row.due_at,
            deadline=row.deadline,
            worth=row.worth,
            worth_how=words(row.worth_how),
            cost_per_hour=per_hour(row.worth, row.asked_at, row.deadline),
            part=Part(row.part),
            review_kind=None if row.kind is None else ReviewKind(row.kind),
            pre_answer=None if row.pre_answer is None else PreAnswer(row.pre_answer),
        )
        for row in found
    ]


async def waiting_count(t: Transaction, staff_id: StaffId) -> int:
    """How many proposals wait for this person; counted up to 100."""
    (row,) = await t.read(_COUNT, staff_id=staff_id)
    return int(row.n)


async def reviewed(t: Transaction, ids: Sequence[ProposalId]) -> dict[ProposalId, list[Reviewed]]:
    """What was said of these proposals, in the order of their reviews."""
    found: dict[ProposalId, list[Reviewed]] = {}
    for row in await t.rows(_REVIEWED, ids=list(ids)):
        said = Reviewed(
            kind=ReviewKind(row.kind),
            name=row.name,
            answer=None if row.answer is None else Answer(row.answer),
            reason=row.reason,
            pre_answer=PreAnswer(row.pre_answer),
            facts=msgspec.json.decode(row.facts, type=tuple[Words, ...]),
        )
        found.setdefault(row.proposal_id, []).append(said)
    return found


async def stuck(t: Transaction, now: datetime) -> list[Stuck]:
    """Who is waited for since more than half of the time that was meant for it."""
    return [_stuck(row) for row in await t.read(_STUCK, now=now, rows_max=STUCK_MAX)]


async def decided_by(t: Transaction, staff_id: StaffId, since: datetime) -> int:
    """How much this person has reviewed, decided and answered since then."""
    (row,) = await t.read(_DECIDED, staff_id=staff_id, since=since)
    return int(row.n)


async def for_window(t: Transaction, window_id: UUID) -> Sequence[OfWindow]:
    """The proposals made for this window, the latest first."""
    return [
        OfWindow(
            id=row.id,
            state=State(row.state),
            executed=Executed(row.executed),
            asked_by_name=row.name or "",
            asked_at=row.asked_at,
            deadline=row.deadline,
        )
        for row in await t.read(_OF_WINDOW, window_id=window_id)
    ]


def words(encoded: str) -> Words:
    return msgspec.json.decode(encoded, type=Words)


def _stuck(row: Any) -> Stuck:
    said = PART_WORDS[row.kind or row.part]
    title = row.title or ACTION_WORDS[Action(row.action)].zh
    title_en = row.title or ACTION_WORDS[Action(row.action)].en
    return Stuck(
        on_name=row.name or "",
        on_staff_id=row.staff_id,
        what=Words(f"{said.zh}：{title}", f"{said.en}: {title_en}"),
        since=row.since,
        cost_per_hour=per_hour(row.worth, row.asked_at, row.deadline),
        id=row.id,
    )


PART_WORDS = {
    **{str(kind): said for kind, said in REVIEW_WORDS.items()},
    "decide": Words("拍板", "Decision"),
    "answer": Words("回答问题", "Answer to a question"),
}
