"""Coupon rows."""

from __future__ import annotations

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.coupon.book import Claim, ClaimState, Coupon, CouponBook, CouponKeys
from frontline.shop.coupon.messages import Kind, Scope
from frontline.store.database import Transaction

_LOCK_CLAIMS = text("""
    SELECT id, coupon_id, member_id, state, order_id, claimed_at, off FROM coupon_claim
    WHERE shop_id = :shop_id AND id = ANY(CAST(:claim_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_LOCK_COUPONS = text("""
    SELECT id, name, kind, value, cap, threshold, scope, scope_ids, issued_max, per_member_max,
           claim_from, claim_until, usable_from, usable_until, stopped, issued
    FROM coupon WHERE shop_id = :shop_id AND id = ANY(CAST(:coupon_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
# Not locked: what a coupon promises never changes, and to use one does not count it.
_COUPONS = text("""
    SELECT id, name, kind, value, cap, threshold, scope, scope_ids, issued_max, per_member_max,
           claim_from, claim_until, usable_from, usable_until, stopped, issued
    FROM coupon WHERE shop_id = :shop_id AND id = ANY(CAST(:coupon_ids AS uuid[]))
""")
# The lock of the coupon guards them.
_TAKEN = text("""
    SELECT t.coupon_id, t.member_id, t.count
    FROM coupon_taken AS t
    JOIN unnest(CAST(:coupon_ids AS uuid[]), CAST(:member_ids AS uuid[]))
         AS k (coupon_id, member_id) ON t.coupon_id = k.coupon_id AND t.member_id = k.member_id
    WHERE t.shop_id = :shop_id
""")


async def load(transaction: Transaction, keys: CouponKeys) -> CouponBook:
    claims = [
        Claim(**{**row._asdict(), "state": ClaimState(row.state)})
        for row in await transaction.rows(_LOCK_CLAIMS, claim_ids=keys.claim_ids)
    ]
    locked = list(await transaction.rows(_LOCK_COUPONS, coupon_ids=keys.coupon_ids))
    read_only = {claim.coupon_id for claim in claims} - {row.id for row in locked}
    rows = [*locked, *await transaction.rows(_COUPONS, coupon_ids=read_only)]
    asked = list(keys.taken)
    taken = await transaction.rows(
        _TAKEN,
        coupon_ids=[coupon_id for coupon_id, _ in asked],
        member_ids=[member_id for _, member_id in asked],
    )
    coupons = [
        Coupon(
            **{
                **row._asdict(),
                "kind": Kind(row.kind),
                "scope": Scope(row.scope),
                "scope_ids": frozenset(row.scope_ids),
            }
        )
        for row in rows
    ]
    return CouponBook(
        Page({coupon.id: coupon for coupon in coupons}),
        Page({claim.id: claim for claim in claims}),
        Page({(row.coupon_id, row.member_id): row.count for row in taken}),
    )


_ADD = text("""
    INSERT INTO coupon (shop_id, id, name, kind, value, cap, threshold, scope, scope_ids,
                        issued_max, per_member_max, claim_from, claim_until, usable_from,
                        usable_until, stopped, issued)
    SELECT CAST(:shop_id AS bigint), id, name, kind, value, cap, threshold, scope,
           CAST(scope_ids AS uuid[]), issued_max, per_member_max, claim_from, claim_until,
           usable_from, usable_until, stopped, issued
    FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:kinds AS text[]),
                CAST(:values AS bigint[]), CAST(:caps AS bigint[]),
                CAST(:thresholds AS bigint[]), CAST(:scopes AS text[]),
                CAST(:scope_ids AS text[]), CAST(:issued_max AS int[]),
                CAST(:per_member_max AS int[]), CAST(:claim_from AS timestamptz[]),
                CAST(:claim_until AS timestamptz[]), CAST(:usable_from AS timestamptz[]),
                CAST(:usable_until AS timestamptz[]), CAST(:stopped AS boolean[]),
                CAST(:issued AS int[]))
         AS n (id, name, kind, value, cap, threshold, scope, scope_ids, issued_max,
               per_member_max, claim_from, claim_until, usable_from, usable_until, stopped, issued)
""")
_COUNT = text("""
    UPDATE coupon AS c SET issued = c.issued + d.issued, stopped = d.stopped
    FROM unnest(CAST(:ids AS uuid[]), CAST(:issued AS int[]), CAST(:stopped AS boolean[]))
         AS d (id, issued, stopped)
    WHERE c.shop_id = :shop_id AND c.id = d.id
""")
_ADD_CLAIMS = text("""
    INSERT INTO coupon_claim (shop_id, id, coupon_id, member_id, state, order_id, claimed_at, off)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:coupon_ids AS uuid[]), CAST(:member_ids AS uuid[]),
                CAST(:states AS text[]), CAST(:order_ids AS uuid[]),
                CAST(:claimed_at AS timestamptz[]), CAST(:off AS bigint[]))
""")
_MOVE_CLAIMS = text("""
    UPDATE coupon_claim AS c SET state = m.new, order_id = m.order_id, off = m.off
    FROM unnest(CAST(:ids AS uuid[]), CAST(:old AS text[]), CAST(:new AS text[]),
                CAST(:order_ids AS uuid[]), CAST(:off AS bigint[]))
         AS m (id, old, new, order_id, off)
    WHERE c.shop_id = :shop_id AND c.id = m.id AND c.state = m.old
""")
# A plain insert on purpose: should two processes both find no row, one of them must fail.
_ADD_TAKEN = text("""
    INSERT INTO coupon_taken (shop_id, coupon_id, member_id, count)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:coupon_ids AS uuid[]), CAST(:member_ids AS uuid[]), CAST(:counts AS int[]))
""")
_MOVE_TAKEN = text("""
    UPDATE coupon_taken AS t SET count = t.count + d.count
    FROM unnest(CAST(:coupon_ids AS uuid[]), CAST(:member_ids AS uuid[]), CAST(:counts AS int[]))
         AS d (coupon_id, member_id, count)
    WHERE t.shop_id = :shop_id AND t.coupon_id = d.coupon_id AND t.member_id = d.member_id
""")


async def store(transaction: Transaction, book: CouponBook) -> None:
    _add(transaction, list(book.coupons.added().values()))
    counted = book.coupons.altered()
    transaction.write_later(
        _COUNT,
        ids=counted,
        issued=[new.issued - old.issued for old, new in counted.values()],
        stopped=[new.stopped for _, new in counted.values()],
    )
    _store_claims(transaction, book)
    _store_taken(transaction, book)


def _add(transaction: Transaction, coupons: list[Coupon]) -> None:
    transaction.write_later(
        _ADD,
        ids=[coupon.id for coupon in coupons],
        names=[coupon.name for coupon in coupons],
        kinds=[coupon.kind for coupon in coupons],
        values=[coupon.value for coupon in coupons],
        caps=[coupon.cap for coupon in coupons],
        thresholds=[coupon.threshold for coupon in coupons],
        scopes=[coupon.scope for coupon in coupons],
        scope_ids=[
            f"{{{','.join(str(id_) for id_ in sorted(coupon.scope_ids))}}}" for coupon in coupons
        ],
        issued_max=[coupon.issued_max for coupon in coupons],
        per_member_max=[coupon.per_member_max for coupon in coupons],
        claim_from=[coupon.claim_from for coupon in coupons],
        claim_until=[coupon.claim_until for coupon in coupons],
        usable_from=[coupon.usable_from for coupon in coupons],
        usable_until=[coupon.usable_until for coupon in coupons],
        stopped=[coupon.stopped for coupon in coupons],
        issued=[coupon.issued for coupon in coupons],
    )


def _store_claims(transaction: Transaction, book: CouponBook) -> None:
    added = list(book.claims.added().values())
    transaction.write_later(
        _ADD_CLAIMS,
        ids=[claim.id for claim in added],
        coupon_ids=[claim.coupon_id for claim in added],
        member_ids=[claim.member_id for claim in added],
        states=[claim.state for claim in added],
        order_ids=[claim.order_id for claim in added],
        claimed_at=[claim.claimed_at for claim in added],
        off=[claim.off for claim in added],
    )
    moved = book.claims.altered()
    transaction.write_later(
        _MOVE_CLAIMS,
        ids=moved,
        old=[old.state for old, _ in moved.values()],
        new=[new.state for _, new in moved.values()],
        order_ids=[new.order_id for _, new in moved.values()],
        off=[new.off for _, new in moved.values()],
    )


def _store_taken(transaction: Transaction, book: CouponBook) -> None:
    added = book.taken.added()
    transaction.write_later(
        _ADD_TAKEN,
        coupon_ids=[coupon_id for coupon_id, _ in added],
        member_ids=[member_id for _, member_id in added],
        counts=list(added.values()),
    )
    moved = book.taken.altered()
    transaction.write_later(
        _MOVE_TAKEN,
        coupon_ids=[coupon_id for coupon_id, _ in moved],
        member_ids=[member_id for _, member_id in moved],
        counts=[new - old for old, new in moved.values()],
    )


SHELF = Shelf(keys=CouponKeys, load=load, store=store, lock=Lock.COUPON)
