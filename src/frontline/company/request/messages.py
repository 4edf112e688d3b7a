"""Requests to departments: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Event, NoEffect, StaffId

RequestId = NewType("RequestId", UUID)
DepartmentId = NewType("DepartmentId", UUID)


class State(StrEnum):
    ASKED = "asked"
    PROMISED = "promised"
    KEPT = "kept"
    BROKEN = "broken"  # Not answered, or not done, by the time.
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public."""

    REQUEST_UNKNOWN = "request_unknown"
    DEPARTMENT_UNKNOWN = "department_unknown"
    NOT_YOUR_REQUEST = "not_your_request"
    NOT_YOUR_DEPARTMENT = "not_your_department"
    REQUEST_TIME_PAST = "request_time_past"
    REQUEST_MOVED_ON = "request_moved_on"


TEXTS: Texts = {
    Refusal.REQUEST_UNKNOWN: Text("协作请求不存在", "There is no such request", 404),
    Refusal.DEPARTMENT_UNKNOWN: Text(
        "部门不存在，请重新选择", "There is no such department; choose another", 404
    ),
    Refusal.NOT_YOUR_REQUEST: Text("只有提出人可以这样做", "Only whoever asked may do that", 403),
    Refusal.NOT_YOUR_DEPARTMENT: Text(
        "只有被请求部门的人可以答复", "Only the department that was asked may answer", 403
    ),
    Refusal.REQUEST_TIME_PAST: Text(
        "时间已经过去，请选一个将来的时间", "That time has passed; choose one to come"
    ),
    Refusal.REQUEST_MOVED_ON: Text(
        "请求的状态已变，请刷新后再看", "The request has moved on; reload and look again"
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class RequestAsked(msgspec.Struct, frozen=True, tag=True):
    request_id: RequestId


class RequestPromised(msgspec.Struct, frozen=True, tag=True):
    request_id: RequestId
    promises: int  # How many there have been by now.


class RequestDeclined(msgspec.Struct, frozen=True, tag=True):
    request_id: RequestId


class RequestKept(msgspec.Struct, frozen=True, tag=True):
    request_id: RequestId


class RequestContested(msgspec.Struct, frozen=True, tag=True):
    request_id: RequestId
    state: State  # Promised again, or broken when its time has passed.


class RequestWithdrawn(msgspec.Struct, frozen=True, tag=True):
    request_id: RequestId


class RequestReminded(msgspec.Struct, frozen=True, tag=True):
    request_id: RequestId


class RequestMarkedBroken(msgspec.Struct, frozen=True, tag=True):
    request_id: RequestId


class NothingDue(NoEffect, frozen=True, tag=True):
    """The timer came, and there was nothing to do."""


Outcome = (
    RequestAsked
    | RequestPromised
    | RequestDeclined
    | RequestKept
    | RequestContested
    | RequestWithdrawn
    | RequestReminded
    | RequestMarkedBroken
    | NothingDue
    | Refused
)

# -- Asked ----------------------------------------------------------------------------


class AskDepartment(Command[RequestAsked | Refused], frozen=True, tag=True):
    """Ask a department for something. It takes the command's id."""

    staff_id: StaffId
    department_id: DepartmentId
    what: str
    wanted_by: datetime


class PromiseRequest(Command[RequestPromised | Refused], frozen=True, tag=True):
    """Somebody of the department says by when; again, if it cannot be kept: that is counted."""

    request_id: RequestId
    staff_id: StaffId
    by: datetime
    note: str = ""


class DeclineRequest(Command[RequestDeclined | Refused], frozen=True, tag=True):
    """Somebody of the department says why not."""

    request_id: RequestId
    staff_id: StaffId
    reason: str


class KeepRequest(Command[RequestKept | Refused], frozen=True, tag=True):
    """It is done, says the department or whoever asked."""

    request_id: RequestId
    staff_id: StaffId
    note: str = ""


class ContestRequest(Command[RequestContested | Refused], frozen=True, tag=True):
    """It is not done, says whoever asked."""

    request_id: RequestId
    staff_id: StaffId
    reason: str


class WithdrawRequest(Command[RequestWithdrawn | Refused], frozen=True, tag=True):
    """It is no longer needed, says whoever asked."""

    request_id: RequestId
    staff_id: StaffId
    reason: str = ""


class RemindDepartment(Command[RequestReminded | NothingDue], frozen=True, tag=True):
    """A timer's: there is an answer or a promise to be kept soon."""

    request_id: RequestId
    due_at: datetime  # What it was due by when the timer was set.


class JudgeRequest(Command[RequestMarkedBroken | NothingDue], frozen=True, tag=True):
    """A timer's: the time has come that was wanted or promised."""

    request_id: RequestId
    due_at: datetime


OfRequest = (
    PromiseRequest
    | DeclineRequest
    | KeepRequest
    | ContestRequest
    | WithdrawRequest
    | RemindDepartment
    | JudgeRequest
)
Request = AskDepartment | OfRequest

# -- Announced ------------------------------------------------------------------------


class RequestMoved(Event, frozen=True, kw_only=True, tag=True):
    """Asked, answered, kept, broken: those whom it concerns hear of it."""

    request_id: RequestId
    step: int  # Of the request's history, counted from one.
    state: State
    by: StaffId | None  # None: time.


class RequestDue(Event, frozen=True, kw_only=True, tag=True):
    """Soon it will be broken."""

    request_id: RequestId
    due_at: datetime
