"""Everything the shop holds about one member, of one moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import TextClause, text

from frontline.kernel.words import MemberId, ShopId
from frontline.shop.privacy.catalogue import holdings
from frontline.store.database import Database
from frontline.store.personal import Holding


class Held(msgspec.Struct, frozen=True):
    table: str
    what: str  # In the reader's language.
    rows: tuple[dict[str, Any], ...]  # Column by column, as they are kept.


class Export(msgspec.Struct, frozen=True):
    member_id: MemberId
    at: datetime
    held: tuple[Held, ...]  # Tables that hold nothing about the member are left out.


def _exporting(of: Holding) -> TextClause:
    withheld = ",".join(("shop_id", *of.withheld))
    return text(f"""
        SELECT to_jsonb(t) - CAST('{{{withheld}}}' AS text[]) AS row
        FROM {of.table} AS t
        JOIN unnest(CAST(:member_ids AS uuid[])) AS m (id) ON {of.whose}
        WHERE t.shop_id = :shop_id
    """)  # noqa: S608 - put together of our own words


EXPORTING = {one.table: _exporting(one) for one in holdings() if one.handed_out}


async def export(
    database: Database, shop_id: ShopId, member_id: MemberId, language: str, now: datetime
) -> Export:
    held: list[Held] = []
    async with database.snapshot(shop_id) as transaction:
        for one in (each for each in holdings() if each.handed_out):
            rows = await transaction.rows(EXPORTING[one.table], member_ids=[member_id])
            if rows:
                what = one.en if language == "en" else one.zh
                found = tuple(msgspec.json.decode(row.row, type=dict[str, Any]) for row in rows)
                held.append(Held(one.table, what, found))
    return Export(member_id, now, tuple(held))
