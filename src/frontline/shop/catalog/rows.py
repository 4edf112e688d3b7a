"""Catalogue rows: as a sale reads them, and as staff change them.

Lists of names are written joined by a character that no name may hold: `unnest` would take a list
of lists apart to the last element.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.kernel.words import ProductId
from frontline.shop.catalog.book import (
    CatalogBook,
    CatalogKeys,
    Category,
    CategoryBook,
    CategoryKeys,
    Product,
    ProductBook,
    ProductKeys,
    Sku,
    Variant,
)
from frontline.shop.catalog.messages import Picture
from frontline.store.database import Transaction

_SKUS = text("""
    SELECT s.id, s.product_id, p.category_id,
           CASE WHEN s.option_values = '{}' THEN p.title
                ELSE p.title || ' · ' || array_to_string(s.option_values, ' ') END AS title,
           s.price, s.per_member_max,
           p.on_sale AND NOT s.removed AS on_sale, s.needs_shipping, s.weight_g, p.freight_id
    FROM sku AS s
    JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    WHERE s.shop_id = :shop_id AND s.id = ANY(CAST(:sku_ids AS uuid[]))
""")


async def load(transaction: Transaction, keys: CatalogKeys) -> CatalogBook:
    rows = await transaction.rows(_SKUS, sku_ids=keys.sku_ids)
    return CatalogBook(Page({row[0]: Sku(*row) for row in rows}))


SHELF = Shelf(keys=CatalogKeys, load=load)

# -- Products -----------------------------------------------------------------------------

_LOCK = text("""
    SELECT id, handle, title, body_html, vendor, category_id, tags, on_sale, option_names,
           freight_id, extra, search, created_at, updated_at
    FROM product
    WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_VARIANTS = text("""
    SELECT product_id, id, position, code, option_values, price, compare_at, cost, per_member_max,
           weight_g, barcode, needs_shipping, picture_src, extra, removed
    FROM sku
    WHERE shop_id = :shop_id AND product_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY product_id, removed, CASE WHEN removed THEN 0 ELSE position END, id
""")
_PICTURES = text("""
    SELECT product_id, src, alt FROM picture
    WHERE shop_id = :shop_id AND product_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY product_id, position
""")
_PRODUCT_COLUMNS = """
    unnest(CAST(:ids AS uuid[]), CAST(:handles AS text[]), CAST(:titles AS text[]),
           CAST(:bodies AS text[]), CAST(:vendors AS text[]), CAST(:category_ids AS uuid[]),
           CAST(:tags AS text[]), CAST(:on_sale AS boolean[]), CAST(:option_names AS text[]),
           CAST(:freight_ids AS uuid[]), CAST(:prices AS bigint[]), CAST(:searches AS text[]),
           CAST(:extras AS text[]), CAST(:created_at AS timestamptz[]),
           CAST(:updated_at AS timestamptz[]))
    AS n (id, handle, title, body_html, vendor, category_id, tags, on_sale, option_names,
          freight_id, price_min, search, extra, created_at, updated_at)
"""
_ADD = text(f"""
    INSERT INTO product (shop_id, id, handle, title, body_html, vendor, category_id, tags, on_sale,
                         option_names, freight_id, price_min, search, extra, created_at, updated_at)
    SELECT CAST(:shop_id AS bigint), n.id, n.handle, n.title, n.body_html, n.vendor, n.category_id,
           string_to_array(n.tags, chr(31)), n.on_sale, string_to_array(n.option_names, chr(31)),
           n.freight_id, n.price_min, n.search, n.extra, n.created_at, n.updated_at
    FROM {_PRODUCT_COLUMNS}
""")  # noqa: S608 - put together of pieces that stand above
_CHANGE = text(f"""
    UPDATE product AS p
    SET title = n.title, body_html = n.body_html, vendor = n.vendor, category_id = n.category_id,
        tags = string_to_array(n.tags, chr(31)), on_sale = n.on_sale,
        option_names = string_to_array(n.option_names, chr(31)), freight_id = n.freight_id,
        price_min = n.price_min, search = n.search, extra = n.extra, updated_at = n.updated_at
    FROM {_PRODUCT_COLUMNS}
    WHERE p.shop_id = :shop_id AND p.id = n.id
""")  # noqa: S608 - put together of pieces that stand above
_VARIANT_COLUMNS = """
    unnest(CAST(:ids AS uuid[]), CAST(:product_ids AS uuid[]), CAST(:positions AS int[]),
           CAST(:codes AS text[]), CAST(:option_values AS text[]), CAST(:prices AS bigint[]),
           CAST(:compare_at AS bigint[]), CAST(:costs AS bigint[]), CAST(:limits AS int[]),
           CAST(:weights AS int[]), CAST(:barcodes AS text[]), CAST(:needs_shipping AS boolean[]),
           CAST(:picture_srcs AS text[]), CAST(:extras AS text[]), CAST(:removed AS boolean[]))
    AS n (id, product_id, position, code, option_values, price, compare_at, cost, per_member_max,
          weight_g, barcode, needs_shipping, picture_src, extra, removed)
"""
_ADD_VARIANTS = text(f"""
    INSERT INTO sku (shop_id, id, product_id, position, code, option_values, price, compare_at,
                     cost, per_member_max, weight_g, barcode, needs_shipping, picture_src, extra,
                     removed)
    SELECT CAST(:shop_id AS bigint), n.id, n.product_id, n.position, n.code,
           string_to_array(n.option_values, chr(31)), n.price, n.compare_at, n.cost,
           n.per_member_max, n.weight_g, n.barcode, n.needs_shipping, n.picture_src, n.extra,
           n.removed
    FROM {_VARIANT_COLUMNS}
""")  # noqa: S608 - put together of pieces that stand above
_CHANGE_VARIANTS = text(f"""
    UPDATE sku AS s
    SET position = n.position, code = n.code, price = n.price, compare_at = n.compare_at,
        cost = n.cost, per_member_max = n.per_member_max, weight_g = n.weight_g,
        barcode = n.barcode, needs_shipping = n.needs_shipping, picture_src = n.picture_src,
        extra = n.extra, removed = n.removed
    FROM {_VARIANT_COLUMNS}
    WHERE s.shop_id = :shop_id AND s.id = n.id AND s.product_id = n.product_id
      AND s.option_values = string_to_array(n.option_values, chr(31))
""")  # noqa: S608 - put together of pieces that stand above
_DROP_PICTURES = text("""
    DELETE FROM picture WHERE shop_id = :shop_id AND product_id = ANY(CAST(:ids AS uuid[]))
""")
_ADD_PICTURES = text("""
    INSERT INTO picture (shop_id, product_id, position, src, alt)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:product_ids AS uuid[]), CAST(:positions AS int[]), CAST(:srcs AS text[]),
                CAST(:alts AS text[]))
""")

