"""The way to an order: what is recorded of it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, MemberId, NoEffect, OrderId, ProductId

PERIOD_INVALID = Text(
    "时间范围有误：开始不能晚于结束，最长一年", "Begin no later than the end; a year at most", 400
)


class Step(StrEnum):
    """In the order in which they are taken."""

    OPEN = "open"  # The storefront was opened.
    PRODUCT = "product"  # A product was looked at.
    CHECKOUT = "checkout"  # What is to be bought stands there with its price.
    PLACED = "placed"
    PAID = "paid"


class Refusal(StrEnum):
    PERIOD_INVALID = "period_invalid"


TEXTS: Texts = {Refusal.PERIOD_INVALID: PERIOD_INVALID}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class Recorded(msgspec.Struct, frozen=True, tag=True):
    """It is on record: now, or since earlier in the day."""


Outcome = Recorded


class RecordStep(Command[Recorded], frozen=True, tag=True):
    """A visitor has come this far today."""

    visitor: UUID
    member_id: MemberId | None  # None: not signed in.
    day: date  # In the shop.
    step: Step
    product_id: ProductId | None = None
    shared: bool = False  # Came by a share.


class RecordOrders(Command[Recorded], frozen=True, tag=True):
    """Orders were placed, or paid: each by the visitor that its member was last seen as.

    Recorded once, for later the member may be seen as another visitor.
    """

    order_ids: tuple[OrderId, ...]
    step: Step  # `PLACED` or `PAID`.


class NameVisitor(Command[Recorded], frozen=True, tag=True):
    """Who this visitor is, told by something else than a step."""

    visitor: UUID
    member_id: MemberId


Request = RecordStep | NameVisitor
