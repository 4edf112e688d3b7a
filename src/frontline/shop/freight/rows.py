"""Freight rows, as a sale reads them."""

from __future__ import annotations

import msgspec
from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.shop.freight.book import FreightBook, FreightKeys, Measure, Rate, Template
from frontline.store.database import Transaction

_TEMPLATES = text("""
    SELECT id, measure, elsewhere, regions FROM freight_template
    WHERE shop_id = :shop_id AND id = ANY(CAST(:template_ids AS uuid[]))
""")

_rate = msgspec.json.Decoder(Rate | None)
_regions = msgspec.json.Decoder(dict[str, Rate | None])


async def load(transaction: Transaction, keys: FreightKeys) -> FreightBook:
    rows = await transaction.rows(_TEMPLATES, template_ids=keys.template_ids)
    return FreightBook(
        Page(
            {
                row.id: Template(
                    row.id,
                    Measure(row.measure),
                    _rate.decode(row.elsewhere),
                    _regions.decode(row.regions),
                )
                for row in rows
            }
        )
    )


SHELF = Shelf(keys=FreightKeys, load=load)
