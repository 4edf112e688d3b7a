"""Stock at the desk: what runs short, what came and went, counting."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec

from frontline.kernel.authority import Held
from frontline.kernel.ids import following
from frontline.kernel.text import Words
from frontline.kernel.words import SkuId
from frontline.shop.catalog.views import lists
from frontline.shop.catalog.views.lists import Wish
from frontline.shop.stock import counting, views
from frontline.shop.stock.counting import REPEATED, TWICE, UNKNOWN, Line, Wrong
from frontline.shop.stock.messages import TEXTS, AdjustStock, Refusal, StockAdjusted
from frontline.shop.stock.views import Counted, LevelView
from frontline.web import tables
from frontline.web.listing import Asks, Badge, Column, Filter, Found, Kind, Listing, pages_of
from frontline.web.pages import (
    About,
    Answer,
    DeskVisit,
    Done,
    Download,
    Group,
    Invalid,
    Menu,
    Nothing,
    Page,
    Upload,
    View,
    action,
    page,
)

CHANGE_MAX = 10**6
AT_ONCE = 200  # Commands on their way together.
PRODUCTS_FOUND_MAX = 50  # By words.
FREE_MAX = 2**31 - 1
BADGE_MAX = 100
MOVEMENTS = 30  # On one page.
WRONG_SHOWN_MAX = 500

REASONS = (
    Words("到货入库", "Goods came in"),
    Words("盘点差异", "Counted"),
    Words("破损报废", "Damaged"),
    Words("样品领用", "Used as sample"),
    Words("退货入库", "Came back"),
)
"""Offered; anything else may be written."""

# -- What runs short ------------------------------------------------------------------------


class Row(NamedTuple):
    id: UUID
    level: LevelView

    @property
    def state(self) -> str:
        if self.level.free <= 0:
            return "out"
        return "low" if self.level.free <= views.LOW else "fine"


class ListForm(msgspec.Struct, frozen=True):
    q: Annotated[str, msgspec.Meta(max_length=100)] = ""
    product: UUID | None = None
    free: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None
    on_sale: bool | None = None
    after: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,9}_[0-9a-f]{32}$")] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    free, _, id_ = (form.after or "").partition("_")
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        product_ids = None if form.product is None else [form.product]
        if form.q:
            wish = Wish(q=form.q, on_sale=None, limit=PRODUCTS_FOUND_MAX)
            product_ids = [one.id for one in (await lists.found_in(transaction, wish)).items]
        items, more = await views.lowest(
            transaction,
            product_ids=product_ids,
            on_sale=form.on_sale,
            free_max=FREE_MAX if form.free is None else form.free,
            after=(int(free), UUID(id_)) if form.after else None,
            limit=form.limit,
        )
    next_ = None if more is None else f"{more[0]}_{more[1].hex}"
    return Found([Row(one.sku_id, one) for one in items], next_)


async def _low(visit: DeskVisit) -> int:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.low_count(transaction, BADGE_MAX)


LIST = Listing(
    path="/desk/stock",
    title=Words("库存", "Stock"),
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("商品规格", "SKU"),
            of=lambda row: row.level.title,
            link=lambda row: f"/desk/stock/show?id={row.id}",
        ),
        Column(label=Words("货号", "Code"), of=lambda row: row.level.code, on_phone=False),
        Column(
            label=Words("状态", "State"),
            of=lambda row: row.state,
            kind=Kind.STATE,
            states={
                "out": Badge(Words("售罄", "None left"), "red"),
                "low": Badge(Words("紧缺", "Few left"), "orange"),
                "fine": Badge(Words("充足", "Enough"), "green"),
            },
        ),
        Column(label=Words("可售（件）", "Free"), of=lambda row: row.level.free, kind=Kind.COUNT),
        Column(
            label=Words("在库（件）", "On hand"), of=lambda row: row.level.on_hand, kind=Kind.COUNT
        ),
        Column(
            label=Words("订单占用（件）", "Held"),
            of=lambda row: row.level.reserved,
            kind=Kind.COUNT,
            on_phone=False,
        ),
        Column(
            label=Words("已售（件）", "Sold"),
            of=lambda row: row.level.sold,
            kind=Kind.COUNT,
            on_phone=False,
        ),
    ),
    filters=(
        Filter(name="q", label=Words("商品名称或货号", "Title or code"), asks=Asks.WORDS),
        Filter(
            name="free",
            label=Words("可售数量", "Free"),
            asks=Asks.CHOICE,
            choices=(
                ("0", Words("已售罄", "None left")),
                (str(views.LOW), Words(f"不超过 {views.LOW} 件", f"{views.LOW} or fewer")),
                ("20", Words("不超过 20 件", "20 or fewer")),
            ),
        ),
        Filter(
            name="on_sale",
            label=Words("商品状态", "Product"),
            asks=Asks.CHOICE,
            choices=(
                ("true", Words("在售", "On sale")),
                ("false", Words("已下架", "Off sale")),
            ),
        ),
    ),
    menu=Menu(
        group=Group.GOODS, label=Words("库存", "Stock"), icon="packages", place=30, badge=_low
    ),
    empty=Words("没有符合条件的商品规格。", "No SKU is like this."),
    template="stock/levels.html",
    marked=True,
)

# -- One SKU ----------------------------------------------------------------------------------


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID
    after: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    """How much there is of a SKU, and every change of it."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        level = await views.level(transaction, form.id)
        if level is None:
            return None
        moved, after = await views.moved(transaction, form.id, form.after, MOVEMENTS)
    return View(
        "stock/level.html",
        Words(level.title, level.title),
        {
            "level": level,
            "moved": moved,
            "after": after,
            "later": form.after is not None,
            "reasons": [one.in_(visit.language) for one in REASONS],
        },
        about=About(ids=(form.id,)),
    )


