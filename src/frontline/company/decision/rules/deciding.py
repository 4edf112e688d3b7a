"""Yes, no, yes-but; taking it back; and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from frontline.company.authority.book import Warrant, executing_id, proposal_id_of
from frontline.company.decision.book import Ended, Proposal, Wait, wait_id
from frontline.company.decision.messages import (
    AcceptCondition,
    Answer,
    Answered,
    DecideProposal,
    Executed,
    Part,
    ProposalApproved,
    ProposalClosed,
    ProposalExecuted,
    Recorded,
    RecordExecution,
    Refusal,
    Refused,
    State,
    Unchanged,
    WithdrawProposal,
)
from frontline.company.decision.rules.answering import still_open
from frontline.company.decision.rules.desk import Desk, answered, close
from frontline.kernel.ids import following
from frontline.kernel.words import Notes, StaffId

GOOD_FOR = timedelta(hours=24)  # A yes to one command, which is handed in at once.
CAP_GOOD_FOR = timedelta(days=7)  # A yes up to a cap: for the applicant to make another of.

_STATES = {
    Answer.YES: State.APPROVED,
    Answer.NO: State.REFUSED,
    Answer.BUT: State.APPROVED_BUT,
}


def decide(desk: Desk, command: DecideProposal, now: datetime, notes: Notes) -> Answered | Refused:
    proposal = still_open(desk, command.proposal_id, now)
    if isinstance(proposal, Refused):
        return proposal
    if (refusal := _why_not(desk, command, proposal, now)) is not None:
        return Refused(refusal)
    _unasked(desk, proposal, command.staff_id, now)
    answered(desk, proposal.id, Part.DECIDE, command.staff_id, now)
    # A yes on a condition without a cap is good once the applicant has accepted the condition.
    if command.answer is Answer.YES or command.cap is not None:
        warrant = _warrant(proposal, command.cap, now)
        desk.warrants.approve(command.staff_id, warrant, command.id, now)
    state = _STATES[command.answer]
    proposal = close(
        desk,
        proposal.id,
        state,
        now,
        Ended.RELIEVED,
        decided_by=command.staff_id,
        reason=command.reason,
        cap=command.cap,
    )
    said = f"{command.answer} {command.cap or ''} {command.reason}".strip()
    desk.decision.add(proposal.id, now, "decided", command.staff_id, said)
    notes.announce(ProposalClosed(proposal_id=proposal.id, to=proposal.by_id, state=state))
    if command.answer is Answer.YES:
        _let_do(proposal, notes)
    return Answered(proposal.id, state)


def _why_not(
    desk: Desk, command: DecideProposal, proposal: Proposal, now: datetime
) -> Refusal | None:
    if command.staff_id == proposal.by_id:
        return Refusal.OWN_PROPOSAL
    if command.cap is not None and not _sensible(command.cap, command.answer, proposal.amount):
        return Refusal.CAP_INVALID
    warrant = _warrant(proposal, command.cap, now)
    if not desk.warrants.may_decide(command.staff_id, warrant, now):
        return Refusal.NOT_YOURS_TO_DECIDE
    reviews = desk.decision.reviews_of(proposal.id)
    if any(one.answer is None for one in reviews) and not desk.is_owner(command.staff_id):
        return Refusal.REVIEWS_MISSING
    if command.answer is not Answer.YES and not command.reason:
        return Refusal.REASON_MISSING
    return None


def _sensible(cap: int, answer: Answer, amount: int | None) -> bool:
    return answer is Answer.BUT and cap > 0 and (amount is None or cap <= amount)


def _warrant(proposal: Proposal, cap: int | None, now: datetime) -> Warrant:
    """Good for the very command that was held; with a cap, for the applicant's next within it."""
    return Warrant(
        id=executing_id(proposal.id) if cap is None else _cap_id(proposal.id),
        proposal_id=proposal.id,
        wish=proposal.wish if cap is None else None,
        action=proposal.action,
        amount_max=proposal.amount if cap is None else cap,
        staff_id=proposal.by_id,
        subject_id=None if cap is None else _lasting(proposal),
        expires_at=max(proposal.deadline, now + (GOOD_FOR if cap is None else CAP_GOOD_FOR)),
    )


