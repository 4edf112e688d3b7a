"""Proposals: who was asked what, until when, and the chain of everything that was done.

The chain has one head for the shop, locked by whoever adds to it; each step is hashed with the
one before it, and seals what is proposed. Whoever changes a row later breaks it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from frontline.company.authority.messages import OnDeadline, ReviewKind
from frontline.company.decision.messages import (
    Answer,
    Executed,
    Part,
    PreAnswer,
    ProposalId,
    State,
)
from frontline.kernel.authority import Action
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.ids import named
from frontline.kernel.states import move, proved
from frontline.kernel.text import Words
from frontline.kernel.words import Fen, StaffId

QUESTIONS_MAX = 50  # Of one proposal.
HEAD = "head"

TRANSITIONS = proved(
    {
        State.OPEN: frozenset(
            {State.APPROVED, State.APPROVED_BUT, State.REFUSED, State.LAPSED, State.WITHDRAWN}
        ),
        State.APPROVED: frozenset(),
        State.APPROVED_BUT: frozenset(),
        State.REFUSED: frozenset(),
        State.LAPSED: frozenset(),
        State.WITHDRAWN: frozenset(),
    },
    start=State.OPEN,
)
EXECUTED_TRANSITIONS = proved(
    {
        Executed.NO: frozenset({Executed.DONE, Executed.FAILED}),
        Executed.DONE: frozenset(),
        Executed.FAILED: frozenset(),
    },
    start=Executed.NO,
)


class Ended(StrEnum):
    """How waiting for somebody came to its end."""

    ANSWERED = "answered"
    RELIEVED = "relieved"  # Somebody else answered, or it was decided without.
    LAPSED = "lapsed"  # The deadline came first.
    WITHDRAWN = "withdrawn"


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    id: ProposalId
    action: Action
    amount: int | None
    allowed: int | None  # What the applicant may do alone.
    by_id: StaffId
    position_id: UUID | None  # The applicant's then.
    subject_id: UUID
    command: str
    wish: int  # Of the command under the id it is handed in again with.
    title: str
    evidence: str
    window_id: UUID | None
    asked_at: datetime
    deadline: datetime
    owner_at: datetime  # The owner is asked no later; the deadline itself: never by time alone.
    reviews_by: datetime
    parallel: bool
    on_deadline: OnDeadline
    worth: Fen | None
    worth_how: Words
    state: State = State.OPEN
    decider_id: StaffId | None  # Who is to decide once the reviews are in; None: the owner.
    decider_asked_at: datetime | None = None
    decider_reminded: bool = False
    owner_asked_at: datetime | None = None
    owner_reminded: bool = False
    decided_at: datetime | None = None
    decided_by: StaffId | None = None
    reason: str = ""
    cap: int | None = None
    accepted_at: datetime | None = None
    executed: Executed = Executed.NO
    outcome: str = ""
    questions: int = 0


class Review(msgspec.Struct, frozen=True, kw_only=True):
    proposal_id: ProposalId
    kind: ReviewKind
    place: int
    reviewer_id: StaffId | None
    substitute_id: StaffId | None
    asked_at: datetime | None = None  # None: its turn has not come.
    due_at: datetime | None = None
    reminded: bool = False
    substituted: bool = False
    pre_answer: PreAnswer
    facts: tuple[Words, ...]
    answer: Answer | None = None
    reason: str = ""
    answered_by: StaffId | None = None
    answered_at: datetime | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    proposal_id: ProposalId
    asked_by: StaffId
    asked_at: datetime
    text: str
    answer: str = ""
    answered_at: datetime | None = None


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is waited for, or was: what latency is reckoned from."""

    id: UUID
    proposal_id: ProposalId
    staff_id: StaffId
    part: Part
    kind: ReviewKind | None
    action: Action
    since: datetime
    due_at: datetime
    until: datetime | None = None
    ended: Ended | None = None


