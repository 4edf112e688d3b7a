"""The list of proposals: what waits for me, what I have asked for, open, decided, all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec

from frontline.company.authority.messages import ACTION_WORDS
from frontline.company.decision.pages.said import STATES, amount
from frontline.company.decision.views import waiting_count
from frontline.company.decision.views.lists import Line, Scope, found, listed
from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.web.cursor import Cursor
from frontline.web.listing import Asks, Column, Filter, Found, Kind, Listing, pages_of
from frontline.web.pages import DeskVisit, Group, Hit, Menu

PATH = "/desk/decisions"
SCOPES = {
    Scope.MINE: Words("等我答复", "Waiting for me"),
    Scope.OWN: Words("我申请的", "Asked by me"),
    Scope.OPEN: Words("进行中", "Open"),
    Scope.DECIDED: Words("已有结果", "Decided"),
}


class ListForm(msgspec.Struct, frozen=True):
    scope: Scope | None = None  # None: all.
    action: Action | None = None
    after: Cursor | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


class Row(NamedTuple):
    id: UUID
    line: Line
    amount: Words


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    async with visit.opened.database.transaction(visit.shop_id) as t:
        lines, after = await listed(
            t,
            visit.known.staff_id,
            scope=form.scope or Scope.ALL,
            action=form.action,
            after=form.after,
            limit=form.limit,
        )
    currency = visit.shop.currency
    rows = [Row(one.id, one, amount(one.action, one.amount, currency)) for one in lines]
    return Found(rows, after)


async def _waiting(visit: DeskVisit) -> int:
    async with visit.opened.database.transaction(visit.shop_id) as t:
        return await waiting_count(t, visit.known.staff_id)


async def find(visit: DeskVisit, words: str) -> Sequence[Hit]:
    """By their title."""
    async with visit.opened.database.transaction(visit.shop_id) as t:
        lines = await found(t, words)
    return [
        Hit(
            kind=Words("申请", "Proposal"),
            title=one.title.in_(visit.language),
            about=f"{one.by_name} · {STATES[one.state].words.in_(visit.language)}",
            url=f"{PATH}/show?id={one.id}",
        )
        for one in lines
    ]


LIST = Listing(
    path=PATH,
    title=Words("决策", "Decisions"),
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("申请", "Proposal"),
            of=lambda row: row.line.title,
            link=lambda row: f"{PATH}/show?id={row.id}",
        ),
        Column(
            label=Words("事项", "Kind"),
            of=lambda row: ACTION_WORDS[row.line.action],
            on_phone=False,
        ),
        Column(label=Words("数额", "Amount"), of=lambda row: row.amount),
        Column(label=Words("申请人", "Asked by"), of=lambda row: row.line.by_name, on_phone=False),
        Column(
            label=Words("提交时间", "Asked"),
            of=lambda row: row.line.asked_at,
            kind=Kind.MOMENT,
            on_phone=False,
        ),
        Column(label=Words("截止", "Deadline"), of=lambda row: row.line.deadline, kind=Kind.MOMENT),
        Column(
            label=Words("每小时代价", "Cost an hour"),
            of=lambda row: row.line.cost_per_hour,
            kind=Kind.MONEY,
            on_phone=False,
        ),
        Column(
            label=Words("状态", "State"),
            of=lambda row: row.line.state,
            kind=Kind.STATE,
            states={state.value: badge for state, badge in STATES.items()},
        ),
    ),
    filters=(
        Filter(
            name="scope",
            label=Words("范围", "Which"),
            asks=Asks.CHOICE,
            choices=tuple((scope.value, words) for scope, words in SCOPES.items()),
        ),
        Filter(
            name="action",
            label=Words("事项", "Kind"),
            asks=Asks.CHOICE,
            choices=tuple((action.value, words) for action, words in ACTION_WORDS.items()),
        ),
    ),
    menu=Menu(
        group=Group.FRONT,
        label=Words("决策", "Decisions"),
        icon="gavel",
        place=10,
        badge=_waiting,
    ),
    empty=Words(
        "还没有申请。超出本人权限的操作会自动出现在这里。",
        "No proposals yet. What is beyond somebody's authority appears here by itself.",
    ),
    template="decision/list.html",
    add=(Words("新的申请", "New proposal"), f"{PATH}/new"),
)
PAGES = pages_of(LIST)
