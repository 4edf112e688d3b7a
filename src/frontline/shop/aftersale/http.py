"""Doors: what buyers and staff may do with after-sale cases."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.authority import Held
from frontline.kernel.words import OrderId
from frontline.shop.aftersale import messages, views
from frontline.shop.aftersale.messages import (
    ApproveRefund,
    AskRefund,
    CaseId,
    Kind,
    Reason,
    ReceiveGoods,
    RefuseRefund,
    SendBack,
    State,
    Units,
    WithdrawRefund,
)
from frontline.web.cursor import Cursor
from frontline.web.door import Visit, Who, command_door, get
from frontline.web.session import Caller

LINES_MAX = 1_000
LIST_MAX = 50
ASK_BYTES_MAX = 65_536  # LINES_MAX lines with room to spare.

Number = Annotated[int, msgspec.Meta(ge=1, le=LINES_MAX)]
Note = Annotated[str, msgspec.Meta(max_length=500)]
Said = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=500)]
Short = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=64)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=LIST_MAX)]


class LineForm(msgspec.Struct, frozen=True):
    number: Number
    quantity: Annotated[int, msgspec.Meta(ge=1, le=100_000)]


Lines = Annotated[tuple[LineForm, ...], msgspec.Meta(max_length=LINES_MAX)]


def _units(lines: tuple[LineForm, ...]) -> Units:
    return tuple((line.number, line.quantity) for line in lines)


# -- Buyers -----------------------------------------------------------------------------


class AskForm(msgspec.Struct, frozen=True):
    id: UUID  # Minted by the storefront for this wish; the same on every retry.
    order_id: UUID
    kind: Kind
    lines: Lines = ()
    reason: Reason = Reason.OTHER
    note: Note = ""


def _ask(caller: Caller, form: AskForm) -> AskRefund:
    """Ask for money back; without lines, for all that may be asked for."""
    return AskRefund(
        id=form.id,
        order_id=OrderId(form.order_id),
        member_id=caller.member_id,
        kind=form.kind,
        lines=_units(form.lines),
        reason=form.reason,
        note=form.note,
    )


class CaseForm(msgspec.Struct, frozen=True):
    id: UUID
    case_id: UUID


def _withdraw(caller: Caller, form: CaseForm) -> WithdrawRefund:
    """Withdraw my case, until goods or money move."""
    return WithdrawRefund(id=form.id, case_id=CaseId(form.case_id), member_id=caller.member_id)


class SendBackForm(msgspec.Struct, frozen=True):
    id: UUID
    case_id: UUID
    carrier: Short
    tracking: Short


def _send_back(caller: Caller, form: SendBackForm) -> SendBack:
    """Tell which parcel the goods come back in."""
    return SendBack(
        id=form.id,
        case_id=CaseId(form.case_id),
        member_id=caller.member_id,
        carrier=form.carrier,
        tracking=form.tracking,
    )


class MineForm(msgspec.Struct, frozen=True):
    order_id: UUID | None = None
    after: Cursor | None = None
    limit: Limit = 20


async def _mine(visit: Visit, form: MineForm) -> views.CaseList:
    """My cases, of one order or all, the newest first."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.mine(
            transaction,
            visit.known.member_id,
            order_id=form.order_id,
            after=form.after,
            limit=form.limit,
        )


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: Visit, form: ShowForm) -> views.CasePage | None:
    """One of my cases, with its history."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.show(transaction, form.id, member_id=visit.known.member_id)


# -- Staff ------------------------------------------------------------------------------


class ApproveForm(msgspec.Struct, frozen=True):
    id: UUID
    case_id: UUID
    restock: bool | None = None


def _approve(caller: Caller, form: ApproveForm) -> ApproveRefund:
    """Approve: a refund only is paid back now, a return once the goods are here."""
    return ApproveRefund(
        id=form.id, case_id=CaseId(form.case_id), staff_id=caller.staff_id, restock=form.restock
    )


class RefuseForm(msgspec.Struct, frozen=True):
    id: UUID
    case_id: UUID
    answer: Said


def _refuse(caller: Caller, form: RefuseForm) -> RefuseRefund:
    """Refuse, and say why."""
    return RefuseRefund(
        id=form.id, case_id=CaseId(form.case_id), staff_id=caller.staff_id, answer=form.answer
    )


class ReceiveForm(msgspec.Struct, frozen=True):
    id: UUID
    case_id: UUID
    sellable: Lines | None = None


def _receive(caller: Caller, form: ReceiveForm) -> ReceiveGoods:
    """The goods are back: pay, and put what is `sellable` (by default all) on the shelf."""
    return ReceiveGoods(
        id=form.id,
        case_id=CaseId(form.case_id),
        staff_id=caller.staff_id,
        sellable=None if form.sellable is None else _units(form.sellable),
    )


class StaffListForm(msgspec.Struct, frozen=True):
    state: State = State.ASKED
    order_id: UUID | None = None  # All cases of this order, whatever their state.
    after: Cursor | None = None
    limit: Limit = 20


async def _staff_list(visit: Visit, form: StaffListForm) -> views.CaseList:
    """Cases by state: whoever waits longest first; or all of one order."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        if form.order_id is not None:
            return await views.of_order(transaction, form.order_id)
        return await views.by_state(transaction, form.state, after=form.after, limit=form.limit)


async def _staff_show(visit: Visit, form: ShowForm) -> views.CasePage | None:
    """One case, with its history and who moved it."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.show(transaction, form.id, member_id=None)


_ANSWER = messages.Moved | messages.Refused
_PAID = _ANSWER | Held
DOORS = (
    command_door("/api/aftersale/ask", AskForm, _ask, _ANSWER, body_bytes_max=ASK_BYTES_MAX),
    command_door("/api/aftersale/withdraw", CaseForm, _withdraw, _ANSWER),
    command_door("/api/aftersale/send_back", SendBackForm, _send_back, _ANSWER),
    get("/api/aftersale/list", MineForm, _mine, views.CaseList, who=Who.MEMBER),
    get("/api/aftersale/show", ShowForm, _show, views.CasePage, who=Who.MEMBER),
    command_door("/api/staff/aftersale/approve", ApproveForm, _approve, _PAID, who=Who.STAFF),
    command_door("/api/staff/aftersale/refuse", RefuseForm, _refuse, _ANSWER, who=Who.STAFF),
    command_door(
        "/api/staff/aftersale/receive",
        ReceiveForm,
        _receive,
        _PAID,
        who=Who.STAFF,
        body_bytes_max=ASK_BYTES_MAX,
    ),
    get("/api/staff/aftersale/list", StaffListForm, _staff_list, views.CaseList, who=Who.STAFF),
    get("/api/staff/aftersale/show", ShowForm, _staff_show, views.CasePage, who=Who.STAFF),
)
