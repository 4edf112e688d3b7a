"""Pictures as they are served, and whether there is room for one more. No locks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from frontline.shop.picture.book import DAY
from frontline.shop.picture.messages import Hash
from frontline.shop.picture.rules import a_day_max
from frontline.store.database import Transaction

_ROOM = text("""
    SELECT count < CAST(:most AS int) OR day_from <= CAST(:day_ago AS timestamptz)
           OR EXISTS (SELECT 1 FROM picture_upload AS u
                      WHERE u.shop_id = :shop_id AND u.id = CAST(:picture_id AS uuid)) AS room
    FROM picture_quota WHERE shop_id = :shop_id AND actor_id = CAST(:actor_id AS uuid)
""")
_CONTENT = text("""
    SELECT CASE CAST(:size AS text) WHEN '-400' THEN small WHEN '-800' THEN middle
                                    ELSE large END AS content
    FROM picture_file WHERE shop_id = :shop_id AND hash = CAST(:hash AS text)
""")


async def room(
    transaction: Transaction, actor_id: UUID, picture_id: UUID, now: datetime, *, by_staff: bool
) -> bool:
    """Whether it may be kept, or is the picture of an upload that is tried again."""
    found = await transaction.read(
        _ROOM,
        actor_id=actor_id,
        picture_id=picture_id,
        day_ago=now - DAY,
        most=a_day_max(by_staff=by_staff),
    )
    return not found or found[0].room


async def content(transaction: Transaction, name: Hash, size: str) -> bytes | None:
    """WebP; `size` is "", "-800" or "-400"."""
    found = await transaction.read(_CONTENT, hash=name, size=size)
    return found[0].content if found else None
