"""Quotes in stories: asked for at any time, of no effect ever."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from shop.order.story import place

from frontline.kernel.book import Page
from frontline.kernel.words import Command
from frontline.shop.coupon.book import CouponBook, CouponKeys
from frontline.shop.order.book import OrderBook, OrderKeys
from frontline.shop.order.messages import PlaceOrder
from frontline.shop.quote.feature import QUOTING
from frontline.shop.quote.messages import QuoteOrder
from frontline.shop.quote.rules import SeenClaims, SeenStock, SeenTaken
from frontline.shop.stock.book import StockBook, StockKeys
from frontline.testing.memory import World
from frontline.testing.story import Part


def ask(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    wish = place(chance, world, now, id_)
    assert isinstance(wish, PlaceOrder)
    return QuoteOrder(
        id=id_,
        member_id=wish.member_id,
        wanted=wish.wanted,
        address_id=wish.address_id,
        claim_id=wish.claim_id,
    )


def _claims(world: World) -> CouponBook:
    book = world.book(CouponKeys)
    return CouponBook(book.coupons, book.claims, Page({}))


def _taken(world: World) -> OrderBook:
    return OrderBook(Page({}), Page(world.book(OrderKeys).taken.rows()))


def _stock(world: World) -> StockBook:
    return StockBook(Page(world.book(StockKeys).levels.rows()))


PART = Part(
    name="quote",
    derived={SeenClaims: _claims, SeenTaken: _taken, SeenStock: _stock},
    wishes=((QUOTING, ask),),
)
