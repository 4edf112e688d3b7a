"""Putting things into the cart and taking them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.cart.book import CartBook, CartKeys, Line
from frontline.shop.cart.messages import (
    CartLineSet,
    CartLinesTaken,
    Outcome,
    Refusal,
    Refused,
    Request,
    SetCartLine,
    TakeCartLines,
)
from frontline.shop.catalog.book import CatalogBook, CatalogKeys


@dataclass(frozen=True, slots=True)
class Desk:
    catalog: CatalogBook
    cart: CartBook


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    put_in = {one.sku_id for one in batch if isinstance(one, SetCartLine) and one.quantity}
    catalog = await load(CatalogKeys(put_in))
    cart = await load(CartKeys({command.member_id for command in batch}))
    return Desk(catalog, cart)


def decide(desk: Desk, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    return Decision(tuple(_answer(desk, command, moment.now) for command in batch), Notes())


def _answer(desk: Desk, command: Request, now: datetime) -> Outcome:
    match command:
        case SetCartLine(quantity=0):
            desk.cart.take(command.member_id, [command.sku_id])
            return CartLineSet(command.sku_id, 0)
        case SetCartLine():
            return _set(desk, command, now)
        case TakeCartLines():
            desk.cart.take(command.member_id, command.sku_ids)
            return CartLinesTaken(command.sku_ids)


def _set(desk: Desk, command: SetCartLine, now: datetime) -> CartLineSet | Refused:
    sku = desk.catalog.get(command.sku_id)
    if sku is None or not sku.on_sale:
        return Refused(Refusal.SKU_UNKNOWN if sku is None else Refusal.OFF_SALE)
    line = desk.cart.line(command.member_id, command.sku_id)
    if line is None and desk.cart.full(command.member_id):
        return Refused(Refusal.CART_FULL)
    put_at = now if line is None else line.put_at  # Changing how many does not move it up.
    desk.cart.put(command.member_id, Line(sku.id, command.quantity, sku.price, put_at))
    return CartLineSet(sku.id, command.quantity)
