"""Which orders staff mean by a number, for every feature that lists by orders."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from frontline.shop.order.words import meant
from frontline.store.database import Transaction

FOUND_MAX = 500

_NUMBERED = text("""
    SELECT id FROM shop_order
    WHERE shop_id = :shop_id AND id BETWEEN CAST(:lowest AS uuid) AND CAST(:highest AS uuid)
    ORDER BY id DESC LIMIT CAST(:rows_max AS int)
""")


async def numbered(transaction: Transaction, number: str) -> list[UUID]:
    """Those whose number begins so."""
    lowest, highest = meant(number)
    rows = await transaction.read(_NUMBERED, lowest=lowest, highest=highest, rows_max=FOUND_MAX)
    return [row.id for row in rows]
