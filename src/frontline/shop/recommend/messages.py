"""Counting what is bought: what may be asked, what is answered."""

from __future__ import annotations

import msgspec

from frontline.kernel.words import Command, NoEffect, OrderId


class Counted(msgspec.Struct, frozen=True, tag=True):
    """The order counts, or counts no more."""

    order_id: OrderId
    standing: bool


class Unchanged(NoEffect, frozen=True, tag=True):
    """It was counted so before, or there is nothing to count."""


Outcome = Counted | Unchanged


class CountOrder(Command[Counted | Unchanged], frozen=True, tag=True):
    """An order was paid or all of it went back: see how it stands, and count it so."""

    order_id: OrderId


Request = CountOrder