def _cap_id(proposal_id: UUID) -> UUID:
    return following(proposal_id, "cap")


def _lasting(proposal: Proposal) -> UUID | None:
    """What it is about, where that was there before: a cap is good for nothing else.

    What the command itself would have made (a coupon, a commitment) has the command's id, and
    the next command another.
    """
    made = proposal_id_of(proposal.subject_id) == proposal.id
    return None if made else proposal.subject_id


def _unasked(desk: Desk, proposal: Proposal, staff_id: StaffId, now: datetime) -> None:
    """Whoever decides without having been asked has kept nobody waiting."""
    desk.decision.wait(
        Wait(
            id=wait_id(proposal.id, Part.DECIDE, staff_id),
            proposal_id=proposal.id,
            staff_id=staff_id,
            part=Part.DECIDE,
            kind=None,
            action=proposal.action,
            since=now,
            due_at=proposal.deadline,
        )
    )


def _let_do(proposal: Proposal, notes: Notes) -> None:
    notes.announce(ProposalApproved(proposal_id=proposal.id, command_id=executing_id(proposal.id)))


def accept(desk: Desk, command: AcceptCondition, now: datetime, notes: Notes) -> Answered | Refused:
    """The applicant's word was what was missing; now it is done."""
    proposal = desk.decision.proposals.get(command.proposal_id)
    if proposal is None:
        return Refused(Refusal.PROPOSAL_UNKNOWN)
    conditional = proposal.state is State.APPROVED_BUT and proposal.cap is None
    if not conditional or proposal.accepted_at is not None or proposal.decided_at is None:
        return Refused(Refusal.NO_CONDITION)
    if command.staff_id != proposal.by_id:
        return Refused(Refusal.NOT_YOURS_TO_ANSWER)
    if now >= max(proposal.deadline, proposal.decided_at + GOOD_FOR):
        return Refused(Refusal.PROPOSAL_TOO_LATE)
    assert proposal.decided_by is not None
    warrant = _warrant(proposal, None, now)
    if not desk.warrants.may_decide(proposal.decided_by, warrant, now):
        return Refused(Refusal.YES_EXPIRED)
    desk.warrants.approve(proposal.decided_by, warrant, command.id, now)
    proposal = desk.decision.change(proposal.id, accepted_at=now)
    desk.decision.add(proposal.id, now, "accepted", command.staff_id, "")
    _let_do(proposal, notes)
    return Answered(proposal.id, proposal.state)


def withdraw(desk: Desk, command: WithdrawProposal, now: datetime) -> Answered | Refused:
    proposal = still_open(desk, command.proposal_id, now)
    if isinstance(proposal, Refused):
        return proposal
    if command.staff_id != proposal.by_id:
        return Refused(Refusal.NOT_YOURS_TO_WITHDRAW)
    close(desk, proposal.id, State.WITHDRAWN, now, Ended.WITHDRAWN)
    desk.decision.add(proposal.id, now, "withdrawn", command.staff_id, "")
    return Answered(proposal.id, State.WITHDRAWN)


def record(
    desk: Desk, command: RecordExecution, now: datetime, notes: Notes
) -> Recorded | Unchanged:
    proposal = desk.decision.proposals.get(command.proposal_id)
    if proposal is None or proposal.executed is not Executed.NO:
        return Unchanged()
    if proposal.state is not State.APPROVED and proposal.accepted_at is None:
        return Unchanged()
    executed = Executed.DONE if command.done else Executed.FAILED
    proposal = desk.decision.execute(proposal.id, executed, command.refusal)
    desk.decision.add(proposal.id, now, "executed", None, f"{executed} {command.refusal}".rstrip())
    notes.announce(ProposalExecuted(proposal_id=proposal.id, to=proposal.by_id, executed=executed))
    return Recorded(executed)
