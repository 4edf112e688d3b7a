"""The front-line log at the desk: who spoke with customers, and who has not for long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.company.contact import views
from frontline.company.contact.messages import SPOKEN, How, LogContact
from frontline.company.decision import views as decisions
from frontline.kernel.text import Words
from frontline.kernel.words import StaffId
from frontline.web.cursor import Cursor
from frontline.web.listing import Badge, Column, Found, Kind, Listing, pages_of
from frontline.web.pages import (
    DeskVisit,
    Done,
    Group,
    Invalid,
    Menu,
    Nothing,
    Tile,
    View,
    action,
    page,
)

Limit = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
AREA = "*"  # Everybody speaks with customers.
WEEK = timedelta(days=7)

HOW: Mapping[str, Badge] = {
    How.CHAT: Badge(Words("聊天", "Chat"), "blue"),
    How.PHONE: Badge(Words("电话", "Phone"), "green"),
    How.VISIT: Badge(Words("当面", "In person"), "orange"),
}


async def log(visit: DeskVisit, _: Nothing) -> View:
    """A form for what was just said, everybody's week, and the last contacts."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        people = await views.people(transaction, now - WEEK)
        latest, _next = await views.page(transaction, None, None, 10)
    me = next((one for one in people if one.id == visit.known.staff_id), None)
    values = {
        "people": people,
        "latest": latest,
        "how": HOW,
        "days": lambda at: days_since(visit, at),
        "mine": days_since(visit, me.last_at if me else None),
        "ways": [(one, HOW[one].words) for one in SPOKEN],
    }
    return View("contact/log.html", Words("一线日志", "Front-line log"), values)


def days_since(visit: DeskVisit, at: datetime | None) -> int | None:
    """Days of the shop; 0 is today, None is never."""
    if at is None:
        return None
    return (visit.shop.day(visit.opened.now()) - visit.shop.day(at)).days


class LogForm(msgspec.Struct, frozen=True):
    id: UUID
    how: How
    said: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    phone: Annotated[str, msgspec.Meta(pattern="^([+0-9 -]{5,20})?$")] = ""
    at: datetime | None = None


async def put(visit: DeskVisit, form: LogForm) -> Any:
    if form.how not in SPOKEN:
        return Invalid({"how": Words("请选择聊天、电话或当面", "Chat, phone, or in person")})
    member_id = None
    if phone := form.phone.replace(" ", "").replace("-", ""):
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            member_id = await views.member_of(transaction, phone)
        if member_id is None:
            unknown = Words(
                "没有这个手机号的客户，可以留空", "Nobody has this number; leave it out"
            )
            return Invalid({"phone": unknown})
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        LogContact(
            id=form.id,
            staff_id=visit.known.staff_id,
            how=form.how,
            said=form.said,
            member_id=member_id,
            at=form.at,
        ),
    )
    if getattr(outcome, "refusal", None) is not None:
        return outcome
    return Done(Words("已记下，辛苦了", "Noted"), go="/desk/contacts")


# -- All of them ------------------------------------------------------------------------------


class ListForm(msgspec.Struct, frozen=True):
    staff: UUID | None = None
    after: Cursor | None = None
    limit: Limit = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        staff_id = None if form.staff is None else StaffId(form.staff)
        rows, after = await views.page(transaction, staff_id, form.after, form.limit)
    return Found(rows, after)


LIST = Listing(
    path="/desk/contacts/all",
    title=Words("全部客户沟通", "All contacts"),
    form=ListForm,
    find=_find,
    columns=(
        Column(label=Words("时间", "At"), of=lambda one: one.at, kind=Kind.MOMENT),
        Column(label=Words("谁", "Who"), of=lambda one: one.staff),
        Column(label=Words("方式", "How"), of=lambda one: one.how, kind=Kind.STATE, states=HOW),
        Column(
            label=Words("客户", "Customer"),
            of=lambda one: one.nickname or None,
            link=lambda one: f"/desk/members/show?id={one.member_id}" if one.member_id else None,
            on_phone=False,
        ),
        Column(label=Words("客户说", "What was said"), of=lambda one: one.said or None),
    ),
    empty=Words("还没有人记过和客户的沟通", "Nobody has logged a contact yet"),
)


async def tile(visit: DeskVisit) -> View:
    """Whoever looks: decisions, customers answered, days since the last one."""
    now, me = visit.opened.now(), visit.known.staff_id
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        last = await views.last_contact(transaction, me)
        count = await views.counted(transaction, me, now - WEEK)
        decided = await decisions.decided_by(transaction, me, now - WEEK)
    values = {"days": days_since(visit, last), "count": count, "decided": decided}
    return View("contact/tile_log.html", Words("近 7 天", "Within 7 days"), values, bare=True)


PAGES = (
    page(
        "/desk/contacts",
        Nothing,
        log,
        menu=Menu(
            group=Group.FRONT,
            label=Words("一线日志", "Front-line log"),
            icon="message-heart",
            place=60,
        ),
        area=AREA,
    ),
    *pages_of(LIST),
    action("/desk/contacts/log", LogForm, put, area=AREA),
)
TILES = (Tile(place=80, act=tile),)
