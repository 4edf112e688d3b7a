"""Who works here. No locks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import ShopId
from frontline.store.database import Database, Transaction
from frontline.web.session import Role

_BY_NAME = text("""
    SELECT s.id, s.name, s.password_hash, s.role, s.areas,
           t.set_up_at IS NOT NULL AS two_steps
    FROM staff AS s LEFT JOIN staff_totp AS t ON t.shop_id = s.shop_id AND t.staff_id = s.id
    WHERE s.shop_id = :shop_id AND s.name = CAST(:name AS text) AND s.active
""")
_ALL = text("""
    SELECT s.id, s.name, s.role, s.active, s.areas, s.hired_at,
           t.set_up_at IS NOT NULL AS two_steps,
           (SELECT max(coalesce(e.seen_at, e.created_at)) FROM session AS e
            WHERE e.shop_id = s.shop_id AND e.actor_id = s.id) AS seen_at
    FROM staff AS s LEFT JOIN staff_totp AS t ON t.shop_id = s.shop_id AND t.staff_id = s.id
    WHERE s.shop_id = :shop_id AND (CAST(:id AS uuid) IS NULL OR s.id = CAST(:id AS uuid))
    ORDER BY s.active DESC, s.role, s.name LIMIT 1000
""")


class Colleague(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    password_hash: str
    role: Role
    areas: tuple[str, ...] | None  # None: all.
    two_steps: bool  # A code is asked for as well.


async def by_name(database: Database, shop_id: ShopId, name: str) -> Colleague | None:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_BY_NAME, name=name)
    if not rows:
        return None
    row = rows[0]
    areas = None if row.areas is None else tuple(row.areas)
    return Colleague(row.id, row.name, row.password_hash, Role(row.role), areas, row.two_steps)


class Member(msgspec.Struct, frozen=True):
    """Somebody of the staff, as the owner sees them."""

    id: UUID
    name: str
    role: Role
    active: bool
    areas: tuple[str, ...] | None
    hired_at: datetime | None
    two_steps: bool
    seen_at: datetime | None  # None: not signed in.


async def everybody(transaction: Transaction) -> list[Member]:
    """Who works here and who did, owners first; a thousand at most."""
    return [_member(row) for row in await transaction.read(_ALL, id=None)]


async def one(transaction: Transaction, staff_id: UUID) -> Member | None:
    rows = await transaction.read(_ALL, id=staff_id)
    return _member(rows[0]) if rows else None


def _member(row: Any) -> Member:
    return Member(
        row.id,
        row.name,
        Role(row.role),
        row.active,
        None if row.areas is None else tuple(row.areas),
        row.hired_at,
        row.two_steps,
        row.seen_at,
    )
