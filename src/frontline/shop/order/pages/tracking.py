"""Tracking numbers in bulk: a file of rows, each looked at for itself.

A row sends all that is left of its order. The parcel's id is made of the order and the tracking
number, so the same row does nothing twice, whoever uploads it and however often.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.ids import named
from frontline.kernel.text import Words
from frontline.kernel.words import OrderId, StaffId
from frontline.shop.order.messages import TEXTS, Moved, Refused, ShipOrder
from frontline.shop.order.pages import sheets
from frontline.shop.order.pages.sheets import ToFill, TrackingRow
from frontline.shop.order.states import State
from frontline.shop.order.views import shipping
from frontline.shop.order.views.shipping import Standing, Use, Wish
from frontline.shop.order.words import (
    CARRIERS,
    NO_TRACKING,
    NOWHERE,
    SHORT_DIGITS,
    STATES,
    is_tracking,
    meant,
    short,
)
from frontline.store.database import Transaction
from frontline.web import tables
from frontline.web.pages import (
    Answer,
    DeskVisit,
    Done,
    Download,
    Invalid,
    Nothing,
    Upload,
    View,
    action,
    page,
)

AT_ONCE = 200  # Commands on their way together; the engine makes batches of them.
TEMPLATE_ROWS_MAX = 1_000
SHOWN_MAX = 200  # Of rows that were sent; wrong ones are all told.
TEXT_MAX = 64


class Became(StrEnum):
    SENT = "sent"
    BEFORE = "before"  # It had been sent with this number already.
    WRONG = "wrong"


class Result(msgspec.Struct, frozen=True):
    row: TrackingRow
    became: Became
    order_id: UUID | None = None
    why: Words | None = None  # Of what is wrong.


async def _page(visit: DeskVisit, _form: Nothing) -> Answer:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        waiting = await shipping.waiting(transaction)
    return View(
        "order/tracking.html",
        Words("批量上传运单号", "Upload tracking numbers"),
        {
            "waiting": waiting,
            "counted_max": shipping.WAITING_MAX,
            "rows_max": tables.ROWS_MAX,
            "template_rows_max": TEMPLATE_ROWS_MAX,
            "carriers": CARRIERS,
        },
    )


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class TemplateForm(msgspec.Struct, frozen=True):
    format: Format = Format.XLSX


async def _template(visit: DeskVisit, form: TemplateForm) -> Answer:
    """A row for each order that waits, the oldest first: only two columns to fill in."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        waiting, _ = await shipping.to_send(
            transaction, Wish(), now=visit.opened.now(), after=None, limit=TEMPLATE_ROWS_MAX
        )
    rows = [
        ToFill(
            one.id.hex,
            one.address.get("name", ""),
            "，".join(f"{line.title} ×{line.units}" for line in one.lines),
        )
        for one in waiting
        if not one.asked_back
    ]
    name = visit.t("运单号模板", "tracking-numbers")
    if form.format is Format.CSV:
        content = await asyncio.to_thread(sheets.template_csv, rows, visit.language)
        return Download(f"{name}.csv", sheets.CSV, content)
    content = await asyncio.to_thread(sheets.template_xlsx, rows, visit.language)
    return Download(f"{name}.xlsx", sheets.XLSX, content)


class UploadForm(msgspec.Struct, frozen=True):
    id: UUID
    file: Upload | None = None


async def _upload(visit: DeskVisit, form: UploadForm) -> Answer:
    if form.file is None or not form.file.content:
        return Invalid({"file": Words("请选择要上传的文件", "Choose a file")})
    try:
        rows = await asyncio.to_thread(sheets.read, form.file.name, form.file.content)
    except tables.Unreadable as error:
        return Invalid({"file": error.said})
    results = await _send(visit, rows)
    told = {became: [one for one in results if one.became is became] for became in Became}
    sent, before, wrong = (len(told[became]) for became in Became)
    view = View(
        "order/tracking_done.html",
        Words("上传结果", "What became of it"),
        {
            "name": form.file.name,
            "all": results,
            "sent": told[Became.SENT],
            "before": told[Became.BEFORE],
            "wrong": told[Became.WRONG],
            "shown_max": SHOWN_MAX,
        },
        bare=True,
    )
    return Done(
        Words(
            f"已发货 {sent} 单，之前已发 {before} 单，{wrong} 行没有处理",
            f"{sent} sent, {before} sent before, {wrong} rows not done",
        ),
        view=view,
    )


