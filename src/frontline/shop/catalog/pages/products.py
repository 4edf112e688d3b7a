"""The list of products, what is done to many of them, and the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.kernel.words import ProductId
from frontline.shop.catalog.messages import NothingSwitched, SalesSwitched, SwitchSale
from frontline.shop.catalog.views import desk
from frontline.shop.catalog.views.lists import Sort, Wish
from frontline.shop.catalog.views.pages import small_of
from frontline.web.listing import (
    Asks,
    Badge,
    Bulk,
    Column,
    Filter,
    Found,
    Kind,
    Listing,
    pages_of,
)
from frontline.web.pages import Answer, DeskVisit, Done, Group, Hit, Menu, Page, action

SWITCHED_MAX = 500
_PLACES = 100  # A page of the list at most; an export asks for more at once.

Query = Annotated[str, msgspec.Meta(max_length=100)]
Cursor = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,17}_[0-9a-f]{32}$")]


class ListForm(msgspec.Struct, frozen=True):
    q: Query = ""
    category: UUID | None = None
    on_sale: bool | None = None
    sort: Sort = Sort.NEWEST
    after: Cursor | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=_PLACES)] = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    wish = Wish(
        q=form.q,
        category_id=form.category,
        sort=form.sort,
        on_sale=form.on_sale,
        after=form.after,
        limit=form.limit,
    )
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await desk.products(transaction, wish)
    return Found(found.rows, found.next)


async def _categories(visit: DeskVisit) -> Sequence[tuple[str, Words]]:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await desk.branches(transaction)
    return [(str(one.id), Words(*[" / ".join(one.path)] * 2)) for one in found]


def _price(row: desk.Listed) -> int:
    return row.card.price_min


def _free(row: desk.Listed) -> int:
    return row.free


LIST = Listing(
    path="/desk/products",
    marked=True,
    title=Words("商品", "Products"),
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("图片", "Picture"),
            of=lambda row: small_of(row.card.picture),
            kind=Kind.PICTURE,
        ),
        Column(
            label=Words("商品", "Product"),
            of=lambda row: row.card.title,
            link=lambda row: f"/desk/products/show?id={row.id}",
        ),
        Column(label=Words("分类", "Category"), of=lambda row: row.category, on_phone=False),
        Column(label=Words("售价（起）", "Price from"), of=_price, kind=Kind.MONEY),
        Column(
            label=Words("规格数", "Variants"),
            of=lambda row: row.card.variants,
            kind=Kind.COUNT,
            on_phone=False,
        ),
        Column(label=Words("可售库存", "Free stock"), of=_free, kind=Kind.COUNT),
        Column(
            label=Words("状态", "State"),
            of=lambda row: "on" if row.card.on_sale else "off",
            kind=Kind.STATE,
            states={
                "on": Badge(Words("在售", "On sale"), "green"),
                "off": Badge(Words("已下架", "Off sale"), "secondary"),
            },
        ),
    ),
    filters=(
        Filter(name="q", label=Words("名称或货号", "Title or code"), asks=Asks.WORDS),
        Filter(
            name="category",
            label=Words("分类", "Category"),
            asks=Asks.CHOICE,
            choices=_categories,
        ),
        Filter(
            name="on_sale",
            label=Words("状态", "State"),
            asks=Asks.CHOICE,
            choices=(
                ("true", Words("在售", "On sale")),
                ("false", Words("已下架", "Off sale")),
            ),
        ),
        Filter(
            name="sort",
            label=Words("排序", "Sorted"),
            asks=Asks.CHOICE,
            choices=(
                (Sort.NEWEST, Words("最新上架", "Newest")),
                (Sort.PRICE, Words("价格从低到高", "Cheapest")),
                (Sort.PRICE_DOWN, Words("价格从高到低", "Dearest")),
            ),
        ),
    ),
    bulk=(
        Bulk(label=Words("上架", "Put on sale"), path="/desk/products/on"),
        Bulk(
            label=Words("下架", "Take off sale"),
            path="/desk/products/off",
            sure=Words("下架后顾客无法购买所选商品。", "Nobody can buy them then."),
        ),
    ),
    menu=Menu(group=Group.GOODS, label=Words("商品", "Products"), icon="package", place=10),
    empty=Words(
        "还没有符合条件的商品。可以新建商品，或导入 Shopify CSV。",
        "No product is like this. Make a new one, or import a Shopify CSV.",
    ),
    add=(Words("新建商品", "New product"), "/desk/products/new"),
    template="catalog/products.html",
)

# -- Done to many -------------------------------------------------------------------------


class SwitchForm(msgspec.Struct, frozen=True):
    id: UUID
    ids: Annotated[tuple[UUID, ...], msgspec.Meta(min_length=1, max_length=SWITCHED_MAX)]


async def _on(visit: DeskVisit, form: SwitchForm) -> Answer:
    return await _switch(visit, form, on_sale=True)


async def _off(visit: DeskVisit, form: SwitchForm) -> Answer:
    return await _switch(visit, form, on_sale=False)


async def _switch(visit: DeskVisit, form: SwitchForm, *, on_sale: bool) -> Answer:
    wish = SwitchSale(
        id=form.id,
        product_ids=tuple(map(ProductId, dict.fromkeys(form.ids))),
        on_sale=on_sale,
        staff_id=visit.known.staff_id,
    )
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    match outcome:
        case SalesSwitched(product_ids):
            many = len(product_ids)
            if on_sale:
                return Done(Words(f"已上架 {many} 件商品", f"{many} put on sale"))
            return Done(Words(f"已下架 {many} 件商品", f"{many} taken off sale"))
        case NothingSwitched():
            return Done(Words("所选商品已经是这个状态", "They were so already"))
        case _:
            return outcome


# -- Search -------------------------------------------------------------------------------


async def find(visit: DeskVisit, words: str) -> Sequence[Hit]:
    """Products by their title, code or tag."""
    wish = Wish(q=words, on_sale=None, limit=desk.HITS_MAX)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await desk.products(transaction, wish)
    return [
        Hit(
            kind=Words("商品", "Product"),
            title=row.card.title,
            about=row.category,
            url=f"/desk/products/show?id={row.id}",
        )
        for row in found.rows
    ]


PAGES: tuple[Page, ...] = (
    *pages_of(LIST),
    action("/desk/products/on", SwitchForm, _on),
    action("/desk/products/off", SwitchForm, _off),
)
