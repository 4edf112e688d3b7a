"""Products at the desk, between their pages and the rows."""

from __future__ import annotations

import asyncio
import html
import re
from typing import Any
from uuid import UUID

from shopping import SHOP, AtDesk, House, house, run

from frontline.house import assembled
from frontline.shop.catalog import importing
from frontline.shop.catalog.messages import product_id_of
from frontline.shop.picture import uploading
from frontline.shop.picture.uploading import PicturePut
from frontline.web.session import Role

VALUES = ['["小盒","原味"]', '["小盒","抹茶"]', '["大盒","原味"]', '["大盒","抹茶"]']


def product(**more: Any) -> dict[str, Any]:
    """A form of two options with four SKUs."""
    return {
        "title": "黄油曲奇",
        "handle": "cookies",
        "on_sale": "on",
        "option_name": ["规格", "口味"],
        "option_values": ["小盒, 大盒", "原味，抹茶"],
        "values": VALUES,
        "price": ["39.90", "42", "￥1,099.00", "120.5"],
        "compare_at": ["", "49.90", "", ""],
        "cost": ["12", "", "", ""],
        "weight_g": ["160", "160", "320", "320"],
        "code": ["A1", "A2", "A3", "A4"],
        "per_member_max": ["", "", "2", ""],
        "stock": ["10", "", "5", "0"],
        **more,
    }


async def saved(at: House, desk: AtDesk, **more: Any) -> UUID:
    answer = await desk.post("/desk/products/save", **product(**more))
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["go"].partition("id=")[2])


