"""One campaign: where it stands, what came of it, and the next step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from frontline.games.groupbuy.messages import (
    ApproveCampaign,
    CampaignId,
    CampaignMoved,
    CheckCampaign,
    CloseCampaign,
    PauseCampaign,
    PublishCampaign,
    Refused,
    ResumeCampaign,
)
from frontline.games.groupbuy.pages.form import told
from frontline.games.groupbuy.pages.listing import STATES
from frontline.games.groupbuy.states import UNPUBLISHED, CampaignState
from frontline.games.groupbuy.views import desk
from frontline.kernel.text import Words
from frontline.web.door import Who
from frontline.web.pages import About, Answer, DeskVisit, Done, Invalid, Page, View, action, page
from frontline.web.session import Role

STOREFRONT = "/m/games/groupbuy/pages/campaign?id="
_WAY = (CampaignState.DRAFT, CampaignState.CHECKED, CampaignState.APPROVED, CampaignState.LIVE)
_OPEN = frozenset({*UNPUBLISHED, CampaignState.PREVIEW, CampaignState.LIVE, CampaignState.PAUSED})


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    """Terms, items, running teams, cost against cap."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await desk.looked(transaction, form.id, now)
    if found is None:
        return None
    campaign = found.counted.campaign
    state = campaign.state_at(now)
    name = campaign.terms.name
    return View(
        "groupbuy/show.html",
        Words(name, name),
        {
            "campaign": campaign,
            "terms": campaign.terms,
            "state": state,
            "badge": STATES[state],
            "counted": found.counted,
            "items": found.items,
            "teams": found.teams,
            "way": _way(visit, state),
            "changeable": state in _OPEN,
            "closable": state is not CampaignState.CLOSED and visit.known.role is Role.OWNER,
            "storefront": None if state in UNPUBLISHED else f"{STOREFRONT}{campaign.id}",
        },
        about=About(ids=(campaign.id,)),
    )


def _way(visit: DeskVisit, state: CampaignState) -> list[tuple[str, bool, bool]]:
    """The steps to being published: its name, whether it is done, whether it is the next."""
    names = (
        visit.t("草稿", "Draft"),
        visit.t("检查", "Checked"),
        visit.t("批准", "Approved"),
        visit.t("发布", "Published"),
    )
    reached = _WAY.index(state) if state in UNPUBLISHED else len(_WAY) - 1
    return [(name, place <= reached, place == reached + 1) for place, name in enumerate(names)]


class MoveForm(msgspec.Struct, frozen=True):
    id: UUID
    campaign_id: UUID


def _mover(command: type[Any], said: Words) -> Callable[[DeskVisit, MoveForm], Awaitable[Answer]]:
    async def move(visit: DeskVisit, form: MoveForm) -> Answer:
        wish = command(
            id=form.id, campaign_id=CampaignId(form.campaign_id), staff_id=visit.known.staff_id
        )
        outcome = await visit.opened.engine.submit(visit.shop_id, wish)
        match outcome:
            case CampaignMoved():
                return Done(said, go=f"/desk/groupbuy/show?id={form.campaign_id}")
            case Refused(sku_id=sku_id) if sku_id is not None:
                return Invalid({"": told(outcome, await _names(visit, form.campaign_id))})
            case _:
                return outcome

    return move


async def _names(visit: DeskVisit, campaign_id: UUID) -> dict[Any, str]:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await desk.looked(transaction, campaign_id, visit.opened.now())
    items = () if found is None else found.items
    return {
        one.sku_id: " · ".join(filter(None, [one.title, " ".join(one.option_values)]))
        for one in items
    }


_check = _mover(CheckCampaign, Words("检查通过", "Checked: all is well"))
_approve = _mover(ApproveCampaign, Words("已批准", "Approved"))
_publish = _mover(PublishCampaign, Words("已发布", "Published"))
_pause = _mover(PauseCampaign, Words("已暂停，已入团的顾客不受影响", "Paused; teams go on"))
_resume = _mover(ResumeCampaign, Words("已恢复", "Live again"))
_close = _mover(CloseCampaign, Words("活动已关闭", "Closed"))

PAGES: tuple[Page, ...] = (
    page("/desk/groupbuy/show", ShowForm, _show),
    action("/desk/groupbuy/check", MoveForm, _check),
    action("/desk/groupbuy/approve", MoveForm, _approve),
    action("/desk/groupbuy/publish", MoveForm, _publish),
    action("/desk/groupbuy/pause", MoveForm, _pause),
    action("/desk/groupbuy/resume", MoveForm, _resume),
    action("/desk/groupbuy/close", MoveForm, _close, who=Who.OWNER),
)
