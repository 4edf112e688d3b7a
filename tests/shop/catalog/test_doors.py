"""The catalogue's doors: finding, looking, and what staff may do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from databases import connect
from shop.catalog.files import first, read, row
from shopping import SHOP, House, house, run

from frontline.kernel.words import StaffId
from frontline.shop.catalog import http
from frontline.shop.catalog.feature import STAFFING
from frontline.shop.catalog.importing import put_products
from frontline.shop.catalog.messages import (
    AddCategory,
    CategoryPut,
    ChangeCategory,
    product_id_of,
    sku_id_of,
)
from frontline.shop.catalog.text import likeness, patterns
from frontline.shop.catalog.views import pages
from frontline.web.session import Role

QUILT = product_id_of(SHOP, "quilt")
STOCKED = [
    first(
        option1_name="颜色", option1_value="红", qty="12", tags="冬天", type="居家 > 被枕",
        image_src="https://a.test/1.png", variant_compare_at_price="259.00",
        body="<p onclick=x()>暖</p>", variant_sku="1006002-7",
    ),
    row(option1_value="蓝", price="99.00", qty="3"),
    row(option1_value="绿", price="299.00"),
    first("lantern", title="White Hanging Lantern", price="39.50", qty="1", type="居家 > 灯"),
    first("pillow", title="白鹅绒秋冬加厚羽绒枕", price="59.00", type="居家 > 被枕"),
    first("draft", title="未上架的羽绒被", status="draft"),
]  # fmt: skip


@asynccontextmanager
async def stocked(url: str) -> AsyncIterator[House]:
    async with house(url) as shop:
        reading = read(*STOCKED)
        assert not reading.bad_rows
        await put_products(shop.engine, SHOP, reading.drafts)
        yield shop


def tell(url: str, story: Callable[[House], Awaitable[None]]) -> None:
    async def told() -> None:
        async with stocked(url) as shop:
            await story(shop)

    run(told())


async def handles(shop: House, path: str = "list", token: str = "", **query: Any) -> list[str]:
    prefix = "/api/staff/products" if token else "/api/products"
    answer = await shop.get(f"{prefix}/{path}", token, **query)
    assert answer.status_code == 200, answer.text
    return [item["handle"] for item in answer.json()["items"]]


# -- Finding ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("羽绒", {"quilt", "pillow"}), ("绒", {"quilt", "pillow"}), ("冬天", {"quilt"}),
        ("白鹅 枕", {"pillow"}), ("LANTERN", {"lantern"}), ("anter", {"lantern"}),
        ("1006002", {"quilt"}), ("06002-7", {"quilt"}), ("white lantern", {"lantern"}),
    ],
)  # fmt: skip
def test_a_part_finds_it(database: str, query: str, found: set[str]) -> None:
    async def story(shop: House) -> None:
        answer = (await shop.get("/api/products/search", q=query)).json()
        assert {item["handle"] for item in answer["items"]} == found
        assert not answer["near"]

    tell(database, story)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("羽绒杯", {"quilt", "pillow"}),
        ("羽绒杯 冬天", {"quilt"}), ("lantren", {"lantern"}), ("lanten", {"lantern"}),
        ("Whte Hangin", {"lantern"}), ("whlte", {"lantern"}), ("hagning", {"lantern"}), ("加厚羽绒忱", {"pillow"}), ("qqqq", set()), ("?!", set()),
        ("猫", set()),
    ],
)  # fmt: skip
def test_a_typo_finds_the_nearest(database: str, query: str, found: set[str]) -> None:
    async def story(shop: House) -> None:
        answer = (await shop.get("/api/products/search", q=query)).json()
        assert {item["handle"] for item in answer["items"]} == found
        assert answer["near"] == bool(found)

    tell(database, story)


def test_the_search_stands_on_its_index_under_row_level_security(database: str) -> None:
    async def plan(sql: Any, relation: str, condition: str, value: str) -> str:
        lines = await sql.fetch(
            f"EXPLAIN SELECT id FROM {relation} WHERE shop_id = 1 AND {condition}", value
        )
        return "\n".join(line[0] for line in lines)

    async def story(shop: House) -> None:
        await shop.sql.execute("""
            INSERT INTO product SELECT 1, gen_random_uuid(), 'g' || n, 'g', '', '', NULL, '{}', true,
                '{}', NULL, n, ' ' || md5(CAST(n AS text)) || ' ', '{}', now(), now()
            FROM generate_series(1, 5000) AS n
        """)
        await shop.sql.execute("ANALYZE product")
        sql = await connect(database)
        assert await sql.fetchval("SELECT current_user") == "frontline_app"
        await sql.execute("SET app.shop_id = '1'")
        for condition, value in (
            ("search LIKE $1", patterns("羽")[0]),
            ("$1 <% search", likeness("lantren")),
        ):
            assert "product_search" in await plan(sql, "product_sought", condition, value)
            # And this is why there is a view.
            assert "product_search" not in await plan(sql, "product", condition, value)
        assert await sql.fetchval("SELECT count(*) FROM product_sought") == 5004
        await sql.execute("SET app.shop_id = '2'")
        assert await sql.fetchval("SELECT count(*) FROM product_sought") == 0
        await sql.close()

    tell(database, story)


def test_a_category_holds_what_is_below_it(database: str) -> None:
    async def story(shop: House) -> None:
        tree = (await shop.get("/api/categories")).json()["items"]
        ids = {one["name"]: one["id"] for one in tree}
        assert [one["name"] for one in tree] == ["居家", "被枕", "灯"]
        assert set(await handles(shop, category=ids["居家"])) == {"quilt", "pillow", "lantern"}
        assert set(await handles(shop, category=ids["被枕"])) == {"quilt", "pillow"}
        assert await handles(shop, category=ids["被枕"], q="鹅") == ["pillow"]
        assert await handles(shop, category=str(uuid4())) == []

    tell(database, story)


def test_sorts(database: str) -> None:
    async def story(shop: House) -> None:
        assert await handles(shop, sort="price") == ["lantern", "pillow", "quilt"]
        assert await handles(shop, sort="-price") == ["quilt", "pillow", "lantern"]
        assert len(await handles(shop, sort="newest")) == 3

    tell(database, story)


@pytest.mark.parametrize("query", [{}, {"q": "枕"}])
@pytest.mark.parametrize("sort", ["newest", "price", "-price"])
def test_pages_hold_each_product_once(database: str, sort: str, query: dict[str, str]) -> None:
    some = [first(f"p{n}", title=f"枕{n}", price=f"{n % 3}.00") for n in range(23)]

    async def story(shop: House) -> None:
        await put_products(shop.engine, SHOP, read(*some).drafts)
        seen: list[tuple[int, str]] = []
        after: dict[str, str] = {}
        while True:
            page = (
                await shop.get("/api/products/list", sort=sort, limit=4, **query, **after)
            ).json()
            seen += [(item["price_min"], item["handle"]) for item in page["items"]]
            if page["after"] is None:
                break
            assert len(page["items"]) == 4
            after = {"after": page["after"]}
        wanted = {f"p{n}" for n in range(23)} | (
            {"pillow"} if query else {"quilt", "pillow", "lantern"}
        )
        assert len(seen) == len(wanted)
        assert {handle for _, handle in seen} == wanted
        prices = [price for price, _ in seen]
        if sort != "newest":
            assert prices == sorted(prices, reverse=sort == "-price")

    tell(database, story)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0}, {"limit": 51}, {"sort": "x"}, {"after": "1"}, {"after": f"9{'9' * 17}_{'0' * 32}"},
        {"category": "x"}, {"q": "x" * 101},
    ],
)  # fmt: skip
def test_senseless_wishes_are_refused(database: str, query: dict[str, Any]) -> None:
    async def story(shop: House) -> None:
        answer = await shop.get("/api/products/list", **query)
        assert answer.status_code == 400
        assert answer.json()["refusal"] == "malformed"

    tell(database, story)


# -- Looking --------------------------------------------------------------------------------


def test_a_product_page(database: str) -> None:
    async def story(shop: House) -> None:
        page = (await shop.get("/api/products/show", id=str(QUILT))).json()
        assert (page["title"], page["body_html"]) == ("羽绒被", "<p>暖</p>")
        assert [one["name"] for one in page["category"]] == ["居家", "被枕"]
        assert page["options"] == [{"name": "颜色", "values": ["红", "蓝", "绿"]}]
        assert (page["price_min"], page["price_max"]) == (9900, 29900)
        assert [(one["in_stock"], one["left"]) for one in page["skus"]] == [
            (True, None),
            (True, 3),
            (False, None),
        ]
        assert page["skus"][0]["compare_at"] == 25900
        assert page["pictures"][0]["src"] == "https://a.test/1.png"
        assert not {"cost", "code", "barcode", "extra"} & {
            name for one in page["skus"] for name in one
        }

    tell(database, story)


def test_what_is_not_on_sale_is_not_there(database: str) -> None:
    async def story(shop: House) -> None:
        for id_ in (product_id_of(SHOP, "draft"), uuid4()):
            answer = await shop.get("/api/products/show", id=str(id_))
            assert answer.status_code == 404
            assert answer.json()["text"]

    tell(database, story)


def test_a_page_is_a_second_old_at_most(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[UUID] = []
    product_page = http.pages.product_page

    async def counted(database: Any, shop_id: Any, product_id: Any) -> bytes | None:
        reads.append(product_id)
        return await product_page(database, shop_id, product_id)

    monkeypatch.setattr(http.pages, "product_page", counted)
    monkeypatch.setattr(http, "FRESH_S", 3600.0)

    async def story(shop: House) -> None:
        for _ in range(3):
            assert (await shop.get("/api/products/show", id=str(QUILT))).status_code == 200
        assert reads == [QUILT]

    tell(database, story)
    assert http.FRESH_S == 3600.0
    monkeypatch.undo()
    assert http.FRESH_S == 1.0


# -- Staff ------------------------------------------------------------------------------------


def test_staff_put_a_product_and_shoppers_find_it(database: str) -> None:
    async def story(shop: House) -> None:
        token = await shop.token()
        wish = {
            "id": str(uuid4()),
            "handle": "cookies",
            "title": " 小满曲奇 ",
            "option_names": ["口味"],
            "variants": [
                {"option_values": ["抹茶"], "price": 2990, "stock": 5},
                {"option_values": ["黄油"], "price": 1990, "per_member_max": 2},
            ],
            "body_html": "<p>脆<script>1</script></p>",
            "tags": ["零食"],
        }
        answer = await shop.post("/api/staff/products/put", token, **wish)
        put = {"type": "ProductsPut", "products": 1, "variants": 2, "unchanged": 0}
        assert answer.json() == put
        again = await shop.post("/api/staff/products/put", token, **wish)
        assert again.json() == put  # The same wish, the same answer.
        renewed = await shop.post("/api/staff/products/put", token, **wish | {"id": str(uuid4())})
        assert renewed.json()["type"] == "NothingPut"
        assert await handles(shop, q="曲奇") == ["cookies"]
        id_ = str(product_id_of(SHOP, "cookies"))
        shown = (await shop.get("/api/products/show", id=id_)).json()
        assert shown["body_html"] == "<p>脆</p>"
        assert [one["left"] for one in shown["skus"]] == [5, None]
        whole = (await shop.get("/api/staff/products/show", token, id=id_)).json()
        assert whole["stock"] == {str(sku_id_of(SHOP, "cookies", ("抹茶",))): 5}
        assert whole["product"]["tags"] == ["零食"]

    tell(database, story)


def test_a_refused_product_says_where(database: str) -> None:
    async def story(shop: House) -> None:
        token = await shop.token()
        wish = {"id": str(uuid4()), "handle": "a", "title": "a"}
        answer = await shop.post(
            "/api/staff/products/put", token, **wish, variants=[{"price": 1}, {"price": -1}]
        )
        assert answer.status_code == 400
        assert answer.json() == {
            "refusal": "variant_twice",
            "text": "规格组合重复",
            "handle": "a",
            "field": "option_values",
            "variant": 1,
        }
        assert "a" not in await handles(shop, token=token)

    tell(database, story)


def test_off_sale_and_on_again(database: str) -> None:
    async def story(shop: House) -> None:
        token = await shop.token()

        async def switch(on_sale: bool) -> Any:
            ids = [str(QUILT)]
            return await shop.post(
                "/api/staff/products/sale", token, id=str(uuid4()), product_ids=ids, on_sale=on_sale
            )

        assert (await switch(on_sale=False)).json()["product_ids"] == [str(QUILT)]
        assert "quilt" not in await handles(shop)
        assert "quilt" in await handles(shop, token=token)
        assert "quilt" not in await handles(shop, token=token, on_sale="true")
        assert set(await handles(shop, token=token, on_sale="false")) == {"quilt", "draft"}
        assert (await switch(on_sale=True)).status_code == 200
        assert "quilt" in await handles(shop)

    tell(database, story)


def test_categories_are_added_renamed_and_moved(database: str) -> None:
    async def story(shop: House) -> None:
        token = await shop.token()
        tree = {
            one["name"]: one["id"] for one in (await shop.get("/api/categories")).json()["items"]
        }
        id_ = str(uuid4())
        added = await shop.post("/api/staff/categories/add", token, id=id_, name="床品")
        assert added.json() == {"type": "CategoryPut", "category_id": id_}
        moved = await shop.post(
            "/api/staff/categories/change", token, id=str(uuid4()), category_id=tree["被枕"],
            name="被子和枕头", parent_id=id_, position=1,
        )  # fmt: skip
        assert moved.status_code == 200
        assert set(await handles(shop, category=id_)) == {"quilt", "pillow"}
        assert await handles(shop, category=tree["居家"]) == ["lantern"]
        circle = await shop.post(
            "/api/staff/categories/change", token, id=str(uuid4()), category_id=id_, name="床品",
            parent_id=tree["被枕"], position=0,
        )  # fmt: skip
        assert (circle.status_code, circle.json()["refusal"]) == (409, "category_in_itself")

    tell(database, story)


def test_names_may_be_passed_on_in_one_batch(database: str) -> None:
    async def story(shop: House) -> None:
        staff = StaffId(uuid4())
        tree = {one.name: one for one in (await pages.categories(shop.opened.database, SHOP)).items}
        bed, lamp = tree["被枕"], tree["灯"]

        def rename(category: Any, name: str) -> ChangeCategory:
            return ChangeCategory(
                id=uuid4(), category_id=category.id, name=name, parent_id=bed.parent_id,
                position=0, staff_id=staff,
            )  # fmt: skip

        wishes = [
            rename(bed, "旧"),
            rename(lamp, "被枕"),
            AddCategory(id=uuid4(), name="灯", parent_id=bed.parent_id, position=0, staff_id=staff),
        ]
        handler = shop.engine.handler(SHOP, STAFFING)
        assert all(isinstance(one, CategoryPut) for one in await handler(wishes))
        after = {
            one.id: one.name for one in (await pages.categories(shop.opened.database, SHOP)).items
        }
        assert (after[bed.id], after[lamp.id], after[wishes[2].id]) == ("旧", "被枕", "灯")

    tell(database, story)


@pytest.mark.parametrize(
    "door", [door for door in http.DOORS if "/staff/" in door.path], ids=lambda door: door.path
)
def test_only_staff_come_in(database: str, door: Any) -> None:
    async def story(shop: House) -> None:
        ask = shop.get if door.method == "GET" else shop.post
        assert (await ask(door.path)).status_code == 401
        member = await shop.token(Role.MEMBER)
        assert (await ask(door.path, member)).status_code == 403

    tell(database, story)
