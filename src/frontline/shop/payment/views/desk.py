"""What the desk sees of money: payments, refunds, what belongs to no order, and the days' sums."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, MemberId, OrderId
from frontline.shop.payment.book import RefundState
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place

_PAYMENTS = text("""
    SELECT p.order_id AS id, p.asked, p.refunded, p.confirmed, p.channel, p.transaction_id,
           p.paid_at, o.member_id, m.nickname AS buyer
    FROM payment AS p
    LEFT JOIN shop_order AS o ON o.shop_id = p.shop_id AND o.id = p.order_id
    LEFT JOIN member AS m ON m.shop_id = o.shop_id AND m.id = o.member_id
    WHERE p.shop_id = :shop_id AND p.paid_at IS NOT NULL
      AND (CAST(:first AS timestamptz) IS NULL OR p.paid_at >= CAST(:first AS timestamptz))
      AND (CAST(:until AS timestamptz) IS NULL OR p.paid_at < CAST(:until AS timestamptz))
      AND (CAST(:transaction_id AS text) IS NULL
           OR p.transaction_id = CAST(:transaction_id AS text))
      AND (CAST(:order_ids AS uuid[]) IS NULL OR p.order_id = ANY(CAST(:order_ids AS uuid[])))
      AND (p.paid_at, p.order_id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY p.paid_at DESC, p.order_id DESC LIMIT CAST(:rows_max AS int)
""")
_REFUNDS = text("""
    SELECT id, order_id, out_trade_no, amount, state, reason, asked_at, done_at
    FROM refund
    WHERE shop_id = :shop_id
      AND (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))
      AND (CAST(:first AS timestamptz) IS NULL OR asked_at >= CAST(:first AS timestamptz))
      AND (CAST(:until AS timestamptz) IS NULL OR asked_at < CAST(:until AS timestamptz))
      AND (CAST(:order_ids AS uuid[]) IS NULL OR order_id = ANY(CAST(:order_ids AS uuid[])))
      AND (asked_at, id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY asked_at DESC, id DESC LIMIT CAST(:rows_max AS int)
""")
_SUSPENSE = text("""
    SELECT s.refund_id AS id, s.transaction_id, s.out_trade_no, s.amount, s.reason, s.at,
           coalesce(r.state, 'asked') AS state
    FROM suspense AS s LEFT JOIN refund AS r ON r.shop_id = s.shop_id AND r.id = s.refund_id
    WHERE s.shop_id = :shop_id
      AND (CAST(:transaction_id AS text) IS NULL
           OR s.transaction_id = CAST(:transaction_id AS text))
      AND (s.at, s.refund_id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY s.at DESC, s.refund_id DESC LIMIT CAST(:rows_max AS int)
""")
# Day by day, so that each is read off its piece of an index: no row is asked for its date.
_DAYS = text("""
    SELECT d.day, p.came, p.payments, r.back, r.refunds, s.stray
    FROM unnest(CAST(:days AS date[]), CAST(:firsts AS timestamptz[]),
                CAST(:untils AS timestamptz[])) AS d (day, first, until)
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(asked), 0) AS came, count(*) AS payments FROM payment
        WHERE shop_id = :shop_id AND paid_at IS NOT NULL
          AND paid_at >= d.first AND paid_at < d.until) AS p
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount), 0) AS back, count(*) AS refunds FROM refund
        WHERE shop_id = :shop_id AND state = 'done'
          AND done_at >= d.first AND done_at < d.until) AS r
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount), 0) AS stray FROM suspense
        WHERE shop_id = :shop_id AND at >= d.first AND at < d.until) AS s
    WHERE p.payments + r.refunds + s.stray > 0
    ORDER BY d.day DESC
""")
_ABNORMAL = text("""
    SELECT count(*) AS count FROM (
        SELECT FROM refund WHERE shop_id = :shop_id AND state = 'abnormal'
        LIMIT CAST(:most AS int)
    ) AS found
