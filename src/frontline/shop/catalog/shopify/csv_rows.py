"""A CSV file taken apart into rows, and what can be wrong with its bytes, quotes and columns."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.shop.catalog.messages import TEXTS as REFUSED
from frontline.shop.catalog.messages import Refusal
from frontline.shop.catalog.shopify.columns import REQUIRED, canonical

FILE_BYTES_MAX = 64 * 1024 * 1024


class CsvFault(StrEnum):
    """What can be wrong with a file, besides what a product may not be."""

    FILE_TOO_LARGE = "file_too_large"
    NOT_TEXT = "not_text"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    COLUMNS_MISCOUNTED = "columns_miscounted"
    QUOTES_BROKEN = "quotes_broken"
    FIELD_TOO_LARGE = "field_too_large"
    FIRST_ROW_MISSING = "first_row_missing"
    FIRST_ROW_BAD = "first_row_bad"
    TITLE_DIFFERS = "title_differs"
    OPTION_NAMES_DIFFER = "option_names_differ"
    MONEY_MALFORMED = "money_malformed"
    MONEY_NEGATIVE = "money_negative"
    MONEY_TOO_FINE = "money_too_fine"
    NUMBER_MALFORMED = "number_malformed"
    NOT_TRUE_OR_FALSE = "not_true_or_false"
    STATUS_UNKNOWN = "status_unknown"


TEXTS: Texts = {
    CsvFault.FILE_TOO_LARGE: Text(
        "文件太大，请拆成几个不超过 64 MB 的文件", "The file is over 64 MB; split it", 413
    ),
    CsvFault.NOT_TEXT: Text(
        "无法识别文件编码，请另存为 UTF-8 编码的 CSV",
        "The encoding is neither UTF-8 nor GB18030; save it as CSV in UTF-8",
        400,
    ),
    CsvFault.COLUMN_MISSING: Text(
        "缺少必需的列，请使用 Shopify 商品 CSV 模板",
        "A column is missing; use Shopify's product CSV",
        400,
    ),
    CsvFault.COLUMN_TWICE: Text("列名重复或为空，请检查表头", "A column is there twice", 400),
    CsvFault.COLUMNS_MISCOUNTED: Text(
        "此行列数与表头不一致，请检查是否多了或少了逗号",
        "The row has more or fewer columns than the header",
        400,
    ),
    CsvFault.QUOTES_BROKEN: Text(
        "引号不成对，请检查此行的双引号", "A quote is open or out of place", 400
    ),
    CsvFault.FIELD_TOO_LARGE: Text("单元格内容太长", "A field is too large", 400),
    CsvFault.FIRST_ROW_MISSING: Text(
        "缺少商品的首行，每件商品的第一行必须有标题",
        "The first row of a product must have its title",
        400,
    ),
    CsvFault.FIRST_ROW_BAD: Text(
        "该商品的首行有误，请先修正首行", "The first row of this product is bad; mend that", 400
    ),
    CsvFault.TITLE_DIFFERS: Text(
        "同一个 Handle 出现了两个不同的标题，请为另一件商品换一个 Handle",
        "One handle has two titles; give the other product its own handle",
        400,
    ),
    CsvFault.OPTION_NAMES_DIFFER: Text(
        "规格名称与该商品首行不一致", "The option's name differs from the first row's", 400
    ),
    CsvFault.MONEY_MALFORMED: Text(
        "金额格式不正确，请填写如 199.00 的数字，不要加货币符号或千位逗号",
        "Not an amount; write it like 199.00, without currency or thousands separators",
        400,
    ),
    CsvFault.MONEY_NEGATIVE: Text("金额不能为负数", "An amount may not be negative", 400),
    CsvFault.MONEY_TOO_FINE: Text(
        "金额的小数位数超过了本店货币的最小单位", "Finer than the currency's smallest unit", 400
    ),
    CsvFault.NUMBER_MALFORMED: Text("请填写整数", "Not a whole number", 400),
    CsvFault.NOT_TRUE_OR_FALSE: Text("请填写 TRUE 或 FALSE", "Write TRUE or FALSE", 400),
    CsvFault.STATUS_UNKNOWN: Text(
        "状态应为 active、draft、archived 或 unlisted",
        "Status is one of active, draft, archived and unlisted",
        400,
    ),
}

Reason = CsvFault | Refusal


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    line: int  # Where the row begins; lines inside quotes count. 0: the file as a whole.
    column: str  # By its name in the header; empty: the row as a whole.
    reason: Reason
    detail: str | None = None

    @property
    def text(self) -> Text:
        return said(self.reason)


def said(reason: Reason) -> Text:
    return TEXTS[reason] if isinstance(reason, CsvFault) else REFUSED[reason]


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: dict[str, str]  # By column, stripped.


class Unreadable(Exception):
    """Nothing of the file can be used."""

    def __init__(self, bad: BadRow) -> None:
        super().__init__(bad)
        self.bad = bad


def rows(data: bytes) -> tuple[tuple[str, ...], list[Row], list[BadRow]]:
    """The columns, the rows that fit them, and those that do not. Raises Unreadable."""
    if len(data) > FILE_BYTES_MAX:
        raise Unreadable(BadRow(line=0, column="", reason=CsvFault.FILE_TOO_LARGE))
    lines = list(StringIO(decoded(data), newline=""))
    split = _split(lines, _delimiter(lines[0] if lines else ""))
    first = next(split, None)
    if isinstance(first, BadRow):
        raise Unreadable(first)
    header = _header(*(first or (1, [])))
    good: list[Row] = []
    bad: list[BadRow] = []
    for found in split:
        if isinstance(found, BadRow):
            bad.append(found)
            continue
        line, cells = found
        if len(cells) < len(header) or any(cells[len(header) :]):
            bad.append(BadRow(line=line, column="", reason=CsvFault.COLUMNS_MISCOUNTED))
        elif any(cells):
            good.append(Row(line, dict(zip(header, map(str.strip, cells), strict=False))))
    return header, good, bad


def decoded(data: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or GB18030 (which GBK and GB2312 are part of)."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Almost any bytes are GB18030, if without sense: a broken file in UTF-8 must not be.
        if data.startswith(codecs.BOM_UTF8) or _is_mostly_utf8(data):
            raise _not_text(data, error) from error
    return _strictly(data, "gb18030")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(data, error) from error


def _not_text(data: bytes, error: UnicodeDecodeError) -> Unreadable:
    line = data.count(b"\n", 0, error.start) + 1
    detail = f"byte {error.start} ({error.encoding})"
    return Unreadable(BadRow(line=line, column="", reason=CsvFault.NOT_TEXT, detail=detail))


def _is_mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    return sum(not character.isascii() for character in text) > 2 * broken


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _split(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]] | BadRow]:
    """Rows with the line they begin at. After a broken one, reading begins again a line below."""
    at = 0
    while at < len(lines):
        begun = at
        reader = csv.reader(
            (lines[place] for place in range(at, len(lines))), delimiter=delimiter, strict=True
        )
        try:
            for cells in reader:
                if cells:
                    yield begun + 1, cells
                begun = at + reader.line_num
        except csv.Error as error:
            large = "field limit" in str(error)
            reason = CsvFault.FIELD_TOO_LARGE if large else CsvFault.QUOTES_BROKEN
            yield BadRow(line=begun + 1, column="", reason=reason)
            at = begun + 1
        else:
            return


def _header(line: int, cells: list[str]) -> tuple[str, ...]:
    names = [canonical(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    for name in REQUIRED:
        if name not in names:
            raise Unreadable(BadRow(line=line, column=name, reason=CsvFault.COLUMN_MISSING))
    for place, name in enumerate(names):
        if not name or name in names[:place]:
            raise Unreadable(BadRow(line=line, column=name, reason=CsvFault.COLUMN_TWICE))
    return tuple(names)
