"""A department is asked, promises or declines, and keeps its word or does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from frontline.company.request.book import (
    PostBook,
    PostKeys,
    Request,
    RequestBook,
    RequestKeys,
)
from frontline.company.request.messages import (
    AskDepartment,
    ContestRequest,
    DeclineRequest,
    JudgeRequest,
    KeepRequest,
    NothingDue,
    OfRequest,
    Outcome,
    PromiseRequest,
    Refusal,
    Refused,
    RemindDepartment,
    RequestAsked,
    RequestContested,
    RequestDeclined,
    RequestDue,
    RequestId,
    RequestKept,
    RequestMarkedBroken,
    RequestMoved,
    RequestPromised,
    RequestReminded,
    RequestWithdrawn,
    State,
    WithdrawRequest,
)
from frontline.company.request.messages import Request as Wish
from frontline.kernel.ids import named
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes, StaffId

REMINDED_BEFORE_MAX = timedelta(hours=24)
ANSWERS = frozenset({State.ASKED, State.PROMISED, State.BROKEN})
"""While it is in these, the department owes an answer or a deed."""

By = PromiseRequest | DeclineRequest | KeepRequest | ContestRequest | WithdrawRequest


@dataclass(frozen=True, slots=True)
class Desk:
    post: PostBook
    request: RequestBook


async def gather(batch: Sequence[Wish], load: Load) -> Desk:
    asking = [one for one in batch if isinstance(one, AskDepartment)]
    people = {one.staff_id for one in batch if isinstance(one, AskDepartment | By)}
    post = await load(PostKeys(people, {one.department_id for one in asking}))
    ids = {RequestId(one.id) if isinstance(one, AskDepartment) else one.request_id for one in batch}
    return Desk(post, await load(RequestKeys(ids)))


def decide(desk: Desk, batch: Sequence[Wish], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(
        tuple(
            _ask(desk, one, moment.now, notes)
            if isinstance(one, AskDepartment)
            else _answer(desk, one, moment.now, notes)
            for one in batch
        ),
        notes,
    )


def _ask(desk: Desk, command: AskDepartment, now: datetime, notes: Notes) -> RequestAsked | Refused:
    if desk.post.departments.get(command.department_id) is None:
        return Refused(Refusal.DEPARTMENT_UNKNOWN)
    if command.wanted_by <= now:
        return Refused(Refusal.REQUEST_TIME_PAST)
    request = Request(
        id=RequestId(command.id),
        asked_by=command.staff_id,
        department_id=command.department_id,
        what=command.what,
        asked_at=now,
        wanted_by=command.wanted_by,
    )
    desk.request.ask(request)
    _moved(request, command.staff_id, notes)
    _wake(request, now + (command.wanted_by - now) / 2, notes)
    return RequestAsked(request.id)


def _answer(desk: Desk, command: OfRequest, now: datetime, notes: Notes) -> Outcome:
    request = desk.request.requests.get(command.request_id)
    if isinstance(command, JudgeRequest | RemindDepartment):
        return _in_time(desk.request, request, command, now, notes)
    if request is None:
        return Refused(Refusal.REQUEST_UNKNOWN)
    if (refusal := _may_not(desk.post, request, command)) is not None:
        return Refused(refusal)
    if request.state not in _FROM[type(command)]:
        return Refused(Refusal.REQUEST_MOVED_ON)
    if isinstance(command, PromiseRequest) and command.by <= now:
        return Refused(Refusal.REQUEST_TIME_PAST)
    changed, outcome = _done(desk.request, request, command, now)
    _moved(changed, command.staff_id, notes)
    if isinstance(command, PromiseRequest):
        _wake(changed, command.by - min(REMINDED_BEFORE_MAX, (command.by - now) / 4), notes)
    return outcome


_FROM = {
    PromiseRequest: ANSWERS,
    DeclineRequest: frozenset({State.ASKED, State.BROKEN}),  # Not what was promised.
    KeepRequest: ANSWERS,
    ContestRequest: frozenset({State.KEPT}),
    WithdrawRequest: ANSWERS,
}


def _may_not(post: PostBook, request: Request, command: By) -> Refusal | None:
    """Why the person may not do this, if so: the owner may everything."""
    asker = command.staff_id == request.asked_by or post.is_owner(command.staff_id)
    asked = post.may_answer(command.staff_id, request.department_id)
    match command:
        case PromiseRequest() | DeclineRequest():
            return None if asked else Refusal.NOT_YOUR_DEPARTMENT
        case KeepRequest():
            return None if asked or asker else Refusal.NOT_YOUR_DEPARTMENT
        case _:
            return None if asker else Refusal.NOT_YOUR_REQUEST


def _done(
    book: RequestBook, request: Request, command: By, now: datetime
) -> tuple[Request, Outcome]:
    who = command.staff_id
    match command:
        case PromiseRequest():
            changed = book.promise(request, who, command.by, command.note, now)
            return changed, RequestPromised(request.id, changed.promises)
        case DeclineRequest():
            changed = book.become(request, State.DECLINED, command.reason, who, now)
            return changed, RequestDeclined(request.id)
        case KeepRequest():
            changed = book.become(request, State.KEPT, command.note, who, now)
            return changed, RequestKept(request.id)
        case ContestRequest():
            changed = book.become(request, _contested(request, now), command.reason, who, now)
            return changed, RequestContested(request.id, changed.state)
        case WithdrawRequest():
            changed = book.become(request, State.WITHDRAWN, command.reason, who, now)
            return changed, RequestWithdrawn(request.id)


def _contested(request: Request, now: datetime) -> State:
    """What a request is that was called done, and is not."""
    if request.due_at <= now:
        return State.BROKEN
    return State.PROMISED if request.promises else State.ASKED


def _in_time(
    book: RequestBook,
    request: Request | None,
    command: JudgeRequest | RemindDepartment,
    now: datetime,
    notes: Notes,
) -> Outcome:
    waits = request is not None and request.state in {State.ASKED, State.PROMISED}
    if request is None or not waits or request.due_at != command.due_at:
        return NothingDue()
    if isinstance(command, RemindDepartment):
        if now >= request.due_at:
            return NothingDue()
        notes.announce(RequestDue(request_id=request.id, due_at=request.due_at))
        return RequestReminded(request.id)
    if now < request.due_at:
        return NothingDue()
    _moved(book.become(request, State.BROKEN, "", None, now), None, notes)
    return RequestMarkedBroken(request.id)


def _moved(request: Request, by: StaffId | None, notes: Notes) -> None:
    notes.announce(
        RequestMoved(request_id=request.id, step=request.steps, state=request.state, by=by)
    )


def _wake(request: Request, remind_at: datetime, notes: Notes) -> None:
    due_at, step = request.due_at, str(request.steps)
    remind_id = named(f"remind {request.id}", step)
    judge_id = named(f"judge {request.id}", step)
    notes.wake(remind_at, RemindDepartment(id=remind_id, request_id=request.id, due_at=due_at))
    notes.wake(due_at, JudgeRequest(id=judge_id, request_id=request.id, due_at=due_at))
