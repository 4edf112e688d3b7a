"""The worked example of the README."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import frontline
from shopping import SHOP, House, house, run

from frontline.shop.catalog import shopify
from frontline.shop.catalog.importing import Put, put_products
from frontline.shop.catalog.messages import sku_id_of

README = Path(frontline.__file__).parent / "shop" / "catalog" / "README.md"


def example() -> str:
    said = README.read_text("utf-8").partition("## Worked example")[2]
    lines = [line for line in said.splitlines() if line.startswith("    ")]
    return dedent("\n".join(lines)) + "\n"


def test_worked_example(database: str) -> None:
    async def put(shop: House, data: str) -> tuple[Put, list[tuple[int, str, str]]]:
        reading = shopify.read(data.encode(), SHOP, "CNY")
        told = [(bad.line, bad.column, str(bad.reason)) for bad in reading.bad_rows]
        return await put_products(shop.engine, SHOP, reading.drafts), told

    async def levels(shop: House) -> dict[str, int]:
        names = {sku_id_of(SHOP, "quilt", (name,)): name for name in "白灰蓝"}
        rows = await shop.sql.fetch("SELECT sku_id, on_hand FROM stock")
        return {names[row["sku_id"]]: row["on_hand"] for row in rows}

    async def story() -> None:
        async with house(database) as shop:
            assert await put(shop, example()) == (
                Put(1, 2, 0),
                [(3, "Variant Price", "money_malformed")],
            )
            prices = await shop.sql.fetch("SELECT price FROM sku ORDER BY position")
            assert [row["price"] for row in prices] == [199900, 179900]
            for query, near in (("羽绒", False), ("q-3", False), ("羽绒杯", True)):
                found = (await shop.get("/api/products/search", q=query)).json()
                assert [one["handle"] for one in found["items"]] == ["quilt"]
                assert found["near"] is near
            assert await levels(shop) == {"白": 12, "蓝": 2}
            await shop.sql.execute("UPDATE stock SET on_hand = on_hand - 1, sold = 1")
            mended = example().replace('"1,899"', "1899")
            assert await put(shop, mended) == (Put(1, 2, 0), [])  # 灰 is new, 蓝 stands after it.
            assert await levels(shop) == {"白": 11, "灰": 3, "蓝": 1}
            assert await put(shop, mended) == (Put(0, 0, 1), [])

    run(story())
