"""A sheet of counted stock: written for going round with, and read when it comes back."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from typing import NamedTuple
from uuid import UUID

from frontline.kernel.text import Words
from frontline.shop.stock.views import Counted
from frontline.web.export import harmless
from frontline.web.tables import Unreadable, said, table
from frontline.web.typed import Mistyped, whole

HEADS = (
    Words("规格编号", "sku_id"),
    Words("货号", "code"),
    Words("商品规格", "title"),
    Words("在库", "on_hand"),
    Words("实盘数量", "counted"),
)
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


def sheet(rows: Iterable[Counted], language: str) -> bytes:
    """With the mark that spreadsheets know UTF-8 by."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([head.in_(language) for head in HEADS])
    writer.writerows(
        (one.sku_id, harmless(one.code), harmless(one.title), one.on_hand, "") for one in rows
    )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def read(name: str, data: bytes) -> tuple[list[Line], list[Wrong]]:
    """What was counted; rows without a number were not counted and are passed over."""
    try:
        rows = table(name, data)
    except Unreadable as error:
        return [], [Wrong(0, "", error.said)]
    header = [_NAMES.get(said(cell).lower(), "") for cell in rows[0][1]] if rows else []
    if "counted" not in header or not {"sku_id", "code"} & set(header):
        return [], [Wrong(0, "", _COLUMNS)]
    lines: list[Line] = []
    wrong: list[Wrong] = []
    for number, cells in rows[1:]:
        row = {name: said(cell) for name, cell in zip(header, cells, strict=False) if name}
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


_COLUMNS = Words(
    "缺少列：需要“货号”或“规格编号”，以及“实盘数量”",
    "A column is missing: `sku_id` or `code`, and `counted`",
)
_NOT_A_NUMBER = Words("实盘数量应为不小于 0 的整数", "What was counted is a whole number from 0 on")
UNKNOWN = Words("没有这个货号或规格", "There is no such SKU")
TWICE = Words("有多个规格用这个货号，请填规格编号", "Several SKUs have this code; use `sku_id`")
REPEATED = Words("这个规格在文件里出现了两次", "This SKU is in the file twice")
