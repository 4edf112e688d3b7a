"""Coupons as members see them, and as staff do. No locks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import MemberId, ShopId
from frontline.shop.coupon.messages import Kind, Scope
from frontline.store.database import Database, Transaction

PAGE_MAX = 50

_CLAIMABLE = text("""
    SELECT c.id, c.name, c.kind, c.value, c.cap, c.threshold, c.scope, c.scope_ids, c.usable_from,
           c.usable_until, c.claim_until, c.issued_max - c.issued AS remaining,
           c.per_member_max - coalesce(t.count, 0) AS for_me
    FROM coupon AS c
    LEFT JOIN coupon_taken AS t ON t.shop_id = c.shop_id AND t.coupon_id = c.id
          AND t.member_id = CAST(:member_id AS uuid)
    WHERE c.shop_id = :shop_id AND NOT c.stopped
      AND c.claim_from <= CAST(:now AS timestamptz) AND c.claim_until > :now
      AND (c.issued_max IS NULL OR c.issued < c.issued_max)
      AND coalesce(t.count, 0) < c.per_member_max
      AND (CAST(:before AS uuid) IS NULL OR c.id < :before)
    ORDER BY c.id DESC LIMIT CAST(:page_max AS int)
""")
_MINE = text("""
    SELECT m.id AS claim_id, c.id, c.name, c.kind, c.value, c.cap, c.threshold, c.scope,
           c.scope_ids, c.usable_from, c.usable_until, m.order_id, m.off
    FROM coupon_claim AS m
    JOIN coupon AS c ON c.shop_id = m.shop_id AND c.id = m.coupon_id
    WHERE m.shop_id = :shop_id AND m.member_id = CAST(:member_id AS uuid)
      AND CASE CAST(:state AS text)
              WHEN 'used' THEN m.state = 'used'
              WHEN 'expired' THEN m.state = 'held' AND c.usable_until <= :now
              ELSE m.state = 'held' AND c.usable_until > CAST(:now AS timestamptz)
          END
      AND (CAST(:before AS uuid) IS NULL OR m.id < :before)
    ORDER BY m.id DESC LIMIT CAST(:page_max AS int)
""")
_ALL = text("""
    SELECT c.id, c.name, c.kind, c.value, c.cap, c.threshold, c.scope, c.scope_ids, c.usable_from,
           c.usable_until, c.claim_from, c.claim_until, c.issued_max, c.per_member_max, c.stopped,
           c.issued, u.used, u.off
    FROM (SELECT * FROM coupon
          WHERE shop_id = :shop_id AND (CAST(:before AS uuid) IS NULL OR id < :before)
          ORDER BY id DESC LIMIT CAST(:page_max AS int)) AS c
    CROSS JOIN LATERAL (
        SELECT count(*) AS used, CAST(coalesce(sum(off), 0) AS bigint) AS off FROM coupon_claim
        WHERE shop_id = c.shop_id AND coupon_id = c.id AND state = 'used') AS u
    ORDER BY c.id DESC
""")


_LISTED = text("""
    SELECT c.id, c.name, c.kind, c.value, c.cap, c.threshold, c.scope, c.scope_ids, c.usable_from,
           c.usable_until, c.claim_from, c.claim_until, c.issued_max, c.per_member_max, c.stopped,
           c.issued, u.used, u.off
    FROM (SELECT * FROM coupon
          WHERE shop_id = :shop_id AND (CAST(:before AS uuid) IS NULL OR id < :before)
            AND (CAST(:coupon_id AS uuid) IS NULL OR id = CAST(:coupon_id AS uuid))
            AND (CAST(:name AS text) = '' OR position(lower(:name) IN lower(name)) > 0)
            AND CASE CAST(:state AS text)
                    WHEN '' THEN true
                    WHEN 'stopped' THEN stopped
                    WHEN 'ended' THEN NOT stopped AND claim_until <= CAST(:now AS timestamptz)
                    WHEN 'coming' THEN NOT stopped AND claim_from > CAST(:now AS timestamptz)
                    ELSE NOT stopped AND claim_from <= CAST(:now AS timestamptz)
                         AND claim_until > CAST(:now AS timestamptz) END
          ORDER BY id DESC LIMIT CAST(:page_max AS int)) AS c
    CROSS JOIN LATERAL (
        SELECT count(*) AS used, CAST(coalesce(sum(off), 0) AS bigint) AS off FROM coupon_claim
        WHERE shop_id = c.shop_id AND coupon_id = c.id AND state = 'used') AS u
    ORDER BY c.id DESC
""")
_SCOPED = text("""
    SELECT id, title AS name FROM product
    WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
    UNION ALL
    SELECT id, name FROM category WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
""")
_BY_PHONE = text("""
    SELECT id FROM member WHERE shop_id = :shop_id AND phone = CAST(:phone AS text)
