"""Windows at a glance: those that are open, all of them, a month of them, and the search."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

import msgspec

from frontline.company.window import ics, views
from frontline.company.window.book import Window
from frontline.company.window.messages import State
from frontline.company.window.pages import words
from frontline.kernel.text import Words
from frontline.web.cursor import Cursor
from frontline.web.listing import Asks, Column, Filter, Found, Kind, Listing
from frontline.web.pages import DeskVisit, Download, Group, Hit, Menu, Nothing, View, page

Limit = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
Month = Annotated[str, msgspec.Meta(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$")]
KIND = Words("报名窗口", "Sign-up window")


async def _badge(visit: DeskVisit) -> int:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.waiting(transaction, visit.opened.now())


async def soon(visit: DeskVisit, _: Nothing) -> View:
    """What is still to be decided, the soonest to close first, with what was asked for it."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        windows = await views.open_windows(transaction, now)
        missed = await views.missed(transaction, now - timedelta(days=90))
        asked = await views.asked(transaction, [one.id for one in windows])
    values = {
        "windows": windows,
        "now": now,
        "asked": asked,
        "missed": missed[:5],
        "missed_count": len(missed),
        "lost": sum(one.expected_margin or 0 for one in missed),
        "unreckoned": sum(one.expected_margin is None for one in missed),
        "left": lambda one: words.left(one.closes_at, now),
        "colour": lambda one: words.urgency(one.closes_at, now),
    }
    return View("window/soon.html", Words("报名窗口", "Sign-up windows"), values)


# -- All of them ------------------------------------------------------------------------------


class ListForm(msgspec.Struct, frozen=True):
    state: State | None = None
    after: Cursor | None = None
    limit: Limit = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows, after = await views.page(transaction, form.state, form.after, form.limit)
    return Found(rows, after)


LIST = Listing(
    path="/desk/windows/all",
    title=Words("全部报名窗口", "All sign-up windows"),
    marked=True,
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("活动", "Campaign"),
            of=lambda one: one.facts.title,
            link=lambda one: f"/desk/windows/show?id={one.id}",
        ),
        Column(label=Words("平台", "Platform"), of=lambda one: one.facts.platform, on_phone=False),
        Column(
            label=Words("报名截止", "Closes"),
            of=lambda one: one.facts.closes_at,
            kind=Kind.MOMENT,
        ),
        Column(
            label=Words("预期毛利", "Expected margin"),
            of=lambda one: one.facts.expected_margin,
            kind=Kind.MONEY,
            on_phone=False,
        ),
        Column(
            label=Words("状态", "State"),
            of=lambda one: one.state,
            kind=Kind.STATE,
            states=words.STATES,
        ),
    ),
    filters=(
        Filter(
            name="state",
            label=Words("状态", "State"),
            asks=Asks.CHOICE,
            choices=[(state, badge.words) for state, badge in words.STATES.items()],
        ),
    ),
    empty=Words(
        "还没有报名窗口，录入一个或导入平台的日历", "None yet: enter one or import a calendar"
    ),
    add=(Words("录入窗口", "Enter a window"), "/desk/windows/edit"),
)


# -- A month ----------------------------------------------------------------------------------


class MonthForm(msgspec.Struct, frozen=True):
    month: Month | None = None


async def month(visit: DeskVisit, form: MonthForm) -> View:
    now = visit.opened.now()
    today = visit.shop.day(now)
    first = date.fromisoformat(f"{form.month}-01") if form.month else today.replace(day=1)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    since = visit.shop.begins(weeks[0][0])
    until = visit.shop.begins(weeks[-1][-1] + timedelta(days=1))
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        windows = await views.between(transaction, since, until)
    on: dict[date, list[Window]] = {}
    for window in windows:
        on.setdefault(visit.shop.day(window.facts.closes_at), []).append(window)
    values = {
        "first": first,
        "weeks": weeks,
        "on": on,
        "today": today,
        "states": words.STATES,
        "before": f"{first - timedelta(days=1):%Y-%m}",
        "after": f"{first + timedelta(days=31):%Y-%m}",
        "agenda": [(day, on[day]) for day in sorted(on) if day.month == first.month],
    }
    return View("window/month.html", Words("报名日历", "Calendar of sign-ups"), values)


async def export(visit: DeskVisit, _: Nothing) -> Download:
    """Ours as a calendar: a quarter back, and all that is known to come."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        windows = await views.between(
            transaction, now - timedelta(days=92), now + timedelta(days=732)
        )
    name = visit.t(f"{visit.shop.name} 报名窗口", f"{visit.shop.name}: sign-ups")
    return Download("windows.ics", "text/calendar; charset=utf-8", ics.written(windows, name))


async def find(visit: DeskVisit, asked: str) -> Sequence[Hit]:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        windows = await views.found(transaction, asked)
    return [
        Hit(
            kind=KIND,
            title=one.facts.title,
            about=f"{one.facts.platform} · {words.STATES[one.state].words.in_(visit.language)}",
            url=f"/desk/windows/show?id={one.id}",
        )
        for one in windows
    ]


PAGES = (
    page(
        "/desk/windows",
        Nothing,
        soon,
        menu=Menu(
            group=Group.FRONT,
            label=Words("报名窗口", "Sign-ups"),
            icon="calendar-clock",
            place=40,
            badge=_badge,
        ),
    ),
    page("/desk/windows/calendar", MonthForm, month),
    page("/desk/windows/ics", Nothing, export),
)
