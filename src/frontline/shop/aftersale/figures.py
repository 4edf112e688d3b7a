"""Cases that wait too long, and why buyers want their money back. No locks."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, OrderId
from frontline.shop.aftersale.messages import CaseId, Reason
from frontline.shop.aftersale.rules import ANSWER_WITHIN
from frontline.store.database import Transaction

COUNTED_MAX = 1000
SHOWN_MAX = 3


class OverdueCase(msgspec.Struct, frozen=True):
    id: CaseId
    order_id: OrderId
    reason: Reason
    amount: Fen
    due_at: datetime


class Overdue(msgspec.Struct, frozen=True):
    """Cases that nobody has answered in time."""

    count: int  # At most COUNTED_MAX.
    since: int  # Of those, how many became overdue since the moment that was asked for.
    oldest: tuple[OverdueCase, ...]


class ReasonCount(msgspec.Struct, frozen=True):
    reason: Reason
    now: int  # Cases of the later time.
    before: int  # Of the earlier one.
    amount: Fen  # Of the later time.


_OVERDUE = text("""
    SELECT id, order_id, reason, amount, asked_at FROM aftersale
    WHERE shop_id = :shop_id AND state = 'asked' AND asked_at < CAST(:before AS timestamptz)
    ORDER BY asked_at, id LIMIT CAST(:counted_max AS int)
""")
_REASONS = text("""
    SELECT reason, count(*) FILTER (WHERE asked_at >= CAST(:middle AS timestamptz)) AS now,
           count(*) FILTER (WHERE asked_at < :middle) AS before,
           CAST(coalesce(sum(amount) FILTER (WHERE asked_at >= :middle), 0) AS bigint) AS amount
    FROM aftersale
    WHERE shop_id = :shop_id
      AND asked_at >= CAST(:first AS timestamptz) AND asked_at < CAST(:last AS timestamptz)
    GROUP BY reason
    ORDER BY now DESC, before DESC, reason
""")
_OPEN = text("""
    SELECT count(*) AS count FROM (
        SELECT 1 FROM aftersale
        WHERE shop_id = :shop_id AND state = ANY(ARRAY['asked', 'sent_back'])
        LIMIT CAST(:counted_max AS int)) AS open
""")


async def overdue(transaction: Transaction, now: datetime, since: datetime) -> Overdue:
    rows = await transaction.read(_OVERDUE, before=now - ANSWER_WITHIN, counted_max=COUNTED_MAX)
    return Overdue(
        len(rows),
        sum(row.asked_at >= since - ANSWER_WITHIN for row in rows),
        tuple(
            OverdueCase(
                row.id, row.order_id, Reason(row.reason), row.amount, row.asked_at + ANSWER_WITHIN
            )
            for row in rows[:SHOWN_MAX]
        ),
    )


async def reasons(
    transaction: Transaction, first: datetime, middle: datetime, last: datetime
) -> tuple[ReasonCount, ...]:
    """Why cases were opened from `middle` until `last`, against from `first` until `middle`."""
    rows = await transaction.read(_REASONS, first=first, middle=middle, last=last)
    return tuple(ReasonCount(Reason(row.reason), *row[1:]) for row in rows)


async def waiting(transaction: Transaction) -> int:
    """How many cases wait for the shop's answer or for goods to be taken in."""
    (row,) = await transaction.read(_OPEN, counted_max=COUNTED_MAX)
    return int(row.count)
