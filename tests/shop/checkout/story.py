"""Checkouts in stories: asked for at any time, of no effect ever."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from shop.order.story import place

from frontline.kernel.book import Page
from frontline.kernel.words import Command
from frontline.shop.catalog.book import CatalogKeys
from frontline.shop.checkout.book import Face, FaceBook, FaceKeys, Purse, PurseBook, PurseKeys
from frontline.shop.checkout.feature import CHECKING_OUT
from frontline.shop.checkout.messages import CheckOut, Language
from frontline.shop.coupon.book import ClaimState, CouponKeys
from frontline.shop.member.book import AcquaintanceKeys, AddressKeys
from frontline.shop.order.messages import PlaceOrder
from frontline.testing.memory import World
from frontline.testing.story import Part


def ask(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    wish = place(chance, world, now, id_)
    assert isinstance(wish, PlaceOrder)
    return CheckOut(
        id=id_,
        member_id=wish.member_id,
        wanted=wish.wanted,
        address_id=wish.address_id if chance.random() < 0.5 else None,
        claim_id=wish.claim_id if chance.random() < 0.5 else None,
        no_coupon=chance.random() < 0.2,
        language=chance.choice([*Language]),
    )


def _purses(world: World) -> PurseBook:
    addresses = world.book(AddressKeys).addresses.rows().values()
    claims = world.book(CouponKeys).claims.rows().values()
    members = world.book(AcquaintanceKeys).members.rows()
    return PurseBook(
        Page(
            {
                who: Purse(
                    max((one.id for one in addresses if one.member_id == who), default=None),
                    tuple(
                        one.id
                        for one in claims
                        if (one.member_id, one.state) == (who, ClaimState.HELD)
                    ),
                )
                for who in members
            }
        )
    )


def _faces(world: World) -> FaceBook:
    skus = world.book(CatalogKeys).skus.rows().values()
    return FaceBook(Page({sku.id: Face(sku.title, "", None) for sku in skus}))


PART = Part(
    name="checkout",
    derived={PurseKeys: _purses, FaceKeys: _faces},
    wishes=((CHECKING_OUT, ask),),
)
