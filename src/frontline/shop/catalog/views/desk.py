"""The catalogue as staff see it at the desk. No locks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import Fen, ProductId, SkuId
from frontline.shop.catalog.book import Product
from frontline.shop.catalog.views import lists, pages
from frontline.shop.catalog.views.lists import Card, Wish
from frontline.shop.catalog.views.pages import Named
from frontline.store.database import Transaction

HITS_MAX = 5
SKUS_FOUND_MAX = 30

_FREE = text("""
    SELECT s.product_id, CAST(sum(t.on_hand - t.reserved) AS bigint) AS free
    FROM sku AS s JOIN stock AS t ON t.shop_id = s.shop_id AND t.sku_id = s.id
    WHERE s.shop_id = :shop_id AND NOT s.removed
      AND s.product_id = ANY(CAST(:product_ids AS uuid[]))
    GROUP BY s.product_id
""")
_TEMPLATES = text("SELECT id, name FROM freight_template WHERE shop_id = :shop_id ORDER BY name")
_SKU = """
    SELECT s.id, s.product_id, p.title, s.option_values, s.code, s.price,
           coalesce(t.on_hand - t.reserved, 0) AS free
    FROM product AS p
    JOIN sku AS s ON s.shop_id = p.shop_id AND s.product_id = p.id
    LEFT JOIN stock AS t ON t.shop_id = s.shop_id AND t.sku_id = s.id
    WHERE p.shop_id = :shop_id
"""
_SKUS = text(f"""
    {_SKU} AND p.id = ANY(CAST(:product_ids AS uuid[])) AND NOT s.removed
    ORDER BY p.created_at DESC, p.id, s.position
""")
_SKUS_BY_ID = text(f"{_SKU} AND s.id = ANY(CAST(:ids AS uuid[]))")
_USED = text("""
    SELECT category_id, count(*) AS products FROM product
    WHERE shop_id = :shop_id AND category_id IS NOT NULL GROUP BY category_id
""")


class Listed(NamedTuple):
    """A product in the list at the desk."""

    id: ProductId
    card: Card
    category: str  # Names from the root; "" is none.
    free: int  # Units of all its SKUs together.


class ListedPage(NamedTuple):
    rows: tuple[Listed, ...]
    next: str | None


class Branch(NamedTuple):
    """A category where it stands in the tree."""

    id: UUID
    parent_id: UUID | None
    name: str
    position: int
    depth: int  # 0 at the root.
    path: tuple[str, ...]  # Names from the root, its own last.
    products: int  # In it, not in those below.


class Editing(NamedTuple):
    """What the page of a product is made of."""

    product: Product | None  # None: a new one.
    on_hand: dict[SkuId, int]
    categories: tuple[Branch, ...]
    templates: tuple[Named, ...]  # Freight.


class FoundSku(msgspec.Struct, frozen=True):
    """A SKU to choose: for a game, a coupon, a count."""

    id: SkuId
    product_id: ProductId
    title: str
    option_values: tuple[str, ...]
    code: str
    price: Fen
    free: int

    @property
    def name(self) -> str:
        return " · ".join(filter(None, [self.title, " ".join(self.option_values)]))


async def products(transaction: Transaction, wish: Wish) -> ListedPage:
    found = await lists.found_in(transaction, wish)
    free = {
        row.product_id: row.free
        for row in await transaction.rows(_FREE, product_ids=[one.id for one in found.items])
    }
    paths = {one.id: " / ".join(one.path) for one in await branches(transaction)}
    return ListedPage(
        tuple(
            Listed(
                one.id,
                one,
                "" if one.category_id is None else paths.get(one.category_id, ""),
                free.get(one.id, 0),
            )
            for one in found.items
        ),
        found.after,
    )


async def branches(transaction: Transaction, *, counted: bool = False) -> tuple[Branch, ...]:
    """The tree from the top down, sisters in their order; `counted`: with their products."""
    known = (await pages.tree(transaction)).items
    used: dict[UUID, int] = {}
    if counted:
        used = {row.category_id: row.products for row in await transaction.read(_USED)}
    below: dict[UUID | None, list[pages.CategoryView]] = {}
    for one in known:
        below.setdefault(one.parent_id, []).append(one)
    told: list[Branch] = []

    def tell(parent_id: UUID | None, path: tuple[str, ...]) -> None:
        for one in below.get(parent_id, ()):
            way = (*path, one.name)
            told.append(
                Branch(
                    one.id,
                    parent_id,
                    one.name,
                    one.position,
                    len(path),
                    way,
                    used.get(one.id, 0),
                )
            )
            tell(one.id, way)

    tell(None, ())
    return tuple(told)


async def editing(transaction: Transaction, product_id: ProductId | None) -> Editing | None:
    """None: there is no such product."""
    page = None
    if product_id is not None:
        page = await pages.staff_page_in(transaction, product_id)
        if page is None:
            return None
    return Editing(
        None if page is None else page.product,
        {} if page is None else page.stock,
        await branches(transaction),
        tuple(Named(*row) for row in await transaction.read(_TEMPLATES)),
    )


async def skus(transaction: Transaction, words: str) -> tuple[FoundSku, ...]:
    """SKUs of the first few products that these words may mean."""
    found = await lists.found_in(transaction, Wish(q=words, on_sale=None, limit=HITS_MAX * 2))
    rows = await transaction.rows(_SKUS, product_ids=[one.id for one in found.items])
    return tuple(map(_found, rows[:SKUS_FOUND_MAX]))


async def skus_by_id(transaction: Transaction, ids: Iterable[UUID]) -> dict[SkuId, FoundSku]:
    """Those that are there, whether on sale or not."""
    return {row.id: _found(row) for row in await transaction.rows(_SKUS_BY_ID, ids=ids)}


def _found(row: Any) -> FoundSku:
    return FoundSku(
        row.id, row.product_id, row.title, tuple(row.option_values), row.code, row.price, row.free
    )
