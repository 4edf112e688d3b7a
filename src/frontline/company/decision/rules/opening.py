"""A proposal begins: when each must have answered is reckoned back from the deadline."""

from __future__ import annotations

from datetime import datetime, timedelta

from frontline.company.decision.book import Proposal, Review
from frontline.company.decision.messages import (
    Finding,
    Opened,
    OpenProposal,
    PreAnswer,
    ProposalId,
    Refusal,
    Refused,
)
from frontline.company.decision.rules.desk import Desk, ask_review, go_on, wake
from frontline.kernel.words import Notes, StaffId

RESERVE_PART = 2  # The owner's reserve is at most this part of the time there is.


def open_(desk: Desk, command: OpenProposal, now: datetime, notes: Notes) -> Opened | Refused:
    if desk.is_owner(command.by):
        return Refused(Refusal.PROPOSAL_NOT_NEEDED)
    policy = desk.seen.policy(command.action)
    deadline = command.deadline or now + timedelta(hours=policy.answer_hours)
    if deadline <= now:
        return Refused(Refusal.PROPOSAL_TOO_LATE)
    proposal = _proposal(desk, command, deadline, now)
    desk.decision.open(proposal)
    desk.warrants.opened(proposal.id, deadline)
    for review in _reviews(desk, command, proposal, now):
        desk.decision.put_review(review)
    desk.decision.add(proposal.id, now, "opened", proposal.by_id, proposal.evidence)
    if proposal.parallel:
        for review in desk.decision.reviews_of(proposal.id):
            ask_review(desk, proposal, review, now, notes)
    go_on(desk, proposal, now, notes)
    if proposal.owner_at < deadline:
        wake(notes, proposal, "owner", proposal.owner_at)
    wake(notes, proposal, "deadline", deadline)
    return Opened(proposal.id, deadline)


def _proposal(desk: Desk, command: OpenProposal, deadline: datetime, now: datetime) -> Proposal:
    policy = desk.seen.policy(command.action)
    decider_id = _decider(desk, command, now)
    # So long before the deadline the owner is asked, whoever is silent. Without a reserve, time
    # alone brings nothing to her: that is the old way, and misses windows.
    reserve = min(timedelta(hours=policy.reserve_hours), (deadline - now) / RESERVE_PART)
    owner_at = deadline - reserve
    before = (owner_at - now) / 4 if decider_id is not None else timedelta(0)
    clerk = desk.seen.clerks.get(command.by)
    return Proposal(
        id=ProposalId(command.id),
        action=command.action,
        amount=command.amount,
        allowed=command.limit,
        by_id=command.by,
        position_id=None if clerk is None else clerk.position_id,
        subject_id=command.subject_id,
        command=command.command,
        wish=command.wish,
        title=command.title,
        evidence=command.evidence,
        window_id=command.window_id,
        asked_at=now,
        deadline=deadline,
        owner_at=owner_at,
        reviews_by=owner_at - before,
        parallel=policy.parallel,
        on_deadline=policy.on_deadline,
        worth=command.worth,
        worth_how=command.worth_how,
        decider_id=decider_id,
    )


def _decider(desk: Desk, command: OpenProposal, now: datetime) -> StaffId | None:
    """Below the owner, whoever the policy would ask first; None: it goes up to her."""
    if not desk.seen.policy(command.action).delegated:
        return None
    able = desk.seen.deciders(command.action, command.amount, now, but=command.by)
    return next((one.staff_id for one in able if not desk.is_owner(one.staff_id)), None)


def _reviews(desk: Desk, command: OpenProposal, proposal: Proposal, now: datetime) -> list[Review]:
    findings = {one.kind: one for one in command.findings}
    reviews = []
    for place, kind in enumerate(desk.seen.policy(command.action).reviews):
        finding = findings.get(kind) or Finding(kind, PreAnswer.UNSURE, ())
        asked = desk.seen.reviews(kind, now, but=command.by)
        reviewer, substitute = asked.staff_id, asked.substitute_id
        if reviewer is None:  # Nobody does this: it falls to the owner.
            reviewer = next(iter(desk.owners()), None)
        reviews.append(
            Review(
                proposal_id=proposal.id,
                kind=kind,
                place=place,
                reviewer_id=reviewer,
                substitute_id=substitute,
                pre_answer=finding.pre_answer,
                facts=finding.facts,
            )
        )
    return reviews
