"""Doors: looking for products, looking at one, and what staff may do with them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
from msgspec import UNSET, UnsetType

from frontline.kernel.words import Fen, ProductId, ShopId
from frontline.shop.catalog import messages
from frontline.shop.catalog.cache import Cache
from frontline.shop.catalog.messages import (
    AddCategory,
    ChangeCategory,
    Picture,
    ProductDraft,
    PutProducts,
    SwitchSale,
    VariantDraft,
    plain_options,
    product_id_of,
    sku_id_of,
)
from frontline.shop.catalog.views import lists, pages
from frontline.shop.search import counting
from frontline.store.database import Database
from frontline.web.door import Visit, Who, command_door, get
from frontline.web.session import Caller

FRESH_S = 1.0
PAGES_MAX = 20_000
PUT_BYTES_MAX = 2 * 1024 * 1024
QUERY_MAX = 100
LIST_MAX = 50
SWITCHED_MAX = 500
POSITION_MAX = 10**6

Query = Annotated[str, msgspec.Meta(max_length=QUERY_MAX)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=LIST_MAX)]
Cursor = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,17}_[0-9a-f]{32}$")]

# -- Shoppers -----------------------------------------------------------------------------

_PageCache = Cache[tuple[ShopId, ProductId], bytes | None]
_pages: WeakKeyDictionary[Database, _PageCache] = WeakKeyDictionary()
"""Product pages of this process, by the database they are read from."""


class ProductForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: Visit, form: ProductForm) -> bytes | None:
    """A product on sale. Stock and prices are a second old at most."""
    return await shown(visit.opened.database, visit.shop_id, ProductId(form.id))


async def shown(database: Database, shop_id: ShopId, product_id: ProductId) -> bytes | None:
    """A `pages.ProductPage`, encoded; None if there is none on sale."""
    cache = _pages.get(database)
    if cache is None:
        cache = _pages[database] = _page_cache(database)
    return await cache.get((shop_id, product_id))


def _page_cache(database: Database) -> _PageCache:
    async def read(key: tuple[ShopId, ProductId]) -> bytes | None:
        return await pages.product_page(database, *key)

    return Cache(read, fresh_s=FRESH_S, size_max=PAGES_MAX)


class ListForm(msgspec.Struct, frozen=True):
    q: Query = ""
    category: UUID | None = None
    sort: lists.Sort = lists.Sort.NEWEST
    after: Cursor | None = None
    limit: Limit = 20


async def _list(visit: Visit, form: ListForm) -> lists.Found:
    """Products on sale: by category (with all in it), by words, sorted, a page at a time."""
    found = await lists.find(visit.opened.database, visit.shop_id, _wish(form, on_sale=True))
    # Once for each search: not for what follows on the next page, nor for looking within a
    # category or in another order.
    if form.q and form.after is None and form.category is None and form.sort is lists.Sort.NEWEST:
        await counting.count(visit, form.q, found=bool(found.items) and not found.near)
    return found


def _wish(form: ListForm, *, on_sale: bool | None) -> lists.Wish:
    return lists.Wish(
        q=form.q,
        category_id=form.category,
        sort=form.sort,
        on_sale=on_sale,
        after=form.after,
        limit=form.limit,
    )


class SearchForm(msgspec.Struct, frozen=True):
    q: Annotated[str, msgspec.Meta(min_length=1, max_length=QUERY_MAX)]
    limit: Limit = 10


async def _search(visit: Visit, form: SearchForm) -> lists.Found:
    """The first few products that a shopper who is still typing may mean."""
    wish = lists.Wish(q=form.q, limit=form.limit)
    return await lists.find(visit.opened.database, visit.shop_id, wish)


class NoForm(msgspec.Struct, frozen=True):
    pass


async def _categories(visit: Visit, _form: NoForm) -> pages.Categories:
    """The whole tree."""
    return await pages.categories(visit.opened.database, visit.shop_id)


# -- Staff --------------------------------------------------------------------------------


class StaffListForm(ListForm, frozen=True):
    on_sale: bool | None = None  # None: both.


async def _staff_list(visit: Visit, form: StaffListForm) -> lists.Found:
    """Products, whether on sale or not."""
    wish = _wish(form, on_sale=form.on_sale)
    return await lists.find(visit.opened.database, visit.shop_id, wish)


async def _staff_show(visit: Visit, form: ProductForm) -> pages.StaffPage | None:
    """All there is to know of a product."""
    return await pages.staff_page(visit.opened.database, visit.shop_id, ProductId(form.id))


class VariantForm(msgspec.Struct, frozen=True, kw_only=True):
    price: int
    option_values: tuple[str, ...] = ()
    code: str | UnsetType = UNSET
    compare_at: int | UnsetType | None = UNSET
    cost: int | UnsetType | None = UNSET
    per_member_max: int | UnsetType | None = UNSET
    weight_g: int | UnsetType = UNSET
    barcode: str | UnsetType = UNSET
    needs_shipping: bool | UnsetType = UNSET
    picture_src: str | UnsetType = UNSET
    stock: int = 0  # To open with; afterwards see `/api/staff/stock/adjust`.


class PictureForm(msgspec.Struct, frozen=True):
    src: str
    alt: str = ""


class PutForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays as it is; variants that are left out are removed."""

    id: UUID
    handle: str
    title: str
    option_names: tuple[str, ...] = ()
    variants: tuple[VariantForm, ...]
    body_html: str | UnsetType = UNSET
    vendor: str | UnsetType = UNSET
    category_id: UUID | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    on_sale: bool | UnsetType = UNSET
    freight_id: UUID | UnsetType | None = UNSET
    pictures: tuple[PictureForm, ...] | UnsetType = UNSET
    seen: str = ""  # Of `/api/staff/products/show`: refused if it was changed since.


