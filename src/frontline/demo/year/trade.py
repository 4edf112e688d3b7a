"""What the year is made of besides chance: the shop's goods, its coupons, campaigns and staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from frontline.demo.year.seasons import Span
from frontline.kernel.ids import following
from frontline.kernel.words import Command
from frontline.shop.freight.book import Template


class Goods(NamedTuple):
    """A SKU that is sold."""

    id: str  # 32 hexadecimal digits, as all ids here.
    product_id: str
    title: str
    variant: str
    price: int
    weight_g: int
    freight_id: UUID | None


class Voucher(NamedTuple):
    """A coupon of a month."""

    id: str
    name: str
    value: int
    threshold: int
    per_member_max: int
    from_s: int
    until_s: int


class Game(NamedTuple):
    """A group-buy campaign of a month."""

    id: str
    name: str
    goods: tuple[int, ...]  # Places of the SKUs.
    prices: tuple[int, ...]
    size: int
    life_h: int
    ships: bool  # What becomes of a team that is not full in time.
    from_s: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Trade:
    """All that every day of the year has in common."""

    seed: int
    shop_id: int
    currency: str
    span: Span
    goods: tuple[Goods, ...]
    cum_weights: tuple[float, ...]  # How often each is bought.
    templates: Mapping[UUID, Template]
    staff: tuple[str, ...]
    vouchers: tuple[Voucher, ...]
    games: tuple[Game, ...]


class Visit(NamedTuple):
    """An order that is to be placed."""

    placed_s: int
    buyer: int
    joined_s: int
    first: bool  # It is the buyer's first.
    unpaid: bool  # So new that nobody has paid yet.


@dataclass(frozen=True, slots=True)
class Plan:
    """What one day holds."""

    place: int
    visits: tuple[Visit, ...]
    guests: tuple[tuple[int, int], ...]  # Who came and bought nothing: number and second.


def often(random: Random, part: float) -> bool:
    """True in this part of all cases."""
    return random.random() < part


def new_id(second: int, chance: int) -> int:
    """A version 7 UUID of this second; `chance` has 84 bits."""
    ms = second * 1000 + (chance >> 74) % 1000
    return ms << 80 | 0x7 << 76 | (chance >> 62 & 0xFFF) << 64 | 0b10 << 62 | chance & (1 << 62) - 1


def given(command: Command[Any]) -> str:
    """A timer's commands, as the engine writes them down."""
    return msgspec.json.encode([(type(command).__name__, command)]).decode()


def dashed(hex_: str) -> str:
    return f"{hex_[:8]}-{hex_[8:12]}-{hex_[12:16]}-{hex_[16:20]}-{hex_[20:]}"


def mark(purpose: str) -> int:
    """What `kernel.ids.following` changes of an id, as a number to be XORed."""
    return following(UUID(int=0), purpose).int
