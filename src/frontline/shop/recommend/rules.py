"""Counting orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.recommend.book import (
    CountBook,
    CountKeys,
    PurchaseBook,
    PurchaseKeys,
    Standing,
)
from frontline.shop.recommend.messages import Counted, CountOrder, Outcome, Unchanged


@dataclass(frozen=True, slots=True)
class Desk:
    purchase: PurchaseBook
    count: CountBook


async def gather(batch: Sequence[CountOrder], load: Load) -> Desk:
    purchase = await load(PurchaseKeys({command.order_id for command in batch}))
    return Desk(purchase, await load(CountKeys(purchase.purchases.rows().values())))


def decide(desk: Desk, batch: Sequence[CountOrder], _moment: Moment) -> Decision[Outcome]:
    return Decision(tuple(_count(desk, command) for command in batch), Notes())


def _count(desk: Desk, command: CountOrder) -> Outcome:
    """As the order stands now, which is not always as it stood when we were told of it."""
    purchase = desk.purchase.purchases.get(command.order_id)
    if purchase is None or purchase.standing is Standing.NOT_PAID:
        return Unchanged()
    counted = desk.count.counted.get(purchase.order_id)
    if purchase.standing is Standing.PAID:
        if counted is not None:
            return Unchanged()
        desk.count.count(purchase)
        return Counted(purchase.order_id, standing=True)
    if counted is None:
        desk.count.pass_over(purchase.order_id)
    elif counted:
        desk.count.take_off(purchase)
    else:
        return Unchanged()
    return Counted(purchase.order_id, standing=False)
