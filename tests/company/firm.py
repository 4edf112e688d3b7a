"""Departments with people in them, for tests of what departments do with each other."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from shopping import SHOP, AtDesk, House

from frontline.web.session import Role


async def department(sql: Any, name: str, *staff_ids: UUID, kind: str = "finance") -> UUID:
    """A department of the shop with these people in it; its id."""
    department_id, position_id = uuid4(), uuid4()
    await sql.execute(
        "INSERT INTO authority_department VALUES (1, $1, $2, $3)", department_id, name, kind
    )
    await sql.execute(
        "INSERT INTO authority_position VALUES (1, $1, $2, '专员')", position_id, department_id
    )
    for staff_id in staff_ids:
        await sql.execute(
            "INSERT INTO authority_person VALUES (1, $1, $2)"
            " ON CONFLICT (shop_id, staff_id) DO UPDATE SET position_id = EXCLUDED.position_id",
            staff_id, position_id,
        )  # fmt: skip
    return department_id


async def told(sql: Any, staff_id: UUID) -> list[str]:
    """Titles of the notices somebody has, the oldest first."""
    rows = await sql.fetch(
        "SELECT title_zh FROM notice WHERE to_id = $1 ORDER BY at, title_zh", staff_id
    )
    return [row["title_zh"] for row in rows]


async def again(at: House, desk: AtDesk, role: Role = Role.STAFF) -> AtDesk:
    """The same person, signed in anew: sessions end with the working day."""
    desk.token = await at.opened.sessions.open(SHOP, desk.staff_id, role)
    return desk
