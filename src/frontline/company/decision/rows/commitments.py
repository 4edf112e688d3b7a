"""Commitments: added, never read by rules."""

from __future__ import annotations

from sqlalchemy import text

from frontline.company.decision.book import CommitmentBook, CommitmentKeys
from frontline.kernel.book import Page
from frontline.store.database import Transaction

_ADD = text("""
    INSERT INTO commitment (shop_id, id, action, amount, what, staff_id, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:actions AS text[]), CAST(:amounts AS bigint[]),
                CAST(:whats AS text[]), CAST(:staff_ids AS uuid[]), CAST(:at AS timestamptz[]))
""")


async def load(_transaction: Transaction, _keys: CommitmentKeys) -> CommitmentBook:
    return CommitmentBook(Page({}))


async def store(transaction: Transaction, book: CommitmentBook) -> None:
    added = list(book.commitments.added().values())
    transaction.write_later(
        _ADD,
        ids=[one.id for one in added],
        actions=[one.action for one in added],
        amounts=[one.amount for one in added],
        whats=[one.what for one in added],
        staff_ids=[one.staff_id for one in added],
        at=[one.at for one in added],
    )
