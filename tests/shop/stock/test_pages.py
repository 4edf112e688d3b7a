"""Stock at the desk, between its pages and the rows."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID, uuid4

import openpyxl
from shopping import SHOP, House, add_sku, house, run

from frontline.shop.stock import views
from frontline.web.session import Role


async def level(at: House, sku_id: UUID) -> tuple[int, int]:
    row = await at.sql.fetchrow("SELECT on_hand, reserved FROM stock WHERE sku_id = $1", sku_id)
    return row["on_hand"], row["reserved"]


def test_taken_down_beyond_the_limit_it_waits_and_up_it_is_done(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, on_hand=100)
            desk = await at.desk(Role.STAFF)
            await at.allow(desk.staff_id, stock_claim=10)

            async def adjust(change: int) -> Any:
                return await desk.post(
                    "/desk/stock/adjust", sku_id=sku_id, change=change, reason="盘点差异"
                )

            assert (await adjust(25)).json() == {"go": f"/desk/stock/show?id={sku_id}"}
            assert (await adjust(-10)).status_code == 200
            held = await adjust(-60)
            assert held.status_code == 202, held.text
            assert await level(at, sku_id) == (115, 0)
            assert set((await adjust(0)).json()["errors"]) == {"change"}
            page = (await desk.get("/desk/stock/show", id=sku_id)).text
            assert "+25" in page and "-10" in page and "盘点差异" in page
            assert (await desk.get("/desk/stock/show", id=uuid4())).status_code == 404

    run(story())


def test_what_runs_short_stands_first(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            for on_hand, title in ((40, "多"), (3, "少"), (0, "空"), (9, "下架")):
                await add_sku(at.sql, on_hand=on_hand, title=title, on_sale=title != "下架")
            desk = await at.desk(Role.STAFF)
            page = (await desk.get("/desk/stock")).text
            places = [page.index(f">{title}<") for title in ("空", "少", "下架", "多")]
            assert places == sorted(places)
            first = (await desk.get("/desk/stock", limit=2)).text
            assert ">少<" in first and ">多<" not in first
            after = first.partition("after=")[2].partition("&")[0]
            rest = (await desk.get("/desk/stock", limit=2, after=after)).text
            assert ">多<" in rest and ">少<" not in rest
            assert ">多<" not in (await desk.get("/desk/stock", free=5)).text
            assert ">下架<" not in (await desk.get("/desk/stock", on_sale="true")).text

    run(story())


def test_few_left_of_what_is_on_sale_are_counted(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            for on_hand, on_sale in ((5, True), (0, True), (6, True), (1, False)):
                await add_sku(at.sql, on_hand=on_hand, on_sale=on_sale)
            async with at.opened.database.transaction(SHOP) as transaction:
                assert await views.low_count(transaction, 100) == 2
                assert await views.low_count(transaction, 1) == 1

    run(story())


def sheet(*rows: tuple[Any, ...]) -> dict[str, Any]:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return {"file": ("count.csv", text.getvalue().encode("gb18030"), "text/csv")}


def test_a_counted_sheet_is_adjusted_and_wrong_rows_are_told(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            up, down, same, far = [await add_sku(at.sql, on_hand=50) for _ in range(4)]
            await at.sql.execute("UPDATE sku SET code = 'UP' WHERE id = $1", up)
            desk = await at.desk(Role.STAFF)
            await at.allow(desk.staff_id, stock_claim=5)
            files = sheet(
                ("货号", "sku_id", "实盘数量"),
                ("UP", "", 53),
                ("", down, 47),
                ("", same, 50),
                ("", far, 1),
                ("", uuid4(), 5),
                ("NONE", "", 5),
                ("", down, 40),
                ("UP", "", "三"),
                ("", same, ""),
            )
            answer = await desk.post("/desk/stock/count", by="page", files=files)
            assert answer.status_code == 200, answer.text
            levels = [(await level(at, one))[0] for one in (up, down, same, far)]
            assert levels == [53, 47, 50, 50], "the one beyond the limit waits"
            text = " ".join(answer.text.split())
            assert (
                "没有这个货号或规格" in text and "出现了两次" in text and "不小于 0 的整数" in text
            )
            reasons = await at.sql.fetch("SELECT quantity, reason FROM stock_movement ORDER BY id")
            assert [tuple(row) for row in reasons] == [(3, "盘点差异"), (-3, "盘点差异")]

    run(story())


def test_a_sheet_is_counted_in_a_spreadsheet_as_it_saves_by_itself(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            skus = [await add_sku(at.sql, on_hand=7, title=title) for title in ("=1+1", "蛋卷")]
            await at.sql.execute("UPDATE sku SET code = '00123' WHERE id = $1", skus[0])
            desk = await at.desk(Role.OWNER)
            given = (await desk.get("/desk/stock/sheet")).content.decode("utf-8-sig")
            assert "'=1+1" in given  # A spreadsheet would run it,
            assert "00123\t" in given  # and take the zeros away.
            book = openpyxl.Workbook()
            for row in csv.reader(io.StringIO(given)):
                book.active.append([*row[:-1], 9.0] if row[0] == str(skus[1]) else row)
            packed = io.BytesIO()
            book.save(packed)
            files = {"file": ("盘点.xlsx", packed.getvalue(), "application/octet-stream")}
            answer = await desk.post("/desk/stock/count", by="page", files=files)
            assert "alert-success" in answer.text, answer.text
            assert [(await level(at, one))[0] for one in skus] == [7, 9]
            broken = {"file": ("a.xlsx", b"PK\x03\x04broken", "application/octet-stream")}
            answer = await desk.post("/desk/stock/count", by="page", files=broken)
            assert "看不懂这个 XLSX" in answer.text
            english = await (await at.desk(Role.OWNER, language="en")).get("/desk/stock/sheet")
            assert b"sku_id,code,title,on_hand,counted" in english.content

    run(story())


def test_the_sheet_that_is_given_out_comes_back_without_a_change(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, on_hand=7, title="蛋卷")
            desk = await at.desk(Role.OWNER)
            given = (await desk.get("/desk/stock/sheet")).content.decode("utf-8-sig")
            (row,) = csv.DictReader(io.StringIO(given))
            assert (row["规格编号"], row["在库"], row["实盘数量"]) == (str(sku_id), "7", "")
            back = {"file": ("count.csv", given.replace(",7,", ",7,7"), "text/csv")}
            answer = await desk.post("/desk/stock/count", by="page", files=back)
            assert "alert-success" in answer.text
            assert await level(at, sku_id) == (7, 0)

    run(story())
