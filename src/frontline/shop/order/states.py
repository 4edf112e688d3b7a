"""The states of an order, as data.

    created -> paying -> paid -> to_ship -> part_shipped -> shipped -> received -> done
       |         |        |         |            |             |          |
       +---------+--------+         +------------+-------------+----------+
       v                            v
    cancelled                   refunding -> refunded

An order that costs nothing is paid at once. A game's order waits in `paid` until its game lets
it go. A part refund leaves the state as it is; only when all of it goes back is it `refunding`.
"""

from __future__ import annotations

from enum import StrEnum

from frontline.kernel.states import proved


class State(StrEnum):
    CREATED = "created"
    PAYING = "paying"  # The provider was asked for the money.
    PAID = "paid"
    TO_SHIP = "to_ship"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    RECEIVED = "received"
    DONE = "done"  # Final: the time for after-sale is over.
    CANCELLED = "cancelled"  # Final; `CancelReason` says why.
    REFUNDING = "refunding"  # All of it goes back; the provider has not confirmed yet.
    REFUNDED = "refunded"  # Final.


class CancelReason(StrEnum):
    TIMEOUT = "timeout"
    BUYER = "buyer"
    STAFF = "staff"
    LATE_PAY = "late_pay"  # The money came when the right to buy was gone; it goes back.
    GAME = "game"  # Unpaid when its game ended.


TRANSITIONS = proved(
    {
        State.CREATED: frozenset({State.PAYING, State.PAID, State.CANCELLED}),
        State.PAYING: frozenset({State.PAID, State.CANCELLED}),
        State.PAID: frozenset({State.TO_SHIP, State.REFUNDING}),
        State.TO_SHIP: frozenset({State.PART_SHIPPED, State.SHIPPED, State.REFUNDING}),
        State.PART_SHIPPED: frozenset({State.SHIPPED, State.REFUNDING}),
        State.SHIPPED: frozenset({State.RECEIVED, State.REFUNDING}),
        State.RECEIVED: frozenset({State.DONE, State.REFUNDING}),
        State.DONE: frozenset(),
        State.CANCELLED: frozenset(),
        State.REFUNDING: frozenset({State.REFUNDED}),
        State.REFUNDED: frozenset(),
    },
    start=State.CREATED,
)

UNPAID = frozenset({State.CREATED, State.PAYING})
REFUNDABLE = frozenset({State.TO_SHIP, State.PART_SHIPPED, State.SHIPPED, State.RECEIVED})
"""Where part of an order, or all of it, may be given back on a member's or staff's word."""
