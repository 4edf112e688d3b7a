"""Views of lists that staff have kept: a name for what they filter by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.store.database import Transaction

EACH_MAX = 30
"""Of one person and list; and as many shared ones are shown."""
NAME_CHARACTERS_MAX, QUERY_CHARACTERS_MAX = 40, 1_000

_OF_LIST = text("""
    SELECT id, name, query, shared, staff_id FROM saved_view
    WHERE shop_id = :shop_id AND list = CAST(:list AS text)
      AND (shared OR staff_id = CAST(:staff_id AS uuid))
    ORDER BY id LIMIT CAST(:rows_max AS int)
""")
_KEEP = text("""
    INSERT INTO saved_view (shop_id, id, list, staff_id, shared, name, query)
    SELECT :shop_id, CAST(:id AS uuid), CAST(:list AS text), CAST(:staff_id AS uuid),
           CAST(:shared AS boolean), CAST(:name AS text), CAST(:query AS text)
    WHERE (SELECT count(*) FROM saved_view
           WHERE shop_id = :shop_id AND list = CAST(:list AS text)
             AND staff_id = CAST(:staff_id AS uuid)) < CAST(:rows_max AS int)
    ON CONFLICT DO NOTHING
    RETURNING id
""")
_DROP = text("""
    DELETE FROM saved_view
    WHERE shop_id = :shop_id AND id = CAST(:id AS uuid)
      AND (staff_id = CAST(:staff_id AS uuid) OR CAST(:any_of AS boolean))
    RETURNING id, list, name, query, shared
""")


class SavedView(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    query: str
    shared: bool
    mine: bool


async def of_list(transaction: Transaction, path: str, staff_id: UUID) -> Sequence[SavedView]:
    """My own and the shared ones, the oldest first."""
    rows = await transaction.read(_OF_LIST, list=path, staff_id=staff_id, rows_max=2 * EACH_MAX)
    return [
        SavedView(row.id, row.name, row.query, row.shared, row.staff_id == staff_id) for row in rows
    ]


async def keep(transaction: Transaction, staff_id: UUID, **view: Any) -> bool:
    """`id`, `list`, `shared`, `name`, `query`. False: there are as many as may be."""
    return bool(await transaction.read(_KEEP, staff_id=staff_id, rows_max=EACH_MAX, **view))


async def drop(transaction: Transaction, staff_id: UUID, id_: UUID, *, any_of: bool) -> Any | None:
    """What it was; None: there is none such, or it is somebody else's."""
    rows = await transaction.read(_DROP, id=id_, staff_id=staff_id, any_of=any_of)
    return rows[0] if rows else None
