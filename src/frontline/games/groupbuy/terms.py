"""The terms of a campaign: what its owner fills in, and what is promised to shoppers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from frontline.kernel.words import Fen, SkuId

SIZE_MAX = 100
ITEMS_MAX = 200


class Audience(StrEnum):
    ALL = "all"
    NEW = "new"  # Old brings new: the leader is anybody, those who join have never paid.


class OnExpiry(StrEnum):
    REFUND = "refund"
    SHIP = "ship"  # Not full in time: the shop sends at the group price to those who paid.


Count = Annotated[int, Meta(ge=1, le=100_000)]
Line = Annotated[str, Meta(min_length=1, max_length=64)]
Price = Annotated[Fen, Meta(ge=1, le=10**10)]
Aware = Annotated[datetime, Meta(tz=True)]


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is promised to shoppers. `None` of a limit: there is none."""

    name: Line
    cover: Annotated[str, Meta(max_length=500)] = ""  # Address of a picture.
    rule_text: Annotated[str, Meta(min_length=1, max_length=5_000)]  # Shown in full.
    share_title: Line
    starts_at: Aware
    ends_at: Aware  # No team is opened any more; those that are open still fill.
    preview_hours: Annotated[int, Meta(ge=0, le=720)] = 0
    audience: Audience = Audience.ALL
    size: Annotated[int, Meta(ge=2, le=SIZE_MAX)]
    life_hours: Annotated[int, Meta(ge=1, le=720)]  # Of a team, from its leader's payment.
    pay_minutes: Annotated[int, Meta(ge=5, le=120)] = 15
    order_min: Count = 1  # Units of one order.
    order_max: Count = 1
    member_max: Count | None = None  # Units of one customer in all; new customers too.
    leads_max: Count | None = None  # Teams that a customer may lead.
    joins_max: Count | None = None
    coupons: bool = False  # Whether a coupon may be used as well.
    on_expiry: OnExpiry = OnExpiry.REFUND
    budget_cap: Annotated[Fen, Meta(ge=0, le=10**13)] | None = None


class ItemTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One SKU of a campaign, at its own price."""

    sku_id: SkuId
    price: Price  # Of one.
    leader_price: Price | None = None  # None: the same.
    quota: Annotated[int, Meta(ge=1, le=10_000_000)]  # Units.


Items = Annotated[tuple[ItemTerms, ...], Meta(min_length=1, max_length=ITEMS_MAX)]
