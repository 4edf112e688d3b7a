"""What rules of decisions have before them, and how people are asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from frontline.company.authority.book import SeenAuthorityBook, WarrantBook
from frontline.company.decision.book import (
    DecisionBook,
    Ended,
    Proposal,
    Review,
    Wait,
    wait_id,
)
from frontline.company.decision.messages import (
    Part,
    PersonAsked,
    ProposalId,
    State,
    TendProposal,
    Why,
)
from frontline.kernel.ids import following
from frontline.kernel.words import Notes, StaffId


@dataclass(frozen=True, slots=True)
class Desk:
    decision: DecisionBook
    seen: SeenAuthorityBook
    warrants: WarrantBook

    def owners(self) -> list[StaffId]:
        return sorted(one for one, clerk in self.seen.clerks.rows().items() if clerk.owner)

    def is_owner(self, staff_id: StaffId) -> bool:
        clerk = self.seen.clerks.get(staff_id)
        return clerk is not None and clerk.owner


def close(
    desk: Desk, proposal_id: ProposalId, state: State, at: datetime, ended: Ended, **changes: Any
) -> Proposal:
    """Nobody is waited for any more, and the same may be asked for anew."""
    desk.warrants.closed(proposal_id)
    return desk.decision.close(proposal_id, state, at, ended, **changes)


# -- When: the same for whoever asks, so that a timer need only be a hint ------------------------


def remind_at(asked_at: datetime, due_at: datetime) -> datetime:
    """Half the time is over."""
    return asked_at + (due_at - asked_at) / 2


def substitute_at(asked_at: datetime, due_at: datetime) -> datetime:
    """A quarter of the time is left."""
    return due_at - (due_at - asked_at) / 4


def wake(notes: Notes, proposal: Proposal, what: str, at: datetime) -> None:
    if at <= proposal.deadline:
        purpose = f"tend {what}"
        tend = TendProposal(id=following(proposal.id, purpose), proposal_id=proposal.id)
        notes.wake(at, tend)


# -- Asking ---------------------------------------------------------------------------------


def ask_review(desk: Desk, proposal: Proposal, review: Review, now: datetime, notes: Notes) -> None:
    """Its turn has come. What is left is shared evenly with those whose turn is still to come."""
    left = (
        1
        if proposal.parallel
        else sum(one.asked_at is None for one in desk.decision.reviews_of(proposal.id))
    )
    by = proposal.reviews_by if proposal.reviews_by > now else proposal.deadline
    due_at = now + (by - now) / left
    review = desk.decision.put_review(msgspec.structs.replace(review, asked_at=now, due_at=due_at))
    if review.reviewer_id is not None:
        _expect(desk, proposal, review.reviewer_id, review, Why.ASKED, now, notes)
    wake(notes, proposal, f"{review.kind} remind", remind_at(now, due_at))
    wake(notes, proposal, f"{review.kind} substitute", substitute_at(now, due_at))


def remind_review(
    desk: Desk, proposal: Proposal, review: Review, now: datetime, notes: Notes
) -> None:
    desk.decision.put_review(msgspec.structs.replace(review, reminded=True))
    if review.reviewer_id is not None:
        _tell(desk, proposal, review.reviewer_id, review, Why.REMINDED, now, notes)


def ask_substitute(
    desk: Desk, proposal: Proposal, review: Review, now: datetime, notes: Notes
) -> None:
    """Beside whoever was asked first: either may answer now."""
    substitute_id = review.substitute_id
    assert substitute_id is not None
    review = desk.decision.put_review(msgspec.structs.replace(review, substituted=True))
    _expect(desk, proposal, substitute_id, review, Why.SUBSTITUTE, now, notes)


def go_on(desk: Desk, proposal: Proposal, now: datetime, notes: Notes) -> None:
    """The next review of those that come one after another; after the last, the decision."""
    reviews = desk.decision.reviews_of(proposal.id)
    if any(one.answer is None and one.asked_at is not None for one in reviews):
        return
    if following_ := [one for one in reviews if one.asked_at is None]:
        ask_review(desk, proposal, following_[0], now, notes)
    elif proposal.owner_asked_at is None and proposal.decider_asked_at is None:
        if proposal.decider_id is None or now >= proposal.owner_at:
            ask_owner(desk, proposal, Why.ASKED, now, notes)
        else:
            ask_decider(desk, proposal, proposal.decider_id, now, notes)


def ask_decider(
    desk: Desk, proposal: Proposal, decider_id: StaffId, now: datetime, notes: Notes
) -> None:
    proposal = desk.decision.change(proposal.id, decider_asked_at=now)
    _expect(desk, proposal, decider_id, None, Why.ASKED, now, notes)
    wake(notes, proposal, "decider remind", remind_at(now, proposal.owner_at))


def remind_decider(desk: Desk, proposal: Proposal, now: datetime, notes: Notes) -> None:
    decider_id = proposal.decider_id
    assert decider_id is not None
    proposal = desk.decision.change(proposal.id, decider_reminded=True)
    _tell(desk, proposal, decider_id, None, Why.REMINDED, now, notes)


def ask_owner(desk: Desk, proposal: Proposal, why: Why, now: datetime, notes: Notes) -> None:
    proposal = desk.decision.change(proposal.id, owner_asked_at=now)
    for owner in desk.owners():
        _expect(desk, proposal, owner, None, why, now, notes)
    wake(notes, proposal, "owner remind", remind_at(now, proposal.deadline))


def remind_owner(desk: Desk, proposal: Proposal, now: datetime, notes: Notes) -> None:
    proposal = desk.decision.change(proposal.id, owner_reminded=True)
    for owner in desk.owners():
        _tell(desk, proposal, owner, None, Why.REMINDED, now, notes)


def answered(
    desk: Desk, proposal_id: ProposalId, what: str, staff_id: StaffId, now: datetime
) -> None:
    """A person has answered; who else was asked the same is no longer waited for."""
    own = wait_id(proposal_id, what, staff_id)
    for wait in desk.decision.open_waits(proposal_id):
        if wait.id == own:
            desk.decision.end(wait, now, Ended.ANSWERED)
        elif what == (wait.kind or wait.part):
            desk.decision.end(wait, now, Ended.RELIEVED)


def _expect(  # noqa: PLR0913, PLR0917 - who is asked for what, why, and when
    desk: Desk,
    proposal: Proposal,
    to: StaffId,
    review: Review | None,
    why: Why,
    now: datetime,
    notes: Notes,
) -> None:
    """From now on this person is waited for."""
    desk.decision.wait(
        Wait(
            id=wait_id(proposal.id, Part.DECIDE if review is None else review.kind, to),
            proposal_id=proposal.id,
            staff_id=to,
            part=Part.DECIDE if review is None else Part.REVIEW,
            kind=None if review is None else review.kind,
            action=proposal.action,
            since=now,
            due_at=_due(proposal, review),
        )
    )
    _tell(desk, proposal, to, review, why, now, notes)


def _tell(  # noqa: PLR0913, PLR0917 - likewise
    desk: Desk,
    proposal: Proposal,
    to: StaffId,
    review: Review | None,
    why: Why,
    now: datetime,
    notes: Notes,
) -> None:
    kind = None if review is None else review.kind
    desk.decision.add(proposal.id, now, why, to, kind or "")
    notes.announce(
        PersonAsked(
            proposal_id=proposal.id,
            to=to,
            part=Part.DECIDE if review is None else Part.REVIEW,
            kind=kind,
            why=why,
            due_at=_due(proposal, review),
        )
    )


def _due(proposal: Proposal, review: Review | None) -> datetime:
    if review is not None and review.due_at is not None:
        return review.due_at
    return proposal.deadline if proposal.owner_asked_at is not None else proposal.owner_at
