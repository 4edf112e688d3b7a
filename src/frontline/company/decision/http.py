"""Doors for staff's own programs: what waits, and answering it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.company.authority.messages import ReviewKind
from frontline.company.decision import messages
from frontline.company.decision.messages import (
    AcceptCondition,
    Answer,
    AnswerQuestion,
    AnswerReview,
    AskQuestion,
    Commit,
    DecideProposal,
    ProposalId,
    WithdrawProposal,
)
from frontline.company.decision.views import Waiting, waiting
from frontline.kernel.authority import Action
from frontline.kernel.words import Fen
from frontline.web.door import Visit, Who, command_door, get
from frontline.web.session import Caller

LIST_MAX = 100
AMOUNT_MAX = 10**12

Said = Annotated[str, msgspec.Meta(max_length=500)]
Text = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=500)]
Cap = Annotated[int, msgspec.Meta(ge=1, le=AMOUNT_MAX)]


class WaitingForm(msgspec.Struct, frozen=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=LIST_MAX)] = 50


class WaitingList(msgspec.Struct, frozen=True):
    items: tuple[Waiting, ...]


async def _waiting(visit: Visit, form: WaitingForm) -> WaitingList:
    """What waits for me; what costs most by the hour first."""
    async with visit.opened.database.transaction(visit.shop_id) as t:
        found = await waiting(t, visit.known.staff_id, visit.opened.now(), form.limit)
    return WaitingList(tuple(found))


class ReviewForm(msgspec.Struct, frozen=True):
    id: UUID
    proposal_id: UUID
    kind: ReviewKind
    answer: Answer
    reason: Said = ""


def _review(caller: Caller, form: ReviewForm) -> AnswerReview:
    """Answer a review that was given to me."""
    return AnswerReview(
        id=form.id,
        proposal_id=ProposalId(form.proposal_id),
        kind=form.kind,
        staff_id=caller.staff_id,
        answer=form.answer,
        reason=form.reason,
    )


class DecideForm(msgspec.Struct, frozen=True):
    id: UUID
    proposal_id: UUID
    answer: Answer
    reason: Said = ""
    cap: Cap | None = None  # In the action's unit.


def _decide(caller: Caller, form: DecideForm) -> DecideProposal:
    """Yes, no, yes-but."""
    return DecideProposal(
        id=form.id,
        proposal_id=ProposalId(form.proposal_id),
        staff_id=caller.staff_id,
        answer=form.answer,
        reason=form.reason,
        cap=form.cap,
    )


class AskForm(msgspec.Struct, frozen=True):
    id: UUID
    proposal_id: UUID
    text: Text


def _ask(caller: Caller, form: AskForm) -> AskQuestion:
    """Ask the applicant something."""
    return AskQuestion(
        id=form.id,
        proposal_id=ProposalId(form.proposal_id),
        staff_id=caller.staff_id,
        text=form.text,
    )


class ReplyForm(msgspec.Struct, frozen=True):
    id: UUID
    proposal_id: UUID
    question_id: UUID
    text: Text


def _reply(caller: Caller, form: ReplyForm) -> AnswerQuestion:
    """Answer a question about my own proposal."""
    return AnswerQuestion(
        id=form.id,
        proposal_id=ProposalId(form.proposal_id),
        question_id=form.question_id,
        staff_id=caller.staff_id,
        text=form.text,
    )


class OwnForm(msgspec.Struct, frozen=True):
    id: UUID
    proposal_id: UUID


def _withdraw(caller: Caller, form: OwnForm) -> WithdrawProposal:
    """Take back my own proposal."""
    return WithdrawProposal(
        id=form.id, proposal_id=ProposalId(form.proposal_id), staff_id=caller.staff_id
    )


def _accept(caller: Caller, form: OwnForm) -> AcceptCondition:
    """Accept the condition under which my proposal was approved: now it is done."""
    return AcceptCondition(
        id=form.id, proposal_id=ProposalId(form.proposal_id), staff_id=caller.staff_id
    )


class CommitForm(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    action: Action
    amount: Cap
    what: Annotated[str, msgspec.Meta(pattern=r"\S", max_length=120)]
    evidence: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    deadline: datetime | None = None
    worth: Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MAX)] | None = None


def _commit(caller: Caller, form: CommitForm) -> Commit:
    """Bind the company to a spending or a hire, or propose it."""
    return Commit(
        id=form.id,
        staff_id=caller.staff_id,
        action=form.action,
        amount=form.amount,
        what=form.what,
        evidence=form.evidence,
        deadline=form.deadline,
        worth=None if form.worth is None else Fen(form.worth),
    )


_ANSWER = messages.Answered | messages.Refused
_STAFF = Who.STAFF
DOORS = (
    get("/api/staff/decisions/waiting", WaitingForm, _waiting, WaitingList, who=_STAFF),
    command_door("/api/staff/decisions/review", ReviewForm, _review, _ANSWER, who=_STAFF),
    command_door("/api/staff/decisions/decide", DecideForm, _decide, _ANSWER, who=_STAFF),
    command_door(
        "/api/staff/decisions/ask",
        AskForm,
        _ask,
        messages.Asked | messages.Refused,
        who=_STAFF,
    ),
    command_door("/api/staff/decisions/reply", ReplyForm, _reply, _ANSWER, who=_STAFF),
    command_door("/api/staff/decisions/withdraw", OwnForm, _withdraw, _ANSWER, who=_STAFF),
    command_door("/api/staff/decisions/accept", OwnForm, _accept, _ANSWER, who=_STAFF),
    command_door(
        "/api/staff/commitments/commit",
        CommitForm,
        _commit,
        messages.CommitOutcome,
        who=_STAFF,
    ),
)
