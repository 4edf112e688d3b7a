"""Whom staff mean by a name or a phone: for every feature that lists by people."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from frontline.store.database import Transaction

FOUND_MAX = 500
_AFTER_ALL = "\U0010ffff"  # No text sorts behind it.

_BEGIN_WITH = text("""
    (SELECT id FROM member
     WHERE shop_id = :shop_id AND phone >= CAST(:begin AS text) AND phone < CAST(:end AS text)
     LIMIT CAST(:rows_max AS int))
    UNION
    (SELECT id FROM member
     WHERE shop_id = :shop_id AND nickname >= :begin AND nickname < :end LIMIT :rows_max)
    UNION
    (SELECT member_id FROM address
     WHERE shop_id = :shop_id AND phone >= :begin AND phone < :end LIMIT :rows_max)
    UNION
    (SELECT member_id FROM address
     WHERE shop_id = :shop_id AND name >= :begin AND name < :end LIMIT :rows_max)
    LIMIT :rows_max
""")


async def begin_with(transaction: Transaction, words: str) -> list[UUID]:
    """Members whose nickname or phone begins so, or that of somebody in their address book."""
    begin = words.strip()
    rows = await transaction.read(
        _BEGIN_WITH, begin=begin, end=begin + _AFTER_ALL, rows_max=FOUND_MAX
    )
    return [row.id for row in rows]
