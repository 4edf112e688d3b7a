"""Grounds: what an order stands on.

A game gives a member the right to buy; the order that follows remembers the game as its
`because`. When the order is paid, lapses or is refunded, the game must hear of it in the
same transaction, yet the shop may not know the game. So the shop speaks to a `Ground`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from frontline.kernel.words import Moment, Notes, OrderId


class Because(msgspec.Struct, frozen=True):
    """Why a member might buy on these terms: which game, and which thing in it."""

    kind: str
    id: UUID


class Verdict(StrEnum):
    """What the ground says to money that came for one of its orders."""

    SHIP = "ship"  # Nothing stands in the way.
    WAIT = "wait"  # Paid, and not to be shipped until the game says so (`ReleaseOrders`).
    TOO_LATE = "too_late"  # The right is gone: cancel the order, give the money back.


class Ground(Protocol):
    """The face a game's book shows to orders that stand on it."""

    def paid(
        self, because_id: UUID, order_id: OrderId, moment: Moment, notes: Notes
    ) -> Verdict: ...

    def lapsed(self, because_id: UUID, order_id: OrderId) -> None:
        """The order was closed before it was paid."""

    def refunded(self, because_id: UUID, order_id: OrderId, notes: Notes) -> None:
        """All of a paid order goes back, other than by the game's own doing."""


Grounds = Mapping[str, Ground]
"""By `Because.kind`: those that the orders of this batch stand on."""
