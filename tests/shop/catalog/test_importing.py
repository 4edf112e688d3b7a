"""Products from files on PostgreSQL: once, again, in part, by two at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from shop.catalog.files import SHOP, first, read, row
from sqlalchemy import text

from frontline.engine.engine import Engine
from frontline.engine.library import Library
from frontline.kernel.words import SkuId
from frontline.shop.catalog import importing, rows, shopify
from frontline.company.authority.rows.gate import SHELF as AUTHORITY
from frontline.shop.catalog.book import CatalogKeys, ProductKeys
from frontline.shop.catalog.feature import FEATURE as CATALOG
from frontline.shop.catalog.importing import Put, put_products
from frontline.shop.catalog.messages import Refusal, product_id_of, sku_id_of
from frontline.shop.catalog.shopify import Reading
from frontline.shop.freight.feature import FEATURE as FREIGHT
from frontline.shop.stock.feature import FEATURE as STOCK
from frontline.store.database import Database

REAL = Path(__file__).parents[4] / "shared" / "data" / "zh_catalogue_shopify.csv"
LIBRARY = Library(
    [
        *CATALOG.shelves,
        *(one for one in FREIGHT.shelves if one.store is None),
        *STOCK.shelves,
        AUTHORITY,
    ],
    grounds={},
)
COUNTS = text("""
    SELECT (SELECT count(*) FROM product WHERE shop_id = :shop_id) AS products,
           (SELECT count(*) FROM sku WHERE shop_id = :shop_id) AS variants,
           (SELECT count(*) FROM picture WHERE shop_id = :shop_id) AS pictures,
           (SELECT coalesce(sum(on_hand), 0) FROM stock WHERE shop_id = :shop_id) AS units,
           (SELECT coalesce(sum(quantity), 0) FROM stock_movement
            WHERE shop_id = :shop_id) AS moved
