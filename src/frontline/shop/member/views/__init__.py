"""What members see of themselves, and staff of members. No locks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import MemberId, ShopId
from frontline.store.database import Database

PAGE_MAX = 50

_ME = text("""
    SELECT id, nickname, locale, phone, joined_at FROM member
    WHERE shop_id = :shop_id AND id = CAST(:member_id AS uuid)
""")
_ADDRESSES = text("""
    SELECT a.id, a.name, a.phone, a.region_code, a.region, a.detail,
           a.id IS NOT DISTINCT FROM m.default_address_id AS preferred
    FROM address AS a JOIN member AS m ON m.shop_id = a.shop_id AND m.id = a.member_id
    WHERE a.shop_id = :shop_id AND a.member_id = CAST(:member_id AS uuid)
    ORDER BY preferred DESC, a.id DESC
""")
_MEMBERS = text("""
    SELECT id, nickname, phone, openid IS NOT NULL AS wechat, joined_at FROM member
    WHERE shop_id = :shop_id
      AND (CAST(:phone AS text) = '' OR starts_with(phone, :phone))
      AND (CAST(:nickname AS text) = '' OR position(lower(:nickname) IN lower(nickname)) > 0)
      AND (CAST(:before AS uuid) IS NULL OR id < :before)
    ORDER BY id DESC LIMIT CAST(:page_max AS int)
""")
_CODE_IDS = text("""
    SELECT code_id FROM phone_code WHERE shop_id = :shop_id AND phone = CAST(:phone AS text)
""")


class Me(msgspec.Struct, frozen=True):
    id: UUID
    nickname: str
    locale: str
    phone: str | None
    joined_at: datetime


class OwnAddress(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    phone: str
    region_code: str
    region: str
    detail: str
    preferred: bool


class OwnAddresses(msgspec.Struct, frozen=True):
    addresses: tuple[OwnAddress, ...]  # The preferred one first, then the newest.


class FoundMember(msgspec.Struct, frozen=True):
    id: UUID
    nickname: str
    phone: str | None
    wechat: bool  # Comes by WeChat.
    joined_at: datetime


class FoundMembers(msgspec.Struct, frozen=True):
    members: tuple[FoundMember, ...]  # The newest first.
    next_before: UUID | None  # Where the next page begins; None: there is none.


async def me(database: Database, shop_id: ShopId, member_id: MemberId) -> Me | None:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_ME, member_id=member_id)
    return Me(*rows[0]) if rows else None


async def addresses(database: Database, shop_id: ShopId, member_id: MemberId) -> OwnAddresses:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_ADDRESSES, member_id=member_id)
    return OwnAddresses(tuple(OwnAddress(*row) for row in rows))


async def members(
    database: Database, shop_id: ShopId, *, phone: str, nickname: str, before: UUID | None
) -> FoundMembers:
    """Members whose phone begins so and whose nickname contains this; "" is any."""
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(
            _MEMBERS, phone=phone, nickname=nickname, before=before, page_max=PAGE_MAX + 1
        )
    found = tuple(FoundMember(*row) for row in rows[:PAGE_MAX])
    return FoundMembers(found, found[-1].id if len(rows) > PAGE_MAX else None)


async def code_id(database: Database, shop_id: ShopId, phone: str) -> UUID | None:
    """Of the last code sent to this phone: what its digest is salted with."""
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_CODE_IDS, phone=phone)
    return rows[0].code_id if rows else None