""")


class _Promise(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    kind: Kind
    value: int  # Minor units off, or basis points off.
    cap: int | None  # Of a percentage, minor units.
    threshold: int  # Of the goods in scope, minor units; 0 is none.
    scope: Scope
    scope_ids: tuple[UUID, ...]
    usable_from: datetime
    usable_until: datetime


class Claimable(_Promise, frozen=True, kw_only=True):
    claim_until: datetime
    remaining: int | None  # None: without number.
    for_me: int  # How many more I may claim.


class Claimables(msgspec.Struct, frozen=True):
    coupons: tuple[Claimable, ...]  # The newest first.
    next_before: UUID | None  # Where the next page begins; None: there is none.


class Mine(_Promise, frozen=True, kw_only=True):
    claim_id: UUID  # What an order is placed with.
    order_id: UUID | None  # While used.
    off: int  # While used: what it took off, minor units.


class MineState(StrEnum):
    HELD = "held"
    USED = "used"
    EXPIRED = "expired"


class Mines(msgspec.Struct, frozen=True):
    coupons: tuple[Mine, ...]  # The newest first.
    next_before: UUID | None


class IssuedState(StrEnum):
    """Whether members may claim it."""

    COMING = "coming"
    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


class Issued(_Promise, frozen=True, kw_only=True):
    claim_from: datetime
    claim_until: datetime
    issued_max: int | None
    per_member_max: int
    stopped: bool
    issued: int
    used: int
    off: int  # What they took off orders that stand, minor units.

    def state_at(self, now: datetime) -> IssuedState:
        if self.stopped:
            return IssuedState.STOPPED
        if now >= self.claim_until:
            return IssuedState.ENDED
        return IssuedState.COMING if now < self.claim_from else IssuedState.RUNNING


class Issueds(msgspec.Struct, frozen=True):
    coupons: tuple[Issued, ...]  # The newest first.
    next_before: UUID | None


async def claimable(
    database: Database, shop_id: ShopId, member_id: MemberId, now: datetime, before: UUID | None
) -> Claimables:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(
            _CLAIMABLE, member_id=member_id, now=now, before=before, page_max=PAGE_MAX + 1
        )
    coupons = tuple(Claimable(**_told(row)) for row in rows[:PAGE_MAX])
    return Claimables(coupons, coupons[-1].id if len(rows) > PAGE_MAX else None)


async def mine(  # noqa: PLR0913, PLR0917 - a question has this many sides
    database: Database,
    shop_id: ShopId,
    member_id: MemberId,
    state: MineState,
    now: datetime,
    before: UUID | None,
) -> Mines:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(
            _MINE,
            member_id=member_id,
            state=state.value,
            now=now,
            before=before,
            page_max=PAGE_MAX + 1,
        )
    coupons = tuple(Mine(**_told(row)) for row in rows[:PAGE_MAX])
    return Mines(coupons, coupons[-1].claim_id if len(rows) > PAGE_MAX else None)


async def issued(database: Database, shop_id: ShopId, before: UUID | None) -> Issueds:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_ALL, before=before, page_max=PAGE_MAX + 1)
    coupons = tuple(Issued(**_told(row)) for row in rows[:PAGE_MAX])
    return Issueds(coupons, coupons[-1].id if len(rows) > PAGE_MAX else None)


def _told(row: Any) -> dict[str, Any]:
    return {
        **row._asdict(),
        "kind": Kind(row.kind),
        "scope": Scope(row.scope),
        "scope_ids": tuple(row.scope_ids),
    }


# -- For the desk ---------------------------------------------------------------------------


async def listed(  # noqa: PLR0913 - what may be asked for
    transaction: Transaction,
    now: datetime,
    *,
    before: UUID | None = None,
    coupon_id: UUID | None = None,
    name: str = "",
    state: IssuedState | None = None,
    limit: int = PAGE_MAX,
) -> Issueds:
    """The newest first: those of this name and state, or the one of this id."""
    rows = await transaction.read(
        _LISTED,
        now=now,
        before=before,
        coupon_id=coupon_id,
        name=name,
        state="" if state is None else state.value,
        page_max=limit + 1,
    )
    coupons = tuple(Issued(**_told(row)) for row in rows[:limit])
    return Issueds(coupons, coupons[-1].id if len(rows) > limit else None)


async def scoped(transaction: Transaction, ids: tuple[UUID, ...]) -> tuple[tuple[UUID, str], ...]:
    """Products and categories by their names."""
    return tuple((row.id, row.name) for row in await transaction.rows(_SCOPED, ids=ids))


async def by_phone(transaction: Transaction, phone: str) -> MemberId | None:
    rows = await transaction.read(_BY_PHONE, phone=phone)
    return rows[0].id if rows else None
