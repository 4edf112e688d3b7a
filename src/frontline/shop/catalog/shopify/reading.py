"""The rows of Shopify's product CSV into drafts of products.

A product is one row or several of one handle. The first says what it is; each row may add a
variant, a picture or both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, TypeVar

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from frontline.kernel.words import Fen, ShopId
from frontline.shop.catalog.drafts import COUNT_MAX, PRICE_MAX, faults, is_picture_address
from frontline.shop.catalog.messages import (
    STATUS,
    Picture,
    ProductDraft,
    Refusal,
    VariantDraft,
    plain_options,
    product_id_of,
    sku_id_of,
)
from frontline.shop.catalog.shopify.columns import (
    BARCODE,
    BODY,
    CODE,
    COMPARE_AT,
    COST,
    GRAMS,
    HANDLE,
    IMAGE,
    IMAGE_ALT,
    IMAGE_POSITION,
    OF_FIELD,
    OPTION_NAMES,
    OPTION_VALUES,
    PRICE,
    PUBLISHED,
    QUANTITY,
    SHIPPING,
    TAGS,
    TITLE,
    TYPE,
    UNDERSTOOD,
    VARIANT_IMAGE,
    VENDOR,
    is_of_product,
    minor_digits,
)
from frontline.shop.catalog.shopify.csv_rows import BadRow, CsvFault, Reason, Row, rows

_AMOUNT = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?|\.[0-9]{1,20}")
_WHOLE = re.compile(r"(-?[0-9]{1,20})(\.0*)?")
_STATES = frozenset({"", "active", "draft", "archived", "unlisted"})
_OF_VARIANTS = (
    *OPTION_VALUES,
    *(CODE, GRAMS, QUANTITY, PRICE, COMPARE_AT, SHIPPING, BARCODE, VARIANT_IMAGE, COST),
)

ValueT = TypeVar("ValueT")


class Reading(NamedTuple):
    drafts: list[ProductDraft]
    bad_rows: list[BadRow]


def read(data: bytes, shop_id: ShopId, currency: str) -> Reading:
    """Drafts of all products that the good rows of a file make. Raises Unreadable."""
    header, good, bad = rows(data)
    reader = _Reader(shop_id, minor_digits(currency), header)
    by_handle: dict[str, list[Row]] = {}
    for row in good:
        if handle := row.cells[HANDLE]:
            by_handle.setdefault(handle, []).append(row)
        else:
            bad.append(BadRow(line=row.line, column=HANDLE, reason=Refusal.TEXT_MISSING))
    drafts = [
        draft
        for handle, of_one in by_handle.items()
        if (draft := reader.product(handle, of_one)) is not None
    ]
    return Reading(drafts, sorted([*bad, *reader.errors], key=lambda one: one.line))


class _Bad(Exception):
    def __init__(self, column: str, reason: Reason) -> None:
        super().__init__(column, reason)
        self.column = column
        self.reason = reason


@dataclass(slots=True)
class _Parts:
    """What the rows of one product said, each with the line it stands in."""

    variants: list[tuple[int, VariantDraft]]
    pictures: list[tuple[int, Picture]]  # By position.
    bad: bool = False


class _Reader:
    def __init__(self, shop_id: ShopId, digits: int, header: tuple[str, ...]) -> None:
        self.errors: list[BadRow] = []
        self._shop_id = shop_id
        self._digits = digits
        self._header = frozenset(header)
        others = [name for name in header if name not in UNDERSTOOD]
        self._of_product = [name for name in others if is_of_product(name)]
        self._of_variant = [name for name in others if not is_of_product(name)]

    def product(self, handle: str, of_one: Sequence[Row]) -> ProductDraft | None:
        """None if its first row is bad, or nothing good is left of it."""
        first = of_one[0]
        names = tuple(filter(None, (first.cells.get(name, "") for name in OPTION_NAMES)))
        try:
            draft = self._head(handle, first, names)
        except _Bad as bad:
            self._refuse(first, bad)
            self._orphan(of_one[1:])
            return None
        parts = self._parts(handle, of_one)
        return self._whole(draft, of_one, parts)

    def _head(self, handle: str, row: Row, names: tuple[str, ...]) -> ProductDraft:
        """All but variants and pictures."""
        cells = row.cells
        if not cells[TITLE]:
            raise _Bad(TITLE, CsvFault.FIRST_ROW_MISSING)
        return ProductDraft(
            id=product_id_of(self._shop_id, handle),
            handle=handle,
            title=cells[TITLE],
            option_names=names,
            variants=(),
            body_html=cells.get(BODY, UNSET),
            vendor=cells.get(VENDOR, UNSET),
            category_path=self._if(TYPE, lambda: _divided(cells[TYPE], ">")),
            tags=self._if(TAGS, lambda: tuple(dict.fromkeys(_divided(cells[TAGS], ",")))),
            on_sale=self._on_sale(row),
            extra={name: cells[name] for name in self._of_product} | _status(row),
        )

    def _parts(self, handle: str, of_one: Sequence[Row]) -> _Parts:
        parts = _Parts([], [])
        placed: list[tuple[int, int, Picture]] = []
        for row in of_one:
            try:
                _accord(row, of_one[0])
                picture = _picture(row)
                if row is of_one[0] or any(row.cells.get(name) for name in _OF_VARIANTS):
                    parts.variants.append((row.line, self._variant(handle, row)))
            except _Bad as bad:
                self._refuse(row, bad)
                parts.bad = True
            else:
                if picture is not None:
                    placed.append((picture[0], row.line, picture[1]))
        placed.sort(key=lambda one: one[0])
        parts.pictures = [(line, picture) for _, line, picture in placed]
        return parts

    def _whole(
        self, head: ProductDraft, of_one: Sequence[Row], parts: _Parts
    ) -> ProductDraft | None:
        """Rows that do not go with the others are left out, until the rest goes together."""
        while True:
            draft = plain_options(
                replace(
                    head,
                    variants=tuple(one for _, one in parts.variants),
                    pictures=self._if(IMAGE, lambda: _distinct(parts.pictures)),
                    complete=not parts.bad,
                ),
                self._shop_id,
            )
            found = list(faults(draft))
            if not found:
                return draft
            of_product = [fault for fault in found if fault.variant is None]
            if of_product:
                if not (parts.bad and of_product[0].refusal is Refusal.NO_VARIANTS):
                    self._refuse(of_one[0], _bad_of(*of_product[0][:2]))
                    self._orphan(of_one[1:])
                return None
            parts.bad = True
            worst = {fault.variant: fault for fault in reversed(found)}
            for place in sorted(worst, key=lambda place: -(place or 0)):
                line, _ = parts.variants.pop(place or 0)
                self._refuse(Row(line, {}), _bad_of(*worst[place][:2]))

    def _variant(self, handle: str, row: Row) -> VariantDraft:
        cells = row.cells
        if not cells[PRICE]:
            raise _Bad(PRICE, Refusal.TEXT_MISSING)
        values = tuple(filter(None, (cells.get(name, "") for name in OPTION_VALUES)))
        return VariantDraft(
            id=sku_id_of(self._shop_id, handle, values),
            option_values=values,
            price=self._money(row, PRICE) or Fen(0),
            code=cells.get(CODE, UNSET),
            compare_at=self._if(COMPARE_AT, lambda: self._money(row, COMPARE_AT)),
            cost=self._if(COST, lambda: self._money(row, COST)),
            weight_g=self._if(GRAMS, lambda: _grams(row)),
            barcode=cells.get(BARCODE, UNSET),
            needs_shipping=self._if(SHIPPING, lambda: _switch(row, SHIPPING)),
            picture_src=cells.get(VARIANT_IMAGE, UNSET),
            extra={name: cells[name] for name in self._of_variant},
            stock=max(0, _whole_number(row, QUANTITY) or 0),
        )

    def _on_sale(self, row: Row) -> bool | UnsetType:
        if not self._header & {PUBLISHED, STATUS}:
            return UNSET
        status = row.cells.get(STATUS, "").lower()
        if status not in _STATES:
            raise _Bad(STATUS, CsvFault.STATUS_UNKNOWN)
        return _switch(row, PUBLISHED) and status in ("", "active")

    def _money(self, row: Row, column: str) -> Fen | None:
        if not (said := row.cells[column]):
            return None
        if not _AMOUNT.fullmatch(said):
            negative = said.startswith("-") and _AMOUNT.fullmatch(said[1:])
            raise _Bad(column, CsvFault.MONEY_NEGATIVE if negative else CsvFault.MONEY_MALFORMED)
        whole, _, part = said.partition(".")
        if part[self._digits :].strip("0"):
            raise _Bad(column, CsvFault.MONEY_TOO_FINE)
        amount = Fen(int(f"0{whole}{part[: self._digits].ljust(self._digits, '0')}"))
        if amount > PRICE_MAX:
            raise _Bad(column, Refusal.NUMBER_OUT_OF_RANGE)
        return amount

    def _if(self, column: str, made: Callable[[], ValueT]) -> ValueT | UnsetType:
        """What a file has no column for stays as it is."""
        return made() if column in self._header else UNSET

    def _refuse(self, row: Row, bad: _Bad) -> None:
        self.errors.append(BadRow(line=row.line, column=bad.column, reason=bad.reason))

    def _orphan(self, others: Sequence[Row]) -> None:
        for row in others:
            self._refuse(row, _Bad(HANDLE, CsvFault.FIRST_ROW_BAD))


def _accord(row: Row, first: Row) -> None:
    """What the first row said may be said again, and not otherwise."""
    if row.cells[TITLE] not in ("", first.cells[TITLE]):
        raise _Bad(TITLE, CsvFault.TITLE_DIFFERS)
    for name in OPTION_NAMES:
        if row.cells.get(name, "") not in ("", first.cells.get(name, "")):
            raise _Bad(name, CsvFault.OPTION_NAMES_DIFFER)


def _bad_of(refusal: Refusal, field: str) -> _Bad:
    return _Bad(OF_FIELD.get(field, field), refusal)


def _divided(said: str, mark: str) -> tuple[str, ...]:
    return tuple(part for one in said.split(mark) if (part := one.strip()))


def _distinct(pictures: Iterable[tuple[int, Picture]]) -> tuple[Picture, ...]:
    """Files made by hand repeat the picture in every row."""
    by_src: dict[str, Picture] = {}
    for _, picture in pictures:
        by_src.setdefault(picture.src, picture)
    return tuple(by_src.values())


def _picture(row: Row) -> tuple[int, Picture] | None:
    if not (src := row.cells.get(IMAGE, "")):
        return None
    if not is_picture_address(src):
        raise _Bad(IMAGE, Refusal.PICTURE_ADDRESS)
    position = _whole_number(row, IMAGE_POSITION)
    return COUNT_MAX if position is None else position, Picture(src, row.cells.get(IMAGE_ALT, ""))


def _switch(row: Row, column: str) -> bool:
    """Yes, unless it says no."""
    said = row.cells.get(column, "").upper()
    if said not in ("", "TRUE", "FALSE"):
        raise _Bad(column, CsvFault.NOT_TRUE_OR_FALSE)
    return said != "FALSE"


def _status(row: Row) -> dict[str, str]:
    """Why it is off sale, if a status says so."""
    if STATUS not in row.cells:
        return {}
    status = row.cells[STATUS].lower()
    return {STATUS: "" if status == "active" else status}


def _whole_number(row: Row, column: str) -> int | None:
    if not (said := row.cells.get(column, "")):
        return None
    if not (found := _WHOLE.fullmatch(said)):
        raise _Bad(column, CsvFault.NUMBER_MALFORMED)
    number = int(found[1])
    if abs(number) > COUNT_MAX:
        raise _Bad(column, Refusal.NUMBER_OUT_OF_RANGE)
    return number


def _grams(row: Row) -> int:
    """Shopify writes pounds and ounces as parts of a gram; half a gram counts as one."""
    said = row.cells[GRAMS] or "0"
    if not _AMOUNT.fullmatch(said):
        raise _Bad(GRAMS, CsvFault.NUMBER_MALFORMED)
    return int(Decimal(said).to_integral_value(ROUND_HALF_UP))
