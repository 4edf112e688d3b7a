"""One proposal, whole: what is asked, what the facts say, who looked at it, who can say yes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.authority.messages import ACTION_WORDS
from frontline.company.authority.views import Decider
from frontline.company.authority.views import read as read_company
from frontline.company.decision.book import Proposal, Question, Review
from frontline.company.decision.book.proposals import DecisionKeys
from frontline.company.decision.messages import ProposalId, State
from frontline.company.decision.rows import loading
from frontline.company.decision.views.waiting import per_hour
from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.kernel.words import Fen, StaffId
from frontline.store.database import Transaction

_COMMAND = text("""
    SELECT command FROM proposal WHERE shop_id = :shop_id AND id = CAST(:id AS uuid)
""")
_HEADLINE = text("""
    SELECT p.id, p.title, p.action, p.reason, coalesce(s.name, '') AS by_name, h.timezone
    FROM proposal AS p
    JOIN shop AS h ON h.shop_id = p.shop_id
    LEFT JOIN staff AS s ON s.shop_id = p.shop_id AND s.id = p.by_id
    WHERE p.shop_id = :shop_id AND p.id = CAST(:id AS uuid)
""")
_STEPS = text("""
    SELECT c.number, c.at, c.deed, c.staff_id, coalesce(s.name, '') AS name, c.said
    FROM decision_step AS c
    LEFT JOIN staff AS s ON s.shop_id = c.shop_id AND s.id = c.staff_id
    WHERE c.shop_id = :shop_id AND c.proposal_id = CAST(:id AS uuid)
    ORDER BY c.number
""")


class Headline(msgspec.Struct, frozen=True):
    id: ProposalId
    title: Words
    action: Action
    by_name: str
    reason: str
    timezone: str


class Told(msgspec.Struct, frozen=True):
    """A step of the chain."""

    number: int
    at: datetime
    deed: str
    staff_id: StaffId | None
    name: str
    said: str


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    proposal: Proposal
    title: Words
    reviews: tuple[Review, ...]
    questions: tuple[Question, ...]
    history: tuple[Told, ...]
    waiting_on: tuple[StaffId, ...]  # Now.
    deciders: tuple[Decider, ...]  # Who can say yes now; none when it is closed.
    names: dict[UUID, str]
    cost_per_hour: Fen | None

    def name(self, staff_id: UUID | None) -> str:
        return "" if staff_id is None else self.names.get(staff_id, "")


async def command_of(t: Transaction, proposal_id: ProposalId) -> str:
    (row,) = await t.read(_COMMAND, id=proposal_id)
    return str(row.command)


async def headline(t: Transaction, proposal_id: ProposalId) -> Headline | None:
    """None: there is no such proposal."""
    for row in await t.read(_HEADLINE, id=proposal_id):
        action = Action(row.action)
        title = titled(row.title, action)
        return Headline(row.id, title, action, row.by_name, row.reason, row.timezone)
    return None


def titled(title: str, action: Action) -> Words:
    """What the applicant called it, or the name of the action."""
    return Words(title, title) if title else ACTION_WORDS[action]


async def whole(t: Transaction, proposal_id: UUID, now: datetime) -> Whole | None:
    """None: there is no such proposal."""
    book = await loading.look(t, DecisionKeys([ProposalId(proposal_id)]))
    proposal = book.proposals.get(ProposalId(proposal_id))
    if proposal is None:
        return None
    steps = await t.read(_STEPS, id=proposal_id)
    company = await read_company(t)
    open_ = proposal.state is State.OPEN
    deciders = company.deciders(proposal.action, proposal.amount, now, but=proposal.by_id)
    return Whole(
        proposal=proposal,
        title=titled(proposal.title, proposal.action),
        reviews=tuple(book.reviews_of(proposal.id)),
        questions=tuple(sorted(book.questions.rows().values(), key=_asked)),
        history=tuple(_told(row) for row in steps),
        waiting_on=tuple(dict.fromkeys(one.staff_id for one in book.open_waits(proposal.id))),
        deciders=tuple(deciders) if open_ else (),
        names=dict(company.names),
        cost_per_hour=per_hour(proposal.worth, proposal.asked_at, proposal.deadline),
    )


def _asked(question: Question) -> tuple[datetime, UUID]:
    return question.asked_at, question.id


def _told(row: Any) -> Told:
    return Told(row.number, row.at, row.deed, row.staff_id, row.name, row.said)
