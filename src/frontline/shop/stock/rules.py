"""Adjustments: what staff counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontline.kernel.authority import Action, Ask, Authority, AuthorityKeys
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.catalog.book import CatalogBook, CatalogKeys
from frontline.shop.stock.book import Movement, MovementKind, StockBook, StockKeys
from frontline.shop.stock.messages import AdjustStock, Outcome, Refusal, Refused, StockAdjusted

ON_HAND_MAX = 10**9


@dataclass(frozen=True, slots=True)
class Desk:
    catalog: CatalogBook
    authority: Authority
    stock: StockBook


async def gather(batch: Sequence[AdjustStock], load: Load) -> Desk:
    sku_ids = {command.sku_id for command in batch}
    catalog = await load(CatalogKeys(sku_ids))
    taking = [(command.id, command.staff_id) for command in batch if command.change < 0]
    authority = await load(AuthorityKeys(taking))
    return Desk(catalog, authority, await load(StockKeys(sku_ids)))


def decide(desk: Desk, batch: Sequence[AdjustStock], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(tuple(_adjust(desk, command, moment, notes) for command in batch), notes)


def _adjust(desk: Desk, command: AdjustStock, moment: Moment, notes: Notes) -> Outcome:
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
    free = desk.stock.free(sku_id)
    if free + command.change < 0:
        return Refused(Refusal.NOT_ENOUGH_FREE, free=free)
    if command.change < 0:
        ask = Ask(Action.STOCK_CLAIM, -command.change, command.staff_id, sku_id)
        if (held := desk.authority.held(ask, command, moment, notes)) is not None:
            return held
    adjusted = desk.stock.adjust(movement)
    assert adjusted
    level = desk.stock.levels[sku_id]
    return StockAdjusted(level.on_hand, level.free)
