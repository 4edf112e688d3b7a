"""Stock: what staff may ask, what is answered."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from frontline.kernel.authority import Held
from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, NoEffect, SkuId, StaffId


class Refusal(StrEnum):
    SKU_UNKNOWN = "sku_unknown"
    NOT_ENOUGH_FREE = "not_enough_free"
    TOO_MANY_ON_HAND = "too_many_on_hand"


SKU_UNKNOWN = Text("商品不存在或已删除", "There is no such product", 404)

TEXTS: Texts = {
    Refusal.SKU_UNKNOWN: SKU_UNKNOWN,
    Refusal.NOT_ENOUGH_FREE: Text(
        "可用库存不足，已被订单占用的库存不能扣减",
        "Fewer than that are free; what is held for orders cannot be taken away",
    ),
    Refusal.TOO_MANY_ON_HAND: Text(
        "库存数量超出上限，请检查", "More than can be counted; check the number", 400
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal
    free: int | None = None  # So many could be taken away.


class StockAdjusted(msgspec.Struct, frozen=True, tag=True):
    on_hand: int
    free: int


Outcome = StockAdjusted | Refused | Held


class AdjustStock(Command[Outcome], frozen=True, tag=True):
    """Count what was found, came in or was lost."""

    sku_id: SkuId
    change: int  # Of what is on hand; not 0.
    reason: str
    staff_id: StaffId
