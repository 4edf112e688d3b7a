"""Decisions: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.company.authority.messages import ReviewKind
from frontline.kernel.authority import Action, Held
from frontline.kernel.text import Text, Texts, Words
from frontline.kernel.words import Command, Event, Fen, NoEffect, StaffId

ProposalId = NewType("ProposalId", UUID)


class State(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    APPROVED_BUT = "approved_but"  # On a condition, or up to less than was asked.
    REFUSED = "refused"
    LAPSED = "lapsed"  # Nobody decided before the deadline: what was asked is not done.
    WITHDRAWN = "withdrawn"


class Executed(StrEnum):
    NO = "no"
    DONE = "done"
    FAILED = "failed"  # The shop refused it, though it was approved.


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    BUT = "but"


class PreAnswer(StrEnum):
    """What the facts say before anybody has looked."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"  # A fact is missing; which one is said.


class Part(StrEnum):
    """What somebody is waited for."""

    REVIEW = "review"
    DECIDE = "decide"
    ANSWER = "answer"  # To a question.


class Why(StrEnum):
    """Why somebody hears of it now."""

    ASKED = "asked"
    REMINDED = "reminded"
    SUBSTITUTE = "substitute"  # Whoever was asked first is silent.
    OWNER = "owner"  # Time runs out: the owner can still decide.


class Finding(msgspec.Struct, frozen=True):
    """What the machine found for one review: an answer, and the numbers it stands on."""

    kind: ReviewKind
    pre_answer: PreAnswer
    facts: tuple[Words, ...]  # Each with its number and where that comes from.


# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public."""

    PROPOSAL_UNKNOWN = "proposal_unknown"
    PROPOSAL_CLOSED = "proposal_closed"
    PROPOSAL_TOO_LATE = "proposal_too_late"
    PROPOSAL_NOT_NEEDED = "proposal_not_needed"
    OWN_PROPOSAL = "own_proposal"
    NOT_YOUR_REVIEW = "not_your_review"
    REVIEW_GIVEN = "review_given"
    NOT_YOURS_TO_DECIDE = "not_yours_to_decide"
    REVIEWS_MISSING = "reviews_missing"
    REASON_MISSING = "reason_missing"
    CAP_INVALID = "cap_invalid"
    QUESTION_UNKNOWN = "question_unknown"
    QUESTION_ANSWERED = "question_answered"
    NOT_YOURS_TO_ANSWER = "not_yours_to_answer"
    TOO_MANY_QUESTIONS = "too_many_questions"
    NOT_YOURS_TO_WITHDRAW = "not_yours_to_withdraw"
    NO_CONDITION = "no_condition"
    YES_EXPIRED = "yes_expired"
    COMMITMENT_INVALID = "commitment_invalid"


TEXTS: Texts = {
    Refusal.PROPOSAL_UNKNOWN: Text("没有这份申请", "There is no such proposal", 404),
    Refusal.PROPOSAL_CLOSED: Text(
        "这份申请已有结果，请刷新后查看", "It is decided already; reload and look"
    ),
    Refusal.PROPOSAL_TOO_LATE: Text(
        "截止时间已过，这份申请已作废", "The deadline has passed; it has lapsed"
    ),
    Refusal.PROPOSAL_NOT_NEEDED: Text(
        "老板可以直接操作，不用申请", "The owner does it herself; no proposal is needed"
    ),
    Refusal.OWN_PROPOSAL: Text(
        "不能审自己的申请，请等别人来定", "Nobody answers their own proposal", 403
    ),
    Refusal.NOT_YOUR_REVIEW: Text(
        "这项评审没有交给您", "This review was not given to you", 403
    ),
    Refusal.REVIEW_GIVEN: Text(
        "这项评审已有人答复，请刷新后查看", "Somebody has answered this review; reload and look"
    ),
    Refusal.NOT_YOURS_TO_DECIDE: Text(
        "超出您的权限，请等有权限的同事决定", "It is beyond what you may decide", 403
    ),
    Refusal.REVIEWS_MISSING: Text(
        "评审还没有齐，齐了才能决定；急的话请找老板",
        "Reviews are missing; only the owner may decide before they are in",
    ),
    Refusal.REASON_MISSING: Text(
        "请写明理由，申请人会看到", "Say why; the applicant reads it", 422
    ),
    Refusal.CAP_INVALID: Text(
        "上限要大于零，并且不能超过申请的数额",
        "A cap is above zero and no more than what was asked for",
        422,
    ),
    Refusal.QUESTION_UNKNOWN: Text("没有这个问题", "There is no such question", 404),
    Refusal.QUESTION_ANSWERED: Text("这个问题已经答过了", "It is answered already"),
    Refusal.NOT_YOURS_TO_ANSWER: Text(
        "这个问题由申请人回答", "The applicant answers it", 403
    ),
    Refusal.TOO_MANY_QUESTIONS: Text(
        "问题太多了，请直接和申请人谈", "Too many questions; talk to the applicant"
    ),
    Refusal.NOT_YOURS_TO_WITHDRAW: Text(
        "只有申请人可以撤回", "Only the applicant may withdraw it", 403
    ),
    Refusal.NO_CONDITION: Text("没有等您接受的条件", "There is no condition to accept"),
    Refusal.YES_EXPIRED: Text(
        "批准人现在的额度不够了，请重新申请",
        "Whoever said yes may not decide so much any more; propose it again",
    ),
    Refusal.COMMITMENT_INVALID: Text(
        "请写明用途，数额要大于零", "Say what it is for; the amount is above zero", 422
    ),
}  # fmt: skip


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class Unchanged(NoEffect, frozen=True, tag=True):
    """Nothing was due: somebody was faster."""


