"""A sheet of counted stock: written for going round with, and read when it comes back."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from typing import NamedTuple
from uuid import UUID

from frontline.kernel.text import Words
from frontline.shop.catalog.shopify.csv_rows import Unreadable, decoded
from frontline.shop.stock.views import Counted
from frontline.web.typed import Mistyped, whole

ROWS_MAX = 5_000
HEADER = ("sku_id", "code", "title", "on_hand", "counted")
_COUNTED_MAX = 10**9
_NAMES = {
    "sku_id": "sku_id",
    "sku": "sku_id",
    "规格编号": "sku_id",
    "code": "code",
    "货号": "code",
    "counted": "counted",
    "实盘数量": "counted",
    "实盘": "counted",
}


class Line(NamedTuple):
    """A row of the sheet: how many of which SKU were found."""

    line: int
    sku_id: UUID | None  # Else by the merchant's own number.
    code: str
    counted: int


class Wrong(NamedTuple):
    line: int  # 0: the file as a whole.
    about: str
    why: Words


def sheet(rows: Iterable[Counted]) -> bytes:
    """With the mark that spreadsheets know UTF-8 by."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows((one.sku_id, one.code, one.title, one.on_hand, "") for one in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def read(data: bytes) -> tuple[list[Line], list[Wrong]]:
    """What was counted; rows without a number were not counted and are passed over."""
    try:
        rows = list(csv.reader(StringIO(decoded(data), newline="")))
    except (Unreadable, csv.Error):
        return [], [Wrong(0, "", _UNREADABLE)]
    header = [_NAMES.get(cell.strip().lower(), "") for cell in rows[0]] if rows else []
    if "counted" not in header or not {"sku_id", "code"} & set(header):
        return [], [Wrong(0, "", _COLUMNS)]
    if len(rows) > ROWS_MAX:
        return [], [Wrong(0, "", _TOO_MANY)]
    lines: list[Line] = []
    wrong: list[Wrong] = []
    for number, cells in enumerate(rows[1:], 2):
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        if not row.get("counted"):
            continue
        found = _line(number, row)
        if isinstance(found, Line):
            lines.append(found)
        else:
            wrong.append(found)
    return lines, wrong


def _line(number: int, row: dict[str, str]) -> Line | Wrong:
    about = row.get("code") or row.get("sku_id") or ""
    try:
        many = whole(row["counted"])
    except Mistyped:
        return Wrong(number, about, _NOT_A_NUMBER)
    if not 0 <= many <= _COUNTED_MAX:
        return Wrong(number, about, _NOT_A_NUMBER)
    try:
        sku_id = UUID(row["sku_id"]) if row.get("sku_id") else None
    except ValueError:
        return Wrong(number, about, UNKNOWN)
    if sku_id is None and not row.get("code"):
        return Wrong(number, about, UNKNOWN)
    return Line(number, sku_id, row.get("code", ""), many)


_UNREADABLE = Words("无法识别文件，请另存为 UTF-8 编码的 CSV", "Not a CSV; save it as CSV in UTF-8")
_COLUMNS = Words(
    "缺少列：需要“货号”或 sku_id，以及“实盘数量”（counted）",
    "A column is missing: `sku_id` or `code`, and `counted`",
)
_TOO_MANY = Words("一次最多盘点 5000 行，请拆分文件", "At most 5,000 rows at once; split the file")
_NOT_A_NUMBER = Words("实盘数量应为不小于 0 的整数", "What was counted is a whole number from 0 on")
UNKNOWN = Words("没有这个货号或规格", "There is no such SKU")
TWICE = Words("有多个规格用这个货号，请改用 sku_id", "Several SKUs have this code; use `sku_id`")
REPEATED = Words("这个规格在文件里出现了两次", "This SKU is in the file twice")
