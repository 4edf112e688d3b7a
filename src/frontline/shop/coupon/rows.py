"""Coupon rows."""

from __future__ import annotations

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.coupon.book import (
    Claim,
    ClaimState,
    Coupon,
    CouponBook,
    CouponKeys,
    Kind,
    Scope,
)
from frontline.store.database import Transaction

_LOCK_CLAIMS = text("""
    SELECT id, coupon_id, member_id, state, order_id FROM coupon_claim
    WHERE shop_id = :shop_id AND id = ANY(CAST(:claim_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_COUPONS = text("""
    SELECT id, name, kind, value, cap, threshold, scope, scope_ids, issued_max, per_member_max,
           claim_from, claim_until, usable_from, usable_until, stopped
    FROM coupon WHERE shop_id = :shop_id AND id = ANY(CAST(:coupon_ids AS uuid[]))
""")
_MOVE_CLAIMS = text("""
    UPDATE coupon_claim AS c SET state = m.new, order_id = m.order_id
    FROM unnest(CAST(:ids AS uuid[]), CAST(:old AS text[]), CAST(:new AS text[]),
                CAST(:order_ids AS uuid[])) AS m (id, old, new, order_id)
    WHERE c.shop_id = :shop_id AND c.id = m.id AND c.state = m.old
""")


async def load(transaction: Transaction, keys: CouponKeys) -> CouponBook:
    claims = [
        Claim(row.id, row.coupon_id, row.member_id, ClaimState(row.state), row.order_id)
        for row in await transaction.rows(_LOCK_CLAIMS, claim_ids=keys.claim_ids)
    ]
    coupons = [
        Coupon(
            **{
                **row._mapping,
                "kind": Kind(row.kind),
                "scope": Scope(row.scope),
                "scope_ids": frozenset(row.scope_ids),
            }
        )
        for row in await transaction.rows(
            _COUPONS, coupon_ids={claim.coupon_id for claim in claims}
        )
    ]
    return CouponBook(
        Page({coupon.id: coupon for coupon in coupons}), Page({claim.id: claim for claim in claims})
    )


async def store(transaction: Transaction, book: CouponBook) -> None:
    moved = book.claims.altered()
    await transaction.write(
        _MOVE_CLAIMS,
        ids=moved,
        old=[old.state for old, _ in moved.values()],
        new=[new.state for _, new in moved.values()],
        order_ids=[new.order_id for _, new in moved.values()],
    )


SHELF = Shelf(keys=CouponKeys, load=load, store=store, lock=Lock.COUPON)
