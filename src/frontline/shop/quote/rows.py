"""What a quote looks at, without locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from frontline.engine.feature import Answered
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.shop.coupon.book import Claim, ClaimState, Coupon, CouponBook
from frontline.shop.coupon.messages import Kind, Scope
from frontline.shop.order.book import OrderBook
from frontline.shop.quote.rules import SeenClaims, SeenStock, SeenTaken
from frontline.shop.stock.book import Level, StockBook
from frontline.store.database import Transaction

_CLAIMS = text("""
    SELECT id, coupon_id, member_id, state, order_id, claimed_at, off FROM coupon_claim
    WHERE shop_id = :shop_id AND id = ANY(CAST(:claim_ids AS uuid[]))
""")
_COUPONS = text("""
    SELECT id, name, kind, value, cap, threshold, scope, scope_ids, issued_max, per_member_max,
           claim_from, claim_until, usable_from, usable_until, stopped, issued
    FROM coupon WHERE shop_id = :shop_id AND id = ANY(CAST(:coupon_ids AS uuid[]))
""")
_TAKEN = text("""
    SELECT t.member_id, t.sku_id, t.quantity
    FROM order_taken AS t
    JOIN unnest(CAST(:member_ids AS uuid[]), CAST(:sku_ids AS uuid[])) AS k (member_id, sku_id)
      ON t.member_id = k.member_id AND t.sku_id = k.sku_id
    WHERE t.shop_id = :shop_id
""")
_STOCK = text("""
    SELECT sku_id, on_hand, reserved, sold FROM stock
    WHERE shop_id = :shop_id AND sku_id = ANY(CAST(:sku_ids AS uuid[]))
""")


async def recall(_transaction: Transaction, _ids: Sequence[UUID]) -> Mapping[UUID, Answered]:
    """No quote is remembered."""
    return {}


async def load_claims(transaction: Transaction, keys: SeenClaims) -> CouponBook:
    claims = [
        Claim(**{**row._mapping, "state": ClaimState(row.state)})
        for row in await transaction.rows(_CLAIMS, claim_ids=keys.claim_ids)
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
        for row in await transaction.rows(_COUPONS, coupon_ids={one.coupon_id for one in claims})
    ]
    return CouponBook(
        Page({coupon.id: coupon for coupon in coupons}),
        Page({claim.id: claim for claim in claims}),
        Page({}),
    )


async def load_taken(transaction: Transaction, keys: SeenTaken) -> OrderBook:
    wanted = list(keys.taken)
    rows = await transaction.rows(
        _TAKEN,
        member_ids=[member_id for member_id, _ in wanted],
        sku_ids=[sku_id for _, sku_id in wanted],
    )
    return OrderBook(Page({}), Page({(row[0], row[1]): row[2] for row in rows}))


async def load_stock(transaction: Transaction, keys: SeenStock) -> StockBook:
    rows = await transaction.rows(_STOCK, sku_ids=keys.sku_ids)
    return StockBook(Page({row[0]: Level(*row[1:]) for row in rows}))


CLAIMS = Shelf(keys=SeenClaims, load=load_claims)
TAKEN = Shelf(keys=SeenTaken, load=load_taken)
STOCK = Shelf(keys=SeenStock, load=load_stock)
