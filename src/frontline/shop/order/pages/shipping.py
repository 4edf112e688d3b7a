"""What is to be sent: the list, and the papers to send it with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.shop.order.pages.orders import Asked, Limit, url_of, whole_address
from frontline.shop.order.views import desk, shipping
from frontline.shop.order.views.shipping import ToSend, Wish
from frontline.shop.order.words import short, until
from frontline.web.cursor import Cursor
from frontline.web.listing import Asks, Badge, Bulk, Column, Filter, Found, Kind, Listing
from frontline.web.pages import (
    Answer,
    DeskVisit,
    Download,
    Group,
    Invalid,
    Menu,
    View,
    action,
)

ORDERS_MAX = 500  # On one pick list, or in one file of labels.
LINES_SHOWN = 3

PDF = "application/pdf"


class Which(StrEnum):
    LATE = "late"
    PART = "part"


class Standing(StrEnum):
    ASKED_BACK = "asked_back"
    LATE = "late"
    PART = "part"
    WAITING = "waiting"


_STANDINGS: Mapping[str, Badge] = {
    Standing.ASKED_BACK: Badge(Words("申请退款中，先别发", "Money asked back: wait"), "red"),
    Standing.LATE: Badge(Words("超时未发", "Late"), "red"),
    Standing.PART: Badge(Words("还差几件", "Partly sent"), "orange"),
    Standing.WAITING: Badge(Words("待发货", "To be sent"), "blue"),
}


class ListForm(msgspec.Struct, frozen=True):
    which: Which | None = None
    product: Asked = ""
    after: Cursor | None = None
    limit: Limit = 20


class Row(msgspec.Struct, frozen=True):
    order: ToSend
    waiting: Words

    @property
    def id(self) -> UUID:
        return self.order.id

    @property
    def standing(self) -> Standing:
        if self.order.asked_back:
            return Standing.ASKED_BACK
        if self.order.late is not None:
            return Standing.LATE
        return Standing.PART if self.order.state == "part_shipped" else Standing.WAITING


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        sku_ids = None
        if words := form.product.strip():
            sku_ids = await desk.skus_of(transaction, words)
        rows, follows = await shipping.to_send(
            transaction,
            Wish(late=form.which is Which.LATE, part=form.which is Which.PART, sku_ids=sku_ids),
            now=visit.opened.now(),
            after=form.after,
            limit=form.limit,
        )
    now = visit.opened.now()
    return Found([Row(one, until(one.due_at, now)) for one in rows], follows)


def _goods(row: Row) -> str:
    lines = row.order.lines
    named = "，".join(f"{line.title} ×{line.units}" for line in lines[:LINES_SHOWN])
    return f"{named} …+{len(lines) - LINES_SHOWN}" if len(lines) > LINES_SHOWN else named


def _place(row: Row) -> str:
    address = row.order.address
    return f"{address.get('name', '')} {address.get('region', '')}".strip()


def _notes(row: Row) -> str:
    """What the buyer wrote, then what staff did."""
    return " / ".join(said for said in (row.order.note, *row.order.memos) if said)


async def _badge(visit: DeskVisit) -> int:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await shipping.waiting(transaction)


LIST = Listing(
    path="/desk/shipping",
    title=Words("发货", "Shipping"),
    marked=True,
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("订单编号", "Number"),
            of=lambda row: short(row.id),
            link=lambda row: url_of(row.id),
        ),
        Column(label=Words("待发商品", "To be sent"), of=_goods),
        Column(
            label=Words("件数", "Units"),
            of=lambda row: row.order.units,
            kind=Kind.COUNT,
            on_phone=False,
        ),
        Column(label=Words("发货时限", "Time"), of=lambda row: row.waiting),
        Column(
            label=Words("状态", "State"),
            of=lambda row: row.standing,
            kind=Kind.STATE,
            states=_STANDINGS,
        ),
        Column(label=Words("收货人", "Receiver"), of=_place, on_phone=False),
        Column(label=Words("留言和备注", "Note and memo"), of=_notes, on_phone=False),
        Column(
            label=Words("可发货时间", "Could be sent from"),
            of=lambda row: row.order.since,
            kind=Kind.MOMENT,
            on_phone=False,
        ),
        Column(
            label=Words("收货电话", "Receiver's phone"),
            of=lambda row: row.order.address.get("phone", ""),
            on_page=False,
        ),
        Column(
            label=Words("收货地址", "Address"),
            of=lambda row: whole_address(row.order.address),
            on_page=False,
        ),
        Column(
            label=Words("完整订单编号", "Whole number"), of=lambda row: row.id.hex, on_page=False
        ),
    ),
    filters=(
        Filter(
            name="which",
            label=Words("范围", "Which"),
            asks=Asks.CHOICE,
            choices=(
                (Which.LATE, Words("超过 48 小时", "Over 48 hours")),
                (Which.PART, Words("部分发货", "Partly sent")),
            ),
        ),
        Filter(name="product", label=Words("商品", "Product"), asks=Asks.WORDS),
    ),
    bulk=(
        Bulk(label=Words("拣货单", "Pick list"), path="/desk/shipping/picklist", opens=True),
        Bulk(label=Words("面单 PDF", "Labels PDF"), path="/desk/shipping/labels", opens=True),
    ),
    menu=Menu(
        group=Group.TRADE,
        label=Words("发货", "Shipping"),
        icon="truck-delivery",
        place=20,
        badge=_badge,
    ),
    empty=Words("没有要发的货，都发完了", "Nothing to send: all is on its way"),
    add=(Words("批量上传运单号", "Upload tracking numbers"), "/desk/shipping/tracking"),
    template="order/shipping.html",
)


# -- Papers -----------------------------------------------------------------------------


class ChosenForm(msgspec.Struct, frozen=True):
    id: UUID | None = None
    ids: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=ORDERS_MAX)] = ()


_NONE = Invalid(
    {"": Words("请先勾选还没发完的订单", "Choose orders of which there is something to send")}
)


Orders = Sequence[ToSend]


async def _chosen(visit: DeskVisit, form: ChosenForm) -> tuple[ToSend, ...]:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await shipping.chosen(transaction, form.ids, visit.opened.now())


async def _pick_list(visit: DeskVisit, form: ChosenForm) -> Answer:
    """What to take from the shelves, and which order it goes to; made to be printed."""
    orders = await _chosen(visit, form)
    if not orders:
        return _NONE
    picks = shipping.picks(orders)
    return View(
        "order/picklist.html",
        Words("拣货单", "Pick list"),
        {
            "orders": orders,
            "picks": picks,
            "units": sum(one.units for one in picks),
            "short": short,
            "at": visit.opened.now(),
        },
    )


async def _pick_list_pdf(visit: DeskVisit, form: ChosenForm) -> Answer:
    orders = await _chosen(visit, form)
    if not orders:
        return _NONE
    content = await asyncio.to_thread(_printed, visit, "pick_list", orders)
    return Download(visit.t("拣货单.pdf", "pick-list.pdf"), PDF, content)


async def _labels(visit: DeskVisit, form: ChosenForm) -> Answer:
    """One label an order, 100 x 150 mm."""
    orders = [one for one in await _chosen(visit, form) if one.address]
    if not orders:
        return _NONE
    content = await asyncio.to_thread(_printed, visit, "labels", orders)
    return Download(visit.t("面单.pdf", "labels.pdf"), PDF, content)


def _printed(visit: DeskVisit, which: Literal["labels", "pick_list"], orders: Orders) -> bytes:
    # What draws takes half a second to load: no start of the shop should wait for it.
    from frontline.shop.order.pages import papers  # noqa: PLC0415

    sheet = papers.Sheet(visit.shop, visit.language, visit.opened.now())
    return papers.labels(sheet, orders) if which == "labels" else papers.pick_list(sheet, orders)


PAGES = (
    action("/desk/shipping/picklist", ChosenForm, _pick_list),
    action("/desk/shipping/picklist/pdf", ChosenForm, _pick_list_pdf),
    action("/desk/shipping/labels", ChosenForm, _labels),
)
