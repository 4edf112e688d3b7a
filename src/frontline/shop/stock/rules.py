"""Adjustments: what staff counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.catalog.book import CatalogBook, CatalogKeys
from frontline.shop.stock.book import Movement, MovementKind, StockBook, StockKeys
from frontline.shop.stock.messages import AdjustStock, Outcome, Refusal, Refused, StockAdjusted

ON_HAND_MAX = 10**9


@dataclass(frozen=True, slots=True)
class Desk:
    catalog: CatalogBook
    stock: StockBook


async def gather(batch: Sequence[AdjustStock], load: Load) -> Desk:
    sku_ids = {command.sku_id for command in batch}
    return Desk(await load(CatalogKeys(sku_ids)), await load(StockKeys(sku_ids)))


def decide(desk: Desk, batch: Sequence[AdjustStock], moment: Moment) -> Decision[Outcome]:
    return Decision(tuple(_adjust(desk, command, moment) for command in batch), Notes())


def _adjust(desk: Desk, command: AdjustStock, moment: Moment) -> Outcome:
    sku_id = command.sku_id
    if desk.catalog.get(sku_id) is None:
        return Refused(Refusal.SKU_UNKNOWN)
    level = desk.stock.levels.get(sku_id)
    if command.change + (0 if level is None else level.on_hand) > ON_HAND_MAX:
        return Refused(Refusal.TOO_MANY_ON_HAND)
    movement = Movement(
        sku_id,
        moment.now,
        MovementKind.ADJUSTMENT,
        command.change,
        command.id,
        command.reason,
        command.staff_id,
    )
    if not desk.stock.adjust(movement):
        return Refused(Refusal.NOT_ENOUGH_FREE, free=desk.stock.free(sku_id))
    level = desk.stock.levels[sku_id]
    return StockAdjusted(level.on_hand, level.free)
