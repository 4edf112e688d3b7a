"""Hiring, letting in, dismissing: what an owner does, and everybody with their own password."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from frontline.shop.staff import second
from frontline.store.database import Transaction
from frontline.web.session import Role, Sessions

PASSWORD_CHARACTERS_MIN, PASSWORD_CHARACTERS_MAX = 10, 128
_DIFFERENT_MIN = 5

_HIRE = text("""
    INSERT INTO staff (shop_id, id, name, password_hash, role, active, areas, hired_at)
    VALUES (:shop_id, CAST(:id AS uuid), CAST(:name AS text), CAST(:password_hash AS text),
            CAST(:role AS text), true, CAST(:areas AS text[]), :now)
    ON CONFLICT DO NOTHING
    RETURNING id
""")
_IS = text("""
    SELECT id FROM staff
    WHERE shop_id = :shop_id AND id = CAST(:id AS uuid) AND name = CAST(:name AS text)
""")
_LET_IN = text("""
    UPDATE staff SET areas = CAST(:areas AS text[])
    WHERE shop_id = :shop_id AND id = CAST(:id AS uuid) AND role = 'staff'
    RETURNING id
""")
_PASSWORD = text("""
    UPDATE staff SET password_hash = CAST(:password_hash AS text)
    WHERE shop_id = :shop_id AND id = CAST(:id AS uuid)
    RETURNING id
""")
_PASSWORD_OF = text("""
    SELECT name, password_hash FROM staff
    WHERE shop_id = :shop_id AND id = CAST(:id AS uuid) AND active
""")
_ACTIVE = text("""
    UPDATE staff SET active = CAST(:active AS boolean)
    WHERE shop_id = :shop_id AND id = CAST(:id AS uuid)
    RETURNING id
""")
_OTHER_OWNERS = text("""
    SELECT id FROM staff
    WHERE shop_id = :shop_id AND role = 'owner' AND active AND id <> CAST(:id AS uuid)
    ORDER BY id FOR NO KEY UPDATE
""")


def too_weak(password: str, name: str) -> bool:
    """Whether it is short, all alike, or made of the name."""
    if len(password) < PASSWORD_CHARACTERS_MIN or len(set(password)) < _DIFFERENT_MIN:
        return True
    return name.casefold() in password.casefold() and len(password) < 2 * len(name)


async def hire(  # noqa: PLR0913 - all that is said of somebody
    transaction: Transaction,
    id_: UUID,
    *,
    name: str,
    password_hash: str,
    role: Role,
    areas: Iterable[str] | None,
    now: datetime,
) -> bool:
    """False: somebody is called so already. The same again changes nothing."""
    done = await transaction.read(
        _HIRE,
        id=id_,
        name=name,
        password_hash=password_hash,
        role=role,
        areas=None if areas is None else sorted(areas),
        now=now,
    )
    return bool(done) or bool(await transaction.read(_IS, id=id_, name=name))


async def let_in(
    transaction: Transaction, sessions: Sessions, id_: UUID, areas: Iterable[str] | None
) -> bool:
    """False: there is nobody such, or it is an owner, who may do everything."""
    given = None if areas is None else sorted(areas)
    if not await transaction.read(_LET_IN, id=id_, areas=given):
        return False
    await sessions.let_in(transaction, id_, given)
    return True


async def change_password(
    transaction: Transaction,
    sessions: Sessions,
    id_: UUID,
    password_hash: str,
    *,
    but: bytes | None,
) -> None:
    """All sessions end, `but` the one of this digest."""
    await transaction.read(_PASSWORD, id=id_, password_hash=password_hash)
    await sessions.end(transaction, id_, but=but)


async def known_by(transaction: Transaction, id_: UUID) -> tuple[str, str] | None:
    """Name and password hash of who works here."""
    rows = await transaction.read(_PASSWORD_OF, id=id_)
    return (rows[0].name, rows[0].password_hash) if rows else None


async def dismiss(transaction: Transaction, sessions: Sessions, id_: UUID) -> bool:
    """Their sessions end, and their second proof is forgotten. False: it is the last owner."""
    others = await transaction.read(_OTHER_OWNERS, id=id_)
    if not others:
        return False
    await transaction.read(_ACTIVE, id=id_, active=False)
    await second.forget(transaction, id_)
    await sessions.end(transaction, id_)
    return True


async def take_back(transaction: Transaction, id_: UUID) -> None:
    await transaction.read(_ACTIVE, id=id_, active=True)
