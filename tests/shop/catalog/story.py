"""Products and categories in stories: put again and again, renamed, moved, taken off sale."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from msgspec import UNSET
from scenery import BY_PIECE, CATEGORIES, STAFF, UNKNOWN, some
from sqlalchemy import text

from frontline.kernel.book import Page
from frontline.kernel.seen import Facts, seen_of
from frontline.kernel.words import Command, Fen, ProductId, ShopId, StaffId
from frontline.shop.catalog import rows
from frontline.shop.catalog.book import (
    Category,
    CategoryBook,
    CategoryKeys,
    ProductBook,
    ProductKeys,
)
from frontline.shop.catalog.feature import STAFFING
from frontline.shop.catalog.messages import (
    AddCategory,
    ChangeCategory,
    Picture,
    ProductDraft,
    PutProducts,
    SwitchSale,
    VariantDraft,
    product_id_of,
    sku_id_of,
)
from frontline.shop.catalog.seen import category_facts, product_facts
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Part

SHOP = ShopId(1)
HANDLES = [f"story-{number}" for number in range(3)]
NAMES = ["红", "蓝", "L"]
PLACES = ["居家", "被枕", "羽绒"]


def _lay(_: Random) -> World:
    tree = {id_: Category(id_, None, f"category {id_.int & 9}", 0) for id_ in CATEGORIES}
    return World({ProductKeys: ProductBook(Page({})), CategoryKeys: CategoryBook(Page(tree))})


def staff_work(chance: Random, world: World, _now: datetime, id_: UUID) -> Command[Any]:
    categories = [*world.book(CategoryKeys).categories.rows()]
    match chance.choice(("put", "put", "put", "sale", "add", "change")):
        case "put":
            drafts = tuple(draft(chance, world, categories) for _ in range(chance.randrange(1, 3)))
            if chance.random() < 0.2:
                drafts = (ALIKE,)  # Put twice, it changes nothing.
            return PutProducts(id=id_, products=drafts, staff_id=StaffId(STAFF))
        case "sale":
            known = [*world.book(ProductKeys).products.rows()]
            chosen = some(chance, known, [ProductId(UNKNOWN)])
            return SwitchSale(
                id=id_,
                product_ids=(chosen,),
                on_sale=chance.random() < 0.5,
                staff_id=StaffId(STAFF),
            )
        case "add":
            return AddCategory(
                id=id_,
                name=chance.choice([*PLACES, ""]),
                parent_id=some(chance, [None, *categories], [UNKNOWN]),
                position=chance.randrange(3),
                staff_id=StaffId(STAFF),
            )
        case _:
            category_id = some(chance, categories, [UNKNOWN])
            there = world.book(CategoryKeys).categories.get(category_id)
            return ChangeCategory(
                id=id_,
                category_id=category_id,
                name=chance.choice(PLACES),
                parent_id=some(chance, [None, *categories], [UNKNOWN]),
                position=chance.randrange(3),
                staff_id=StaffId(STAFF),
                seen=_seen(chance, category_facts(there)),
            )


ALIKE = ProductDraft(
    id=product_id_of(SHOP, "story-alike"),
    handle="story-alike",
    title="羽绒被",
    option_names=(),
    variants=(
        VariantDraft(id=sku_id_of(SHOP, "story-alike", ()), option_values=(), price=Fen(100)),
    ),
)


def _seen(chance: Random, now: Facts) -> str:
    """Of a form made now or long ago; most say nothing."""
    return chance.choice(["", "", seen_of(now), seen_of({"name": "once"})])


def draft(chance: Random, world: World, categories: list[UUID]) -> ProductDraft:
    handle = chance.choice(HANDLES)
    there = world.book(ProductKeys).products.get(product_id_of(SHOP, handle))
    options = chance.randrange(3)
    values = {
        tuple(chance.choice(NAMES) for _ in range(options))
        for _ in range(some(chance, [1, 2, 3], [0]))
    }
    at_path = chance.random() < 0.4
    return ProductDraft(
        id=product_id_of(SHOP, handle),
        handle=handle,
        title=some(chance, ["羽绒被"], ["Pillow", " "]),
        option_names=("颜色", "尺码", "款式")[:options],
        variants=tuple(_variant(chance, handle, one) for one in sorted(values)),
        body_html=_maybe(chance, "<p>好<script>1</script></p>"),
        category_id=UNSET if at_path else _maybe(chance, some(chance, categories, [UNKNOWN])),
        category_path=tuple(chance.sample(PLACES, 2)) if at_path else UNSET,
        tags=_maybe(chance, ("新", "热")),
        on_sale=_maybe(chance, chance.random() < 0.5),
        freight_id=_maybe(chance, some(chance, [BY_PIECE, None], [UNKNOWN])),
        extra={"SEO Title": chance.choice(["", "a"])},
        pictures=_maybe(chance, (Picture("https://a.test/1.png"), Picture("http://a.test/2.png"))),
        complete=chance.random() < 0.7,
        seen=_seen(chance, product_facts(there)),
    )


def _variant(chance: Random, handle: str, values: tuple[str, ...]) -> VariantDraft:
    return VariantDraft(
        id=sku_id_of(SHOP, handle, values),
        option_values=values,
        price=Fen(chance.choice([100, 250, 0])),
        code=_maybe(chance, "A-1"),
        compare_at=_maybe(chance, Fen(300)),
        weight_g=_maybe(chance, some(chance, [0, 9], [-1])),
        extra={"Variant Tax Code": chance.choice(["", "b"])},
        stock=chance.randrange(3),
    )


def _maybe(chance: Random, value: Any) -> Any:
    return value if chance.random() < 0.6 else UNSET


_OURS = text("SELECT id FROM product WHERE shop_id = :shop_id AND handle LIKE 'story-%'")


async def _read(transaction: Transaction) -> Content:
    ids = [row.id for row in await transaction.read(_OURS)]
    products = await rows.load_products(transaction, ProductKeys(ids))
    categories = await rows.load_categories(transaction, CategoryKeys())
    return {
        "ProductBook.products": products.products.rows(),
        "CategoryBook.categories": categories.categories.rows(),
    }


def conserved(before: Content, after: Content) -> None:
    """A SKU is never forgotten: what it opened with is still counted under its name."""
    known = {one.id for one in after["CatalogBook.skus"].values()} | {
        one.id for product in after["ProductBook.products"].values() for one in product.variants
    }
    assert after["StockBook.levels"].keys() <= known


PART = Part(
    name="catalog", lay=_lay, wishes=((STAFFING, staff_work),), conserved=conserved, read=_read
)
