"""Sharing at the desk: what it brought in, and who brought whom."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.kernel.words import MemberId
from frontline.shop.share import views
from frontline.shop.share.messages import Channel, Kind, Refusal, Refused
from frontline.web.pages import Answer, DeskVisit, Group, Menu, Page, View, page

KINDS = {
    Kind.PRODUCT: Words("商品", "Products"),
    Kind.TEAM: Words("拼团", "Teams"),
    Kind.PAGE: Words("页面", "Pages"),
    Kind.ORDER: Words("晒单", "Orders"),
}
CHANNELS = {
    Channel.FRIEND: Words("发给朋友", "To a friend"),
    Channel.TIMELINE: Words("朋友圈", "Moments"),
    Channel.POSTER: Words("海报", "Poster"),
    Channel.LINK: Words("链接", "Link"),
    Channel.GROUP: Words("微信群", "Group"),
}


class ReportForm(msgspec.Struct, frozen=True):
    first: date | None = None  # None: 30 days before `last`.
    last: date | None = None  # Included. None: today.


async def _report(visit: DeskVisit, form: ReportForm) -> Answer:
    """What sharing brought in, and how many paying customers each brings."""
    days = visit.shop.period(form.first, form.last, visit.opened.now())
    if days is None:
        return Refused(Refusal.PERIOD_INVALID)
    first, last = days
    shop = visit.shop
    begin, until = shop.begins(first), shop.begins(last + timedelta(days=1))
    found = await views.report(visit.opened.database, visit.shop_id, begin, until)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        sharers = await views.best_sharers(transaction, begin, until)
    kinds = [(KINDS[one].in_(visit.language), count) for one, count in found.by_kind.items()]
    channels = [
        (CHANNELS[one].in_(visit.language), count) for one, count in found.by_channel.items()
    ]
    return View(
        "share/report.html",
        Words("分享效果", "Sharing"),
        {
            "report": found,
            "first": first,
            "last": last,
            "kinds": kinds,
            "channels": channels,
            "sharers": sharers,
        },
    )


class TreeForm(msgspec.Struct, frozen=True):
    id: UUID


async def _tree(visit: DeskVisit, form: TreeForm) -> Answer:
    """Who brought this customer, and whom it brought."""
    found = await views.tree(visit.opened.database, visit.shop_id, MemberId(form.id))
    if found is None:
        return None
    return View(
        "share/tree.html",
        Words(f"{found.member.nickname}带来的人", f"Brought by {found.member.nickname}"),
        {
            "tree": found,
            "names": {one.member_id: one.nickname for one in found.below},
            "channels": {one: words.in_(visit.language) for one, words in CHANNELS.items()},
        },
    )


PAGES: tuple[Page, ...] = (
    page(
        "/desk/share",
        ReportForm,
        _report,
        menu=Menu(group=Group.PLAY, label=Words("分享效果", "Sharing"), icon="share", place=70),
    ),
    page("/desk/share/tree", TreeForm, _tree),
)
