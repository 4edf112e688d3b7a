"""One product, the tree of categories, and whole products for export."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.seen import seen_of
from frontline.kernel.words import Fen, ProductId, ShopId, SkuId
from frontline.shop.catalog import rows
from frontline.shop.catalog.book import Product
from frontline.shop.catalog.seen import product_facts
from frontline.store.database import Database, Transaction

LEFT_SHOWN_MAX = 10  # So few that a shopper is told how many.


class Named(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class Option(msgspec.Struct, frozen=True):
    name: str
    values: tuple[str, ...]


class VariantView(msgspec.Struct, frozen=True):
    id: SkuId
    values: tuple[str, ...]  # One for each option.
    price: Fen
    compare_at: Fen | None
    per_member_max: int | None
    needs_shipping: bool
    in_stock: bool
    left: int | None  # How many, if few.
    picture: str | None


class PictureView(msgspec.Struct, frozen=True):
    src: str
    small: str  # For lists.
    large: str
    alt: str


class ProductPage(msgspec.Struct, frozen=True):
    id: ProductId
    handle: str
    title: str
    body_html: str
    vendor: str
    tags: tuple[str, ...]
    category: tuple[Named, ...]  # From the root down.
    options: tuple[Option, ...]
    price_min: Fen
    price_max: Fen
    skus: tuple[VariantView, ...]
    pictures: tuple[PictureView, ...]


class StaffPage(msgspec.Struct, frozen=True):
    """All there is to know, to be changed and put back."""

    product: Product
    stock: dict[SkuId, int]  # On hand.
    seen: str  # To be handed back with a change: `kernel.seen`.


_PRODUCT = text("""
    SELECT id, handle, title, body_html, vendor, category_id, tags, on_sale, option_names,
           freight_id, extra, search, created_at, updated_at
    FROM product WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
""")
_STOCK = text("""
    SELECT sku_id, on_hand, on_hand - reserved AS free FROM stock
    WHERE shop_id = :shop_id AND sku_id = ANY(CAST(:ids AS uuid[]))
""")
_PATH = text("""
    WITH RECURSIVE path AS (
        SELECT id, parent_id, name, 0 AS up FROM category
        WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
        UNION ALL
        SELECT c.id, c.parent_id, c.name, p.up + 1
        FROM category AS c JOIN path AS p ON c.id = p.parent_id
        WHERE c.shop_id = :shop_id
    )
    SELECT id, name FROM path ORDER BY up DESC
""")

_encode = msgspec.json.Encoder().encode


async def product_page(database: Database, shop_id: ShopId, product_id: ProductId) -> bytes | None:
    """JSON of a ProductPage; None unless it is on sale."""
    async with database.transaction(shop_id) as transaction:
        product = await _product(transaction, product_id)
        if product is None or not product.on_sale:
            return None
        stock = await transaction.rows(_STOCK, ids=[one.id for one in product.live])
        ids = [] if product.category_id is None else [product.category_id]
        path = await transaction.rows(_PATH, ids=ids)
    free = {row.sku_id: row.free for row in stock}
    category = tuple(Named(row.id, row.name) for row in path)
    return _encode(_page(product, category, free))


async def staff_page(
    database: Database, shop_id: ShopId, product_id: ProductId
) -> StaffPage | None:
    async with database.transaction(shop_id) as transaction:
        return await staff_page_in(transaction, product_id)


async def staff_page_in(transaction: Transaction, product_id: ProductId) -> StaffPage | None:
    """The same, for whoever reads more beside it."""
    product = await _product(transaction, product_id)
    if product is None:
        return None
    stock = await transaction.rows(_STOCK, ids=[one.id for one in product.live])
    on_hand = {row.sku_id: row.on_hand for row in stock}
    return StaffPage(product, on_hand, seen_of(product_facts(product)))


async def _product(transaction: Transaction, product_id: ProductId) -> Product | None:
    found = await rows.whole(transaction, await transaction.rows(_PRODUCT, ids=[product_id]))
    return found.get(product_id)


def _page(product: Product, category: tuple[Named, ...], free: dict[SkuId, int]) -> ProductPage:
    live = product.live
    options = tuple(
        Option(name, tuple(dict.fromkeys(one.option_values[place] for one in live)))
        for place, name in enumerate(product.option_names)
    )
    return ProductPage(
        id=product.id,
        handle=product.handle,
        title=product.title,
        body_html=product.body_html,
        vendor=product.vendor,
        tags=product.tags,
        category=category,
        options=options,
        price_min=product.price_min,
        price_max=max(one.price for one in live),
        skus=tuple(
            VariantView(
                id=one.id,
                values=one.option_values,
                price=one.price,
                compare_at=one.compare_at,
                per_member_max=one.per_member_max,
                needs_shipping=one.needs_shipping,
                in_stock=(units := free.get(one.id, 0)) > 0,
                left=units if 0 < units < LEFT_SHOWN_MAX else None,
                picture=one.picture_src or None,
            )
            for one in live
        ),
        pictures=tuple(_picture(one.src, one.alt) for one in product.pictures),
    )


def _picture(src: str, alt: str) -> PictureView:
    """Of our own there are several sizes."""
    if src.startswith("/demo/"):
        return PictureView(src, f"{src.removesuffix('.webp')}-400.webp", src, alt)
    if not src.startswith("/pictures/"):
        return PictureView(src, src, src, alt)
    stem = src.removesuffix(".webp").partition("-")[0]
    return PictureView(f"{stem}-800.webp", f"{stem}-400.webp", f"{stem}.webp", alt)


def small_of(src: str | None) -> str:
    """The address of a small one, for lists; "" of none."""
    return _picture(src, "").small if src else ""


# -- Categories ---------------------------------------------------------------------------


class CategoryView(msgspec.Struct, frozen=True):
    id: UUID
    parent_id: UUID | None
    name: str
    position: int


class Categories(msgspec.Struct, frozen=True):
    items: tuple[CategoryView, ...]


_CATEGORIES = text("""
    SELECT id, parent_id, name, position FROM category
    WHERE shop_id = :shop_id ORDER BY position, name, id
