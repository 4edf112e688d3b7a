"""Freight: what may be asked, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.seen import ChangedSince
from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Fen, NoEffect, ProductId, StaffId

# -- Words ------------------------------------------------------------------------------


class Measure(StrEnum):
    PIECE = "piece"
    WEIGHT = "weight"  # Grams.


class Rate(msgspec.Struct, frozen=True):
    """`first_fee` for up to `first` units, then `more_fee` for each begun `more` units."""

    first: int
    first_fee: Fen
    more: int
    more_fee: Fen
    free_from: Fen | None = None  # Goods worth this much go free.

    def fee(self, units: int, goods: Fen) -> Fen:
        if self.free_from is not None and goods >= self.free_from:
            return Fen(0)
        beyond = max(0, units - self.first)
        return Fen(self.first_fee + -(-beyond // self.more) * self.more_fee)


# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public."""

    FREIGHT_UNKNOWN = "freight_unknown"
    FREIGHT_NAME_TAKEN = "freight_name_taken"
    FREIGHT_RATE_INVALID = "freight_rate_invalid"
    FREIGHT_REGION_UNKNOWN = "freight_region_unknown"
    FREIGHT_IN_USE = "freight_in_use"
    PRODUCT_UNKNOWN = "product_unknown"


TEXTS: Texts = {
    Refusal.FREIGHT_UNKNOWN: Text(
        "运费模板不存在，请重新选择", "There is no such freight template; choose another", 404
    ),
    Refusal.FREIGHT_NAME_TAKEN: Text(
        "已有同名的运费模板，请换一个名称", "Another freight template has this name"
    ),
    Refusal.FREIGHT_RATE_INVALID: Text(
        "运费设置有误：首件和续件至少为 1，费用不能为负",
        "First and more are at least 1, and no fee is below nothing",
        400,
    ),
    Refusal.FREIGHT_REGION_UNKNOWN: Text(
        "配送地区不正确，请重新选择", "There is no such region; choose again", 400
    ),
    Refusal.FREIGHT_IN_USE: Text(
        "还有商品在使用该运费模板，请先为它们换一个", "Products use it; give them another one first"
    ),
    Refusal.PRODUCT_UNKNOWN: Text("商品不存在或已删除", "There is no such product", 404),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal
    region_code: str | None = None  # Which one, if it is one.


class FreightPut(msgspec.Struct, frozen=True, tag=True):
    template_id: UUID


class FreightRemoved(msgspec.Struct, frozen=True, tag=True):
    template_id: UUID


class FreightAttached(msgspec.Struct, frozen=True, tag=True):
    template_id: UUID | None


Outcome = FreightPut | FreightRemoved | FreightAttached | Refused | ChangedSince

# -- Asked ----------------------------------------------------------------------------


class PutFreight(Command[FreightPut | Refused | ChangedSince], frozen=True, tag=True):
    """Make a template, or change one for the orders to come. A new one takes the command's id."""

    template_id: UUID | None
    name: str
    measure: Measure
    elsewhere: Rate | None  # None: nothing is sent to regions that are not named.
    regions: Mapping[str, Rate | None]  # By region code; None: not sent there.
    staff_id: StaffId | None = None
    seen: str = ""  # `kernel.seen`; "": whatever it is now.


class RemoveFreight(Command[FreightRemoved | Refused], frozen=True, tag=True):
    template_id: UUID


class AttachFreight(Command[FreightAttached | Refused], frozen=True, tag=True):
    """From now on these products are sent under this template; None: carriage is free."""

    template_id: UUID | None
    product_ids: tuple[ProductId, ...]


Request = PutFreight | RemoveFreight | AttachFreight
