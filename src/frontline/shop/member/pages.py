"""Members at the desk: who they are, what they bought, hold and brought."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.shop.aftersale.words import KINDS as CASE_KINDS
from frontline.shop.aftersale.words import STATES as CASE_STATES
from frontline.shop.member.views import desk
from frontline.shop.member.views.desk import Wish
from frontline.shop.order.words import STATES as ORDER_STATES
from frontline.shop.order.words import short
from frontline.web.cursor import Cursor
from frontline.web.listing import Asks, Column, Filter, Found, Kind, Listing, pages_of
from frontline.web.pages import Answer, DeskVisit, Group, Hit, Menu, Page, View, page

LIMIT_MAX = 500
HITS_MAX = 5

Limit = Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MAX)]
Asked = Annotated[str, msgspec.Meta(max_length=64)]


class ListForm(msgspec.Struct, frozen=True):
    words: Asked = ""
    first: date | None = None
    last: date | None = None
    after: Cursor | None = None
    limit: Limit = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    wish = Wish(
        words=form.words.strip(),
        first=None if form.first is None else visit.shop.begins(form.first),
        until=None if form.last is None else visit.shop.begins(form.last + timedelta(days=1)),
    )
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows, follows = await desk.search(transaction, wish, after=form.after, limit=form.limit)
    return Found(rows, follows)


def url_of(member_id: UUID) -> str:
    return f"/desk/members/show?id={member_id}"


_WECHAT = {True: Words("微信", "WeChat"), False: Words("手机号", "Phone")}

LIST = Listing(
    path="/desk/members",
    title=Words("会员", "Customers"),
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("昵称", "Nickname"),
            of=lambda row: row.nickname,
            link=lambda row: url_of(row.id),
        ),
        Column(label=Words("手机号", "Phone"), of=lambda row: row.phone),
        Column(
            label=Words("登录方式", "Signs in by"),
            of=lambda row: _WECHAT[row.wechat],
            on_phone=False,
        ),
        Column(label=Words("订单数", "Orders"), of=lambda row: row.orders, kind=Kind.COUNT),
        Column(label=Words("最近下单", "Last order"), of=lambda row: row.last_at, kind=Kind.MOMENT),
        Column(
            label=Words("加入时间", "Joined"),
            of=lambda row: row.joined_at,
            kind=Kind.MOMENT,
            on_phone=False,
        ),
    ),
    filters=(
        Filter(
            name="words",
            label=Words("昵称、收货人或手机号开头", "Name or phone begins with"),
            asks=Asks.WORDS,
        ),
        Filter(name="first", label=Words("加入从", "Joined from"), asks=Asks.DAY),
        Filter(name="last", label=Words("到", "To"), asks=Asks.DAY),
    ),
    menu=Menu(group=Group.MEMBERS, label=Words("会员", "Customers"), icon="users", place=10),
    empty=Words("还没有会员。有人登录店铺后会出现在这里", "Nobody yet: who signs in appears here"),
)


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        papers = await desk.papers(transaction, form.id)
    if papers is None:
        return None
    name = papers.who.nickname
    return View(
        "member/show.html",
        Words(name, name),
        {
            "papers": papers,
            "who": papers.who,
            "spent": papers.spent,
            "order_states": ORDER_STATES,
            "case_states": CASE_STATES,
            "case_kinds": CASE_KINDS,
            "short": short,
            "now": visit.opened.now(),
        },
    )


async def find(visit: DeskVisit, words: str) -> tuple[Hit, ...]:
    """By how a name or phone begins."""
    if not words.strip():
        return ()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows, _ = await desk.search(
            transaction, Wish(words=words.strip()[:64]), after=None, limit=HITS_MAX
        )
    return tuple(
        Hit(
            kind=Words("会员", "Customer"),
            title=row.nickname,
            about=visit.t(
                f"{row.phone or '微信登录'} · {row.orders} 个订单",
                f"{row.phone or 'by WeChat'} · {row.orders} orders",
            ),
            url=url_of(row.id),
        )
        for row in rows
    )


PAGES: tuple[Page, ...] = (*pages_of(LIST), page("/desk/members/show", ShowForm, _show))
