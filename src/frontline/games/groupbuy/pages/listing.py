"""The list of campaigns, and the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec

from frontline.games.groupbuy.states import CampaignState
from frontline.games.groupbuy.views import desk
from frontline.kernel.text import Words
from frontline.web.listing import Asks, Badge, Column, Filter, Found, Kind, Listing, pages_of
from frontline.web.pages import DeskVisit, Group, Hit, Menu, Page

HITS_MAX = 5

STATES = {
    CampaignState.DRAFT: Badge(Words("草稿", "Draft"), "secondary"),
    CampaignState.CHECKED: Badge(Words("已检查，待批准", "Checked"), "blue"),
    CampaignState.APPROVED: Badge(Words("已批准，待发布", "Approved"), "azure"),
    CampaignState.PREVIEW: Badge(Words("预热中", "Preview"), "purple"),
    CampaignState.LIVE: Badge(Words("进行中", "Live"), "green"),
    CampaignState.PAUSED: Badge(Words("已暂停", "Paused"), "orange"),
    CampaignState.ENDED: Badge(Words("已结束", "Ended"), "secondary"),
    CampaignState.CLOSED: Badge(Words("已关闭", "Closed"), "red"),
}
_BADGES = {state.value: badge for state, badge in STATES.items()}


class Row(NamedTuple):
    id: UUID
    counted: desk.Counted
    state: CampaignState


class ListForm(msgspec.Struct, frozen=True):
    q: Annotated[str, msgspec.Meta(max_length=64)] = ""
    phase: Annotated[str, msgspec.Meta(pattern="^(making|running|over)?$")] = ""
    after: UUID | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found, more = await desk.listed(
            transaction, now, before=form.after, name=form.q, phase=form.phase, limit=form.limit
        )
    rows = [Row(one.id, one, desk.state_of(one, now)) for one in found]
    return Found(rows, None if more is None else str(more))


LIST = Listing(
    path="/desk/groupbuy",
    title=Words("拼团", "Group-buys"),
    marked=True,
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("活动", "Campaign"),
            of=lambda row: row.counted.campaign.terms.name,
            link=lambda row: f"/desk/groupbuy/show?id={row.id}",
        ),
        Column(
            label=Words("状态", "State"), of=lambda row: row.state, kind=Kind.STATE, states=_BADGES
        ),
        Column(
            label=Words("结束时间", "Ends"),
            of=lambda row: row.counted.campaign.terms.ends_at,
            kind=Kind.MOMENT,
            on_phone=False,
        ),
        Column(
            label=Words("成团人数", "Team of"),
            of=lambda row: row.counted.campaign.terms.size,
            kind=Kind.COUNT,
            on_phone=False,
        ),
        Column(
            label=Words("进行中的团", "Open teams"),
            of=lambda row: row.counted.open_teams,
            kind=Kind.COUNT,
            on_phone=False,
        ),
        Column(
            label=Words("已售（件）", "Sold"), of=lambda row: row.counted.taken, kind=Kind.COUNT
        ),
        Column(
            label=Words("名额（件）", "Quota"),
            of=lambda row: row.counted.quota,
            kind=Kind.COUNT,
            on_phone=False,
        ),
        Column(label=Words("已让利", "Cost"), of=lambda row: row.counted.cost, kind=Kind.MONEY),
        Column(
            label=Words("预算", "Cap"),
            of=lambda row: row.counted.campaign.terms.budget_cap,
            kind=Kind.MONEY,
            on_phone=False,
        ),
    ),
    filters=(
        Filter(name="q", label=Words("活动名称", "Name"), asks=Asks.WORDS),
        Filter(
            name="phase",
            label=Words("阶段", "Phase"),
            asks=Asks.CHOICE,
            choices=(
                ("running", Words("进行中", "Running")),
                ("making", Words("筹备中", "In the making")),
                ("over", Words("已结束", "Over")),
            ),
        ),
    ),
    menu=Menu(group=Group.PLAY, label=Words("拼团", "Group-buys"), icon="users-group", place=10),
    empty=Words(
        "还没有拼团活动。建一个，让老顾客把新顾客带进来。",
        "No group-buys yet. Make one: customers bring their friends.",
    ),
    add=(Words("新建拼团", "New group-buy"), "/desk/groupbuy/new"),
)


async def find(visit: DeskVisit, words: str) -> Sequence[Hit]:
    """Campaigns by their name."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found, _ = await desk.listed(transaction, now, name=words, limit=HITS_MAX)
    return [
        Hit(
            kind=Words("拼团", "Group-buy"),
            title=one.campaign.terms.name,
            about=STATES[desk.state_of(one, now)].words.in_(visit.language),
            url=f"/desk/groupbuy/show?id={one.id}",
        )
        for one in found
    ]


PAGES: tuple[Page, ...] = pages_of(LIST)
