"""Carts. What stands in one is a wish: nothing is held, and no price is promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import Fen, MemberId, SkuId

LINES_MAX = 100


class Line(msgspec.Struct, frozen=True):
    sku_id: SkuId
    quantity: int
    price: Fen  # Of one, when it was put in.
    put_at: datetime


@dataclass(slots=True)
class CartBook(Book):
    carts: Page[MemberId, tuple[Line, ...]]  # By SKU.

    def line(self, member_id: MemberId, sku_id: SkuId) -> Line | None:
        return next((line for line in self._lines(member_id) if line.sku_id == sku_id), None)

    def full(self, member_id: MemberId) -> bool:
        return len(self._lines(member_id)) >= LINES_MAX

    def put(self, member_id: MemberId, line: Line) -> None:
        """Add it, or put it in the place of the one with its SKU."""
        lines = {one.sku_id: one for one in self._lines(member_id)} | {line.sku_id: line}
        self.carts[member_id] = tuple(lines[sku_id] for sku_id in sorted(lines))

    def take(self, member_id: MemberId, sku_ids: Iterable[SkuId]) -> None:
        taken = set(sku_ids)
        lines = self._lines(member_id)
        if any(line.sku_id in taken for line in lines):
            self.carts[member_id] = tuple(line for line in lines if line.sku_id not in taken)

    def check(self) -> None:
        for lines in self.carts.rows().values():
            assert len({line.sku_id for line in lines}) == len(lines) <= LINES_MAX
            assert all(line.quantity > 0 for line in lines)

    def _lines(self, member_id: MemberId) -> tuple[Line, ...]:
        return self.carts.get(member_id) or ()


@dataclass(frozen=True, slots=True)
class CartKeys(Keys[CartBook]):
    member_ids: Iterable[MemberId]
