"""Tracking numbers as merchants keep them: rows out of a CSV or XLSX, and a template to fill in."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO

import msgspec

from frontline.kernel.text import Words
from frontline.shop.order.words import tracking_of
from frontline.web.tables import Rows, Unreadable, said, table
from frontline.web.tables import rounded as spoilt

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


class TrackingRow(msgspec.Struct, frozen=True):
    """One row of a file, as it was written there."""

    number: int  # In the file, as a spreadsheet counts: the heading is 1.
    order: str
    carrier: str
    tracking: str
    rounded: bool = False  # The spreadsheet has spoilt one of the numbers.


def read(name: str, content: bytes) -> list[TrackingRow]:
    """The rows that have anything in them. Raises Unreadable."""
    rows = table(name, content)
    first, columns = _heads(rows)
    found: list[TrackingRow] = []
    for number, row in rows[first:]:
        cells = [row[at] if at < len(row) else "" for at in columns]
        order, carrier, tracking = (said(cell) for cell in cells)
        if not (carrier or tracking):
            continue  # A row of the template that was not filled in: it is not sent.
        rounded = spoilt(cells[0]) or spoilt(cells[2])
        found.append(TrackingRow(number, order, carrier, tracking_of(tracking), rounded))
    if not found:
        raise Unreadable(
            "文件里没有可用的行，请用模板填写后再上传", "No rows in it; fill in the template first"
        )
    return found


def _heads(rows: Rows) -> tuple[int, list[int]]:
    """Where the rows begin, and which columns are wanted; headings may stand in any order."""
    for place, (_, row) in enumerate(rows[:5]):
        heads = [said(cell).lower() for cell in row]
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