""")


async def categories(database: Database, shop_id: ShopId) -> Categories:
    """The whole tree; sisters in their order."""
    async with database.transaction(shop_id) as transaction:
        return await tree(transaction)


async def tree(transaction: Transaction) -> Categories:
    """The same, for whoever reads more beside it."""
    found = await transaction.read(_CATEGORIES)
    return Categories(tuple(CategoryView(*row) for row in found))


# -- For export ---------------------------------------------------------------------------

_EXTRA = text("""
    SELECT DISTINCT jsonb_object_keys(CAST(extra AS jsonb)) AS name FROM product
    WHERE shop_id = :shop_id
    UNION
    SELECT DISTINCT jsonb_object_keys(CAST(extra AS jsonb)) AS name FROM sku
    WHERE shop_id = :shop_id
""")
_NEXT = text("""
    SELECT id, handle, title, body_html, vendor, category_id, tags, on_sale, option_names,
           freight_id, extra, search, created_at, updated_at
    FROM product WHERE shop_id = :shop_id AND handle > CAST(:after AS text)
    ORDER BY handle LIMIT CAST(:rows_max AS int)
""")


async def extra_columns(database: Database, shop_id: ShopId) -> list[str]:
    async with database.transaction(shop_id) as transaction:
        return [row.name for row in await transaction.read(_EXTRA)]


async def category_paths(database: Database, shop_id: ShopId) -> dict[UUID | None, tuple[str, ...]]:
    """By id, names from the root."""
    known = {one.id: one for one in (await categories(database, shop_id)).items}
    paths: dict[UUID | None, tuple[str, ...]] = {None: ()}

    def path_of(id_: UUID | None) -> tuple[str, ...]:
        if id_ is not None and id_ not in paths:
            paths[id_] = (*path_of(known[id_].parent_id), known[id_].name)
        return paths[id_]

    for id_ in known:
        path_of(id_)
    return paths


async def whole_products(
    database: Database, shop_id: ShopId, after: str, rows_max: int
) -> list[tuple[Product, dict[SkuId, int]]]:
    """Products with what is on hand of their variants, by handle, after one."""
    async with database.transaction(shop_id) as transaction:
        heads = await transaction.read(_NEXT, after=after, rows_max=rows_max)
        products = await rows.whole(transaction, heads)
        ids = [one.id for product in products.values() for one in product.live]
        stock = {row.sku_id: row.on_hand for row in await transaction.rows(_STOCK, ids=ids)}
    return [(product, stock) for product in products.values()]
