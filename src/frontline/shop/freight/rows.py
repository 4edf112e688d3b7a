"""Freight rows, as a sale reads them and as staff change them."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.kernel.words import ProductId
from frontline.shop.freight.book import (
    Attached,
    Filed,
    FreightBook,
    FreightKeys,
    Template,
    TemplateBook,
    TemplateKeys,
)
from frontline.shop.freight.messages import Measure, Rate
from frontline.store.database import Transaction

_TEMPLATES = text("""
    SELECT id, measure, elsewhere, regions, name FROM freight_template
    WHERE shop_id = :shop_id AND id = ANY(CAST(:template_ids AS uuid[]))
""")

_rate = msgspec.json.Decoder(Rate | None)
_regions = msgspec.json.Decoder(dict[str, Rate | None])
_encode = msgspec.json.Encoder().encode


async def load(transaction: Transaction, keys: FreightKeys) -> FreightBook:
    rows = await transaction.rows(_TEMPLATES, template_ids=keys.template_ids)
    return FreightBook(Page({row.id: _template(row) for row in rows}))


def _template(row: Any) -> Template:
    return Template(
        row.id,
        Measure(row.measure),
        _rate.decode(row.elsewhere),
        _regions.decode(row.regions),
        row.name,
    )


# -- Templates as staff change them ---------------------------------------------------------

# FOR UPDATE, which waits for whoever is pointing a product at them and holds back who wants to.
_LOCK = text("""
    SELECT id, measure, elsewhere, regions, name FROM freight_template
    WHERE shop_id = :shop_id
      AND (id = ANY(CAST(:template_ids AS uuid[])) OR name = ANY(CAST(:names AS text[])))
    ORDER BY id FOR UPDATE
""")
_LOCK_PRODUCTS = text("""
    SELECT id, freight_id FROM product
    WHERE shop_id = :shop_id AND id = ANY(CAST(:product_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_USES = text("""
    SELECT freight_id, count(*) AS uses FROM product
    WHERE shop_id = :shop_id AND freight_id = ANY(CAST(:template_ids AS uuid[]))
    GROUP BY freight_id
""")
_ADD = text("""
    INSERT INTO freight_template (shop_id, id, name, measure, elsewhere, regions)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:measures AS text[]),
                CAST(:elsewhere AS text[]), CAST(:regions AS text[]))
""")
_CHANGE = text("""
    UPDATE freight_template AS t
    SET name = c.name, measure = c.measure, elsewhere = c.elsewhere, regions = c.regions
    FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:measures AS text[]),
                CAST(:elsewhere AS text[]), CAST(:regions AS text[]))
         AS c (id, name, measure, elsewhere, regions)
    WHERE t.shop_id = :shop_id AND t.id = c.id
""")
_REMOVE = text("""
    DELETE FROM freight_template WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
""")
# The one column of the catalogue that is freight's to write.
_ATTACH = text("""
    UPDATE product AS p SET freight_id = c.new
    FROM unnest(CAST(:ids AS uuid[]), CAST(:new AS uuid[])) AS c (id, new)
    WHERE p.shop_id = :shop_id AND p.id = c.id
""")


async def load_templates(transaction: Transaction, keys: TemplateKeys) -> TemplateBook:
    rows = await transaction.read(
        _LOCK, template_ids=list(keys.template_ids), names=list(keys.names)
    )
    products = await transaction.rows(_LOCK_PRODUCTS, product_ids=keys.product_ids)
    attached = {row.id: Attached(ProductId(row.id), row.freight_id) for row in products}
    uses = await transaction.rows(_USES, template_ids=[row.id for row in rows])
    return TemplateBook(
        Page({row.id: Filed(_template(row)) for row in rows}),
        Page(attached),
        Page({row.freight_id: row.uses for row in uses}),
    )


async def store_templates(transaction: Transaction, book: TemplateBook) -> None:
    added = [filed.template for filed in book.filed.added().values() if not filed.removed]
    altered = [new for _, new in book.filed.altered().values()]
    changed = [filed.template for filed in altered if not filed.removed]
    for statement, templates in ((_ADD, added), (_CHANGE, changed)):
        await transaction.write(
            statement,
            ids=[template.id for template in templates],
            names=[template.name for template in templates],
            measures=[template.measure for template in templates],
            elsewhere=[_encode(template.elsewhere).decode() for template in templates],
            regions=[_encode(template.regions).decode() for template in templates],
        )
    attached = [new for _, new in book.products.altered().values()]
    await transaction.write(
        _ATTACH,
        ids=[one.product_id for one in attached],
        new=[one.template_id for one in attached],
    )
    await transaction.write(_REMOVE, ids=[filed.template.id for filed in altered if filed.removed])


SHELF = Shelf(keys=FreightKeys, load=load)
TEMPLATES = Shelf(keys=TemplateKeys, load=load_templates, store=store_templates, lock=Lock.CATALOG)
