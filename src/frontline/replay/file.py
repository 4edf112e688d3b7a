"""Reading the UCI "Online Retail" file: one line of an invoice per row, as dirty as it came."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path

import msgspec

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "UnitPrice",
    "CustomerID",
    "Country",
)

# Services and corrections of the book-keeping. Everything else in the column is goods.
NON_PRODUCT_CODES = frozenset(
    {"POST", "DOT", "C2", "M", "D", "S", "B", "AMAZONFEE", "BANK CHARGES", "CRUK"}
)
VOUCHER_PREFIX = "GIFT_"  # Money for later, not goods.


class FileUnreadable(Exception):
    """It is not the file that this command reads; the message says why."""


class Skip(StrEnum):
    """Why a line is not replayed."""

    UNREADABLE = "unreadable"
    CORRECTION = "correction_invoice"  # Neither a sale nor a cancellation: "A..." invoices.
    NON_PRODUCT = "non_product_code"
    VOUCHER = "gift_voucher"
    ZERO_PRICE = "zero_price"
    NEGATIVE_PRICE = "negative_price"
    PART_OF_PENNY = "part_of_a_penny"
    WRONG_SIGN = "quantity_of_the_wrong_sign"
    NO_CUSTOMER = "cancelled_by_nobody_known"
    NO_MATCH = "cancelled_without_a_sale"
    PART_MATCH = "cancelled_more_than_was_bought"  # What was bought goes back; the rest cannot.


class Line(msgspec.Struct, frozen=True):
    """A line of the file whose numbers could be read."""

    row: int  # In the file, the heading being 1.
    invoice: str
    code: str
    description: str
    quantity: int
    price: Decimal  # In pounds, as written.
    customer: str  # "" where the file does not say.
    country: str

    @property
    def pence(self) -> int:
        return int(self.price * 100)

    @property
    def cancels(self) -> bool:
        return self.invoice.startswith("C")


def lines(path: Path, invoices_max: int | None = None) -> Iterator[Line | Skip]:
    """Each line of the first `invoices_max` invoices. Raises FileUnreadable."""
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            unzipped = gzip.GzipFile(fileobj=raw) if zipped else raw
            yield from _lines(io.TextIOWrapper(unzipped, "utf-8-sig", newline=""), invoices_max)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise FileUnreadable(f"{path.name}: {error}") from error


def _lines(text: io.TextIOWrapper, invoices_max: int | None) -> Iterator[Line | Skip]:
    reader = csv.DictReader(text)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise FileUnreadable(f"columns are missing: {', '.join(missing)}")
    invoices: set[str] = set()
    for row, record in enumerate(reader, 2):
        invoices.add(record["InvoiceNo"])
        if invoices_max is not None and len(invoices) > invoices_max:
            return
        yield _line(row, record)


def _line(row: int, record: dict[str, str]) -> Line | Skip:
    try:
        return Line(
            row,
            record["InvoiceNo"].strip(),
            record["StockCode"].strip(),
            record["Description"].strip(),
            int(record["Quantity"]),
            Decimal(record["UnitPrice"]),
            record["CustomerID"].strip().removesuffix(".0"),
            record["Country"].strip(),
        )
    except (ValueError, InvalidOperation, AttributeError):
        return Skip.UNREADABLE


_UNFIT: tuple[tuple[Skip, Callable[[Line], bool]], ...] = (
    (Skip.CORRECTION, lambda line: line.invoice[:1].isalpha() and not line.cancels),
    (Skip.NON_PRODUCT, lambda line: line.code.upper() in NON_PRODUCT_CODES),
    (Skip.VOUCHER, lambda line: line.code.upper().startswith(VOUCHER_PREFIX)),
    (Skip.ZERO_PRICE, lambda line: line.price == 0),
    (Skip.NEGATIVE_PRICE, lambda line: line.price < 0),
    (Skip.PART_OF_PENNY, lambda line: bool(line.price * 100 % 1)),
    (Skip.WRONG_SIGN, lambda line: line.quantity == 0 or (line.quantity < 0) != line.cancels),
    (Skip.NO_CUSTOMER, lambda line: line.cancels and not line.customer),
)
"""In this order: the first that holds is the reason."""


def unfit(line: Line) -> Skip | None:
    """Why a line cannot be replayed whatever else there is; None if it may be."""
    return next((skip for skip, holds in _UNFIT if holds(line)), None)
