"""The cart with today's prices, and what has changed since. No locks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import MemberId, ShopId
from frontline.store.database import Database

_LINES = text("""
    SELECT l.sku_id, s.product_id, p.handle, p.title, s.option_values, l.quantity, l.price AS
           price_then, s.price, l.put_at, p.on_sale AND NOT s.removed AS on_sale,
           greatest(coalesce(t.on_hand - t.reserved, 0), 0) AS free,
           coalesce(nullif(s.picture_src, ''),
                    (SELECT src FROM picture AS i
                     WHERE i.shop_id = p.shop_id AND i.product_id = p.id
                     ORDER BY position LIMIT 1)) AS picture
    FROM cart_line AS l
    JOIN sku AS s ON s.shop_id = l.shop_id AND s.id = l.sku_id
    JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    LEFT JOIN stock AS t ON t.shop_id = s.shop_id AND t.sku_id = s.id
    WHERE l.shop_id = :shop_id AND l.member_id = CAST(:member_id AS uuid)
    ORDER BY l.put_at DESC, l.sku_id
""")


class Supply(StrEnum):
    ENOUGH = "enough"
    LOW = "low"  # Less than the line asks for.
    OUT = "out"


class CartLine(msgspec.Struct, frozen=True):
    sku_id: UUID
    product_id: UUID
    handle: str
    title: str  # Of the product.
    options: tuple[str, ...]
    picture: str | None
    quantity: int
    price: int  # Of one, today, minor units.
    price_then: int  # Of one, when it was put in.
    amount: int  # What the line costs today.
    on_sale: bool
    supply: Supply
    orderable: bool  # On sale and enough of it.
    put_at: datetime


class Cart(msgspec.Struct, frozen=True):
    lines: tuple[CartLine, ...]  # What was put in last comes first.
    amount: int  # Of the lines that can be ordered, without freight and coupons.


async def cart(database: Database, shop_id: ShopId, member_id: MemberId) -> Cart:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_LINES, member_id=member_id)
    lines = tuple(
        CartLine(
            sku_id=row.sku_id,
            product_id=row.product_id,
            handle=row.handle,
            title=row.title,
            options=tuple(row.option_values),
            picture=row.picture,
            quantity=row.quantity,
            price=row.price,
            price_then=row.price_then,
            amount=row.price * row.quantity,
            on_sale=row.on_sale,
            supply=_supply(row.quantity, row.free),
            orderable=row.on_sale and row.free >= row.quantity,
            put_at=row.put_at,
        )
        for row in rows
    )
    return Cart(lines, sum(line.amount for line in lines if line.orderable))


def _supply(quantity: int, free: int) -> Supply:
    if free == 0:
        return Supply.OUT
    return Supply.ENOUGH if free >= quantity else Supply.LOW
