"""What the company was bound to: recorded once, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from frontline.company.decision.messages import COMMITTED
from frontline.kernel.authority import Action
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import StaffId


class Commitment(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    action: Action
    amount: int  # In the action's unit.
    what: str
    staff_id: StaffId
    at: datetime


@dataclass(slots=True)
class CommitmentBook(Book):
    commitments: Page[UUID, Commitment]

    def commit(self, commitment: Commitment) -> None:
        assert self.commitments.get(commitment.id) is None
        self.commitments[commitment.id] = commitment

    def check(self) -> None:
        assert not self.commitments.altered()
        for commitment in self.commitments.added().values():
            assert commitment.action in COMMITTED
            assert commitment.amount > 0
            assert commitment.what


@dataclass(frozen=True, slots=True)
class CommitmentKeys(Keys[CommitmentBook]):
    """Commitments are only ever added to: nothing is loaded."""
