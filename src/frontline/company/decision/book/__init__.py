"""Proposals and what belongs to them; the people who answer them; commitments."""

from frontline.company.decision.book.commitments import (
    Commitment,
    CommitmentBook,
    CommitmentKeys,
)
from frontline.company.decision.book.proposals import (
    TRANSITIONS,
    DecisionBook,
    DecisionKeys,
    Ended,
    Head,
    Proposal,
    Question,
    Review,
    Step,
    Wait,
    link,
    seal,
    wait_id,
)

__all__ = [
    "TRANSITIONS",
    "Commitment",
    "CommitmentBook",
    "CommitmentKeys",
    "DecisionBook",
    "DecisionKeys",
    "Ended",
    "Head",
    "Proposal",
    "Question",
    "Review",
    "Step",
    "Wait",
    "link",
    "seal",
    "wait_id",
]
