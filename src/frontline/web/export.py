"""Lists as files: CSV and XLSX, written page by page, so that their length costs no memory.

Text that a spreadsheet would take for a formula, or for a number that it would round (an order's
or a parcel's), is what it was in the list: text. XLSX has a type for it; CSV cannot say so: there a
formula gets an apostrophe before it, and such a number a tab behind it, as shops in China write it.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import xlsxwriter

from frontline.kernel.text import Words
from frontline.web.pages import DeskVisit, Download
from frontline.web.shell import WHOLE

PAGE_ROWS = 500
XLSX_ROWS_MAX = 1_000_000
"""A sheet holds few more; a CSV has no end."""
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also the wide ones, which Excel in Chinese takes for the narrow."""
_ROUNDED = re.compile(r"\d{12,}|0\d+|\d+[eE]\d+")
"""Digits that Excel shows as 1.23E+15, without the zeros before them, or takes for a power."""
_CHUNK_BYTES = 65_536
_CELL_CHARACTERS_MAX = 32_767
_WIDTHS = {"moment": 17, "day": 12, "money": 12, "count": 10, "rate": 10}

Cell = str | int | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written: `Listing` and how to go through it."""

    listing: Any
    visit: DeskVisit
    form: Any

    @property
    def heads(self) -> list[str]:
        language, currency = self.visit.language, self.visit.shop.currency
        units = {"money": f" ({currency})", "rate": " (%)"}
        return [one.label.in_(language) + units.get(one.kind, "") for one in self.listing.columns]

    async def pages(self) -> AsyncIterator[Sequence[list[Cell]]]:
        after = getattr(self.form, "after", None)
        while True:
            wish = msgspec.structs.replace(self.form, after=after, limit=PAGE_ROWS)
            found = await self.listing.find(self.visit, wish)
            yield [[self._cell(one, row) for one in self.listing.columns] for row in found.rows]
            if (after := found.next) is None:
                return

    def _cell(self, column: Any, row: Any) -> Cell:
        value, language = column.of(row), self.visit.language
        match column.kind:
            case _ if value is None:
                return None
            case "money" if self.visit.shop.currency not in WHOLE:
                return Decimal(value).scaleb(-2)
            case "rate":
                return Decimal(value).scaleb(-2)
            case "moment":
                local: datetime = value.astimezone(ZoneInfo(self.visit.shop.timezone))
                return local.replace(tzinfo=None)
            case "day" if isinstance(value, datetime):
                return self.visit.shop.day(value)
            case "state":
                known = (column.states or {}).get(value)
                return known.words.in_(language) if known else str(value)
            case "money" | "count" | "day":
                return value  # type: ignore[no-any-return]  # as its kind says
        return value.in_(language) if isinstance(value, Words) else str(value)


async def download(sheet: Sheet, kind: str) -> Download:
    """The whole list as a file: `kind` is csv or xlsx."""
    day = sheet.visit.shop.day(sheet.visit.opened.now())
    name = f"{sheet.listing.title.in_(sheet.visit.language)} {day}.{kind}"
    if kind == "csv":
        return Download(name, CSV, _csv(sheet))
    return Download(name, XLSX, _xlsx(sheet))


async def _csv(sheet: Sheet) -> AsyncIterator[bytes]:
    yield b"\xef\xbb\xbf"  # So that Excel knows it is UTF-8.
    yield _lines([sheet.heads])
    async for rows in sheet.pages():
        yield _lines([[_text(cell) for cell in row] for row in rows])


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return harmless(cell) if isinstance(cell, str) else str(cell)


def harmless(text: str) -> str:
    """Text for a cell of a CSV that a spreadsheet neither runs nor rounds."""
    if _ROUNDED.fullmatch(text):
        return f"{text}\t"
    return f"'{text}" if text.startswith(_FORMULA) else text


async def _xlsx(sheet: Sheet) -> AsyncIterator[bytes]:
    """Written to a file first: its end holds what its beginning must be known with."""
    with tempfile.TemporaryDirectory(prefix="frontline-export-") as folder:
        at = Path(folder) / "list.xlsx"
        book = xlsxwriter.Workbook(at, {"constant_memory": True, "tmpdir": folder})
        page = book.add_worksheet()
        formats = {
            "head": book.add_format({"bold": True}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
        }
        for number, (head, column) in enumerate(
            zip(sheet.heads, sheet.listing.columns, strict=True)
        ):
            page.set_column(number, number, _WIDTHS.get(column.kind, 22))
            page.write_string(0, number, head, formats["head"])
        page.freeze_panes(1, 0)
        count = 0
        async for rows in sheet.pages():
            fitting = rows[: XLSX_ROWS_MAX - count]
            await asyncio.to_thread(_write, page, count + 1, fitting, formats)
            count += len(fitting)
            if len(fitting) < len(rows):
                more = sheet.visit.t("其余请导出 CSV", "For the rest, export it as CSV")
                page.write_string(count + 1, 0, more)
                break
        await asyncio.to_thread(book.close)
        with at.open("rb") as file:
            while part := file.read(_CHUNK_BYTES):
                yield part


def _write(page: Any, first: int, rows: Sequence[Sequence[Cell]], formats: dict[str, Any]) -> None:
    for number, row in enumerate(rows, first):
        for place, cell in enumerate(row):
            match cell:
                case None:
                    continue
                case str():
                    page.write_string(number, place, cell[:_CELL_CHARACTERS_MAX])
                case datetime():
                    page.write_datetime(number, place, cell, formats["moment"])
                case date():
                    page.write_datetime(number, place, cell, formats["day"])
                case Decimal():
                    page.write_number(number, place, cell, formats["money"])
                case _:
                    page.write_number(number, place, cell)
