"""What accounts hold. No locks."""

from __future__ import annotations

from sqlalchemy import text

from frontline.kernel.words import Fen
from frontline.shop.ledger.book import Account
from frontline.store.database import Transaction

_HELD = text("""
    SELECT credited - debited AS held FROM ledger_account
    WHERE shop_id = :shop_id AND account = CAST(:account AS text)
""")


async def owed(transaction: Transaction, account: Account) -> Fen:
    """Credits less debits: what is owed to somebody on this account."""
    rows = await transaction.read(_HELD, account=account)
    return Fen(rows[0].held if rows else 0)
