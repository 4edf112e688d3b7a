"""Freight templates at the desk, between their pages and the rows."""

from __future__ import annotations

import json
import re
from typing import Any

from shopping import add_sku, house, run

from frontline.web.session import Role


def template(**more: Any) -> dict[str, Any]:
    """Eight yuan everywhere, dearer in two provinces and a city, and not to Taiwan."""
    return {
        "name": "标准快递",
        "measure": "weight",
        "province": ["1:65", "1:54", "2:71"],
        "others": ["", "三沙市", ""],
        "sent": ["yes", "yes", "no"],
        "first": ["1000", "1000", "1"],
        "first_fee": ["8", "18.50", "0"],
        "more": ["1000", "500", "1"],
        "more_fee": ["3", "9", "0"],
        "free_from": ["99", "", ""],
        **more,
    }


def test_it_is_kept_as_typed_and_shown_again(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            saved = await desk.post("/desk/freight/save", **template())
            assert saved.json() == {"go": "/desk/freight"}, saved.text
            row = await at.sql.fetchrow(
                "SELECT id, measure, elsewhere, regions FROM freight_template"
            )
            usual = {
                "first": 1000, "first_fee": 800, "more": 1000, "more_fee": 300, "free_from": 9900
            }  # fmt: skip
            far = {
                "first": 1000,
                "first_fee": 1850,
                "more": 500,
                "more_fee": 900,
                "free_from": None,
            }
            assert row["measure"] == "weight"
            assert json.loads(row["elsewhere"]) == usual
            assert json.loads(row["regions"]) == {"54": far, "65": far, "4603": far, "71": None}
            page = (await desk.get("/desk/freight/show", id=row["id"])).text
            assert re.findall(r'name="first_fee" value="([^"]*)"', page) == ["8.00", "18.50", "0"]
            again = template(template_id=row["id"], name="改名")
            assert (await desk.post("/desk/freight/save", **again)).status_code == 200
            assert await at.sql.fetchval("SELECT name FROM freight_template") == "改名"
            assert "新疆维吾尔自治区" in (await desk.get("/desk/freight")).text

    run(story())


def test_what_is_wrong_is_told_by_its_row(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)

            async def told(**more: Any) -> str:
                answer = await desk.post("/desk/freight/save", **template(**more))
                assert answer.status_code == 422, answer.text
                (said,) = answer.json()["errors"].values()
                return str(said)

            assert "第 2 行" in await told(first_fee=["8", "很贵", "0"])
            assert "没有这个地区" in await told(others=["", "火星市", ""])
            assert "有多个同名地区" in await told(others=["", "朝阳区", ""])
            assert "出现了两次" in await told(others=["", "71", ""])
            assert "还没有选地区" in await told(province=["1:65"])
            await desk.post("/desk/freight/save", **template())
            assert "同名" in await told()

    run(story())


def test_rows_are_added_and_taken_out(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            more = await desk.post("/desk/freight/rows", by="htmx", **template(do="add"))
            assert re.findall(r'name="first_fee" value="([^"]*)"', more.text) == [
                "8", "18.50", "0", "8",
            ]  # fmt: skip
            fewer = await desk.post("/desk/freight/rows", by="htmx", **template(do="drop 1"))
            assert re.findall(r'name="first_fee" value="([^"]*)"', fewer.text) == ["8", "0"]
            assert re.findall(r'value="(\d:71)" checked', fewer.text) == ["1:71"]

    run(story())


def test_one_in_use_stays(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            await desk.post("/desk/freight/save", **template())
            id_ = await at.sql.fetchval("SELECT id FROM freight_template")
            await add_sku(at.sql, freight_id=id_)
            kept = await desk.post("/desk/freight/remove", template_id=id_)
            assert kept.status_code == 409
            await at.sql.execute("UPDATE product SET freight_id = NULL")
            assert (await desk.post("/desk/freight/remove", template_id=id_)).status_code == 200
            assert await at.sql.fetchval("SELECT count(*) FROM freight_template") == 0

    run(story())
