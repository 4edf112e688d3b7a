"""What a campaign offers, as it is typed: columns in, rows, items and the worst case out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from frontline.games.groupbuy.terms import ITEMS_MAX, ItemTerms
from frontline.games.groupbuy.views.items import ShownItem
from frontline.kernel.text import Words
from frontline.kernel.words import Fen, SkuId
from frontline.shop.catalog.views.desk import FoundSku
from frontline.web.edits import Edited
from frontline.web.typed import Mistyped, amount, at, whole, written

PRICE_MAX = 10**10
QUOTA_MAX = 10_000_000


class Typed(Edited, frozen=True, kw_only=True):
    sku_id: tuple[UUID, ...] = ()
    price: tuple[str, ...] = ()
    leader_price: tuple[str, ...] = ()
    quota: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A SKU as it stands in the form."""

    sku_id: SkuId
    name: str
    catalog_price: Fen
    free: int | None  # None: not looked up.
    price: str = ""
    leader_price: str = ""
    quota: str = ""


class Wrong(Exception):
    """A cell that will not do."""

    def __init__(self, row: Row, zh: str, en: str) -> None:
        super().__init__(row, en)
        self.words = Words(f"“{row.name}”的{zh}填写有误", f"{row.name}: the {en} will not do")


def of_form(form: Typed, known: Mapping[SkuId, FoundSku]) -> list[Row]:
    """Rows of SKUs that are there, each once."""
    rows: dict[SkuId, Row] = {}
    for place, id_ in enumerate(form.sku_id[:ITEMS_MAX]):
        sku_id = SkuId(id_)
        if sku_id in known and sku_id not in rows:
            rows[sku_id] = new(
                known[sku_id],
                at(form.price, place),
                at(form.leader_price, place),
                at(form.quota, place),
            )
    return list(rows.values())


def new(sku: FoundSku, price: str = "", leader_price: str = "", quota: str = "") -> Row:
    return Row(sku.id, sku.name, sku.price, sku.free, price, leader_price, quota)


def of_items(items: Sequence[ShownItem], currency: str) -> list[Row]:
    """As they are kept."""
    return [
        Row(
            one.sku_id,
            " · ".join(filter(None, [one.title, " ".join(one.option_values)])),
            one.catalog_price,
            None,
            written(one.price, currency),
            written(one.leader_price, currency),
            str(one.quota),
        )
        for one in items
    ]


def terms_of(rows: Sequence[Row], currency: str) -> tuple[ItemTerms, ...]:
    """Raises Wrong."""
    return tuple(_terms(row, currency) for row in rows)


def _terms(row: Row, currency: str) -> ItemTerms:
    price = _money(row, row.price, "拼团价", "price", currency)
    leader = None
    if row.leader_price:
        leader = _money(row, row.leader_price, "团长价", "leader's price", currency)
    try:
        quota = whole(row.quota)
    except Mistyped as mistyped:
        raise Wrong(row, "名额", "quota") from mistyped
    if not 1 <= quota <= QUOTA_MAX:
        raise Wrong(row, "名额", "quota")
    return ItemTerms(sku_id=row.sku_id, price=price, leader_price=leader, quota=quota)


def _money(row: Row, typed: str, zh: str, en: str, currency: str) -> Fen:
    try:
        minor = amount(typed, currency)
    except Mistyped as mistyped:
        raise Wrong(row, zh, en) from mistyped
    if not 1 <= minor <= PRICE_MAX:
        raise Wrong(row, zh, en)
    return Fen(minor)


def worst_case(rows: Sequence[Row], currency: str) -> Fen | None:
    """What it may cost at most: every unit at the lowest price. None: not all is typed yet."""
    try:
        terms = terms_of(rows, currency)
    except Wrong:
        return None
    return Fen(
        sum(
            one.quota * max(row.catalog_price - min(one.price, one.leader_price or one.price), 0)
            for row, one in zip(rows, terms, strict=True)
        )
    )
