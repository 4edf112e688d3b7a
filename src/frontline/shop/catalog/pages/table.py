"""The table of a product's SKUs as it is typed: columns in, rows and drafts out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product as crossed
from typing import Any

import msgspec

from frontline.kernel.text import Words
from frontline.kernel.words import Fen, ShopId, SkuId
from frontline.shop.catalog.book import Product, Variant
from frontline.shop.catalog.messages import VariantDraft, sku_id_of
from frontline.web.edits import Edited
from frontline.web.typed import Mistyped, amount, at, whole, written

OPTIONS_MAX = 3
ROWS_MAX = 300
"""More than anybody types; more come in by file."""
_DIVIDERS = str.maketrans("，、；;|\n", ",,,,,,")


class Typed(Edited, frozen=True, kw_only=True):
    """The part of the form that says which SKUs there are, and of what product it was made."""

    option_name: tuple[str, ...] = ()
    option_values: tuple[str, ...] = ()  # Of one option, between commas.
    values: tuple[str, ...] = ()  # Of one SKU, as JSON.
    price: tuple[str, ...] = ()
    compare_at: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()
    weight_g: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    per_member_max: tuple[str, ...] = ()
    stock: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()  # SKUs to be taken out, by their `values`.


@dataclass(frozen=True, slots=True)
class Row:
    """A SKU as it stands in the form."""

    values: tuple[str, ...]
    price: str = ""
    compare_at: str = ""
    cost: str = ""
    weight_g: str = ""
    code: str = ""
    per_member_max: str = ""
    stock: str = ""  # To open with.
    struck: bool = False
    on_hand: int | None = None  # None: it is not there yet.
    sku_id: SkuId | None = None

    @property
    def key(self) -> str:
        return json.dumps(self.values, ensure_ascii=False)

    @property
    def name(self) -> str:
        return " ".join(self.values)


@dataclass(frozen=True, slots=True)
class Option:
    name: str = ""
    values: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    options: tuple[Option, ...]
    rows: tuple[Row, ...]
    crowded: bool = False  # There would be more than ROWS_MAX.

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.options if one.name)


def of_product(product: Product, on_hand: Mapping[SkuId, int], currency: str) -> Table:
    """As it is kept."""
    options = tuple(
        Option(
            name,
            ", ".join(dict.fromkeys(one.option_values[place] for one in product.live)),
        )
        for place, name in enumerate(product.option_names)
    )
    rows = tuple(_row(one, on_hand.get(one.id, 0), currency) for one in product.live)
    return Table(options, rows)


def _row(one: Variant, on_hand: int, currency: str) -> Row:
    return Row(
        one.option_values,
        price=written(one.price, currency),
        compare_at=written(one.compare_at, currency),
        cost=written(one.cost, currency),
        weight_g=str(one.weight_g or ""),
        code=one.code,
        per_member_max=str(one.per_member_max or ""),
        on_hand=on_hand,
        sku_id=one.id,
    )


def of_form(form: Typed, kept: Table) -> Table:
    """As it was typed, with what is known of the SKUs that are there already."""
    known = {row.values: row for row in kept.rows}
    options = tuple(
        Option(name.strip(), at(form.option_values, place))
        for place, name in enumerate(form.option_name[:OPTIONS_MAX])
        if name.strip()
    )
    rows = []
    for place, key in enumerate(form.values):  # A row that is left out is a SKU taken out.
        values = _values(key)
        there = known.get(values, Row(values))
        rows.append(
            replace(
                there,
                price=at(form.price, place),
                compare_at=at(form.compare_at, place),
                cost=at(form.cost, place),
                weight_g=at(form.weight_g, place),
                code=at(form.code, place),
                per_member_max=at(form.per_member_max, place),
                stock=at(form.stock, place),
                struck=key in form.struck,
            )
        )
    return Table(options, tuple(rows))


def _values(key: str) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(key, type=tuple[str, ...])
    except msgspec.DecodeError:
        return (key,)


def laid_out(table: Table) -> Table:
    """A row for every combination of the options; what was typed before is kept where it fits."""
    options = [one for one in table.options if one.name and divided(one.values)]
    names = tuple(Option(one.name, ", ".join(divided(one.values))) for one in options)
    known = {row.values: row for row in table.rows}
    first = table.rows[0] if table.rows else Row(())
    like = replace(first, code="", stock="", compare_at="", on_hand=None, sku_id=None, struck=False)
    wanted: list[Row] = []
    most = max(ROWS_MAX, len(table.rows))
    for values in crossed(*(divided(one.values) for one in options)):
        if len(wanted) >= most:
            return Table(names, tuple(wanted), crowded=True)
        wanted.append(known.get(values) or replace(like, values=values))
    return Table(names, tuple(wanted))


def divided(typed: str) -> tuple[str, ...]:
    """What stands between commas, once each."""
    parts = (one.strip() for one in typed.translate(_DIVIDERS).split(","))
    return tuple(dict.fromkeys(filter(None, parts)))


# -- Drafts -------------------------------------------------------------------------------

_NAMES = {
    "price": Words("售价", "price"),
    "compare_at": Words("划线价", "struck-through price"),
    "cost": Words("成本价", "cost"),
    "weight_g": Words("重量", "weight"),
    "per_member_max": Words("每人限购", "limit per customer"),
    "stock": Words("库存", "stock"),
}


class Wrong(Exception):
    """A cell that will not do."""

    def __init__(self, row: Row, field: str) -> None:
        super().__init__(row, field)
        name, told = _NAMES[field], row.name
        self.words = Words(
            f"{f'规格“{told}”的' if told else ''}{name.zh}填写有误，请填数字",
            f"{f'{told}: ' if told else ''}the {name.en} is not a number that will do",
        )


def drafts(
    rows: Sequence[Row], shop_id: ShopId, handle: str, currency: str
) -> tuple[VariantDraft, ...]:
    """Of the rows that are not struck; raises Wrong."""
    return tuple(_draft(row, shop_id, handle, currency) for row in rows if not row.struck)


def _draft(row: Row, shop_id: ShopId, handle: str, currency: str) -> VariantDraft:
    def money(field: str) -> int:
        return _cell(row, field, lambda typed: amount(typed, currency))

    def count(field: str) -> int:
        return _cell(row, field, whole)

    return VariantDraft(
        id=sku_id_of(shop_id, handle, row.values),
        option_values=row.values,
        price=Fen(money("price")),
        compare_at=Fen(money("compare_at")) if row.compare_at else None,
        cost=Fen(money("cost")) if row.cost else None,
        weight_g=count("weight_g") if row.weight_g else 0,
        code=row.code,
        per_member_max=count("per_member_max") if row.per_member_max else None,
        stock=count("stock") if row.stock else 0,
    )


def _cell(row: Row, field: str, read: Callable[[str], int]) -> int:
    typed: Any = getattr(row, field)
    try:
        return read(typed)
    except Mistyped as mistyped:
        raise Wrong(row, field) from mistyped
