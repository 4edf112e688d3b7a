"""Notices at the desk: the bell, the list, and how one is reached elsewhere."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.company.notice import views
from frontline.company.notice.carriers import Notifiers
from frontline.company.notice.messages import NoticeId, ReadNotices, SetReach, Wants
from frontline.kernel.ids import following
from frontline.kernel.text import Words
from frontline.web.cursor import Cursor
from frontline.web.pages import (
    DeskVisit,
    Done,
    Go,
    Group,
    Invalid,
    Menu,
    Nothing,
    View,
    action,
    page,
)

AREA = "*"
PAGE = 20
TITLE = Words("消息", "Notices")


async def _unread(visit: DeskVisit) -> int:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.unread(transaction, visit.known.staff_id)


class ListForm(msgspec.Struct, frozen=True):
    after: Cursor | None = None


async def notices(visit: DeskVisit, form: ListForm) -> View:
    me = visit.known.staff_id
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows, after = await views.page(transaction, me, form.after, PAGE)
        unread = await views.unread(transaction, me)
    values = {"rows": rows, "after": after, "unread": unread, "first": form.after is None}
    return View("notice/list.html", TITLE, values)


async def bell(visit: DeskVisit, _: Nothing) -> View:
    """How many are new, and the last of them: a piece for the frame."""
    me = visit.known.staff_id
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows = await views.latest(transaction, me, 5)
        unread = await views.unread(transaction, me)
    return View("notice/bell.html", TITLE, {"rows": rows, "unread": unread}, bare=True)


class OpenForm(msgspec.Struct, frozen=True):
    id: UUID


async def open_(visit: DeskVisit, form: OpenForm) -> Any:
    """To what it is about; it is not new any more."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        notice = await views.one(transaction, form.id)
    if notice is None or notice.to != visit.known.staff_id:
        return None
    if notice.read_at is None:
        command = ReadNotices(
            id=following(notice.id, "read"), staff_id=notice.to, notice_ids=(notice.id,)
        )
        await visit.opened.engine.submit(visit.shop_id, command)
    return Go(notice.url)


class ReadForm(msgspec.Struct, frozen=True):
    id: UUID
    notice_id: UUID | None = None  # None: all.


async def read(visit: DeskVisit, form: ReadForm) -> Any:
    me = visit.known.staff_id
    if form.notice_id is not None:
        ids: tuple[NoticeId, ...] = (NoticeId(form.notice_id),)
    else:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            ids = await views.unread_ids(transaction, me)
    outcome = await visit.opened.engine.submit(
        visit.shop_id, ReadNotices(id=form.id, staff_id=me, notice_ids=ids)
    )
    if getattr(outcome, "refusal", None) is not None:
        return outcome
    return Done(Words("已标为已读", "Marked as read"), go="/desk/notices")


# -- Elsewhere ----------------------------------------------------------------------------------

WANTS = [
    (Wants.URGENT, Words("只要紧急的", "Only what is urgent")),
    (Wants.ALL, Words("全部", "Everything")),
    (Wants.NOTHING, Words("都不要", "Nothing")),
]


async def reach(visit: DeskVisit, _: Nothing) -> View:
    notifiers: Notifiers = visit.opened.services.get(Notifiers) or Notifiers()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        known = await views.reach(transaction, visit.known.staff_id)
    values = {
        "reach": known,
        "wants": WANTS,
        "languages": [("zh", "中文"), ("en", "English")],
        "ways": [
            (t, way is not None)
            for t, way in (
                (Words("邮件", "Mail"), notifiers.mail),
                (Words("企业微信群（只发紧急的）", "WeCom group (urgent ones)"), notifiers.group),
                (Words("微信订阅消息", "WeChat subscribed messages"), notifiers.wechat),
            )
        ],
    }
    return View("notice/reach.html", Words("消息设置", "How I am told"), values)


class ReachForm(msgspec.Struct, frozen=True):
    id: UUID
    wants: Wants
    language: Annotated[str, msgspec.Meta(pattern="^(zh|en)$")]
    mail: Annotated[str, msgspec.Meta(max_length=200)] = ""
    phone: Annotated[str, msgspec.Meta(pattern="^([+0-9 -]{5,20})?$")] = ""
    no_wechat: bool = False


async def set_reach(visit: DeskVisit, form: ReachForm) -> Any:
    me = visit.known.staff_id
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        openid = (await views.reach(transaction, me)).openid
        if phone := form.phone.replace(" ", "").replace("-", ""):
            found = await views.openid_of(transaction, phone)
            if not found:
                unknown = Words(
                    "这个手机号还没有在小程序登录过",
                    "This number has not signed in to the mini program",
                )
                return Invalid({"phone": unknown})
            openid = found
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        SetReach(
            id=form.id,
            staff_id=me,
            mail=form.mail,
            openid="" if form.no_wechat else openid,
            language=form.language,
            wants=form.wants,
        ),
    )
    if getattr(outcome, "refusal", None) is not None:
        return outcome
    return Done(Words("已保存", "Saved"), go="/desk/notices/reach")


PAGES = (
    page(
        "/desk/notices",
        ListForm,
        notices,
        menu=Menu(group=Group.FRONT, label=TITLE, icon="bell", place=90, badge=_unread),
        area=AREA,
    ),
    page("/desk/notices/bell", Nothing, bell, area=AREA),
    page("/desk/notices/open", OpenForm, open_, area=AREA),
    page("/desk/notices/reach", Nothing, reach, area=AREA),
    action("/desk/notices/read", ReadForm, read, area=AREA),
    action("/desk/notices/reach/set", ReachForm, set_reach, area=AREA),
)
