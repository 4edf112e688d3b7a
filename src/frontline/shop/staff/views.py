"""Who works here. No locks."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import ShopId
from frontline.store.database import Database
from frontline.web.session import Role

_BY_NAME = text("""
    SELECT id, name, password_hash, role FROM staff
    WHERE shop_id = :shop_id AND name = CAST(:name AS text) AND active
""")


class Colleague(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    password_hash: str
    role: Role


async def by_name(database: Database, shop_id: ShopId, name: str) -> Colleague | None:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_BY_NAME, name=name)
    if not rows:
        return None
    return Colleague(rows[0].id, rows[0].name, rows[0].password_hash, Role(rows[0].role))
