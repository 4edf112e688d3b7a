"""The catalogue: as a sale sees it, read and never changed; and as staff change it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import Fen, ProductId, SkuId
from frontline.shop.catalog.messages import Picture


class Sku(msgspec.Struct, frozen=True):
    id: SkuId
    product_id: ProductId
    category_id: UUID | None
    title: str  # Of the product, with its options: what the order line will say for ever.
    price: Fen  # Of one.
    per_member_max: int | None  # Over all orders that still stand; None is no limit.
    on_sale: bool
    needs_shipping: bool
    weight_g: int
    freight_id: UUID | None  # None: carriage is free.


@dataclass(slots=True)
class CatalogBook(Book):
    skus: Page[SkuId, Sku]

    def get(self, sku_id: SkuId) -> Sku | None:
        return self.skus.get(sku_id)

    def limited(self, sku_id: SkuId) -> bool:
        sku = self.skus.get(sku_id)
        return sku is not None and sku.per_member_max is not None

    def freight_ids(self) -> set[UUID]:
        return {sku.freight_id for sku in self.skus.before.values() if sku.freight_id is not None}

    def check(self) -> None:
        assert not self.skus.added()
        assert not self.skus.altered()


@dataclass(frozen=True, slots=True)
class CatalogKeys(Keys[CatalogBook]):
    sku_ids: Iterable[SkuId]


# -- The catalogue as staff change it ---------------------------------------------------


class Category(msgspec.Struct, frozen=True):
    id: UUID
    parent_id: UUID | None
    name: str
    position: int


@dataclass(slots=True)
class CategoryBook(Book):
    """The whole tree of a shop: whether one may move depends on all above and below it."""

    categories: Page[UUID, Category]

    def depth(self, category_id: UUID | None) -> int:
        """1 for one without a parent; 0 for none."""
        depth = 0
        while category_id is not None:
            depth += 1
            category_id = self.categories[category_id].parent_id
        return depth

    def height(self, category_id: UUID) -> int:
        """1 for one without children."""
        children = (one for one in self.categories.rows().values() if one.parent_id == category_id)
        return 1 + max((self.height(child.id) for child in children), default=0)

    def is_within(self, category_id: UUID | None, ancestor_id: UUID) -> bool:
        while category_id is not None and category_id != ancestor_id:
            category_id = self.categories[category_id].parent_id
        return category_id is not None

    def named(self, parent_id: UUID | None, name: str) -> Category | None:
        return self.by_name().get((parent_id, name))

    def by_name(self) -> dict[tuple[UUID | None, str], Category]:
        return {(one.parent_id, one.name): one for one in self.categories.rows().values()}

    def check(self) -> None:
        rows = self.categories.rows()
        assert len(self.by_name()) == len(rows), "two sisters of one name"
        for one in rows.values():
            assert one.parent_id is None or not self.is_within(one.parent_id, one.id)


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One SKU of a product; which one is told by its values of the product's options."""

    id: SkuId
    position: int
    code: str = ""  # The merchant's own number.
    option_values: tuple[str, ...]
    price: Fen
    compare_at: Fen | None = None
    cost: Fen | None = None
    per_member_max: int | None = None
    weight_g: int = 0
    barcode: str = ""
    needs_shipping: bool = True
    picture_src: str = ""
    extra: dict[str, str] = {}
    removed: bool = False  # No longer of the product; orders and stock still know it.


class Product(msgspec.Struct, frozen=True, kw_only=True):
    id: ProductId
    handle: str  # Its name in addresses, for ever.
    title: str
    body_html: str = ""  # Cleaned.
    vendor: str = ""
    category_id: UUID | None = None
    tags: tuple[str, ...] = ()
    on_sale: bool = True
    option_names: tuple[str, ...] = ()
    freight_id: UUID | None = None
    extra: dict[str, str] = {}  # What else an imported file said, by its column.
    search: str
    variants: tuple[Variant, ...]  # The removed ones last.
    pictures: tuple[Picture, ...] = ()
    created_at: datetime
    updated_at: datetime

    @property
    def live(self) -> tuple[Variant, ...]:
        return tuple(one for one in self.variants if not one.removed)

    @property
    def price_min(self) -> Fen:
        return min(one.price for one in self.live)


@dataclass(slots=True)
class ProductBook(Book):
    products: Page[ProductId, Product]

    def check(self) -> None:
        for product in self.products.rows().values():
            live = product.live
            assert live, "nothing of it can be bought"
            assert len({one.option_values for one in product.variants}) == len(product.variants)
            assert all(len(one.option_values) == len(product.option_names) for one in live)
            assert [one.position for one in live] == list(range(len(live)))


@dataclass(frozen=True, slots=True)
class ProductKeys(Keys[ProductBook]):
    product_ids: Iterable[ProductId]


@dataclass(frozen=True, slots=True)
class CategoryKeys(Keys[CategoryBook]):
    """All of the shop."""

    wanted: bool = True
