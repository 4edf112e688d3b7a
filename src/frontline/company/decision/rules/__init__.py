"""Decisions: what the answers, and the time, do to proposals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from frontline.company.authority.book import SeenAuthorityKeys, WarrantKeys
from frontline.company.decision.book import DecisionKeys
from frontline.company.decision.messages import (
    AcceptCondition,
    AnswerQuestion,
    AnswerReview,
    AskQuestion,
    DecideProposal,
    OpenProposal,
    Outcome,
    ProposalId,
    RecordExecution,
    Request,
    Said,
    TendProposal,
    WithdrawProposal,
)
from frontline.company.decision.rules import answering, deciding, opening, tending
from frontline.company.decision.rules.commitments import CommitDesk, commit, gather_commitments
from frontline.company.decision.rules.desk import Desk
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes

__all__ = ["CommitDesk", "Desk", "commit", "decide", "gather", "gather_commitments"]

_MOVING = (OpenProposal, DecideProposal, WithdrawProposal, TendProposal)
"""What opens proposals and closes them."""


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    seen = await load(SeenAuthorityKeys())
    proposal_ids = {
        ProposalId(one.id) if isinstance(one, OpenProposal) else one.proposal_id for one in batch
    }
    decision = await load(DecisionKeys(proposal_ids))
    # Whoever may be about to write a warrant: by a yes of their own, or by accepting a condition
    # that somebody else has set.
    saying = {one.staff_id for one in batch if isinstance(one, DecideProposal)}
    for one in batch:
        if isinstance(one, AcceptCondition):
            known = decision.proposals.get(one.proposal_id)
            if known is not None and known.decided_by is not None:
                saying.add(known.decided_by)
    moving = {
        one.id if isinstance(one, OpenProposal) else one.proposal_id
        for one in batch
        if isinstance(one, _MOVING)
    }
    return Desk(decision, seen, await load(WarrantKeys(saying, moving)))


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(tuple(_answer(desk, command, moment, notes) for command in batch), notes)


def _answer(desk: Desk, command: Request, moment: Moment, notes: Notes) -> Outcome:
    now = moment.now
    match command:
        case OpenProposal():
            return opening.open_(desk, command, now, notes)
        case TendProposal():
            return tending.tend(desk, command, now, notes)
        case RecordExecution():
            return deciding.record(desk, command, now, notes)
        case _:
            return _said(desk, command, now, notes)


def _said(desk: Desk, command: Said, now: datetime, notes: Notes) -> Outcome:
    match command:
        case AnswerReview():
            return answering.review(desk, command, now, notes)
        case DecideProposal():
            return deciding.decide(desk, command, now, notes)
        case AcceptCondition():
            return deciding.accept(desk, command, now, notes)
        case AskQuestion():
            return answering.ask(desk, command, now, notes)
        case AnswerQuestion():
            return answering.answer(desk, command, now, notes)
        case WithdrawProposal():
            return deciding.withdraw(desk, command, now)