_BETWEEN = "\x1f"
_encode = msgspec.json.Encoder(order="sorted").encode
_decode_extra = msgspec.json.Decoder(dict[str, str]).decode


async def load_products(transaction: Transaction, keys: ProductKeys) -> ProductBook:
    products = await transaction.rows(_LOCK, ids=keys.product_ids)
    return ProductBook(Page(await whole(transaction, products)))


async def whole(transaction: Transaction, products: Sequence[Any]) -> dict[ProductId, Product]:
    """Product rows with all that belongs to them."""
    ids = [row.id for row in products]
    variants = defaultdict[ProductId, list[Variant]](list)
    for row in await transaction.rows(_VARIANTS, ids=ids):
        variants[row.product_id].append(_variant(row))
    pictures = defaultdict[ProductId, list[Picture]](list)
    for row in await transaction.rows(_PICTURES, ids=ids):
        pictures[row.product_id].append(Picture(row.src, row.alt))
    return {
        row.id: _product(row, tuple(variants[row.id]), tuple(pictures[row.id])) for row in products
    }


def _product(row: Any, variants: tuple[Variant, ...], pictures: tuple[Picture, ...]) -> Product:
    return Product(
        id=row.id,
        handle=row.handle,
        title=row.title,
        body_html=row.body_html,
        vendor=row.vendor,
        category_id=row.category_id,
        tags=tuple(row.tags),
        on_sale=row.on_sale,
        option_names=tuple(row.option_names),
        freight_id=row.freight_id,
        extra=_decode_extra(row.extra),
        search=row.search,
        variants=variants,
        pictures=pictures,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _variant(row: Any) -> Variant:
    return Variant(
        id=row.id,
        position=row.position,
        code=row.code,
        option_values=tuple(row.option_values),
        price=row.price,
        compare_at=row.compare_at,
        cost=row.cost,
        per_member_max=row.per_member_max,
        weight_g=row.weight_g,
        barcode=row.barcode,
        needs_shipping=row.needs_shipping,
        picture_src=row.picture_src,
        extra=_decode_extra(row.extra),
        removed=row.removed,
    )


async def store_products(transaction: Transaction, book: ProductBook) -> None:
    added = book.products.added()
    altered = book.products.altered()
    before = {
        (product.id, one.id): one for product, _ in altered.values() for one in product.variants
    }
    now = [*added.values(), *(product for _, product in altered.values())]
    variants = [(product.id, one) for product in now for one in product.variants]
    known = [one for one in variants if (one[0], one[1].id) in before]
    new = [one for one in variants if (one[0], one[1].id) not in before]
    await transaction.write(_ADD, **_product_columns(added.values()))
    await transaction.write(_CHANGE, **_product_columns(one for _, one in altered.values()))
    changed = [one for one in known if before[one[0], one[1].id] != one[1]]
    await transaction.write(_CHANGE_VARIANTS, **_variant_columns(changed))
    await transaction.write(_ADD_VARIANTS, **_variant_columns(new))
    repictured = [one for old, one in altered.values() if one.pictures != old.pictures]
    await transaction.rows(_DROP_PICTURES, ids=[one.id for one in repictured])
    await _add_pictures(transaction, [*added.values(), *repictured])


async def _add_pictures(transaction: Transaction, products: Iterable[Product]) -> None:
    pictures = [
        (product.id, place, picture)
        for product in products
        for place, picture in enumerate(product.pictures)
    ]
    await transaction.write(
        _ADD_PICTURES,
        product_ids=[product_id for product_id, _, _ in pictures],
        positions=[place for _, place, _ in pictures],
        srcs=[picture.src for _, _, picture in pictures],
        alts=[picture.alt for _, _, picture in pictures],
    )


def _product_columns(products: Iterable[Product]) -> dict[str, list[Any]]:
    rows = list(products)
    return {
        "ids": [one.id for one in rows],
        "handles": [one.handle for one in rows],
        "titles": [one.title for one in rows],
        "bodies": [one.body_html for one in rows],
        "vendors": [one.vendor for one in rows],
        "category_ids": [one.category_id for one in rows],
        "tags": [_BETWEEN.join(one.tags) for one in rows],
        "on_sale": [one.on_sale for one in rows],
        "option_names": [_BETWEEN.join(one.option_names) for one in rows],
        "freight_ids": [one.freight_id for one in rows],
        "prices": [one.price_min for one in rows],
        "searches": [one.search for one in rows],
        "extras": [_encode(one.extra).decode() for one in rows],
        "created_at": [one.created_at for one in rows],
        "updated_at": [one.updated_at for one in rows],
    }


def _variant_columns(variants: list[tuple[ProductId, Variant]]) -> dict[str, list[Any]]:
    rows = [one for _, one in variants]
    return {
        "ids": [one.id for one in rows],
        "product_ids": [product_id for product_id, _ in variants],
        "positions": [one.position for one in rows],
        "codes": [one.code for one in rows],
        "option_values": [_BETWEEN.join(one.option_values) for one in rows],
        "prices": [one.price for one in rows],
        "compare_at": [one.compare_at for one in rows],
        "costs": [one.cost for one in rows],
        "limits": [one.per_member_max for one in rows],
        "weights": [one.weight_g for one in rows],
        "barcodes": [one.barcode for one in rows],
        "needs_shipping": [one.needs_shipping for one in rows],
        "picture_srcs": [one.picture_src for one in rows],
        "extras": [_encode(one.extra).decode() for one in rows],
        "removed": [one.removed for one in rows],
    }


PRODUCTS = Shelf(keys=ProductKeys, load=load_products, store=store_products, lock=Lock.CATALOG)

# -- Categories -----------------------------------------------------------------------------

_TREE = text("""
    SELECT id, parent_id, name, position FROM category
    WHERE shop_id = :shop_id ORDER BY id FOR NO KEY UPDATE
""")
_VACATE = text("""
    UPDATE category SET name = CAST(id AS text)
    WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
""")
_ADD_CATEGORIES = text("""
    INSERT INTO category (shop_id, id, parent_id, name, position)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:parent_ids AS uuid[]), CAST(:names AS text[]),
                CAST(:positions AS int[]))
""")
_CHANGE_CATEGORIES = text("""
    UPDATE category AS c
    SET parent_id = n.parent_id, name = n.name, position = n.position
    FROM unnest(CAST(:ids AS uuid[]), CAST(:parent_ids AS uuid[]), CAST(:names AS text[]),
                CAST(:positions AS int[])) AS n (id, parent_id, name, position)
    WHERE c.shop_id = :shop_id AND c.id = n.id
""")


async def load_categories(transaction: Transaction, keys: CategoryKeys) -> CategoryBook:
    rows = await transaction.read(_TREE) if keys.wanted else ()
    return CategoryBook(Page({row.id: Category(*row) for row in rows}))


async def store_categories(transaction: Transaction, book: CategoryBook) -> None:
    added = book.categories.added().values()
    altered = [one for _, one in book.categories.altered().values()]
    # One may take the name that another of the batch gives up, and rows are checked one by one.
    renamed = [
        one.id
        for one, old in ((one, book.categories.before[one.id]) for one in altered)
        if (one.parent_id, one.name) != (old.parent_id, old.name)
    ]
    await transaction.write(_VACATE, ids=renamed)
    await transaction.write(_ADD_CATEGORIES, **_category_columns(added))
    await transaction.write(_CHANGE_CATEGORIES, **_category_columns(altered))


def _category_columns(categories: Iterable[Category]) -> dict[str, list[Any]]:
    rows = list(categories)
    return {
        "ids": [one.id for one in rows],
        "parent_ids": [one.parent_id for one in rows],
        "names": [one.name for one in rows],
        "positions": [one.position for one in rows],
    }


CATEGORIES = Shelf(
    keys=CategoryKeys, load=load_categories, store=store_categories, lock=Lock.CATALOG
)
