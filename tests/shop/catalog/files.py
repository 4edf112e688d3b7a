"""CSV files for tests."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from frontline.kernel.words import ShopId
from frontline.shop.catalog import shopify
from frontline.shop.catalog.shopify import Reading

SHOP = ShopId(1)

COLUMNS = (
    "Handle", "Title", "Body (HTML)", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Option2 Name", "Option2 Value", "Variant SKU", "Variant Grams", "Variant Inventory Qty",
    "Variant Price", "Variant Compare At Price", "Image Src", "Image Position", "Status",
)  # fmt: skip


def row(handle: str = "quilt", **cells: Any) -> dict[str, Any]:
    """`price="1.00"`, `option1_value="红"`: a column by its name in small letters."""
    named = {name.lower().replace(" ", "_").replace("(html)", "html"): name for name in COLUMNS}
    short = {"price": "Variant Price", "body": "Body (HTML)", "qty": "Variant Inventory Qty"}
    return {"Handle": handle} | {
        short.get(key) or named[key]: value for key, value in cells.items()
    }


def first(handle: str = "quilt", **cells: Any) -> dict[str, Any]:
    return row(handle, **{"title": "羽绒被", "price": "199.00", **cells})


def text(*rows: dict[str, Any], columns: tuple[str, ...] = COLUMNS) -> str:
    output = StringIO(newline="")
    writer = csv.DictWriter(output, columns)
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue()


def read(*rows: dict[str, Any], currency: str = "CNY") -> Reading:
    return shopify.read(text(*rows).encode(), SHOP, currency)


def told(reading: Reading) -> list[tuple[int, str, str]]:
    return [(bad.line, bad.column, str(bad.reason)) for bad in reading.bad_rows]
