"""Freight templates as staff see them. No locks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.seen import seen_of
from frontline.kernel.words import ShopId
from frontline.shop.freight.book import Template
from frontline.shop.freight.messages import Measure, Rate
from frontline.shop.freight.seen import template_facts
from frontline.store.database import Database, Transaction

PAGE_MAX = 50

_LIST = text("""
    SELECT t.id, t.name, t.measure, t.elsewhere, t.regions,
           (SELECT count(*) FROM product AS p
            WHERE p.shop_id = t.shop_id AND p.freight_id = t.id) AS products
    FROM freight_template AS t
    WHERE t.shop_id = :shop_id AND (CAST(:id AS uuid) IS NULL OR t.id = CAST(:id AS uuid))
      AND (CAST(:before AS uuid) IS NULL OR t.id < :before)
    ORDER BY t.id DESC LIMIT CAST(:page_max AS int)
""")

_rate = msgspec.json.Decoder(Rate | None)
_regions = msgspec.json.Decoder(dict[str, Rate | None])


class Listed(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    measure: Measure
    elsewhere: Rate | None
    regions: dict[str, Rate | None]
    products: int  # So many go under it.
    seen: str  # To be handed back with a change: `kernel.seen`.


class Templates(msgspec.Struct, frozen=True):
    templates: tuple[Listed, ...]  # The newest first.
    next_before: UUID | None  # Where the next page begins; None: there is none.


async def templates(database: Database, shop_id: ShopId, before: UUID | None) -> Templates:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_LIST, id=None, before=before, page_max=PAGE_MAX + 1)
    listed = tuple(map(_listed, rows[:PAGE_MAX]))
    return Templates(listed, listed[-1].id if len(rows) > PAGE_MAX else None)


async def template(transaction: Transaction, template_id: UUID) -> Listed | None:
    rows = await transaction.read(_LIST, id=template_id, before=None, page_max=1)
    return _listed(rows[0]) if rows else None


def _listed(row: Any) -> Listed:
    elsewhere, regions = _rate.decode(row.elsewhere), _regions.decode(row.regions)
    template = Template(row.id, Measure(row.measure), elsewhere, regions, row.name)
    seen = seen_of(template_facts(template))
    return Listed(row.id, row.name, template.measure, elsewhere, regions, row.products, seen)