class Opened(msgspec.Struct, frozen=True, tag=True):
    proposal_id: ProposalId
    deadline: datetime


class Answered(msgspec.Struct, frozen=True, tag=True):
    """Where the proposal stands now."""

    proposal_id: ProposalId
    state: State


class Asked(msgspec.Struct, frozen=True, tag=True):
    question_id: UUID


class Tended(msgspec.Struct, frozen=True, tag=True):
    """Somebody was reminded, asked instead, or the time was over."""

    state: State


class Recorded(msgspec.Struct, frozen=True, tag=True):
    executed: Executed


Outcome = Opened | Answered | Asked | Tended | Recorded | Unchanged | Refused


class Committed(msgspec.Struct, frozen=True, tag=True):
    commitment_id: UUID


CommitOutcome = Committed | Held | Refused

# -- Asked ----------------------------------------------------------------------------


class OpenProposal(Command[Opened | Refused], frozen=True, tag=True):
    """A command was held. The proposal takes the id that `Held` told."""

    action: Action
    amount: int | None  # In the action's unit; None: without bound.
    limit: int | None  # What the applicant may do alone.
    by: StaffId
    subject_id: UUID
    command: str  # JSON: [name of its type, command].
    wish: int = 0  # `wish_of` the command under the id it would be handed in again with.
    title: str = ""  # Empty: named after the action.
    evidence: str = ""
    window_id: UUID | None = None
    deadline: datetime | None = None  # Of the world outside; None: the policy's.
    worth: Fen | None = None  # What is lost when it is not done in time.
    worth_how: Words = Words("", "")
    findings: tuple[Finding, ...] = ()


class AnswerReview(Command[Answered | Refused], frozen=True, tag=True):
    proposal_id: ProposalId
    kind: ReviewKind
    staff_id: StaffId
    answer: Answer
    reason: str = ""  # Not empty unless the answer is yes.


class DecideProposal(Command[Answered | Refused], frozen=True, tag=True):
    """Yes: it is done. No: it is not. But: up to `cap`, or once the condition is accepted."""

    proposal_id: ProposalId
    staff_id: StaffId
    answer: Answer
    reason: str = ""  # Not empty unless the answer is yes; of a `but` it is the condition.
    cap: int | None = None  # In the action's unit; only of a `but`.


class AcceptCondition(Command[Answered | Refused], frozen=True, tag=True):
    """By the applicant of a `but` without a cap: now it is done."""

    proposal_id: ProposalId
    staff_id: StaffId


class AskQuestion(Command[Asked | Refused], frozen=True, tag=True):
    """To the applicant. The question takes the command's id."""

    proposal_id: ProposalId
    staff_id: StaffId
    text: str


class AnswerQuestion(Command[Answered | Refused], frozen=True, tag=True):
    proposal_id: ProposalId
    question_id: UUID
    staff_id: StaffId
    text: str


class WithdrawProposal(Command[Answered | Refused], frozen=True, tag=True):
    proposal_id: ProposalId
    staff_id: StaffId


class TendProposal(Command[Tended | Unchanged], frozen=True, tag=True):
    """By a timer: remind, ask the substitute, ask the owner, let lapse: whatever is due."""

    proposal_id: ProposalId


class RecordExecution(Command[Recorded | Unchanged], frozen=True, tag=True):
    """What became of the command that was approved."""

    proposal_id: ProposalId
    done: bool
    refusal: str = ""  # Its value, when the shop refused.


Said = (
    AnswerReview
    | DecideProposal
    | AcceptCondition
    | AskQuestion
    | AnswerQuestion
    | WithdrawProposal
)
"""What people say to a proposal there is."""

Request = OpenProposal | Said | TendProposal | RecordExecution

COMMITTED = frozenset({Action.AD_SPEND, Action.PURCHASE, Action.HIRE})
"""Actions whose effect lies outside the shop: what is recorded is that it may be spent."""


class Commit(Command[Committed | Held | Refused], frozen=True, tag=True):
    """Bind the company: spend on advertising, buy, hire. The commitment takes the command's id."""

    staff_id: StaffId
    action: Action  # One of COMMITTED.
    amount: int  # In the action's unit.
    what: str
    evidence: str = ""
    deadline: datetime | None = None  # By when it must be decided, if it must wait.
    worth: Fen | None = None  # What is lost after that, as the applicant reckons it.


# -- Announced ------------------------------------------------------------------------


class PersonAsked(Event, frozen=True, tag=True):
    """Somebody is to review, decide or answer; or hears of it again."""

    proposal_id: ProposalId
    to: StaffId
    part: Part
    kind: ReviewKind | None
    why: Why
    due_at: datetime
    question_id: UUID | None = None


class QuestionAnswered(Event, frozen=True, tag=True):
    proposal_id: ProposalId
    question_id: UUID
    to: StaffId


class ProposalApproved(Event, frozen=True, tag=True):
    """The command may be handed in again, under this id."""

    proposal_id: ProposalId
    command_id: UUID


class ProposalClosed(Event, frozen=True, tag=True):
    """The applicant is to hear of it."""

    proposal_id: ProposalId
    to: StaffId
    state: State


class ProposalExecuted(Event, frozen=True, tag=True):
    proposal_id: ProposalId
    to: StaffId
    executed: Executed
