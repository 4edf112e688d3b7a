"""Freight templates at the desk: what carriage costs, and where nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.kernel.words import Fen
from frontline.shop.freight import clash, views
from frontline.shop.freight.messages import (
    TEXTS,
    FreightPut,
    FreightRemoved,
    Measure,
    PutFreight,
    Rate,
    Refused,
    RemoveFreight,
)
from frontline.shop.region.book import NAMES, known
from frontline.web.edits import Edited
from frontline.web.pages import (
    Answer,
    DeskVisit,
    Done,
    Group,
    Invalid,
    Menu,
    Nothing,
    Page,
    View,
    action,
    page,
)
from frontline.web.typed import Mistyped, amount, at, whole, written

ROWS_MAX = 60
UNITS_MAX = 10_000_000
FEE_MAX = 10_000_000
REGIONS_MAX = 400

PROVINCES = tuple((code[:2], name) for code, name in NAMES.items() if code.endswith("0000"))


def _named() -> Mapping[str, Sequence[str]]:
    """Regions by their names; districts of one name are in several cities."""
    found: dict[str, list[str]] = {}
    for code, name in NAMES.items():
        short = code.removesuffix("00").removesuffix("00") if code.endswith("00") else code
        if known(short):
            found.setdefault(name, []).append(short)
    return found


_BY_NAME = _named()


def name_of(code: str) -> str:
    """Of a province, city or district by its 2, 4 or 6 digits."""
    return NAMES[code.ljust(6, "0")]


# -- What is typed ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A rate as it is typed, and the regions it is for; the first is for all others."""

    provinces: frozenset[str] = frozenset()
    others: str = ""  # Cities and districts, by name or code, between commas.
    sent: bool = True
    first: str = "1"
    first_fee: str = "0"
    more: str = "1"
    more_fee: str = "0"
    free_from: str = ""

    @property
    def about(self) -> str:
        names = [name_of(code) for code in sorted(self.provinces)]
        return "、".join([*names, *filter(None, [self.others])])


def _row(rate: Rate | None, codes: Sequence[str], currency: str) -> Row:
    provinces = frozenset(code for code in codes if len(code) == 2)  # noqa: PLR2004 - digits
    others = ", ".join(
        name_of(code) if len(_BY_NAME[name_of(code)]) == 1 else code
        for code in codes
        if code not in provinces
    )
    if rate is None:
        return Row(provinces, others, sent=False)
    return Row(
        provinces,
        others,
        first=str(rate.first),
        first_fee=written(rate.first_fee, currency),
        more=str(rate.more),
        more_fee=written(rate.more_fee, currency),
        free_from=written(rate.free_from, currency),
    )


def _rows(listed: views.Listed, currency: str) -> list[Row]:
    """Regions of the same rate stand in one row."""
    by_rate: dict[Rate | None, list[str]] = {}
    for code, rate in listed.regions.items():
        by_rate.setdefault(rate, []).append(code)
    return [
        _row(listed.elsewhere, (), currency),
        *(_row(rate, codes, currency) for rate, codes in by_rate.items()),
    ]


class Typed(Edited, frozen=True, kw_only=True):
    province: tuple[str, ...] = ()  # `2:44`: the third row is for Guangdong.
    others: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()  # `yes` or `no`.
    first: tuple[str, ...] = ()
    first_fee: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    more_fee: tuple[str, ...] = ()
    free_from: tuple[str, ...] = ()


def _typed(form: Typed) -> list[Row]:
    provinces: dict[int, set[str]] = {}
    for one in form.province:
        place, _, code = one.partition(":")
        if place.isdigit() and known(code):
            provinces.setdefault(int(place), set()).add(code)
    return [
        Row(
            frozenset(provinces.get(place, ())),
            at(form.others, place),
            at(form.sent, place) != "no",
            at(form.first, place),
            at(form.first_fee, place),
            at(form.more, place),
            at(form.more_fee, place),
            at(form.free_from, place),
        )
        for place in range(min(len(form.first), ROWS_MAX))
    ]


class _Wrong(Exception):
    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def _rate(row: Row, number: int, currency: str) -> Rate | None:
    """Raises _Wrong."""
    if not row.sent:
        return None
    try:
        first, more = whole(row.first), whole(row.more)
        fees = [amount(row.first_fee, currency), amount(row.more_fee, currency)]
        free_from = amount(row.free_from, currency) if row.free_from else None
    except Mistyped as mistyped:
        said = Words(f"第 {number} 行运费填写有误，请填数字", f"Row {number}: not a number")
        raise _Wrong(said) from mistyped
    if max(first, more) > UNITS_MAX or max(fees) > FEE_MAX:
        raise _Wrong(Words(f"第 {number} 行的数字太大", f"Row {number}: too large a number"))
    return Rate(
        first, Fen(fees[0]), more, Fen(fees[1]), None if free_from is None else Fen(free_from)
    )


def _codes(row: Row, number: int) -> list[str]:
    """Raises _Wrong for a region that nobody knows, or that there are several of."""
    codes = sorted(row.provinces)
    for one in filter(None, (part.strip() for part in _split(row.others))):
        found = [one] if known(one) else _BY_NAME.get(one, ())
        if one.isdigit() and not found:
            plain = one.removesuffix("00").removesuffix("00")
            found = [plain] if known(plain) else ()
        if len(found) != 1:
            zh = "有多个同名地区，请填代码" if found else "没有这个地区"
            en = "there are several; give the code" if found else "no such region"
            raise _Wrong(Words(f"第 {number} 行“{one}”：{zh}", f"Row {number}, {one}: {en}"))
        codes += found
    if not codes:
        raise _Wrong(Words(f"第 {number} 行还没有选地区", f"Row {number} is for no region"))
    return codes


