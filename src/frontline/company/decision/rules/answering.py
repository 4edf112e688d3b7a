"""Reviews, questions and answers: what is said inside a proposal before it is decided."""

from __future__ import annotations

from datetime import datetime

import msgspec

from frontline.company.decision.book import Proposal, Question, Wait, wait_id
from frontline.company.decision.book.proposals import QUESTIONS_MAX
from frontline.company.decision.messages import (
    Answer,
    Answered,
    AnswerQuestion,
    AnswerReview,
    Asked,
    AskQuestion,
    Part,
    PersonAsked,
    ProposalId,
    QuestionAnswered,
    Refusal,
    Refused,
    State,
    Why,
)
from frontline.company.decision.rules.desk import Desk, answered, go_on
from frontline.kernel.words import Notes


def still_open(desk: Desk, proposal_id: ProposalId, now: datetime) -> Proposal | Refused:
    proposal = desk.decision.proposals.get(proposal_id)
    if proposal is None:
        return Refused(Refusal.PROPOSAL_UNKNOWN)
    if proposal.state is not State.OPEN:
        return Refused(Refusal.PROPOSAL_CLOSED)
    if now >= proposal.deadline:
        return Refused(Refusal.PROPOSAL_TOO_LATE)
    return proposal


def review(desk: Desk, command: AnswerReview, now: datetime, notes: Notes) -> Answered | Refused:
    proposal = still_open(desk, command.proposal_id, now)
    if isinstance(proposal, Refused):
        return proposal
    if command.staff_id == proposal.by_id:
        return Refused(Refusal.OWN_PROPOSAL)
    found = desk.decision.reviews.get((proposal.id, command.kind))
    if found is None or command.staff_id not in {found.reviewer_id, found.substitute_id}:
        return Refused(Refusal.NOT_YOUR_REVIEW)
    if found.asked_at is None or command.staff_id not in desk.seen.clerks.rows():
        return Refused(Refusal.NOT_YOUR_REVIEW)  # Its turn has not come; or they have left.
    if found.answer is not None:
        return Refused(Refusal.REVIEW_GIVEN)
    if command.answer is not Answer.YES and not command.reason:
        return Refused(Refusal.REASON_MISSING)
    desk.decision.put_review(
        msgspec.structs.replace(
            found,
            answer=command.answer,
            reason=command.reason,
            answered_by=command.staff_id,
            answered_at=now,
        )
    )
    answered(desk, proposal.id, found.kind, command.staff_id, now)
    said = f"{found.kind} {command.answer} {command.reason}".rstrip()
    desk.decision.add(proposal.id, now, "reviewed", command.staff_id, said)
    go_on(desk, proposal, now, notes)
    return Answered(proposal.id, proposal.state)


def ask(desk: Desk, command: AskQuestion, now: datetime, notes: Notes) -> Asked | Refused:
    proposal = still_open(desk, command.proposal_id, now)
    if isinstance(proposal, Refused):
        return proposal
    if command.staff_id == proposal.by_id:
        return Refused(Refusal.OWN_PROPOSAL)
    if proposal.questions >= QUESTIONS_MAX:
        return Refused(Refusal.TOO_MANY_QUESTIONS)
    desk.decision.questions[command.id] = Question(
        id=command.id,
        proposal_id=proposal.id,
        asked_by=command.staff_id,
        asked_at=now,
        text=command.text,
    )
    proposal = desk.decision.change(proposal.id, questions=proposal.questions + 1)
    desk.decision.wait(
        Wait(
            id=wait_id(proposal.id, str(command.id), proposal.by_id),
            proposal_id=proposal.id,
            staff_id=proposal.by_id,
            part=Part.ANSWER,
            kind=None,
            action=proposal.action,
            since=now,
            due_at=proposal.deadline,
        )
    )
    desk.decision.add(proposal.id, now, "question", command.staff_id, command.text)
    notes.announce(
        PersonAsked(
            proposal_id=proposal.id,
            to=proposal.by_id,
            part=Part.ANSWER,
            kind=None,
            why=Why.ASKED,
            due_at=proposal.deadline,
            question_id=command.id,
        )
    )
    return Asked(command.id)


def answer(desk: Desk, command: AnswerQuestion, now: datetime, notes: Notes) -> Answered | Refused:
    proposal = still_open(desk, command.proposal_id, now)
    if isinstance(proposal, Refused):
        return proposal
    question = desk.decision.questions.get(command.question_id)
    if question is None or question.proposal_id != proposal.id:
        return Refused(Refusal.QUESTION_UNKNOWN)
    if command.staff_id != proposal.by_id:
        return Refused(Refusal.NOT_YOURS_TO_ANSWER)
    if question.answered_at is not None:
        return Refused(Refusal.QUESTION_ANSWERED)
    if not command.text:
        return Refused(Refusal.REASON_MISSING)
    desk.decision.questions[question.id] = msgspec.structs.replace(
        question, answer=command.text, answered_at=now
    )
    answered(desk, proposal.id, str(question.id), command.staff_id, now)
    desk.decision.add(proposal.id, now, "answer", command.staff_id, command.text)
    notes.announce(
        QuestionAnswered(proposal_id=proposal.id, question_id=question.id, to=question.asked_by)
    )
    return Answered(proposal.id, proposal.state)