def _put(caller: Caller, form: PutForm) -> PutProducts:
    """A new product, or the one of this handle made so."""
    shop_id, handle = caller.shop_id, form.handle.strip()
    pictures = form.pictures
    draft = ProductDraft(
        id=product_id_of(shop_id, handle),
        handle=handle,
        title=form.title.strip(),
        option_names=tuple(name.strip() for name in form.option_names),
        variants=tuple(_variant(shop_id, handle, one) for one in form.variants),
        body_html=_stripped(form.body_html),
        vendor=_stripped(form.vendor),
        category_id=form.category_id,
        tags=UNSET if form.tags is UNSET else tuple(tag.strip() for tag in form.tags),
        on_sale=form.on_sale,
        freight_id=form.freight_id,
        pictures=UNSET
        if pictures is UNSET
        else tuple(Picture(one.src.strip(), one.alt.strip()) for one in pictures),
        seen=form.seen,
    )
    return PutProducts(
        id=form.id, products=(plain_options(draft, shop_id),), staff_id=caller.staff_id
    )


def _variant(shop_id: ShopId, handle: str, form: VariantForm) -> VariantDraft:
    values = tuple(value.strip() for value in form.option_values)
    return VariantDraft(
        id=sku_id_of(shop_id, handle, values),
        option_values=values,
        price=Fen(form.price),
        code=_stripped(form.code),
        compare_at=_fen(form.compare_at),
        cost=_fen(form.cost),
        per_member_max=form.per_member_max,
        weight_g=form.weight_g,
        barcode=_stripped(form.barcode),
        needs_shipping=form.needs_shipping,
        picture_src=_stripped(form.picture_src),
        stock=form.stock,
    )


def _stripped(said: str | UnsetType) -> str | UnsetType:
    return UNSET if said is UNSET else said.strip()


def _fen(amount: int | UnsetType | None) -> Fen | UnsetType | None:
    return Fen(amount) if isinstance(amount, int) else amount


class SaleForm(msgspec.Struct, frozen=True):
    id: UUID
    product_ids: Annotated[tuple[UUID, ...], msgspec.Meta(min_length=1, max_length=SWITCHED_MAX)]
    on_sale: bool


def _switch(caller: Caller, form: SaleForm) -> SwitchSale:
    """Put products on sale, or take them off: all of them or none."""
    return SwitchSale(
        id=form.id,
        product_ids=tuple(map(ProductId, dict.fromkeys(form.product_ids))),
        on_sale=form.on_sale,
        staff_id=caller.staff_id,
    )


class AddCategoryForm(msgspec.Struct, frozen=True):
    id: UUID  # The category's from now on.
    name: str
    parent_id: UUID | None = None
    position: Annotated[int, msgspec.Meta(ge=0, le=POSITION_MAX)] = 0


def _add_category(caller: Caller, form: AddCategoryForm) -> AddCategory:
    """Add a category."""
    return AddCategory(
        id=form.id,
        name=form.name.strip(),
        parent_id=form.parent_id,
        position=form.position,
        staff_id=caller.staff_id,
    )


class ChangeCategoryForm(msgspec.Struct, frozen=True):
    id: UUID
    category_id: UUID
    name: str
    parent_id: UUID | None
    position: Annotated[int, msgspec.Meta(ge=0, le=POSITION_MAX)]


def _change_category(caller: Caller, form: ChangeCategoryForm) -> ChangeCategory:
    """Rename or move a category, with all that is in it."""
    return ChangeCategory(
        id=form.id,
        category_id=form.category_id,
        name=form.name.strip(),
        parent_id=form.parent_id,
        position=form.position,
        staff_id=caller.staff_id,
    )


DOORS = (
    get("/api/products/show", ProductForm, _show, pages.ProductPage, who=Who.ANYONE),
    get("/api/products/list", ListForm, _list, lists.Found, who=Who.ANYONE),
    get("/api/products/search", SearchForm, _search, lists.Found, who=Who.ANYONE),
    get("/api/categories", NoForm, _categories, pages.Categories, who=Who.ANYONE),
    get("/api/staff/products/list", StaffListForm, _staff_list, lists.Found, who=Who.STAFF),
    get("/api/staff/products/show", ProductForm, _staff_show, pages.StaffPage, who=Who.STAFF),
    command_door(
        "/api/staff/products/put",
        PutForm,
        _put,
        messages.Outcome,
        who=Who.STAFF,
        body_bytes_max=PUT_BYTES_MAX,
    ),
    command_door(
        "/api/staff/products/sale",
        SaleForm,
        _switch,
        messages.Ungoverned,
        who=Who.STAFF,
        body_bytes_max=65_536,
    ),
    command_door(
        "/api/staff/categories/add",
        AddCategoryForm,
        _add_category,
        messages.Ungoverned,
        who=Who.STAFF,
    ),
    command_door(
        "/api/staff/categories/change",
        ChangeCategoryForm,
        _change_category,
        messages.Ungoverned,
        who=Who.STAFF,
    ),
)
