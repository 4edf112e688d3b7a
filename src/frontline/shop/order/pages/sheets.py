"""Tracking numbers as merchants keep them: rows out of a CSV or XLSX, and a template to fill in."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any

import msgspec

from frontline.kernel.text import Words
from frontline.shop.order.words import tracking_of

ROWS_MAX = 5_000
COLUMNS_MAX = 50
UNPACKED_BYTES_MAX = 64 * 2**20  # Of an XLSX, which is packed.
EXACT_DIGITS = 15  # A spreadsheet keeps no more of what it takes for a number.

HEADS = (
    Words("订单编号", "Order number"),
    Words("快递公司", "Carrier"),
    Words("运单号", "Tracking number"),
)
ALSO = (  # What other systems call them.
    {"订单号", "商户订单号", "订单"},
    {"快递", "物流公司", "承运商", "快递名称"},
    {"快递单号", "物流单号", "快递运单号", "tracking"},
)
NOTES = (Words("收货人", "Receiver"), Words("待发商品", "To be sent"))
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Unreadable(Exception):
    """Nothing can be made of this file; says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.said = Words(zh, en)


class TrackingRow(msgspec.Struct, frozen=True):
    """One row of a file, as it was written there."""

    number: int  # In the file, as a spreadsheet counts: the heading is 1.
    order: str
    carrier: str
    tracking: str
    rounded: bool = False  # The spreadsheet has spoilt one of the numbers.


def read(name: str, content: bytes) -> list[TrackingRow]:
    """The rows that have anything in them. Raises Unreadable."""
    packed = content.startswith(b"PK")
    if not packed and name.lower().endswith((".xls", ".xlsx")):
        raise Unreadable(
            "这个文件不是 XLSX。请在 Excel 里另存为“Excel 工作簿（.xlsx）”再上传",
            "This is not an XLSX file. Save it as an Excel workbook (.xlsx), then upload it",
        )
    rows = _of_xlsx(content) if packed else _of_csv(content)
    first, columns = _heads(rows)
    found: list[TrackingRow] = []
    for number, row in rows[first:]:
        cells = [row[at] if at < len(row) else "" for at in columns]
        order, carrier, tracking = (_said(cell) for cell in cells)
        if not (carrier or tracking):
            continue  # A row of the template that was not filled in: it is not sent.
        rounded = _rounded(cells[0]) or _rounded(cells[2])
        found.append(TrackingRow(number, order, carrier, tracking_of(tracking), rounded))
    if not found:
        raise Unreadable(
            "文件里没有可用的行，请用模板填写后再上传", "No rows in it; fill in the template first"
        )
    return found


Rows = list[tuple[int, list[Any]]]


def _heads(rows: Rows) -> tuple[int, list[int]]:
    """Where the rows begin, and which columns are wanted; headings may stand in any order."""
    for place, (_, row) in enumerate(rows[:5]):
        heads = [_said(cell).lower() for cell in row]
        columns = [
            next(
                (at for at, head in enumerate(heads) if head in {of.zh, of.en.lower(), *also}), None
            )
            for of, also in zip(HEADS, ALSO, strict=True)
        ]
        wanted = [at for at in columns if at is not None]
        if len(wanted) == len(HEADS):
            return place + 1, wanted
    raise Unreadable(
        "没有找到表头。第一行要有：订单编号、快递公司、运单号",
        "No headings found. The first row must hold: Order number, Carrier, Tracking number",
    )


def _of_csv(content: bytes) -> Rows:
    try:
        text = content.decode("utf-8-sig")
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
    kept = [(number, row) for number, row in rows if any(_said(cell) for cell in row)]
    if len(kept) > ROWS_MAX + 1:
        raise Unreadable(
            f"一次最多 {ROWS_MAX} 行，请分成几个文件上传", f"At most {ROWS_MAX} rows; split it"
        )
    return kept


def _said(cell: Any) -> str:
    """As it would be read; whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    # A leading apostrophe is how people make a spreadsheet keep its hands off.
    return " ".join(str(cell).split()).lstrip("'\u2018").strip()


def _rounded(cell: Any) -> bool:
    """A number of more digits than are kept; in a CSV it reads 7.89012E+14."""
    if isinstance(cell, int | float):
        return len(str(int(cell))) > EXACT_DIGITS
    said = _said(cell).upper()
    mantissa, e, power = said.partition("E+")
    return bool(e) and mantissa.replace(".", "").isdigit() and power.isdigit()


# -- Templates --------------------------------------------------------------------------


class ToFill(msgspec.Struct, frozen=True):
    order: str
    receiver: str
    goods: str


def _columns(language: str) -> list[str]:
    return [of.in_(language) for of in (*HEADS, *NOTES)]


def _lines(rows: Sequence[ToFill]) -> Iterator[list[str]]:
    for one in rows:
        yield [one.order, "", "", one.receiver, one.goods]


def template_csv(rows: Sequence[ToFill], language: str) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(_columns(language))
    writer.writerows([_harmless(cell) for cell in row] for row in _lines(rows))
    return out.getvalue().encode("utf-8-sig")  # Excel takes it for GBK without the mark.


def template_xlsx(rows: Sequence[ToFill], language: str) -> bytes:
    """All cells are text, so that a long number stays what it is."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load; no start should wait
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(HEADS[2].in_(language))
    for letter, width in zip("ABCDE", (36, 14, 24, 14, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    for row in ([*_columns(language)], *_lines(rows)):
        cells = [WriteOnlyCell(sheet, _harmless(cell)) for cell in row]
        for cell in cells:
            cell.number_format = "@"
        sheet.append(cells)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet would run what begins so."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
