"""The laws of the house, for carts."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import scenery
from laws_of import prove, prove_stored
from scenery import MEMBERS, SKUS, UNKNOWN, some
from sqlalchemy import text

from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command, SkuId
from frontline.shop.cart import rows
from frontline.shop.cart.book import CartBook, CartKeys
from frontline.shop.cart.feature import CART
from frontline.shop.cart.messages import Refusal, SetCartLine, TakeCartLines
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part


def _lay(_: Random) -> World:
    return World({CartKeys: CartBook(Page({}))})


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    member_id = chance.choice(MEMBERS[:2])
    if chance.random() < 0.2:
        return TakeCartLines(id=id_, member_id=member_id, sku_ids=tuple(chance.sample(SKUS, 2)))
    sku_id = some(chance, SKUS, [SkuId(UNKNOWN)])
    return SetCartLine(
        id=id_, member_id=member_id, sku_id=sku_id, quantity=chance.choice((0, 1, 2, 3))
    )


_CARTS = text("SELECT member_id FROM cart WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    ids = [row.member_id for row in await transaction.read(_CARTS)]
    return {
        "CartBook.carts": (await rows.load(transaction, CartKeys(ids))).carts.rows(),
        **{name: rows for name, rows in scenery.PART.lay(Random(0)).content().items() if rows},
    }


CAST = Cast(
    assembled().library,
    (scenery.PART, Part(name="cart", lay=_lay, wishes=((CART, _wish),), read=_read)),
)


def test_laws() -> None:
    prove(CAST, [Refusal.SKU_UNKNOWN, Refusal.OFF_SALE])


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
