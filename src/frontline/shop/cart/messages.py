"""The cart: what may be asked, and what is answered."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, MemberId, NoEffect, SkuId
from frontline.shop.order.messages import TEXTS as ORDER_TEXTS
from frontline.shop.order.messages import Refusal as OrderRefusal

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    SKU_UNKNOWN = "sku_unknown"
    OFF_SALE = "off_sale"
    CART_FULL = "cart_full"


TEXTS: Texts = {
    Refusal.SKU_UNKNOWN: ORDER_TEXTS[OrderRefusal.SKU_UNKNOWN],
    Refusal.OFF_SALE: ORDER_TEXTS[OrderRefusal.OFF_SALE],
    Refusal.CART_FULL: Text(
        "购物车最多放 100 种商品，请先结算或移除一些",
        "At most 100 different things in the cart; order or remove some first",
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class CartLineSet(msgspec.Struct, frozen=True, tag=True):
    sku_id: SkuId
    quantity: int


class CartLinesTaken(msgspec.Struct, frozen=True, tag=True):
    """They were ordered and stand in the cart no more."""

    sku_ids: tuple[SkuId, ...]


Outcome = CartLineSet | CartLinesTaken | Refused

# -- Asked ----------------------------------------------------------------------------


class SetCartLine(Command[CartLineSet | Refused], frozen=True, tag=True):
    """So many of it, at today's price. None of it: out of the cart."""

    member_id: MemberId
    sku_id: SkuId
    quantity: int


class TakeCartLines(Command[CartLinesTaken], frozen=True, tag=True):
    """An order was placed from the cart."""

    member_id: MemberId
    sku_ids: tuple[SkuId, ...]


Request = SetCartLine | TakeCartLines
