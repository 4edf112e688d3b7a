"""Each member's first order that was paid, by when it was placed.

Kept with the orders themselves, in one statement with them: to count new customers off the orders
means to look at every order of every buyer. An order that is given back was paid all the same, and
one that was never paid is none, so what stands here only ever becomes earlier: when an older order
is paid after a younger one.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from frontline.kernel.words import MemberId
from frontline.shop.order.book import Order, OrderBook
from frontline.shop.order.states import UNPAID, State
from frontline.store.database import Transaction

_NEVER_PAID = UNPAID | {State.CANCELLED}
_FIRST = text("""
    INSERT INTO order_first AS f (shop_id, member_id, placed_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:placed_at AS timestamptz[]))
    ON CONFLICT (shop_id, member_id) DO UPDATE
    SET placed_at = least(f.placed_at, excluded.placed_at)
""")


def store(transaction: Transaction, book: OrderBook) -> None:
    first: dict[MemberId, datetime] = {}
    for order in sorted(_just_paid(book), key=lambda it: (it.member_id, it.placed_at)):
        first.setdefault(order.member_id, order.placed_at)
    transaction.write_later(_FIRST, member_ids=first, placed_at=list(first.values()))


def _just_paid(book: OrderBook) -> list[Order]:
    """Those that cost nothing are paid when they are placed."""
    return [
        *(order for order in book.orders.added().values() if order.state not in _NEVER_PAID),
        *(
            new
            for old, new in book.orders.altered().values()
            if old.state in _NEVER_PAID and new.state not in _NEVER_PAID
        ),
    ]
