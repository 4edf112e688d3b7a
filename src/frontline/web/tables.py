"""Tables out of files, as people hand them in: CSV of any spreadsheet, or XLSX."""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterable
from io import BytesIO, StringIO
from typing import Any

from frontline.kernel.text import Words

ROWS_MAX = 5_000
COLUMNS_MAX = 50
UNPACKED_BYTES_MAX = 64 * 2**20  # Of an XLSX, which is packed.
EXACT_DIGITS = 15  # A spreadsheet keeps no more of what it takes for a number.

Rows = list[tuple[int, list[Any]]]
"""Rows that have anything in them, by their number as a spreadsheet counts: from 1."""


class Unreadable(Exception):
    """Nothing can be made of this file; says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.said = Words(zh, en)


def table(name: str, content: bytes) -> Rows:
    """The rows of the first sheet. Raises Unreadable."""
    packed = content.startswith(b"PK")
    if not packed and name.lower().endswith((".xls", ".xlsx")):
        raise Unreadable(
            "这个文件不是 XLSX。请在 Excel 里另存为“Excel 工作簿（.xlsx）”再上传",
            "This is not an XLSX file. Save it as an Excel workbook (.xlsx), then upload it",
        )
    return _of_xlsx(content) if packed else _of_csv(content)


def _of_csv(content: bytes) -> Rows:
    try:
        wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")  # As Excel writes it in China.
        except UnicodeDecodeError as error:
            raise Unreadable(
                "看不懂这个文件，请上传 CSV 或 XLSX", "Cannot be read; upload a CSV or an XLSX"
            ) from error
    lines = text.splitlines()
    head = lines[0] if lines else ""
    delimiter = max(",\t;", key=head.count)  # The first of them, if there is none.
    try:
        rows = list(csv.reader(StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable("CSV 格式不正确", "This CSV is broken") from error
    return _few(enumerate(rows, 1))


def _of_xlsx(content: bytes) -> Rows:
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to load; no start should wait

    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        if unpacked > UNPACKED_BYTES_MAX:
            raise Unreadable("文件太大，请分成几个上传", "Too large; upload it in parts")
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # Some programs write them down wrongly.
        rows = sheet.iter_rows(values_only=True, max_row=ROWS_MAX + 2, max_col=COLUMNS_MAX)
        return _few(enumerate(([*row] for row in rows), 1))
    except Unreadable:
        raise
    except Exception as error:  # Whatever openpyxl stumbles over in a stranger's file.
        raise Unreadable(
            "看不懂这个 XLSX，请用模板重新填写", "This XLSX cannot be read; use the template"
        ) from error


def _few(rows: Iterable[tuple[int, list[Any]]]) -> Rows:
    kept = [(number, row) for number, row in rows if any(said(cell) for cell in row)]
    if len(kept) > ROWS_MAX + 1:
        raise Unreadable(
            f"一次最多 {ROWS_MAX} 行，请分成几个文件上传", f"At most {ROWS_MAX} rows; split it"
        )
    return kept


def said(cell: Any) -> str:
    """As it would be read; whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    # A leading apostrophe is how people make a spreadsheet keep its hands off.
    return " ".join(str(cell).split()).lstrip("'\u2018").strip()


def rounded(cell: Any) -> bool:
    """A number of more digits than are kept; in a CSV it reads 7.89012E+14."""
    if isinstance(cell, int | float):
        return len(str(int(cell))) > EXACT_DIGITS
    mantissa, e, power = said(cell).upper().partition("E+")
    return bool(e) and mantissa.replace(".", "").isdigit() and power.isdigit()