class AdjustForm(msgspec.Struct, frozen=True):
    id: UUID
    sku_id: UUID
    change: Annotated[int, msgspec.Meta(ge=-CHANGE_MAX, le=CHANGE_MAX)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


async def _adjust(visit: DeskVisit, form: AdjustForm) -> Answer:
    """Add to what is on hand, or take away: beyond one's authority that waits."""
    if form.change == 0:
        return Invalid({"change": Words("请填写增加或减少的数量", "Say how many more, or fewer")})
    outcome = await _submitted(visit, form.id, SkuId(form.sku_id), form.change, form.reason)
    match outcome:
        case StockAdjusted(on_hand, free):
            said = Words(
                f"库存已调整：在库 {on_hand} 件，可售 {free} 件",
                f"Adjusted: {on_hand} on hand, {free} free",
            )
            return Done(said, go=f"/desk/stock/show?id={form.sku_id}")
        case _:
            return outcome


async def _submitted(
    visit: DeskVisit, id_: UUID, sku_id: SkuId, change: int, reason: str
) -> Answer:
    wish = AdjustStock(
        id=id_,
        sku_id=sku_id,
        change=change,
        reason=reason,
        staff_id=visit.known.staff_id,
    )
    return await visit.opened.engine.submit(visit.shop_id, wish)


# -- Counting -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """What became of a sheet, in SKUs."""

    adjusted: int = 0
    same: int = 0
    held: int = 0  # Wait as proposals.


_COUNT = Words("批量盘点", "Count stock")


async def _count(_visit: DeskVisit, _form: Nothing) -> Answer:
    """Where a counted sheet is handed in."""
    return View("stock/count.html", _COUNT, {"tally": None, "wrong": [], "wrong_count": 0})


async def _sheet(visit: DeskVisit, _form: Nothing) -> Answer:
    """A sheet of all SKUs to go round with."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows = await views.to_count(transaction, tables.ROWS_MAX)
    name = f"{visit.t('盘点表', 'stock')}-{visit.shop.day(visit.opened.now()):%Y%m%d}.csv"
    return Download(name, "text/csv; charset=utf-8", counting.sheet(rows, visit.language))


class CountForm(msgspec.Struct, frozen=True):
    id: UUID
    file: Upload


async def _counted(visit: DeskVisit, form: CountForm) -> Answer:
    """Every SKU of the sheet is adjusted to what was counted; those that cannot be are told."""
    lines, wrong = await asyncio.to_thread(counting.read, form.file.name, form.file.content)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        known = await views.counted(
            transaction,
            [one.sku_id for one in lines if one.sku_id is not None],
            [one.code for one in lines if one.sku_id is None],
        )
    matched, unmatched = _matched(lines, known)
    wrong += unmatched
    changed = [(line, there) for line, there in matched if line.counted != there.on_hand]
    tally = Tally(same=len(matched) - len(changed))
    for (line, there), outcome in zip(changed, await _adjusted(visit, form, changed), strict=True):
        match outcome:
            case StockAdjusted():
                tally.adjusted += 1
            case Held():
                tally.held += 1
            case _:
                text = TEXTS.get(getattr(outcome, "refusal", None) or Refusal.SKU_UNKNOWN)
                why = UNKNOWN if text is None else Words(text.zh, text.en)
                wrong.append(Wrong(line.line, there.title, why))
    return View(
        "stock/count.html",
        _COUNT,
        {"tally": tally, "wrong": wrong[:WRONG_SHOWN_MAX], "wrong_count": len(wrong)},
    )


async def _adjusted(
    visit: DeskVisit, form: CountForm, changed: Sequence[tuple[Line, Counted]]
) -> list[object]:
    """What became of each; many on their way together, of which the engine makes batches."""
    outcomes: list[object] = []
    for begin in range(0, len(changed), AT_ONCE):
        outcomes += await asyncio.gather(
            *(
                _submitted(
                    visit,
                    following(form.id, f"count {there.sku_id}"),
                    there.sku_id,
                    line.counted - there.on_hand,
                    REASONS[1].zh,
                )
                for line, there in changed[begin : begin + AT_ONCE]
            )
        )
    return outcomes


def _matched(
    lines: Sequence[Line], known: Sequence[Counted]
) -> tuple[list[tuple[Line, Counted]], list[Wrong]]:
    """Each line with the one SKU it speaks of."""
    by_id = {one.sku_id: one for one in known}
    by_code: dict[str, list[Counted]] = {}
    for one in known:
        by_code.setdefault(one.code, []).append(one)
    found: dict[SkuId, tuple[Line, Counted]] = {}
    wrong: list[Wrong] = []
    for line in lines:
        if line.sku_id is not None:
            meant = [by_id[SkuId(line.sku_id)]] if line.sku_id in by_id else []
        else:
            meant = by_code.get(line.code, [])
        if len(meant) != 1:
            wrong.append(Wrong(line.line, line.code, TWICE if meant else UNKNOWN))
        elif meant[0].sku_id in found:
            wrong.append(Wrong(line.line, meant[0].title, REPEATED))
        else:
            found[meant[0].sku_id] = line, meant[0]
    return list(found.values()), wrong


PAGES: tuple[Page, ...] = (
    *pages_of(LIST),
    page("/desk/stock/show", ShowForm, _show),
    action("/desk/stock/adjust", AdjustForm, _adjust),
    page("/desk/stock/count", Nothing, _count),
    page("/desk/stock/sheet", Nothing, _sheet),
    action("/desk/stock/count", CountForm, _counted),
)