class Head(msgspec.Struct, frozen=True):
    number: int
    hash: bytes


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One link of the chain."""

    number: int
    proposal_id: ProposalId
    at: datetime
    deed: str
    staff_id: StaffId | None  # None: time did it.
    state: State  # Of the proposal, afterwards.
    said: str
    seal: str
    hash: bytes


def seal(proposal: Proposal) -> str:
    """Hexadecimal digest of what is proposed: action, amount, by whom, on what, the command."""
    content = "\n".join(
        (
            proposal.action,
            "" if proposal.amount is None else str(proposal.amount),
            str(proposal.by_id),
            str(proposal.subject_id),
            str(proposal.wish),
            proposal.command,
        )
    )
    return sha256(content.encode()).hexdigest()


def link(before: bytes, step: Step) -> bytes:
    """The digest of a step (its own `hash` left out) and, through `before`, of all before it.

    The audit says the same again in SQL. `said` comes last: it alone may hold a line break.
    """
    micros = (step.at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    content = "\n".join(
        (
            before.hex(),
            str(step.number),
            str(step.proposal_id),
            str(micros),
            step.deed,
            "" if step.staff_id is None else str(step.staff_id),
            step.state,
            step.seal,
            step.said,
        )
    )
    return sha256(content.encode()).digest()


def wait_id(proposal_id: ProposalId, what: str, staff_id: StaffId) -> UUID:
    """`what`: a kind of review, `decide`, or the id of a question."""
    return named("decision wait", f"{proposal_id} {what} {staff_id}")


@dataclass(slots=True)
class DecisionBook(Book):
    proposals: Page[ProposalId, Proposal]
    reviews: Page[tuple[ProposalId, ReviewKind], Review]
    questions: Page[UUID, Question]
    waits: Page[UUID, Wait]
    head: Page[str, Head]
    steps: list[Step] = field(default_factory=list)

    def reviews_of(self, proposal_id: ProposalId) -> list[Review]:
        """In their order."""
        found = [one for one in self.reviews.rows().values() if one.proposal_id == proposal_id]
        return sorted(found, key=lambda one: one.place)

    def open_waits(self, proposal_id: ProposalId) -> list[Wait]:
        return [
            one
            for one in self.waits.rows().values()
            if one.proposal_id == proposal_id and one.until is None
        ]

    def open(self, proposal: Proposal) -> None:
        assert self.proposals.get(proposal.id) is None
        assert proposal.state is State.OPEN
        self.proposals[proposal.id] = proposal

    def change(self, proposal_id: ProposalId, **changes: Any) -> Proposal:
        """Change what is neither state nor what is proposed."""
        assert not changes.keys() & {"state", "executed", "command", "wish", "amount", "action"}
        return self._put(msgspec.structs.replace(self.proposals[proposal_id], **changes))

    def close(
        self, proposal_id: ProposalId, state: State, at: datetime, ended: Ended, **changes: Any
    ) -> Proposal:
        """Nobody is waited for any more, but for the answer of whoever closed it."""
        old = self.proposals[proposal_id]
        for wait in self.open_waits(proposal_id):
            self.end(wait, at, ended)
        return self._put(
            msgspec.structs.replace(
                old, state=move(TRANSITIONS, old.state, state), decided_at=at, **changes
            )
        )

    def execute(self, proposal_id: ProposalId, executed: Executed, outcome: str) -> Proposal:
        old = self.proposals[proposal_id]
        return self._put(
            msgspec.structs.replace(
                old, executed=move(EXECUTED_TRANSITIONS, old.executed, executed), outcome=outcome
            )
        )

    def put_review(self, review: Review) -> Review:
        self.reviews[review.proposal_id, review.kind] = review
        return review

    def wait(self, wait: Wait) -> None:
        """Wait for somebody; if we do already, nothing changes."""
        if self.waits.get(wait.id) is None:
            self.waits[wait.id] = wait

    def end(self, wait: Wait, at: datetime, ended: Ended) -> None:
        assert wait.until is None
        self.waits[wait.id] = msgspec.structs.replace(wait, until=at, ended=ended)

    def add(
        self, proposal_id: ProposalId, at: datetime, deed: str, staff_id: StaffId | None, said: str
    ) -> None:
        """Add a step to the chain, of the proposal as it is now."""
        proposal = self.proposals[proposal_id]
        before = self.head.get(HEAD) or Head(0, b"")
        step = Step(
            number=before.number + 1,
            proposal_id=proposal_id,
            at=at,
            deed=deed,
            staff_id=staff_id,
            state=proposal.state,
            said=said,
            seal=seal(proposal),
            hash=b"",
        )
        step = msgspec.structs.replace(step, hash=link(before.hash, step))
        self.steps.append(step)
        self.head[HEAD] = Head(step.number, step.hash)

    def check(self) -> None:
        for old, new in self.proposals.altered().values():
            assert seal(old) == seal(new), "what is proposed never changes"
        for proposal in self.proposals.rows().values():
            assert proposal.asked_at <= proposal.reviews_by <= proposal.owner_at
            assert proposal.owner_at <= proposal.deadline
            assert proposal.decided_by != proposal.by_id
            assert (proposal.state is State.OPEN) == (proposal.decided_at is None)
            approved = proposal.state is State.APPROVED or proposal.accepted_at is not None
            assert approved or proposal.executed is Executed.NO
            assert proposal.accepted_at is None or proposal.state is State.APPROVED_BUT
            assert 0 <= proposal.questions <= QUESTIONS_MAX
        for (proposal_id, _), review in self.reviews.rows().items():
            by_id = self.proposals[proposal_id].by_id
            assert by_id not in {review.reviewer_id, review.substitute_id, review.answered_by}
            assert (review.answer is None) == (review.answered_at is None)
        for wait in self.waits.rows().values():
            closed = self.proposals[wait.proposal_id].state is not State.OPEN
            assert not closed or wait.until is not None

    def _put(self, proposal: Proposal) -> Proposal:
        self.proposals[proposal.id] = proposal
        return proposal


@dataclass(frozen=True, slots=True)
class DecisionKeys(Keys[DecisionBook]):
    """With everything that belongs to them, and the head of the chain."""

    proposal_ids: Iterable[ProposalId]
