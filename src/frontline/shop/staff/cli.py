"""Hiring on the command line."""

from __future__ import annotations

import asyncio

from frontline.engine.engine import new_id
from frontline.kernel.words import ShopId, StaffId
from frontline.shop.staff.passwords import hashed
from frontline.shop.staff.rows import put_staff
from frontline.store.database import Database
from frontline.web.session import Role

PASSWORD_CHARACTERS_MIN = 8


async def make_staff(
    database: Database, shop_id: ShopId, name: str, password: str, role: Role
) -> StaffId:
    """Hire, or give who is called so this password and role and end their sessions.

    Raises ValueError for a name or password that will not do, in words for people.
    """
    name = name.strip()
    if not name or role is Role.MEMBER:
        message = "staff have a name, and are `staff` or `owner`"
        raise ValueError(message)
    if len(password) < PASSWORD_CHARACTERS_MIN:
        message = f"a password has at least {PASSWORD_CHARACTERS_MIN} characters"
        raise ValueError(message)
    password_hash = await asyncio.to_thread(hashed, password)
    async with database.transaction(shop_id) as transaction:
        staff_id = await put_staff(
            transaction, new_id(), name=name, password_hash=password_hash, role=role
        )
    return StaffId(staff_id)
