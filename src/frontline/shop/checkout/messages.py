"""Checkout: the question, and the one answer that a checkout page is drawn from.

A game that sells seats answers in the same shape.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.words import Command, Fen, MemberId, NoEffect, ProductId, SkuId
from frontline.shop.order.messages import Wanted


class CheckoutLine(msgspec.Struct, frozen=True):
    sku_id: SkuId
    product_id: ProductId
    title: str  # Of the product.
    variant: str  # Its options: "大盒 320g"; "" if there are none.
    picture: str | None
    quantity: int
    price: Fen  # Of one, before the discount.
    usual_price: Fen  # Of one, as the catalogue has it: higher than `price` in a game.
    paid: Fen  # For the whole line, after the discount of the chosen coupon.


class CheckoutQuote(msgspec.Struct, frozen=True):
    """What placing the order costs now, with `address` and `claim_id` of the same answer."""

    lines: tuple[CheckoutLine, ...]
    goods: Fen  # Before the discount.
    discount: Fen
    freight: Fen
    total: Fen  # The `expected_total` of placing it.


class Problem(msgspec.Struct, frozen=True):
    """What stands in the way of buying these things so."""

    sku_id: SkuId | None  # Which line; None: the order as a whole.
    refusal: str  # As placing it would be refused.
    text: str  # In the reader's language.


class UsableCoupon(msgspec.Struct, frozen=True):
    claim_id: UUID
    name: str
    saves: Fen
    usable_until: datetime


class UnusableCoupon(msgspec.Struct, frozen=True):
    claim_id: UUID
    name: str
    refusal: str
    why: str  # In the reader's language.


class Coupons(msgspec.Struct, frozen=True):
    best: UUID | None  # The claim that saves most.
    usable: tuple[UsableCoupon, ...]  # The best first.
    unusable: tuple[UnusableCoupon, ...]  # Without those whose time is over.


class ShipTo(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    phone: str
    region_code: str
    region: str
    detail: str


class Checkout(NoEffect, frozen=True, kw_only=True, tag=True):
    now: datetime
    needs_address: bool  # Something is sent by post.
    address: ShipTo | None  # The one told, or the one to offer.
    lines: tuple[CheckoutLine, ...]  # Of all that was asked for and exists, in that order.
    quote: CheckoutQuote | None  # None: it cannot be placed so; `problems` says why.
    problems: tuple[Problem, ...]
    coupons: Coupons
    claim_id: UUID | None  # The coupon chosen: the one told, or the best.


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class CheckOut(Command[Checkout], frozen=True, tag=True):
    """Choose address and coupon for these things, and tell what they cost then."""

    member_id: MemberId
    wanted: tuple[Wanted, ...]
    address_id: UUID | None = None  # None: the one to offer.
    claim_id: UUID | None = None  # None: the best.
    no_coupon: bool = False
    language: Language = Language.ZH
