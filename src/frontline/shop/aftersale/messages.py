"""After-sale: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.authority import Held
from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Event, Fen, MemberId, NoEffect, OrderId, StaffId
from frontline.shop.order.messages import ORDER_UNKNOWN

CaseId = NewType("CaseId", UUID)


class Kind(StrEnum):
    REFUND_ONLY = "refund_only"
    RETURN_REFUND = "return_refund"  # The goods come back first.


class State(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"  # Of a return: the goods are awaited.
    SENT_BACK = "sent_back"
    RECEIVED = "received"
    REFUNDING = "refunding"  # The provider was asked to give the money back.
    REFUNDED = "refunded"  # Final: the provider has confirmed it.
    REFUSED = "refused"  # Final; the same units may be asked for again.
    WITHDRAWN = "withdrawn"  # Final; likewise.


class Reason(StrEnum):
    """Why the buyer wants it, as the storefront offers it to choose."""

    CANCELLED = "cancelled"  # No longer wanted.
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    NOT_AS_DESCRIBED = "not_as_described"
    MISSING = "missing"
    TOO_LATE = "too_late"
    OTHER = "other"


Units = tuple[tuple[int, int], ...]
"""Line number of the order, units of that line."""

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    ORDER_UNKNOWN = "order_unknown"
    NOT_REFUNDABLE = "not_refundable"
    LINE_UNKNOWN = "line_unknown"
    NOT_SENT_YET = "not_sent_yet"
    STILL_BEING_SENT = "still_being_sent"
    TOO_MANY_UNITS = "too_many_units"
    ASKED_TOO_OFTEN = "asked_too_often"
    CASE_UNKNOWN = "case_unknown"
    CASE_MOVED_ON = "case_moved_on"
    UNITS_NOT_IN_CASE = "units_not_in_case"
    REFUNDS_USED_UP = "refunds_used_up"


TEXTS: Texts = {
    Refusal.ORDER_UNKNOWN: ORDER_UNKNOWN,
    Refusal.NOT_REFUNDABLE: Text(
        "订单当前状态不能办理售后，请联系客服", "There is no after-sale for it in this state"
    ),
    Refusal.LINE_UNKNOWN: Text(
        "订单中没有这件商品，请重新选择", "It is not in the order; choose again", 400
    ),
    Refusal.NOT_SENT_YET: Text(
        "商品还未全部发货，请选择“仅退款”", "It is not all sent yet; ask for a refund only"
    ),
    Refusal.STILL_BEING_SENT: Text(
        "这件商品还在陆续发货，请先退未发货的件数，其余等发货后再申请",
        "It is still being sent: ask for the units not sent, and for others once all are sent",
    ),
    Refusal.TOO_MANY_UNITS: Text(
        "超过可退数量：已退款或正在处理售后的件数不能重复申请",
        "More than is left: what was refunded or is being handled cannot be asked for again",
    ),
    Refusal.ASKED_TOO_OFTEN: Text(
        "这件商品申请售后的次数太多，请联系客服处理", "Asked for too often; please write to us"
    ),
    Refusal.CASE_UNKNOWN: Text("售后申请不存在", "There is no such after-sale case", 404),
    Refusal.CASE_MOVED_ON: Text(
        "售后申请的状态已变化，请刷新后再操作", "The case has moved on; reload and look again"
    ),
    Refusal.UNITS_NOT_IN_CASE: Text(
        "入库件数超过本次退货件数，请检查", "More than the case brings back", 400
    ),
    Refusal.REFUNDS_USED_UP: Text(
        "该订单的退款次数已用完，请用其他方式退款，再拒绝该申请并说明",
        "No more refunds of this payment; pay back otherwise, then refuse the case and say so",
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal
    number: int | None = None  # Of the line, if it is one.


class Moved(msgspec.Struct, frozen=True, tag=True):
    """Where the case stands now, and what it pays back."""

    case_id: CaseId
    state: State
    amount: Fen


class Unchanged(NoEffect, frozen=True, tag=True):
    """Nothing was due: somebody was faster, or it concerns no case."""


Outcome = Moved | Unchanged | Refused | Held

# -- Asked ----------------------------------------------------------------------------


class AskRefund(Command[Moved | Refused], frozen=True, tag=True):
    """By the buyer, or for them by staff. The case takes the command's id, so does its refund."""

    order_id: OrderId
    member_id: MemberId | None  # None: of whoever bought it, as staff may ask.
    kind: Kind
    lines: Units = ()  # None: all that may be asked for.
    reason: Reason = Reason.OTHER
    note: str = ""
    staff_id: StaffId | None = None  # Who asks instead of the buyer.


class WithdrawRefund(Command[Moved | Refused], frozen=True, tag=True):
    """By the buyer, until goods or money move."""

    case_id: CaseId
    member_id: MemberId


class ApproveRefund(Command[Moved | Refused | Held], frozen=True, tag=True):
    """A refund only: the money goes back now. A return: the goods are awaited."""

    case_id: CaseId
    staff_id: StaffId
    restock: bool | None = None  # Of a refund only; None: the units that were never sent.


class RefuseRefund(Command[Moved | Refused], frozen=True, tag=True):
    case_id: CaseId
    staff_id: StaffId
    answer: str  # Why; the buyer reads it.


class SendBack(Command[Moved | Refused], frozen=True, tag=True):
    """The buyer has given the goods to a carrier."""

    case_id: CaseId
    member_id: MemberId
    carrier: str
    tracking: str


class ReceiveGoods(Command[Moved | Refused | Held], frozen=True, tag=True):
    """The goods are here and are as they should be: the money goes back."""

    case_id: CaseId
    staff_id: StaffId
    sellable: Units | None = None  # Fit to be sold again; None: all of them.


class FinishRefund(Command[Moved | Unchanged], frozen=True, tag=True):
    """The provider has confirmed a refund, which may be that of a case."""

    case_id: CaseId


class MarkCaseOverdue(Command[Moved | Unchanged], frozen=True, tag=True):
    """The time to answer is over."""

    case_id: CaseId


Answer = WithdrawRefund | ApproveRefund | RefuseRefund | SendBack | ReceiveGoods
Request = AskRefund | Answer | FinishRefund | MarkCaseOverdue

# -- Announced ------------------------------------------------------------------------


class CaseMoved(Event, frozen=True, tag=True):
    """A case was opened, or stands somewhere else now."""

    case_id: CaseId
    order_id: OrderId
    member_id: MemberId
    state: State


class CaseOverdue(Event, frozen=True, tag=True):
    case_id: CaseId
    order_id: OrderId
