"""Requests to departments at the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.company.request import nudge, views
from frontline.company.request.messages import (
    AskDepartment,
    ContestRequest,
    DeclineRequest,
    DepartmentId,
    KeepRequest,
    PromiseRequest,
    RequestId,
    State,
    WithdrawRequest,
)
from frontline.kernel.text import Words
from frontline.kernel.words import Command
from frontline.web.cursor import Cursor
from frontline.web.listing import Asks, Badge, Column, Filter, Found, Kind, Listing, pages_of
from frontline.web.pages import (
    DeskVisit,
    Done,
    Group,
    Hit,
    Menu,
    Nothing,
    Tile,
    View,
    action,
    page,
)
from frontline.web.session import Role

Limit = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
Said = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=500)]
Note = Annotated[str, msgspec.Meta(max_length=500)]
AREA = "*"  # Everybody asks, and everybody is asked.

STATES: Mapping[str, Badge] = {
    State.ASKED: Badge(Words("待答复", "Unanswered"), "orange"),
    State.PROMISED: Badge(Words("已承诺", "Promised"), "blue"),
    State.KEPT: Badge(Words("已办好", "Kept"), "green"),
    State.BROKEN: Badge(Words("已失约", "Broken"), "red"),
    State.DECLINED: Badge(Words("已婉拒", "Declined"), "secondary"),
    State.WITHDRAWN: Badge(Words("已撤回", "Withdrawn"), "secondary"),
}
_RATED = timedelta(days=90)
_TILE_ROWS = 5


# -- Lists ------------------------------------------------------------------------------------


class ListForm(msgspec.Struct, frozen=True):
    state: State | None = None
    department: UUID | None = None
    after: Cursor | None = None
    limit: Limit = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows, after = await views.page(
            transaction, form.state, form.department, form.after, form.limit
        )
    return Found(rows, after)


async def _badge(visit: DeskVisit) -> int:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.waiting(transaction, visit.known.staff_id)


LIST = Listing(
    path="/desk/requests/all",
    title=Words("全部协作请求", "All requests"),
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("请求", "Request"),
            of=lambda one: one.request.what,
            link=lambda one: f"/desk/requests/show?id={one.id}",
        ),
        Column(label=Words("部门", "Department"), of=lambda one: one.department),
        Column(label=Words("提出人", "Asked by"), of=lambda one: one.asker, on_phone=False),
        Column(
            label=Words("到期", "Due"),
            of=lambda one: one.request.due_at,
            kind=Kind.MOMENT,
            on_phone=False,
        ),
        Column(
            label=Words("承诺次数", "Promises"),
            of=lambda one: one.request.promises,
            kind=Kind.COUNT,
            on_phone=False,
        ),
        Column(
            label=Words("状态", "State"),
            of=lambda one: one.request.state,
            kind=Kind.STATE,
            states=STATES,
        ),
    ),
    filters=(
        Filter(
            name="state",
            label=Words("状态", "State"),
            asks=Asks.CHOICE,
            choices=[(state, badge.words) for state, badge in STATES.items()],
        ),
    ),
    empty=Words("还没有协作请求", "Nobody has asked for anything yet"),
    add=(Words("提请求", "Ask"), "/desk/requests/ask"),
)


async def mine(visit: DeskVisit, _: Nothing) -> View:
    """What my department owes (to an owner: all of them), what was broken, who keeps their word."""
    now, owner = visit.opened.now(), visit.known.role is Role.OWNER
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        owed = (
            await views.under_way(transaction)
            if owner
            else await views.open_for(transaction, visit.known.staff_id)
        )
        asked = await views.asked_by(transaction, visit.known.staff_id)
        broken = await views.broken_since(transaction, now - timedelta(days=30))
        rates = await views.rates(transaction, now - _RATED)
    values = {
        "owed": owed,
        "asked": asked,
        "broken": broken,
        "rates": [one for one in rates if one.asked],
        "states": STATES,
        "owner": owner,
        "now": now,
    }
    return View("request/mine.html", Words("部门协作", "Requests"), values)


# -- One --------------------------------------------------------------------------------------


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def show(visit: DeskVisit, form: ShowForm) -> View | None:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        whole = await views.one(transaction, form.id)
        if whole is None:
            return None
        people = await views.people_of(transaction, whole.row.request.department_id)
    request, me = whole.row.request, visit.known.staff_id
    owner = visit.known.role is Role.OWNER
    waits = request.state in {State.ASKED, State.PROMISED, State.BROKEN}
    asks, answers = owner or me == request.asked_by, owner or me in people
    values = {
        "row": whole.row,
        "request": request,
        "badge": STATES[request.state],
        "steps": [(one.name, _step(visit, one), one.step.at) for one in whole.steps],
        "may_promise": waits and answers,
        "may_decline": answers and request.state in {State.ASKED, State.BROKEN},
        "may_keep": waits and (answers or asks),
        "may_contest": asks and request.state is State.KEPT,
        "may_withdraw": waits and asks,
        "may_nudge": waits and asks and me != request.promiser,
        "late": waits and request.due_at <= visit.opened.now(),
    }
    return View("request/show.html", Words("协作请求", "Request"), values)


def _step(visit: DeskVisit, told: views.Told) -> str:
    step = told.step
    what = STATES[step.state].words.in_(visit.language)
    if step.state is State.PROMISED:
        by = f"{step.due_at.astimezone(visit.shop.begins(step.due_at.date()).tzinfo):%m-%d %H:%M}"
        what = visit.t(f"{what} {by} 前办好", f"{what} by {by}")
    return visit.t(f"{what}：{step.said}", f"{what}: {step.said}") if step.said else what


# -- Asking and answering -----------------------------------------------------------------------


class AskPage(msgspec.Struct, frozen=True):
    department: UUID | None = None


async def ask_page(visit: DeskVisit, form: AskPage) -> View:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        departments = await views.departments(transaction)
    values = {
        "departments": [(str(id_), name) for id_, name in departments.items()],
        "chosen": form.department or "",
        "owner": visit.known.role is Role.OWNER,
    }
    return View("request/ask.html", Words("向部门提请求", "Ask a department"), values)


class AskForm(msgspec.Struct, frozen=True):
    id: UUID
    department_id: UUID
    what: Said
    wanted_by: datetime


async def ask(visit: DeskVisit, form: AskForm) -> Any:
    command = AskDepartment(
        id=form.id,
        staff_id=visit.known.staff_id,
        department_id=DepartmentId(form.department_id),
        what=form.what,
        wanted_by=form.wanted_by,
    )
    return await _done(visit, command, form.id, Words("已提出，等部门答复", "Asked"))


class PromiseForm(msgspec.Struct, frozen=True):
    id: UUID
    request_id: UUID
    done_by: datetime
    note: Note = ""


async def promise(visit: DeskVisit, form: PromiseForm) -> Any:
    command = PromiseRequest(
        id=form.id,
        request_id=RequestId(form.request_id),
        staff_id=visit.known.staff_id,
        by=form.done_by,
        note=form.note,
    )
    return await _done(visit, command, form.request_id, Words("已承诺", "Promised"))


class ReasonForm(msgspec.Struct, frozen=True):
    id: UUID
    request_id: UUID
    reason: Said


async def decline(visit: DeskVisit, form: ReasonForm) -> Any:
    command = DeclineRequest(
        id=form.id,
        request_id=RequestId(form.request_id),
        staff_id=visit.known.staff_id,
        reason=form.reason,
    )
    return await _done(visit, command, form.request_id, Words("已婉拒", "Declined"))


async def contest(visit: DeskVisit, form: ReasonForm) -> Any:
    command = ContestRequest(
        id=form.id,
        request_id=RequestId(form.request_id),
        staff_id=visit.known.staff_id,
        reason=form.reason,
    )
    said = Words("已告知部门还没办好", "The department was told that it is not done")
    return await _done(visit, command, form.request_id, said)


class KeepForm(msgspec.Struct, frozen=True):
    id: UUID
    request_id: UUID
    done: Note = ""  # What was done.


async def keep(visit: DeskVisit, form: KeepForm) -> Any:
    command = KeepRequest(
        id=form.id,
        request_id=RequestId(form.request_id),
        staff_id=visit.known.staff_id,
        note=form.done,
    )
    return await _done(visit, command, form.request_id, Words("已记为办好", "Done, as promised"))


class WithdrawForm(msgspec.Struct, frozen=True):
    id: UUID
    request_id: UUID


async def withdraw(visit: DeskVisit, form: WithdrawForm) -> Any:
    command = WithdrawRequest(
        id=form.id,
        request_id=RequestId(form.request_id),
        staff_id=visit.known.staff_id,
    )
    return await _done(visit, command, form.request_id, Words("已撤回", "Withdrawn"))


async def _done(visit: DeskVisit, command: Command[Any], request_id: UUID, said: Words) -> Any:
    outcome = await visit.opened.engine.submit(visit.shop_id, command)
    if getattr(outcome, "refusal", None) is not None:
        return outcome
    return Done(said, go=f"/desk/requests/show?id={request_id}")


# -- Elsewhere ----------------------------------------------------------------------------------


async def tile(visit: DeskVisit) -> View | None:
    """Promises that were broken since yesterday."""
    now = visit.opened.now()
    since = visit.shop.begins(visit.shop.day(now) - timedelta(days=1))
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        broken = await views.broken_since(transaction, since)
    if not broken:
        return None
    title = Words("部门失约", "Departments' promises")
    values = {"broken": broken[:_TILE_ROWS], "more": len(broken) - _TILE_ROWS, "states": STATES}
    return View("request/tile_broken.html", title, values, bare=True)


async def find(visit: DeskVisit, asked: str) -> Sequence[Hit]:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows = await views.found(transaction, asked)
    return [
        Hit(
            kind=Words("协作请求", "Request"),
            title=one.request.what,
            about=f"{one.department} · {STATES[one.request.state].words.in_(visit.language)}",
            url=f"/desk/requests/show?id={one.id}",
        )
        for one in rows
    ]


PAGES = (
    page(
        "/desk/requests",
        Nothing,
        mine,
        menu=Menu(
            group=Group.FRONT,
            label=Words("部门协作", "Requests"),
            icon="heart-handshake",
            place=50,
            badge=_badge,
        ),
        area=AREA,
    ),
    *pages_of(LIST),
    page("/desk/requests/show", ShowForm, show, area=AREA),
    page("/desk/requests/ask", AskPage, ask_page, area=AREA),
    action("/desk/requests/put", AskForm, ask, area=AREA),
    action("/desk/requests/promise", PromiseForm, promise, area=AREA),
    action("/desk/requests/decline", ReasonForm, decline, area=AREA),
    action("/desk/requests/contest", ReasonForm, contest, area=AREA),
    action("/desk/requests/keep", KeepForm, keep, area=AREA),
    action("/desk/requests/withdraw", WithdrawForm, withdraw, area=AREA),
    *nudge.PAGES,
)
TILES = (Tile(place=20, act=tile),)
