"""Coupons in stories: claims of several kinds, good and not."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from scenery import (
    CATEGORIES,
    HEAVY,
    MEMBERS,
    PIECE,
    PRODUCTS,
    SKUS,
    STAFF,
    UNKNOWN,
    lay,
    some,
    uid,
)
from sqlalchemy import text

from frontline.kernel.book import Page
from frontline.kernel.words import Command, Fen, MemberId, ShopId
from frontline.shop.coupon import rows
from frontline.shop.coupon.book import Claim, ClaimState, Coupon, CouponBook, CouponKeys
from frontline.shop.coupon.messages import ClaimId, CouponId, Kind, Scope
from frontline.shop.coupon.feature import FEATURE
from frontline.shop.coupon.messages import ClaimCoupon, CreateCoupon, GrantCoupon, StopCoupon
from frontline.shop.order.states import State
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import BEGIN, Part

DAY = timedelta(days=1)


def _coupon(number: int, **terms: Any) -> Coupon:
    usual: dict[str, Any] = {
        "id": CouponId(uid(7, number)),
        "name": f"coupon {number}",
        "kind": Kind.AMOUNT,
        "value": 500,
        "cap": None,
        "threshold": Fen(0),
        "scope": Scope.ALL,
        "scope_ids": frozenset(),
        "issued_max": len(MEMBERS) + 3,
        "per_member_max": 2,
        "claim_from": BEGIN - DAY,
        "claim_until": BEGIN + DAY,
        "usable_from": BEGIN - DAY,
        "usable_until": BEGIN + 30 * DAY,
        "stopped": False,
        "issued": len(MEMBERS),
    }
    return Coupon(**{**usual, **terms})


COUPONS = [
    _coupon(0),
    _coupon(1, kind=Kind.PERCENT, value=1050, cap=Fen(300), threshold=Fen(1000)),
    _coupon(2, value=10**6, scope=Scope.CATEGORIES, scope_ids=frozenset({CATEGORIES[0]})),
    _coupon(
        3,
        kind=Kind.PERCENT,
        value=5000,
        scope=Scope.PRODUCTS,
        scope_ids=frozenset({PRODUCTS[SKUS.index(PIECE)], PRODUCTS[SKUS.index(HEAVY)]}),
    ),
    _coupon(4, usable_until=BEGIN + timedelta(minutes=20)),
    _coupon(5, usable_from=BEGIN + timedelta(minutes=20)),
]


def _lay(_: Random) -> World:
    claims = {
        id_: Claim(id_, coupon.id, member_id, ClaimState.HELD, None, BEGIN)
        for place, coupon in enumerate(COUPONS)
        for number, member_id in enumerate(MEMBERS)
        for id_ in [ClaimId(uid(10 + place, number))]
    }
    coupons = {coupon.id: coupon for coupon in COUPONS}
    taken = {(claim.coupon_id, claim.member_id): 1 for claim in claims.values()}
    return World({CouponKeys: CouponBook(Page(coupons), Page(claims), Page(taken))})


def _open(chance: Random, world: World, now: datetime) -> CouponId:
    book = world.book(CouponKeys)
    open_now = [
        coupon.id
        for coupon in book.coupons.rows().values()
        if not coupon.stopped and book.left(coupon.id) and now < coupon.claim_until
    ]
    return some(chance, open_now, [*book.coupons.rows(), CouponId(UNKNOWN)])


def claim(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    member_id = some(chance, MEMBERS, [MemberId(UNKNOWN)])
    return ClaimCoupon(id=id_, coupon_id=_open(chance, world, now), member_id=member_id)


def run(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    """What staff do: grant, stop and make coupons."""
    if chance.random() < 0.4:
        return GrantCoupon(
            id=id_,
            coupon_id=_open(chance, world, now),
            member_id=some(chance, MEMBERS, [MemberId(UNKNOWN)]),
            staff_id=STAFF,
        )
    if chance.random() < 0.2:
        coupons = world.book(CouponKeys).coupons.rows()
        return StopCoupon(id=id_, coupon_id=chance.choice([*coupons, CouponId(UNKNOWN)]))
    scope = chance.choice([*Scope])
    within = {Scope.ALL: (), Scope.PRODUCTS: (PRODUCTS[0],), Scope.CATEGORIES: (CATEGORIES[1],)}
    return CreateCoupon(
        id=id_,
        name="new",
        kind=some(chance, [Kind.AMOUNT], [Kind.PERCENT]),
        value=chance.choice((0, 400, 400, 20_000)),
        cap=some(chance, [None], [Fen(700)]),
        threshold=Fen(chance.choice((0, 500))),
        scope=scope,
        scope_ids=some(chance, [within[scope]], [(), (PRODUCTS[1],)]),
        issued_max=chance.choice((None, 2)),
        per_member_max=1,
        claim_from=now + some(chance, [timedelta(0)], [timedelta(minutes=5)]),
        claim_until=now + timedelta(hours=1),
        usable_from=now,
        usable_until=now + chance.choice((-1, 2, 9)) * timedelta(hours=1),
        staff_id=STAFF,
    )


def conserved(before: Content, after: Content) -> None:
    """A claim is used if and only if one order that stands was made cheaper by it."""
    standing = Counter(
        order.claim_id
        for order in after["OrderBook.orders"].values()
        if order.claim_id is not None and order.state is not State.CANCELLED
    )
    for claim in after["CouponBook.claims"].values():
        assert standing[claim.id] == (claim.state is ClaimState.USED)
        if claim.order_id is not None:
            order = after["OrderBook.orders"][claim.order_id]
            assert order.claim_id == claim.id
            assert claim.off == sum(l.price * l.quantity - l.paid for l in order.lines)
    assert before["CouponBook.claims"].keys() <= after["CouponBook.claims"].keys()
    issued = Counter(claim.coupon_id for claim in after["CouponBook.claims"].values())
    for coupon in after["CouponBook.coupons"].values():
        assert coupon.issued == issued[coupon.id]
        assert coupon.issued_max is None or coupon.issued <= coupon.issued_max


async def _fill(sql: Any, shop_id: ShopId, content: Content) -> None:
    claims = content["CouponBook.claims"].values()
    names = Coupon.__struct_fields__
    await lay(
        sql, "coupon", f"shop_id, {', '.join(names)}",
        [
            (shop_id, *(_cell(getattr(one, name)) for name in names))
            for one in content["CouponBook.coupons"].values()
        ],
    )  # fmt: skip
    await lay(
        sql, "coupon_claim", f"shop_id, {', '.join(Claim.__struct_fields__)}",
        [
            (shop_id, *(getattr(one, name) for name in Claim.__struct_fields__))
            for one in claims
        ],
    )  # fmt: skip
    await lay(
        sql, "coupon_taken", "shop_id, coupon_id, member_id, count",
        [(shop_id, *key, count) for key, count in content["CouponBook.taken"].items()],
    )  # fmt: skip


def _cell(value: Any) -> Any:
    return list(value) if isinstance(value, frozenset) else value


_CLAIMS = text("SELECT id FROM coupon_claim WHERE shop_id = :shop_id")
_COUPONS = text("SELECT id FROM coupon WHERE shop_id = :shop_id")
_TAKEN = text("SELECT coupon_id, member_id FROM coupon_taken WHERE shop_id = :shop_id")


async def _read(transaction: Transaction) -> Content:
    claims, coupons, taken = [
        await transaction.read(statement) for statement in (_CLAIMS, _COUPONS, _TAKEN)
    ]
    book = await rows.load(
        transaction,
        CouponKeys([row.id for row in claims], [row.id for row in coupons], map(tuple, taken)),
    )
    return {
        "CouponBook.coupons": book.coupons.rows(),
        "CouponBook.claims": book.claims.rows(),
        "CouponBook.taken": book.taken.rows(),
    }


PART = Part(
    name="coupon",
    lay=_lay,
    wishes=tuple(
        (one, claim if ClaimCoupon in one.commands else run) for one in FEATURE.command_sets
    ),
    conserved=conserved,
    fill=_fill,
    read=_read,
    breaks={
        "coupons issued": "UPDATE coupon SET issued = issued + 1",
        "coupons taken": "UPDATE coupon_taken SET count = 99",
    },
)
