"""The ledger in stories: written to by whatever moves money."""

from __future__ import annotations

from collections import Counter
from random import Random

from sqlalchemy import text

from frontline.shop.ledger.book import Account, LedgerBook, LedgerKeys, Transfer
from frontline.shop.payment.book import RefundState, State
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Part


def _lay(_: Random) -> World:
    return World({LedgerKeys: LedgerBook()}, {"LedgerBook.transfers": ()})


def conserved(_: Content, after: Content) -> None:
    """What the accounts hold is what payments, refunds and suspense say they should."""
    transfers = after["LedgerBook.transfers"]
    assert len({transfer.id for transfer in transfers}) == len(transfers)
    holds: Counter[Account] = Counter()
    for transfer in transfers:
        holds[transfer.debit] += transfer.amount
        holds[transfer.credit] -= transfer.amount
    paid = [p for p in after["PaymentBook.payments"].values() if p.state is State.PAID]
    refunds = after["PaymentBook.refunds"].values()
    came = sum(p.asked for p in paid)
    came += sum(entry.amount for entry in after["PaymentBook.suspense"].values())
    gone = sum(refund.amount for refund in refunds if refund.state is RefundState.DONE)
    due = sum(refund.amount for refund in refunds if refund.state is not RefundState.DONE)
    assert sum(holds.values()) == 0
    assert holds[Account.PROVIDER] == came - gone
    assert holds[Account.SALES] == -sum(p.kept for p in paid)
    assert holds[Account.SUSPENSE] == 0
    assert holds[Account.REFUNDS_DUE] == -due


_TRANSFERS = text("""
    SELECT id, at, debit, credit, amount, cause_id FROM ledger_transfer WHERE shop_id = :shop_id
""")


async def _read(transaction: Transaction) -> Content:
    transfers = [
        Transfer(**{**row._mapping, "debit": Account(row.debit), "credit": Account(row.credit)})
        for row in await transaction.read(_TRANSFERS)
    ]
    return {"LedgerBook.transfers": tuple(transfers)}


PART = Part(
    name="ledger",
    lay=_lay,
    conserved=conserved,
    read=_read,
    breaks={
        "ledger accounts": "UPDATE ledger_account SET debited = debited + 1",
        "ledger balance": "UPDATE ledger_account SET debited = debited + 1 WHERE account = 'sales'",
    },
)
