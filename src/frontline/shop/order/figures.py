"""What waits to be sent, and what games hold: sums for the owner's screen. No locks."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, OrderId
from frontline.shop.order.states import State
from frontline.store.database import Transaction

SEND_WITHIN = timedelta(hours=48)  # As the shop's pages promise.
COUNTED_MAX = 1000
SHOWN_MAX = 3
LOOKED_AT_MAX = 100  # Of each state: what a game let go late was placed before it was owed.


class LateOrder(msgspec.Struct, frozen=True):
    id: OrderId
    title: str  # Of its first line.
    total: Fen
    due_at: datetime


class Late(msgspec.Struct, frozen=True):
    """What should have been sent by now."""

    count: int  # At most COUNTED_MAX.
    since: int  # Of those, how many became late since the moment that was asked for.
    oldest: tuple[LateOrder, ...]  # Those that wait longest.


class Open(msgspec.Struct, frozen=True):
    """Orders in one state."""

    count: int
    total: Fen  # What they came to, part refunds included.


NONE_OPEN = Open(0, Fen(0))


def _owed(way: str) -> str:
    """Of each state so many, straight off the index by state; and since when they are owed."""
    each = " UNION ALL ".join(
        f"""(
        SELECT id, shop_id, total FROM shop_order
        WHERE shop_id = :shop_id AND state = '{state}' AND placed_at < CAST(:before AS timestamptz)
        ORDER BY placed_at {way} LIMIT CAST(:rows_max AS int))"""  # noqa: S608 - said here
        for state in ("to_ship", "part_shipped")
    )
    # Put together of pieces that stand here.
    return f"""
    FROM ({each}) AS o
    JOIN LATERAL (
        SELECT at FROM order_step
        WHERE shop_id = o.shop_id AND order_id = o.id AND state = 'to_ship'
        ORDER BY id DESC LIMIT 1) AS s ON s.at < CAST(:before AS timestamptz)"""  # noqa: S608


_LATE = text(f"""
    SELECT count(*) AS count,
           count(*) FILTER (WHERE s.at >= CAST(:since AS timestamptz)) AS since
    {_owed("DESC")}
""")
_OLDEST = text(f"""
    SELECT o.id, coalesce((
               SELECT l.title FROM order_line AS l
               WHERE l.shop_id = o.shop_id AND l.order_id = o.id
               ORDER BY l.number LIMIT 1), '') AS title, o.total, s.at
    {_owed("ASC")}
    ORDER BY s.at, o.id LIMIT CAST(:shown_max AS int)
""")  # noqa: S608 - put together of pieces that stand above
_OPEN = text("""
    SELECT state, count(*) AS count, CAST(sum(total) AS bigint) AS total FROM shop_order
    WHERE shop_id = :shop_id AND state IN ('paid', 'to_ship', 'part_shipped')
    GROUP BY state
""")


async def late(transaction: Transaction, now: datetime, since: datetime) -> Late:
    """Paid and not sent within the time that is promised."""
    before = now - SEND_WITHIN
    (counted,) = await transaction.read(
        _LATE, before=before, since=since - SEND_WITHIN, rows_max=COUNTED_MAX
    )
    if not counted.count:
        return Late(0, 0, ())
    rows = await transaction.read(
        _OLDEST, before=before, rows_max=LOOKED_AT_MAX, shown_max=SHOWN_MAX
    )
    oldest = tuple(LateOrder(row.id, row.title, row.total, row.at + SEND_WITHIN) for row in rows)
    return Late(min(counted.count, COUNTED_MAX), counted.since, oldest)


async def paid_and_open(transaction: Transaction) -> dict[State, Open]:
    """Paid orders by where they stand: held by a game (`paid`), to be sent, partly sent."""
    rows = await transaction.read(_OPEN)
    return {State(row.state): Open(row.count, row.total) for row in rows}