async def _send(visit: DeskVisit, rows: Sequence[TrackingRow]) -> list[Result]:
    """What became of each row, in their order."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        order_ids = await _order_ids(transaction, rows)
        known = await shipping.standing(
            transaction, {one for ids in order_ids.values() for one in ids}
        )
        uses = await shipping.used(transaction, {row.tracking for row in rows if row.tracking})
    results: dict[TrackingRow, Result] = {}
    to_send: list[tuple[TrackingRow, UUID]] = []
    taken: dict[UUID, TrackingRow] = {}  # By which row an order is sent.
    for row in rows:
        found = _looked_at(row, order_ids.get(row.order, ()), known, taken, uses)
        if isinstance(found, Result):
            results[row] = found
            continue
        taken[found] = row
        uses.setdefault(row.tracking, []).append(Use(found, known[found].ship_to))
        to_send.append((row, found))
    for begin in range(0, len(to_send), AT_ONCE):
        some = to_send[begin : begin + AT_ONCE]
        for one in await asyncio.gather(*(_ship(visit, row, id_) for row, id_ in some)):
            results[one.row] = one
    return [results[row] for row in rows]


async def _order_ids(
    transaction: Transaction, rows: Sequence[TrackingRow]
) -> dict[str, Sequence[UUID]]:
    """The orders that a number may mean, by number: whole, or as long as lists show it."""
    found: dict[str, Sequence[UUID]] = {}
    begun: dict[str, tuple[UUID, UUID]] = {}
    for number in {row.order for row in rows}:
        lowest, highest = meant(number)
        if lowest == highest:
            found[number] = (lowest,)
        elif len(number) >= SHORT_DIGITS and (lowest, highest) != NOWHERE:
            begun[number] = lowest, highest
    return {**found, **await shipping.begun(transaction, begun)}


def _looked_at(
    row: TrackingRow,
    order_ids: Sequence[UUID],
    known: dict[UUID, Standing],
    taken: dict[UUID, TrackingRow],
    uses: Mapping[str, Sequence[Use]],
) -> Result | UUID:
    """What is to be said of it, or the order that can be sent."""
    order_id = next(iter(order_ids), None)
    if (why := _mistyped(row)) is not None:
        return Result(row, Became.WRONG, order_id, why)
    if len(order_ids) > 1:
        return Result(
            row,
            Became.WRONG,
            None,
            Words(
                "有几个订单都是这个开头，请填完整的订单编号",
                "Several orders begin so; give the whole number",
            ),
        )
    standing = None if order_id is None else known.get(order_id)
    if order_id is None or standing is None:
        return Result(
            row,
            Became.WRONG,
            None,
            Words("没有这个订单，请核对订单编号", "There is no such order; check its number"),
        )
    earlier = taken.get(order_id)
    if row.tracking in standing.parcels.values() or (
        earlier is not None and earlier.tracking == row.tracking
    ):
        return Result(row, Became.BEFORE, order_id)
    if earlier is not None:
        return Result(
            row,
            Became.WRONG,
            order_id,
            Words(
                f"和第 {earlier.number} 行是同一个订单，已按那一行发货",
                f"The same order as row {earlier.number}, which has sent it",
            ),
        )
    if standing.state not in {State.TO_SHIP, State.PART_SHIPPED}:
        state = STATES[standing.state].words
        return Result(
            row,
            Became.WRONG,
            order_id,
            Words(f"订单{state.zh}，不能发货", f"The order is not to be sent: {state.en.lower()}"),
        )
    for use in uses.get(row.tracking, ()):
        if use.ship_to != standing.ship_to:  # Orders of one receiver may share a parcel.
            other = short(use.order_id)
            return Result(
                row,
                Became.WRONG,
                order_id,
                Words(
                    f"这个运单号已用于订单 {other}，收货人不同，请核对",
                    f"Order {other}, which goes to somebody else, has this number; check it",
                ),
            )
    return order_id


def _mistyped(row: TrackingRow) -> Words | None:
    if not row.order:
        return Words("缺少订单编号", "The order number is missing")
    if not row.tracking:
        return Words("缺少运单号", "The tracking number is missing")
    if not row.carrier:
        return Words("缺少快递公司", "The carrier is missing")
    if row.rounded:
        return Words(
            "编号被表格软件改成了科学计数，请把该列设为“文本”再重填",
            "The spreadsheet has rounded the number: make the column text and type it anew",
        )
    if max(len(row.tracking), len(row.carrier)) > TEXT_MAX:
        return Words(f"快递公司和运单号最多 {TEXT_MAX} 个字", f"At most {TEXT_MAX} characters each")
    if not row.carrier.isprintable():
        return Words("含有无法识别的字符，请重新填写", "It holds characters that cannot be read")
    return None if is_tracking(row.tracking) else NO_TRACKING


async def _ship(visit: DeskVisit, row: TrackingRow, order_id: UUID) -> Result:
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        ShipOrder(
            id=named(f"tracking {order_id}", row.tracking),
            order_id=OrderId(order_id),
            staff_id=StaffId(visit.known.staff_id),
            carrier=row.carrier,
            tracking=row.tracking,
        ),
    )
    match outcome:
        case Moved():
            return Result(row, Became.SENT, order_id)
        case Refused():
            text = TEXTS[outcome.refusal]
            return Result(row, Became.WRONG, order_id, Words(text.zh, text.en))
        case _:  # The same row came by another file a moment ago.
            return Result(row, Became.BEFORE, order_id)


PAGES = (
    page("/desk/shipping/tracking", Nothing, _page),
    page("/desk/shipping/tracking/template", TemplateForm, _template),
    action("/desk/shipping/tracking/upload", UploadForm, _upload),
)
