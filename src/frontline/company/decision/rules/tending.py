"""What time does to a proposal. The timer is a hint: whatever is due is looked up here."""

from __future__ import annotations

from datetime import datetime

from frontline.company.authority.messages import OnDeadline
from frontline.company.decision.book import Ended, Proposal
from frontline.company.decision.messages import (
    ProposalClosed,
    State,
    Tended,
    TendProposal,
    Unchanged,
    Why,
)
from frontline.company.decision.rules.desk import (
    Desk,
    ask_owner,
    ask_substitute,
    close,
    remind_at,
    remind_decider,
    remind_owner,
    remind_review,
    substitute_at,
)
from frontline.kernel.words import Notes


def tend(desk: Desk, command: TendProposal, now: datetime, notes: Notes) -> Tended | Unchanged:
    proposal = desk.decision.proposals.get(command.proposal_id)
    if proposal is None or proposal.state is not State.OPEN:
        return Unchanged()
    if now >= proposal.deadline:
        return _end(desk, proposal, now, notes)
    done = [_reviews(desk, proposal, now, notes), _deciding(desk, proposal, now, notes)]
    return Tended(proposal.state) if any(done) else Unchanged()


def _end(desk: Desk, proposal: Proposal, now: datetime, notes: Notes) -> Tended:
    """Nobody decided in time. Silence is never a yes."""
    state = State.REFUSED if proposal.on_deadline is OnDeadline.REFUSE else State.LAPSED
    proposal = close(desk, proposal.id, state, now, Ended.LAPSED)
    desk.decision.add(proposal.id, now, "lapsed", None, "")
    notes.announce(ProposalClosed(proposal_id=proposal.id, to=proposal.by_id, state=state))
    return Tended(state)


def _reviews(desk: Desk, proposal: Proposal, now: datetime, notes: Notes) -> bool:
    done = False
    for review in desk.decision.reviews_of(proposal.id):
        if review.asked_at is None or review.due_at is None or review.answer is not None:
            continue
        times = review.asked_at, review.due_at
        if not review.reminded and now >= remind_at(*times):
            remind_review(desk, proposal, review, now, notes)
            done = True
        late = desk.decision.reviews[proposal.id, review.kind]
        silent = late.substitute_id is not None and not late.substituted
        if silent and now >= substitute_at(*times):
            ask_substitute(desk, proposal, late, now, notes)
            done = True
    return done


def _deciding(desk: Desk, proposal: Proposal, now: datetime, notes: Notes) -> bool:
    if proposal.owner_asked_at is not None:
        due = now >= remind_at(proposal.owner_asked_at, proposal.deadline)
        if due and not proposal.owner_reminded:
            remind_owner(desk, proposal, now, notes)
            return True
        return False
    if now >= proposal.owner_at:
        ask_owner(desk, proposal, Why.OWNER, now, notes)
        return True
    asked_at = proposal.decider_asked_at
    if asked_at is None or proposal.decider_reminded:
        return False
    if now >= remind_at(asked_at, proposal.owner_at):
        remind_decider(desk, proposal, now, notes)
        return True
    return False