""")
QUILT = product_id_of(SHOP, "quilt")
PRICE_MIN = text("SELECT price_min FROM product WHERE shop_id = :shop_id")
EVERYTHING = {
    table: text(f"SELECT * FROM {table} WHERE shop_id = :shop_id ORDER BY 2, 3")
    for table in ("product", "sku", "picture", "category", "stock", "stock_movement")
}


class Shop:
    def __init__(self, url: str) -> None:
        self.database = Database(url, connections_max=4)
        self.engine = Engine(self.database, LIBRARY, CATALOG.command_sets)

    async def put(self, reading: Reading) -> Put:
        return await put_products(self.engine, SHOP, reading.drafts)

    async def counts(self) -> tuple[int, ...]:
        async with self.database.transaction(SHOP) as transaction:
            return tuple((await transaction.read(COUNTS))[0])

    async def content(self) -> dict[str, Any]:
        async with self.database.transaction(SHOP) as transaction:
            return {
                table: await transaction.read(statement) for table, statement in EVERYTHING.items()
            }

    async def export(self) -> str:
        pieces = [piece async for piece in importing.export(self.database, SHOP, "CNY")]
        return "".join(pieces)


def run(url: str, story: Callable[[Shop], Awaitable[None]]) -> None:
    async def told() -> None:
        shop = Shop(url)
        try:
            await story(shop)
        finally:
            await shop.database.close()

    asyncio.run(told())


@pytest.mark.skipif(not REAL.exists(), reason="the folder of real data is not beside the checkout")
def test_the_real_catalogue_goes_in_once_and_comes_out_the_same(database: str) -> None:
    async def story(shop: Shop) -> None:
        reading = shopify.read(REAL.read_bytes(), SHOP, "CNY")
        assert not reading.bad_rows
        assert await shop.put(reading) == Put(239, 244, 0)
        before = await shop.content()
        assert len(before["category"]) == 25
        assert await shop.put(reading) == Put(0, 0, 239)
        exported = await shop.export()
        assert await shop.put(shopify.read(exported.encode(), SHOP, "CNY")) == Put(0, 0, 239)
        gbk = REAL.read_text("utf-8").encode("gbk")
        assert await shop.put(shopify.read(gbk, SHOP, "CNY")) == Put(0, 0, 239)
        assert await shop.content() == before
        assert await shop.export() == exported

    run(database, story)


def test_variants_pictures_and_stock_arrive(database: str) -> None:
    async def story(shop: Shop) -> None:
        reading = read(
            first(
                option1_name="颜色", option1_value="红", qty="7", image_src="https://a.test/1.png"
            ),
            row(option1_value="蓝", price="9.90", qty="2", image_src="https://a.test/2.png"),
            row(image_src="https://a.test/3.png"),
            first("pillow", title="枕头", type="居家 > 被枕"),
        )
        assert await shop.put(reading) == Put(2, 3, 0)
        assert await shop.counts() == (2, 3, 3, 9, 9)
        async with shop.database.transaction(SHOP) as transaction:
            red = sku_id_of(SHOP, "quilt", ("红",))
            book = await rows.load(transaction, CatalogKeys([red]))
        sku = book.get(red)
        assert sku is not None
        assert (sku.title, sku.price, sku.on_sale) == ("羽绒被 · 红", 19900, True)

    run(database, story)


def test_a_removed_variant_cannot_be_bought_and_keeps_its_stock(database: str) -> None:
    names = {"option1_name": "颜色", "option1_value": "红"}

    async def on_sale(shop: Shop) -> list[bool]:
        ids = [sku_id_of(SHOP, "quilt", (name,)) for name in ("红", "蓝")]
        async with shop.database.transaction(SHOP) as transaction:
            book = await rows.load(transaction, CatalogKeys(ids))
        return [sku is not None and sku.on_sale for sku in map(book.get, ids)]

    async def story(shop: Shop) -> None:
        both = read(first(**names), row(option1_value="蓝", price="1.00", qty="5"))
        await shop.put(both)
        assert await on_sale(shop) == [True, True]
        # A row that is bad takes nothing away; one that is gone does.
        await shop.put(read(first(**names), row(option1_value="蓝", price="x")))
        assert await on_sale(shop) == [True, True]
        assert await shop.put(read(first(**names))) == Put(1, 1, 0)
        assert await on_sale(shop) == [True, False]
        assert await shop.put(both) == Put(1, 1, 0)
        assert await on_sale(shop) == [True, True]
        assert (await shop.counts())[3:] == (5, 5)

    run(database, story)


def test_two_who_import_the_same_at_once_make_it_once(database: str) -> None:
    some = [
        first(f"p{number}", title=f"枕{number}", qty="3", type="居家 > 被枕")
        for number in range(40)
    ]

    async def story(shop: Shop) -> None:
        other = Engine(shop.database, LIBRARY, CATALOG.command_sets)
        engines = [shop.engine, other]
        puts = await asyncio.gather(
            *(put_products(engine, SHOP, read(*some).drafts) for engine in engines)
        )
        assert sum(put.products for put in puts) == 40
        assert sum(put.unchanged for put in puts) == 40
        assert await shop.counts() == (40, 40, 0, 120, 120)
        assert not any(one.counts.halvings for each in engines for one in each.combiners.values())

    run(database, story)


def test_two_who_change_one_product_at_once_both_have_their_way(database: str) -> None:
    """What is derived of all variants (order, price, words) is derived of all of them."""
    names = {"option1_name": "颜色"}

    async def story(shop: Shop) -> None:
        engines = [Engine(shop.database, LIBRARY, CATALOG.command_sets) for _ in range(4)]
        await shop.put(read(first(**names, option1_value="原", variant_sku="code0")))
        for number in range(12):
            drafts = [
                replace(draft, complete=False)
                for place in range(len(engines))
                for draft in read(
                    first(
                        **names,
                        option1_value=f"{number}-{place}",
                        variant_sku=f"code{number}x{place}",
                        price=f"{90 - number * 4 - place}",
                    )
                ).drafts
            ]
            await asyncio.gather(
                *(
                    put_products(engine, SHOP, [draft])
                    for engine, draft in zip(engines, drafts, strict=True)
                )
            )
        async with shop.database.transaction(SHOP) as transaction:
            book = await rows.load_products(transaction, ProductKeys([QUILT]))
            price_min = (await transaction.read(PRICE_MIN))[0].price_min
        book.check()
        product = book.products[QUILT]
        assert len(product.live) == 1 + 12 * len(engines)
        assert price_min == product.price_min == 4300
        assert all(one.code in product.search for one in product.live)

    run(database, story)


def test_one_that_is_refused_does_not_keep_out_the_others(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontline.shop.catalog.rules.CATEGORIES_MAX", 2)
    some = read(
        first("a", type="甲"), first("b", type="乙"), first("c", type="丙"), first("d", type="甲")
    )

    async def story(shop: Shop) -> None:
        put = await shop.put(some)
        assert (put.products, [one.refusal for one in put.refused]) == (
            3,
            [Refusal.TOO_MANY_CATEGORIES],
        )

    run(database, story)


def test_many_go_in_by_pieces(database: str) -> None:
    heard: list[int] = []
    some = read(*(first(f"p{number}") for number in range(450))).drafts

    async def story(shop: Shop) -> None:
        put = await put_products(shop.engine, SHOP, some, progress=heard.append)
        assert put == Put(450, 450, 0)
        assert heard == [200, 200, 50]
        assert len((await shop.export()).splitlines()) == 451

    run(database, story)


def test_another_shop_has_its_own_of_the_same_handle(database: str) -> None:
    async def story(shop: Shop) -> None:
        data = "Handle,Title,Variant Price\nquilt,羽绒被,1.00\n".encode()
        await put_products(shop.engine, SHOP, shopify.read(data, SHOP, "CNY").drafts)
        elsewhere = shopify.read(data, 2, "CNY").drafts
        assert await put_products(shop.engine, 2, elsewhere) == Put(1, 1, 0)
        assert (await shop.counts())[:2] == (1, 1)
        assert {SkuId(one.id) for one in elsewhere[0].variants}.isdisjoint(
            {sku_id_of(SHOP, "quilt", ())}
        )

    run(database, story)
