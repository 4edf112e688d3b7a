"""Ledger rows.

Balances are kept beside the transfers and moved by delta as the last rows of a batch:
every batch touches them, so they are locked for as short a time as can be.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.locks import Lock
from frontline.shop.ledger.book import LedgerBook, LedgerKeys
from frontline.store.database import Transaction

_ADD = text("""
    INSERT INTO ledger_transfer (shop_id, id, at, debit, credit, amount, cause_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:at AS timestamptz[]), CAST(:debits AS text[]),
                CAST(:credits AS text[]), CAST(:amounts AS bigint[]), CAST(:cause_ids AS uuid[]))
""")
_BALANCE = text("""
    INSERT INTO ledger_account AS a (shop_id, account, debited, credited)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:accounts AS text[]), CAST(:debited AS bigint[]), CAST(:credited AS bigint[]))
         AS d (account, debited, credited)
    ORDER BY d.account
    ON CONFLICT (shop_id, account) DO UPDATE
    SET debited = a.debited + excluded.debited, credited = a.credited + excluded.credited
""")


async def load(transaction: Transaction, keys: LedgerKeys) -> LedgerBook:
    del transaction, keys
    return LedgerBook()


async def store(transaction: Transaction, book: LedgerBook) -> None:
    transfers = book.transfers
    transaction.write_later(
        _ADD,
        ids=[transfer.id for transfer in transfers],
        at=[transfer.at for transfer in transfers],
        debits=[transfer.debit for transfer in transfers],
        credits=[transfer.credit for transfer in transfers],
        amounts=[transfer.amount for transfer in transfers],
        cause_ids=[transfer.cause_id for transfer in transfers],
    )
    debited: Counter[str] = Counter()
    credited: Counter[str] = Counter()
    for transfer in transfers:
        debited[transfer.debit] += transfer.amount
        credited[transfer.credit] += transfer.amount
    accounts = sorted({*debited, *credited})
    transaction.write_later(
        _BALANCE,
        accounts=accounts,
        debited=[debited[account] for account in accounts],
        credited=[credited[account] for account in accounts],
    )


SHELF = Shelf(keys=LedgerKeys, load=load, store=store, lock=Lock.LEDGER)