def _split(typed: str) -> list[str]:
    return typed.translate(str.maketrans("，、；;", ",,,,")).split(",")


@dataclass(slots=True)
class _Wanted:
    elsewhere: Rate | None
    regions: dict[str, Rate | None] = field(default_factory=dict)


def _wanted(rows: Sequence[Row], currency: str) -> _Wanted:
    """Raises _Wrong."""
    if not rows:
        raise _Wrong(Words("请填写运费", "Say what carriage costs"))
    wanted = _Wanted(_rate(rows[0], 1, currency))
    for number, row in enumerate(rows[1:], 2):
        rate = _rate(row, number, currency)
        for code in _codes(row, number):
            if code in wanted.regions:
                name = name_of(code)
                said = Words(f"“{name}”出现了两次", f"{name} is there twice")
                raise _Wrong(said)
            wanted.regions[code] = rate
    if len(wanted.regions) > REGIONS_MAX:
        raise _Wrong(Words("地区太多，请按省填写", "Too many regions; name provinces"))
    return wanted


# -- Pages ------------------------------------------------------------------------------------


class ListForm(msgspec.Struct, frozen=True):
    before: UUID | None = None


async def _list(visit: DeskVisit, form: ListForm) -> Answer:
    """Templates, and how many products go under each."""
    found = await views.templates(visit.opened.database, visit.shop_id, form.before)
    currency = visit.shop.currency
    listed = [(one, _rows(one, currency)) for one in found.templates]
    return View(
        "freight/list.html",
        Words("运费模板", "Freight"),
        {"listed": listed, "next_before": found.next_before},
    )


async def _new(visit: DeskVisit, _form: Nothing) -> Answer:
    return _view(visit, Words("新建运费模板", "New freight template"), None, [Row()])


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    """A template to be changed: for the orders to come."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await views.template(transaction, form.id)
    if found is None:
        return None
    return _view(visit, Words(found.name, found.name), found, _rows(found, visit.shop.currency))


def _view(_visit: DeskVisit, title: Words, listed: Any, rows: Sequence[Row]) -> View:
    return View(
        "freight/edit.html",
        title,
        {"template": listed, "rows": rows, "provinces": PROVINCES},
    )


class RowsForm(Typed, frozen=True, kw_only=True):
    do: str = "add"  # Or `drop 2`.


async def _arrange(_visit: DeskVisit, form: RowsForm) -> Answer:
    """The rows with one more, or one fewer."""
    rows = _typed(form)
    verb, _, place = form.do.partition(" ")
    if verb == "add" and len(rows) < ROWS_MAX:
        like = rows[0] if rows else Row()
        rows.append(
            Row(first=like.first, first_fee=like.first_fee, more=like.more, more_fee=like.more_fee)
        )
    elif verb == "drop" and place.isdigit() and 0 < int(place) < len(rows):
        del rows[int(place)]
    values = {"rows": rows, "provinces": PROVINCES}
    return View("freight/rows.html", Words("运费", "Carriage"), values, bare=True)


class SaveForm(Typed, frozen=True, kw_only=True):
    id: UUID
    template_id: UUID | None = None
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    measure: Measure = Measure.PIECE


async def _save(visit: DeskVisit, form: SaveForm) -> Answer:
    try:
        wanted = _wanted(_typed(form), visit.shop.currency)
    except _Wrong as wrong:
        return Invalid({"rows": wrong.words})
    wish = PutFreight(
        id=form.id,
        template_id=form.template_id,
        name=form.name,
        measure=form.measure,
        elsewhere=wanted.elsewhere,
        regions=wanted.regions,
        staff_id=visit.known.staff_id,
        seen=form.basis,
    )
    outcome = await clash.put(visit, form, wish)
    match outcome:
        case FreightPut():
            return Done(Words("运费模板已保存", "The template is saved"), go="/desk/freight")
        case Refused(refusal):
            text = TEXTS[refusal]
            where = "name" if refusal == "freight_name_taken" else "rows"
            return Invalid({where: Words(text.zh, text.en)})
        case _:
            return outcome


class RemoveForm(msgspec.Struct, frozen=True):
    id: UUID
    template_id: UUID


async def _remove(visit: DeskVisit, form: RemoveForm) -> Answer:
    wish = RemoveFreight(id=form.id, template_id=form.template_id)
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    match outcome:
        case FreightRemoved():
            return Done(Words("运费模板已删除", "The template is removed"), go="/desk/freight")
        case _:
            return outcome


PAGES: tuple[Page, ...] = (
    page(
        "/desk/freight",
        ListForm,
        _list,
        menu=Menu(group=Group.GOODS, label=Words("运费模板", "Freight"), icon="truck", place=40),
    ),
    page("/desk/freight/new", Nothing, _new),
    page("/desk/freight/show", ShowForm, _show),
    action("/desk/freight/rows", RowsForm, _arrange),
    action("/desk/freight/save", SaveForm, _save),
    action("/desk/freight/remove", RemoveForm, _remove),
)
