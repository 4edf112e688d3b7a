"""One order at the desk: its papers, and what staff do with it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.kernel.words import OrderId, StaffId
from frontline.shop.aftersale.words import KINDS as CASE_KINDS
from frontline.shop.aftersale.words import REASONS as CASE_REASONS
from frontline.shop.aftersale.words import STATES as CASE_STATES
from frontline.shop.order.messages import (
    Cancelled,
    Cancelling,
    CancelOrder,
    CorrectParcel,
    MoneyBack,
    Moved,
    Noted,
    RemarkOrder,
    ShipOrder,
)
from frontline.shop.order.states import REFUNDABLE, UNPAID, State
from frontline.shop.order.views import desk
from frontline.shop.order.views.desk import OrderPapers
from frontline.shop.order.words import (
    CARRIERS,
    NO_TRACKING,
    REASONS,
    STATES,
    STEPS,
    is_tracking,
    short,
    tracking_of,
    who,
)
from frontline.shop.payment.words import REFUNDS
from frontline.web.pages import (
    About,
    Answer,
    DeskVisit,
    Done,
    Invalid,
    Undo,
    View,
    action,
    page,
)
from frontline.web.typed import Mistyped, whole

REMARK_MAX = 500

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"\S")]


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        papers = await desk.papers(transaction, form.id, visit.opened.now())
    if papers is None:
        return None
    order = papers.page.order
    return View(
        "order/show.html",
        Words(f"订单 {short(order.id)}", f"Order {short(order.id)}"),
        {
            "papers": papers,
            "page": papers.page,
            "order": order,
            "state": STATES[order.state],
            "reason": None if order.reason is None else REASONS[order.reason],
            "titles": {line.number: line.title for line in order.lines},
            "history": _history(visit, papers),
            "may_ship": order.state in {State.TO_SHIP, State.PART_SHIPPED} and papers.unsent,
            "may_correct": order.state in {State.PART_SHIPPED, State.SHIPPED, State.RECEIVED},
            "may_ask_back": order.state in REFUNDABLE and visit.known.may("aftersale", act=True),
            "sent_all": not papers.unsent,
            "case_reasons": CASE_REASONS,
            "memos": [one for one in papers.remarks if one.about == "memo"],
            "may_cancel": order.state in UNPAID | {State.PAID, State.TO_SHIP},
            "costs": order.state not in UNPAID,
            "asked_back": any(one.state in {"asked", "sent_back"} for one in papers.cases),
            "carriers": CARRIERS,
            "case_kinds": CASE_KINDS,
            "case_states": CASE_STATES,
            "refunds": REFUNDS,
        },
        about=About(ids=(order.id, *(one.id for one in papers.cases))),
    )


def _history(visit: DeskVisit, papers: OrderPapers) -> list[tuple[str, str, datetime]]:
    """Who did what, when; the newest last."""
    told: list[tuple[str, str, datetime]] = []
    for step in papers.page.history:
        kind = who(step.who).in_(visit.language)
        name = (
            papers.buyer if step.who == "buyer" else papers.names.get(step.actor_id or UUID(int=0))
        )
        told.append(
            (f"{kind} {name or ''}".strip(), STEPS[step.state].in_(visit.language), step.at)
        )
    for remark in papers.remarks:
        name = f"{visit.t('店员', 'Staff')} {papers.names.get(remark.staff_id, '')}".strip()
        what = visit.t("更正包裹", "Parcel corrected") if remark.about == "parcel" else ""
        what = what or visit.t("备注", "Memo")
        told.append((name, f"{what}{visit.t('：', ': ')}{remark.said}", remark.at))
    return sorted(told, key=lambda one: one[2])


class CancelForm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID


async def _cancel(visit: DeskVisit, form: CancelForm) -> Answer:
    """Cancel it; what was paid goes back, if that is within what one may decide alone."""
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        CancelOrder(
            id=form.id,
            order_id=OrderId(form.order_id),
            actor_id=visit.known.staff_id,
            by_staff=True,
        ),
    )
    match outcome:
        case Cancelled():
            return Done(Words("订单已取消", "The order is cancelled"))
        case Cancelling():
            return Done(
                Words(
                    "买家正在付款，系统会先关闭支付再取消订单",
                    "The buyer is paying: the payment is closed first, then the order",
                )
            )
        case MoneyBack():
            return Done(Words("订单已取消，货款原路退回", "Cancelled; the money goes back"))
        case _:
            return outcome


class ShipForm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    carrier: Short
    tracking: Short
    numbers: tuple[int, ...] = ()  # Of lines, beside how many units of each are in the parcel.
    units: tuple[str, ...] = ()


async def _ship(visit: DeskVisit, form: ShipForm) -> Answer:
    """One parcel; without numbers of lines, all that is left to send."""
    tracking = tracking_of(form.tracking)
    if not is_tracking(tracking):
        return Invalid({"tracking": NO_TRACKING})
    try:
        units = [whole(typed) if typed else 0 for typed in form.units]
    except Mistyped:
        units = []
    if len(form.numbers) != len(units) or any(one < 0 for one in units):
        return Invalid({"units": Words("请填写每种商品的件数", "Say how many units of each")})
    contents = tuple(
        (number, count) for number, count in zip(form.numbers, units, strict=True) if count
    )
    if form.numbers and not contents:
        return Invalid({"units": Words("包裹里至少要有一件商品", "Put at least one unit in")})
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        ShipOrder(
            id=form.id,
            order_id=OrderId(form.order_id),
            staff_id=StaffId(visit.known.staff_id),
            carrier=form.carrier.strip(),
            tracking=tracking,
            contents=contents,
        ),
    )
    if not isinstance(outcome, Moved):
        return outcome
    if outcome.state is State.PART_SHIPPED:
        return Done(Words("已发出一个包裹，订单还有商品待发", "Sent; there is more to send"))
    return Done(Words("已发货", "Sent"))


class CorrectForm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    parcel_id: UUID
    carrier: Short
    tracking: Short
    # As they stood when the form was made, to undo it.
    was_carrier: Annotated[str, msgspec.Meta(max_length=64)] = ""
    was_tracking: Annotated[str, msgspec.Meta(max_length=64)] = ""


async def _correct(visit: DeskVisit, form: CorrectForm) -> Answer:
    """Another carrier or number; the buyer follows the parcel by it from now on."""
    tracking = tracking_of(form.tracking)
    if not is_tracking(tracking):
        return Invalid({"tracking": NO_TRACKING})
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        CorrectParcel(
            id=form.id,
            order_id=OrderId(form.order_id),
            parcel_id=form.parcel_id,
            staff_id=visit.known.staff_id,
            carrier=form.carrier.strip(),
            tracking=tracking,
        ),
    )
    if not isinstance(outcome, Noted):
        return outcome
    fields = {
        "order_id": str(form.order_id),
        "parcel_id": str(form.parcel_id),
        "carrier": form.was_carrier,
        "tracking": form.was_tracking,
    }
    undo = Undo("/desk/orders/correct", fields) if form.was_tracking else None
    return Done(Words("包裹信息已更正", "The parcel is corrected"), undo=undo)


class RemarkForm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    said: Annotated[str, msgspec.Meta(min_length=1, max_length=REMARK_MAX, pattern=r"\S")]


async def _remark(visit: DeskVisit, form: RemarkForm) -> Answer:
    """A memo of staff for each other."""
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        RemarkOrder(
            id=form.id,
            order_id=OrderId(form.order_id),
            staff_id=visit.known.staff_id,
            said=form.said.strip(),
        ),
    )
    if not isinstance(outcome, Noted):
        return outcome
    return Done(Words("备注已保存", "The memo is kept"))


PAGES = (
    page("/desk/orders/show", ShowForm, _show),
    action("/desk/orders/cancel", CancelForm, _cancel),
    action("/desk/orders/ship", ShipForm, _ship),
    action("/desk/orders/correct", CorrectForm, _correct),
    action("/desk/orders/remark", RemarkForm, _remark),
)
