"""The ledger: every movement of money is one row with two sides, and no row ever changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys
from frontline.kernel.words import Fen


class Account(StrEnum):
    """Debits less credits is what an account holds; all of them together hold nothing."""

    PROVIDER = "provider"  # What the payment provider keeps for us.
    SALES = "sales"  # What orders brought in.
    SUSPENSE = "suspense"  # What came and belongs to no order.
    REFUNDS_DUE = "refunds_due"  # What we owe to payers and the provider has not confirmed.


class Transfer(msgspec.Struct, frozen=True):
    id: UUID  # Follows from its cause, so the same cause is written once.
    at: datetime
    debit: Account
    credit: Account
    amount: Fen
    cause_id: UUID  # The order, the refund or the suspense entry.


@dataclass(slots=True)
class LedgerBook(Book):
    """Only added to: nothing is loaded and nothing is locked."""

    transfers: list[Transfer] = field(default_factory=list)

    def record(self, transfer: Transfer) -> None:
        """A transfer of nothing is not written."""
        if transfer.amount:
            self.transfers.append(transfer)

    def check(self) -> None:
        for transfer in self.transfers:
            assert transfer.amount > 0
            assert transfer.debit is not transfer.credit


@dataclass(frozen=True, slots=True)
class LedgerKeys(Keys[LedgerBook]):
    """All batches may write to the ledger at once."""
