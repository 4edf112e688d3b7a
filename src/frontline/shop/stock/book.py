"""Stock: every unit on hand is free or reserved; every unit that left or came is a movement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import SkuId


class Level(msgspec.Struct, frozen=True):
    """Units of one SKU."""

    on_hand: int
    reserved: int  # Part of those on hand: held for orders that are not paid yet.
    sold: int

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved


class MovementKind(StrEnum):
    SALE = "sale"
    RESTOCK = "restock"  # Came back from a customer, fit to be sold again.
    ADJUSTMENT = "adjustment"


class Movement(msgspec.Struct, frozen=True):
    sku_id: SkuId
    at: datetime
    kind: MovementKind
    quantity: int  # Change of what is on hand; never 0.
    cause_id: UUID  # The order, the refund or the adjusting command.
    reason: str = ""
    actor_id: UUID | None = None


@dataclass(slots=True)
class StockBook(Book):
    levels: Page[SkuId, Level]
    movements: list[Movement] = field(default_factory=list)

    def free(self, sku_id: SkuId) -> int:
        level = self.levels.get(sku_id)
        return 0 if level is None else level.free

    def reserve(self, sku_id: SkuId, quantity: int) -> None:
        """Hold units for an order to be paid. Ask `free` first."""
        level = self.levels[sku_id]
        assert 0 < quantity <= level.free
        self.levels[sku_id] = Level(level.on_hand, level.reserved + quantity, level.sold)

    def release(self, sku_id: SkuId, quantity: int) -> None:
        """Reserved units are free again: the order was never paid."""
        level = self.levels[sku_id]
        assert 0 < quantity <= level.reserved
        self.levels[sku_id] = Level(level.on_hand, level.reserved - quantity, level.sold)

    def claim(self, sku_id: SkuId, quantity: int, cause_id: UUID, now: datetime) -> None:
        """Reserved units are sold: the order was paid."""
        level = self.levels[sku_id]
        assert 0 < quantity <= level.reserved
        self.levels[sku_id] = Level(
            level.on_hand - quantity, level.reserved - quantity, level.sold + quantity
        )
        self.movements.append(Movement(sku_id, now, MovementKind.SALE, -quantity, cause_id))

    def restock(self, sku_id: SkuId, quantity: int, cause_id: UUID, now: datetime) -> None:
        """Sold units are back and may be sold again."""
        level = self.levels[sku_id]
        assert 0 < quantity <= level.sold
        self.levels[sku_id] = Level(level.on_hand + quantity, level.reserved, level.sold - quantity)
        self.movements.append(Movement(sku_id, now, MovementKind.RESTOCK, quantity, cause_id))

    def adjust(self, movement: Movement) -> bool:
        """Count what was found or lost; False, and nothing changed, if less than nothing is free.

        The first adjustment of a SKU makes its level.
        """
        assert movement.quantity != 0
        level = self.levels.get(movement.sku_id) or Level(0, 0, 0)
        if level.free + movement.quantity < 0:
            return False
        self.levels[movement.sku_id] = Level(
            level.on_hand + movement.quantity, level.reserved, level.sold
        )
        self.movements.append(movement)
        return True

    def check(self) -> None:
        moved: dict[SkuId, int] = {}
        for movement in self.movements:
            moved[movement.sku_id] = moved.get(movement.sku_id, 0) + movement.quantity
        for sku_id, level in self.levels.rows().items():
            assert 0 <= level.reserved <= level.on_hand
            assert level.sold >= 0
            before = self.levels.before.get(sku_id)
            on_hand_before = 0 if before is None else before.on_hand
            assert level.on_hand - on_hand_before == moved.get(sku_id, 0)


@dataclass(frozen=True, slots=True)
class StockKeys(Keys[StockBook]):
    sku_ids: Iterable[SkuId]
