"""What people read of notices, and what carriers have to know. No locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.notice.book import Notice, Reach
from frontline.company.notice.messages import NoticeId
from frontline.company.notice.rows import notice_of, reach_of
from frontline.kernel.text import Words
from frontline.kernel.words import StaffId
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place

_COLUMNS = """
    id, to_id, title_zh, title_en, text_zh, text_en, url, urgent, at, read_at
"""
_UNREAD = text("""
    SELECT count(*) AS n FROM (
        SELECT 1 FROM notice
        WHERE shop_id = :shop_id AND to_id = CAST(:staff_id AS uuid) AND read_at IS NULL
        LIMIT 100) AS found
""")
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM notice
    WHERE shop_id = :shop_id AND to_id = CAST(:staff_id AS uuid)
      AND (at, id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
    ORDER BY at DESC, id DESC LIMIT CAST(:rows_max AS int)
""")  # noqa: S608 - put together of pieces that stand above
_UNREAD_IDS = text("""
    SELECT id FROM notice
    WHERE shop_id = :shop_id AND to_id = CAST(:staff_id AS uuid) AND read_at IS NULL
    ORDER BY at DESC LIMIT 200
""")
_ONE = text(f"""
    SELECT {_COLUMNS} FROM notice WHERE shop_id = :shop_id AND id = CAST(:id AS uuid)
""")  # noqa: S608
_REACH = text("""
    SELECT r.mail, r.openid, r.language, r.wants FROM notice_reach AS r
    WHERE r.shop_id = :shop_id AND r.staff_id = CAST(:staff_id AS uuid)
""")
_NAME = text("""
    SELECT name FROM staff
    WHERE shop_id = :shop_id AND id = CAST(:staff_id AS uuid) AND active
""")
_TIMEZONE = text("SELECT timezone FROM shop WHERE shop_id = :shop_id")
_OPENID = text("""
    SELECT openid FROM member WHERE shop_id = :shop_id AND phone = CAST(:phone AS text)
""")


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    id: NoticeId
    title: Words
    text: Words
    url: str
    urgent: bool
    at: datetime
    read: bool


async def unread(transaction: Transaction, staff_id: StaffId) -> int:
    """How many notices somebody has not read; at most 100."""
    rows = await transaction.read(_UNREAD, staff_id=staff_id)
    count: int = rows[0].n
    return count


async def latest(transaction: Transaction, staff_id: StaffId, limit: int) -> tuple[NoticeRow, ...]:
    """The newest first."""
    found, _ = await page(transaction, staff_id, None, limit)
    return tuple(found)


async def page(
    transaction: Transaction, staff_id: StaffId, after: str | None, limit: int
) -> tuple[Sequence[NoticeRow], str | None]:
    """The newest first, and where the next page begins."""
    at, id_ = LATEST if after is None else place(after)
    rows = await transaction.read(_PAGE, staff_id=staff_id, at=at, id=id_, rows_max=limit + 1)
    found = [_row(notice_of(row)) for row in rows]
    if len(found) <= limit:
        return found, None
    return found[:limit], cursor(found[limit - 1].at, found[limit - 1].id)


async def unread_ids(transaction: Transaction, staff_id: StaffId) -> tuple[NoticeId, ...]:
    """Of the newest that somebody has not read; at most 200."""
    return tuple(row.id for row in await transaction.read(_UNREAD_IDS, staff_id=staff_id))


async def one(transaction: Transaction, notice_id: UUID) -> Notice | None:
    rows = await transaction.read(_ONE, id=notice_id)
    return notice_of(rows[0]) if rows else None


async def reach(transaction: Transaction, staff_id: StaffId) -> Reach:
    rows = await transaction.read(_REACH, staff_id=staff_id)
    return reach_of(rows[0]) if rows else Reach()


async def name_of(transaction: Transaction, staff_id: StaffId) -> str | None:
    """None: nobody of this id works here any more."""
    rows: Sequence[Any] = await transaction.read(_NAME, staff_id=staff_id)
    return rows[0].name if rows else None


async def openid_of(transaction: Transaction, phone: str) -> str | None:
    """Of the customer with this number, in the shop's mini program; None: there is none."""
    rows: Sequence[Any] = await transaction.read(_OPENID, phone=phone)
    return rows[0].openid if rows else None


async def timezone(transaction: Transaction) -> str:
    """Of the shop."""
    rows: Sequence[Any] = await transaction.read(_TIMEZONE)
    zone: str = rows[0].timezone
    return zone


def _row(notice: Notice) -> NoticeRow:
    return NoticeRow(
        id=notice.id,
        title=Words(notice.title_zh, notice.title_en),
        text=Words(notice.text_zh, notice.text_en),
        url=notice.url,
        urgent=notice.urgent,
        at=notice.at,
        read=notice.read_at is not None,
    )