def test_a_product_with_options_is_what_was_typed(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            product_id = await saved(at, desk, tags="甜, 下午茶、甜", vendor="小满")
            rows = await at.sql.fetch(
                "SELECT option_values, price, compare_at, cost, weight_g, code, per_member_max,"
                " coalesce(on_hand, 0) AS on_hand FROM sku LEFT JOIN stock ON sku_id = id"
                " WHERE NOT removed ORDER BY position"
            )
            assert [tuple(row) for row in rows] == [
                (["小盒", "原味"], 3990, None, 1200, 160, "A1", None, 10),
                (["小盒", "抹茶"], 4200, 4990, None, 160, "A2", None, 0),
                (["大盒", "原味"], 109900, None, None, 320, "A3", 2, 5),
                (["大盒", "抹茶"], 12050, None, None, 320, "A4", None, 0),
            ]
            kept = await at.sql.fetchrow("SELECT tags, vendor, on_sale, handle FROM product")
            assert tuple(kept) == (["甜", "下午茶"], "小满", True, "cookies")
            page = (await desk.get("/desk/products/show", id=product_id)).text
            assert 'value="1099.00"' in page and 'value="小盒, 大盒"' in page

    run(story())


def test_saved_as_it_was_shown_it_is_unchanged(database: str) -> None:
    """What the page shows is what its form sends."""

    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            product_id = await saved(at, desk, body_html="<p>脆</p>", tags="甜")
            before = await at.sql.fetch("SELECT * FROM sku ORDER BY id")
            page = (await desk.get("/desk/products/show", id=product_id)).text
            fields: dict[str, list[str]] = {}
            form = page[page.index('action="/desk/products/save"') :]
            for tag in re.findall(r"<input [^>]+>", form[: form.index("</form>")]):
                kind = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
                box = kind.get("type") == "checkbox" and " checked" not in tag
                if "name" in kind and not box and kind["name"] not in {"csrf", "id", "uploads"}:
                    value = html.unescape(kind.get("value", "on"))
                    fields.setdefault(kind["name"], []).append(value)
            fields["body_html"] = ["<p>脆</p>"]
            answer = await desk.post("/desk/products/save", **fields)
            assert answer.status_code == 200, answer.text
            assert await at.sql.fetch("SELECT * FROM sku ORDER BY id") == before
            assert await at.sql.fetchval("SELECT created_at = updated_at FROM product")

    run(story())


def test_the_table_is_laid_out_and_keeps_what_was_typed(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            laid = await desk.post(
                "/desk/products/lay",
                by="htmx",
                option_name=["规格", "口味"],
                option_values=["小盒, 大盒", "原味"],
                values=['["小盒","原味"]'],
                price=["39.90"],
                code=["A1"],
                stock=["7"],
            )
            assert laid.status_code == 200, laid.text
            keys = re.findall(r'name="values" value="([^"]+)"', laid.text)
            assert [html.unescape(key) for key in keys] == ['["小盒", "原味"]', '["大盒", "原味"]']
            assert re.findall(r'name="price" value="([^"]*)"', laid.text) == ["39.90", "39.90"]
            assert re.findall(r'name="code" value="([^"]*)"', laid.text) == ["A1", ""]
            assert re.findall(r'name="stock" value="([^"]*)"', laid.text) == ["7", ""]

    run(story())


def test_a_struck_sku_is_removed_and_the_others_stay(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            product_id = await saved(at, desk)
            await saved(at, desk, product_id=product_id, struck=[VALUES[1]])
            codes = await at.sql.fetch("SELECT code FROM sku WHERE NOT removed ORDER BY position")
            assert [row["code"] for row in codes] == ["A1", "A3", "A4"]

    run(story())


def test_what_cannot_be_is_told_where_it_stands(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            bad = await desk.post("/desk/products/save", **product(price=["39.90", "贵", "1", "1"]))
            assert bad.status_code == 422
            assert bad.json()["errors"] == {"price": "规格“小盒 抹茶”的售价填写有误，请填数字"}
            lost = await desk.post("/desk/products/save", **product(title=""))
            assert set(lost.json()["errors"]) == {"title"}
            await saved(at, desk)
            again = await desk.post("/desk/products/save", **product(title="另一件"))
            assert set(again.json()["errors"]) == {"handle"}
            assert await at.sql.fetchval("SELECT title FROM product") == "黄油曲奇"
            nowhere = await desk.post("/desk/products/save", **product(product_id=UUID(int=1)))
            assert nowhere.status_code == 404

    run(story())


def test_a_price_changed_beyond_the_limit_waits(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            product_id = await saved(at, await at.desk(Role.OWNER))
            desk = await at.desk(Role.STAFF)
            await at.allow(desk.staff_id, price_change=1_000)
            within = product(product_id=product_id, price=["37.90", "42", "1099", "120.50"])
            assert (await desk.post("/desk/products/save", **within)).status_code == 200
            beyond = {**within, "price": ["9.90", "42", "1099", "120.50"]}
            held = await desk.post("/desk/products/save", **beyond)
            assert held.status_code == 202, held.text
            assert held.json()["held"].startswith("/desk/decisions/show?id=")
            assert await at.sql.fetchval("SELECT price FROM sku WHERE code = 'A1'") == 3_790
            renamed = {
                **within,
                "option_values": ["迷你, 大盒", "原味，抹茶"],
                "values": [one.replace("小盒", "迷你") for one in VALUES],
                "price": ["9.90", "42", "1099", "120.50"],
                "stock": ["", "", "", ""],
            }
            assert (await desk.post("/desk/products/save", **renamed)).status_code == 202
            dearer = {**renamed, "price": ["39.90", "42", "1099", "120.50"]}
            assert (await desk.post("/desk/products/save", **dearer)).status_code == 200

    run(story())


def test_pictures_are_added_moved_and_taken_out(database: str, monkeypatch: Any) -> None:
    async def put(_visit: Any, id_: UUID, data: bytes) -> PicturePut:
        return PicturePut(id_, f"/pictures/1/{data.decode() * 32}.webp", 8, 8)

    async def story() -> None:
        async with house(database) as at:
            monkeypatch.setattr(uploading, "put", put)
            desk = await at.desk(Role.OWNER)
            a, b, c = (f"/pictures/1/{one * 32}.webp" for one in "abc")

            async def arranged(**fields: Any) -> list[str]:
                answer = await desk.post("/desk/products/pictures", by="htmx", **fields)
                assert answer.status_code == 200, answer.text
                return re.findall(r'name="picture" value="([^"]+)"', answer.text)

            files = [("uploads", ("b.jpg", b"b", "image/jpeg")), ("uploads", ("c.jpg", b"c", ""))]
            assert await arranged(picture=[a], alt=["甲"], files=files) == [a, b, c]
            assert await arranged(picture=[a, b, c], do="up 2") == [a, c, b]
            assert await arranged(picture=[a, b, c], do="down 0") == [b, a, c]
            assert await arranged(picture=[a, b, c], do="drop 1") == [a, c]
            await saved(at, desk, picture=[c, a], alt=["丙", ""], files=files[:1])
            rows = await at.sql.fetch("SELECT src, alt FROM picture ORDER BY position")
            assert [tuple(row) for row in rows] == [(c, "丙"), (a, ""), (b, "")]

    run(story())


def test_products_are_found_filtered_and_switched(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            first = await saved(at, desk)
            second = await saved(at, desk, title="伯爵茶", handle="tea", code=["T"] * 4)
            shown = (await desk.get("/desk/products", q="曲奇")).text
            assert "黄油曲奇" in shown and "伯爵茶" not in shown and ">15<" in shown
            answer = await desk.post("/desk/products/off", ids=[first, second])
            assert answer.status_code == 200
            assert await at.sql.fetchval("SELECT count(*) FROM product WHERE on_sale") == 0
            gone = (await desk.get("/desk/products", on_sale="true")).text
            assert "黄油曲奇" not in gone
            await desk.post("/desk/products/on", ids=[second])
            assert "伯爵茶" in (await desk.get("/desk/products", on_sale="true")).text
            assert any(one.name == "catalog" and one.find for one in assembled().features)

    run(story())


CSV = """Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant SKU
tea,红茶,规格,袋,19.90,T1
tea,,规格,罐,49.90,T2
bad,坏的,规格,个,一百,B1
"""


def test_a_file_goes_in_and_its_bad_rows_are_told(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            files = {"file": ("products.csv", CSV.encode(), "text/csv")}
            strict = await desk.post("/desk/products/import", by="page", files=files, strict="on")
            assert strict.status_code == 200 and "没有导入任何商品" in strict.text
            assert await at.sql.fetchval("SELECT count(*) FROM product") == 0
            answer = await desk.post("/desk/products/import", by="page", files=files)
            assert await at.sql.fetchval("SELECT count(*) FROM sku") == 2
            assert "Variant Price" in answer.text and "金额格式不正确" in answer.text
            out = await desk.get("/desk/products/shopify")
            assert out.headers["content-disposition"].startswith("attachment")
            again = {"file": ("again.csv", out.content, "text/csv")}
            same = await desk.post("/desk/products/import", by="page", files=again, strict="on")
            assert "alert-success" in same.text, same.text
            nothing = {"file": ("x.csv", b"\xff\xfe\x00", "text/csv")}
            broken = await desk.post("/desk/products/import", by="page", files=nothing)
            assert broken.status_code == 200 and "alert-danger" in broken.text

    run(story())


def test_whoever_imports_sees_how_far_it_is(database: str, monkeypatch: Any) -> None:
    async def story() -> None:
        halfway, go_on = asyncio.Event(), asyncio.Event()

        async def slowly(*_: Any, progress: Any, **__: Any) -> importing.Put:
            progress(1)
            halfway.set()
            await go_on.wait()
            return importing.Put(products=1)

        async with house(database) as at:
            monkeypatch.setattr(importing, "put_products", slowly)
            desk, other = await at.desk(Role.STAFF), await at.desk(Role.STAFF)
            files = {"file": ("products.csv", (CSV + "cup,杯,,,9,C1\n").encode(), "text/csv")}
            done = asyncio.create_task(desk.post("/desk/products/import", by="page", files=files))
            await halfway.wait()
            path = "/desk/products/import/progress"
            assert "1 / 2" in (await desk.get(path)).text
            assert "1 / 2" not in (await other.get(path)).text
            go_on.set()
            assert (await done).status_code == 200
            assert "1 / 2" not in (await desk.get(path)).text

    run(story())


def test_categories_are_added_renamed_and_moved(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            for name in ("饼干", "蛋糕"):
                added = await desk.post("/desk/categories/add", name=name)
                assert added.json() == {"go": "/desk/categories"}
            twice = await desk.post("/desk/categories/add", name="饼干")
            assert twice.status_code == 422
            ids = dict(await at.sql.fetch("SELECT name, id FROM category"))
            await desk.post(
                "/desk/categories/change",
                category_id=ids["蛋糕"],
                name="小蛋糕",
                parent=ids["饼干"],
            )
            row = await at.sql.fetchrow(
                "SELECT name, parent_id FROM category WHERE parent_id <> id"
            )
            assert tuple(row) == ("小蛋糕", ids["饼干"])
            within = (await desk.get("/desk/categories/show", id=ids["饼干"])).text
            assert "饼干 / 小蛋糕" not in within, "into itself it cannot go"
            assert (await desk.get("/desk/categories/show", id=UUID(int=1))).status_code == 404

    run(story())


def test_the_id_of_a_product_is_that_of_its_handle(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            assert await saved(at, desk) == product_id_of(SHOP, "cookies")
            unnamed = await saved(at, desk, handle="", code=["U"] * 4)
            assert (await at.sql.fetchval("SELECT handle FROM product WHERE id = $1", unnamed))[
                :2
            ] == "p-"

    run(story())