""")


class PaymentRow(msgspec.Struct, frozen=True):
    id: OrderId
    amount: Fen
    refunded: Fen  # Asked to go back, whether or not it has arrived.
    confirmed: Fen
    channel: str
    transaction_id: str
    paid_at: datetime
    member_id: MemberId | None
    buyer: str | None


class RefundRow(msgspec.Struct, frozen=True):
    id: UUID
    order_id: OrderId | None  # None: of money that belonged to no order.
    out_trade_no: str
    amount: Fen
    state: RefundState
    reason: str
    asked_at: datetime
    done_at: datetime | None


class StrayRow(msgspec.Struct, frozen=True):
    id: UUID  # Of its refund.
    transaction_id: str
    out_trade_no: str
    amount: Fen
    reason: str
    at: datetime
    state: str  # Of its refund.


class DayRow(msgspec.Struct, frozen=True):
    id: date
    came: Fen  # For orders.
    payments: int
    back: Fen  # Refunds that arrived, also of stray money.
    refunds: int
    stray: Fen  # For no order; it goes back.

    @property
    def kept(self) -> Fen:
        return Fen(self.came + self.stray - self.back)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; None is any."""

    first: datetime | None = None
    until: datetime | None = None  # Not itself.
    transaction_id: str | None = None
    order_ids: Sequence[UUID] | None = None
    state: RefundState | None = None  # Of refunds.


async def payments(
    transaction: Transaction, wish: Wish, *, after: str | None, limit: int
) -> tuple[tuple[PaymentRow, ...], str | None]:
    """Payments that came, the newest first."""
    at, id_ = LATEST if after is None else place(after)
    rows = await transaction.read(
        _PAYMENTS,
        first=wish.first,
        until=wish.until,
        transaction_id=wish.transaction_id,
        order_ids=wish.order_ids,
        at=at,
        id=id_,
        rows_max=limit + 1,
    )
    found = tuple(PaymentRow(*row) for row in rows[:limit])
    more = len(rows) > limit
    return found, cursor(found[-1].paid_at, found[-1].id) if more else None


async def refunds(
    transaction: Transaction, wish: Wish, *, after: str | None, limit: int
) -> tuple[tuple[RefundRow, ...], str | None]:
    """Refunds, the newest first."""
    at, id_ = LATEST if after is None else place(after)
    rows = await transaction.read(
        _REFUNDS,
        state=wish.state,
        first=wish.first,
        until=wish.until,
        order_ids=wish.order_ids,
        at=at,
        id=id_,
        rows_max=limit + 1,
    )
    found = tuple(
        RefundRow(**{**row._mapping, "state": RefundState(row.state)}) for row in rows[:limit]
    )
    more = len(rows) > limit
    return found, cursor(found[-1].asked_at, found[-1].id) if more else None


async def stray(
    transaction: Transaction, transaction_id: str | None, *, after: str | None, limit: int
) -> tuple[tuple[StrayRow, ...], str | None]:
    """Money that came for no order, the newest first."""
    at, id_ = LATEST if after is None else place(after)
    rows = await transaction.read(
        _SUSPENSE, transaction_id=transaction_id, at=at, id=id_, rows_max=limit + 1
    )
    found = tuple(StrayRow(*row) for row in rows[:limit])
    more = len(rows) > limit
    return found, cursor(found[-1].at, found[-1].id) if more else None


async def days(
    transaction: Transaction, spans: Sequence[tuple[date, datetime, datetime]]
) -> tuple[DayRow, ...]:
    """Those of these days (when they begin, when they are over) on which money moved, backwards."""
    rows = await transaction.rows(
        _DAYS,
        days=[day for day, _, _ in spans],
        firsts=[first for _, first, _ in spans],
        untils=[until for _, _, until in spans],
    )
    return tuple(
        DayRow(
            row.day,
            Fen(int(row.came)),
            int(row.payments),
            Fen(int(row.back)),
            int(row.refunds),
            Fen(int(row.stray)),
        )
        for row in rows
    )


async def abnormal(transaction: Transaction, most: int) -> int:
    """Refunds about which somebody must act; no more than `most` are counted."""
    return int((await transaction.read(_ABNORMAL, most=most))[0].count)
