"""Quotes: the question and its answer."""

from __future__ import annotations

from uuid import UUID

import msgspec

from frontline.kernel.words import Command, Fen, MemberId, NoEffect, SkuId
from frontline.shop.order.messages import Refused, Wanted


class QuotedLine(msgspec.Struct, frozen=True):
    number: int  # As it will be in the order.
    sku_id: SkuId
    title: str
    quantity: int
    price: Fen  # Of one, before the discount.
    paid: Fen  # For the whole line, after the discount.


class Quoted(NoEffect, frozen=True, tag=True):
    lines: tuple[QuotedLine, ...]
    goods: Fen  # Before the discount.
    discount: Fen
    freight: Fen
    total: Fen  # Goods less discount and with freight.


QuoteOutcome = Quoted | Refused


class QuoteOrder(Command[QuoteOutcome], frozen=True, tag=True):
    """Tell what it would cost to buy these things now."""

    member_id: MemberId
    wanted: tuple[Wanted, ...]
    address_id: UUID | None = None
    claim_id: UUID | None = None
