"""What came in and what goes back: sums for the owner's screen. No locks."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen
from frontline.store.database import Transaction

HOURS = 24


class Takings(msgspec.Struct, frozen=True):
    """Payments of a time; nothing is taken off for refunds."""

    count: int
    amount: Fen
    by_hour: tuple[Fen, ...]  # Of the day in the shop: 0 to 23.


class Refunds(msgspec.Struct, frozen=True):
    count: int
    amount: Fen


_TAKEN = text("""
    SELECT CAST(extract(hour FROM paid_at AT TIME ZONE CAST(:timezone AS text)) AS int) AS hour,
           count(*) AS count, CAST(sum(asked) AS bigint) AS amount
    FROM payment
    WHERE shop_id = :shop_id AND paid_at >= CAST(:begin AS timestamptz)
      AND paid_at < CAST(:end AS timestamptz)
    GROUP BY hour
""")
_REFUNDED = text("""
    SELECT count(*) AS count, CAST(coalesce(sum(amount), 0) AS bigint) AS amount FROM refund
    WHERE shop_id = :shop_id AND asked_at >= CAST(:begin AS timestamptz)
      AND asked_at < CAST(:end AS timestamptz)
""")
_UNDER_WAY = text("""
    SELECT count(*) AS count, CAST(coalesce(sum(amount), 0) AS bigint) AS amount FROM refund
    WHERE shop_id = :shop_id AND state <> 'done'
""")


async def taken(transaction: Transaction, begin: datetime, end: datetime, timezone: str) -> Takings:
    """What was paid from `begin` until before `end`."""
    rows = await transaction.read(_TAKEN, begin=begin, end=end, timezone=timezone)
    by_hour = {row.hour: row.amount for row in rows}
    return Takings(
        sum(row.count for row in rows),
        Fen(sum(by_hour.values())),
        tuple(Fen(by_hour.get(hour, 0)) for hour in range(HOURS)),
    )


async def refunded(transaction: Transaction, begin: datetime, end: datetime) -> Refunds:
    """What was asked to go back from `begin` until before `end`."""
    (row,) = await transaction.read(_REFUNDED, begin=begin, end=end)
    return Refunds(row.count, row.amount)


async def under_way(transaction: Transaction) -> Refunds:
    """Refunds that the provider has not confirmed."""
    (row,) = await transaction.read(_UNDER_WAY)
    return Refunds(row.count, row.amount)
