"""Doors: campaigns and teams for shoppers, the making of campaigns for staff."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from frontline.engine.engine import new_id
from frontline.games.groupbuy import messages
from frontline.games.groupbuy.messages import (
    ApproveCampaign,
    CampaignId,
    ChangeCampaign,
    CheckCampaign,
    CloseCampaign,
    CreateCampaign,
    JoinTeam,
    OpenTeam,
    PauseCampaign,
    PublishCampaign,
    QuoteSeat,
    ResumeCampaign,
    TeamId,
)
from frontline.games.groupbuy.terms import Items, Terms
from frontline.games.groupbuy.views import campaigns, teams
from frontline.kernel.words import Fen, SkuId
from frontline.shop.checkout.messages import Checkout, Language
from frontline.web.door import Visit, Who, command_door, get, post
from frontline.web.session import Caller, Role

TERMS_BYTES_MAX = 65_536  # The rule text and ITEMS_MAX items with room to spare.

# -- For shoppers -------------------------------------------------------------------------


class PageForm(msgspec.Struct, frozen=True):
    before: UUID | None = None


class CampaignForm(msgspec.Struct, frozen=True):
    campaign_id: UUID


class TeamForm(msgspec.Struct, frozen=True):
    team_id: UUID


class CampaignsForm(msgspec.Struct, frozen=True):
    before: UUID | None = None
    product_id: UUID | None = None  # None: of any product.


async def _campaigns(visit: Visit, form: CampaignsForm) -> campaigns.ShownCampaigns:
    """Group-buys that may be played now, and those that are shown before their start."""
    opened = visit.opened
    return await campaigns.campaigns(
        opened.database,
        visit.shop_id,
        now=opened.now(),
        before=form.before,
        product_id=form.product_id,
    )


async def _campaign(visit: Visit, form: CampaignForm) -> campaigns.ShownCampaign | None:
    """A group-buy with its rules in full, and a few teams that may be joined."""
    opened, campaign_id = visit.opened, CampaignId(form.campaign_id)
    return await campaigns.campaign(opened.database, visit.shop_id, campaign_id, now=opened.now())


async def _team(visit: Visit, form: TeamForm) -> teams.ShownTeam | None:
    """A team: who has paid, how many seats are left and until when, and my own seat."""
    known = visit.caller is not None and visit.caller.role is Role.MEMBER
    return await teams.team(
        visit.opened.database,
        visit.shop_id,
        TeamId(form.team_id),
        member_id=visit.known.member_id if known else None,
        now=visit.opened.now(),
    )


async def _mine(visit: Visit, form: PageForm) -> teams.OwnTeams:
    """The teams that I have a seat in, or had one."""
    return await teams.mine(
        visit.opened.database,
        visit.shop_id,
        visit.known.member_id,
        before=form.before,
        now=visit.opened.now(),
    )


class SeatForm(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID  # Minted by the storefront for this wish; the same on every retry.
    sku_id: UUID
    quantity: Annotated[int, Meta(ge=1, le=100_000)] = 1
    address_id: UUID | None = None
    claim_id: UUID | None = None
    note: Annotated[str, Meta(max_length=200)] = ""
    expected_total: Annotated[int, Meta(ge=0)] | None = None


class OpenForm(SeatForm, frozen=True, kw_only=True):
    campaign_id: UUID


class JoinForm(SeatForm, frozen=True, kw_only=True):
    team_id: UUID


def _seat(caller: Caller, form: SeatForm) -> dict[str, Any]:
    return {
        "member_id": caller.member_id,
        "sku_id": SkuId(form.sku_id),
        "quantity": form.quantity,
        "address_id": form.address_id,
        "claim_id": form.claim_id,
        "note": form.note,
        "expected_total": None if form.expected_total is None else Fen(form.expected_total),
    }


class SeatQuoteForm(msgspec.Struct, frozen=True, kw_only=True):
    """Either of the first two: a team to open, or one to join."""

    campaign_id: UUID | None = None
    team_id: UUID | None = None
    sku_id: UUID
    quantity: Annotated[int, Meta(ge=1, le=100_000)] = 1
    address_id: UUID | None = None  # None: the one to offer is chosen.
    claim_id: UUID | None = None  # None: the best is chosen, where coupons are allowed.
    no_coupon: bool = False


async def _quote(visit: Visit, form: SeatQuoteForm) -> Checkout | messages.Refused:
    """What a seat costs me, address and coupon chosen; nothing is held for me."""
    wish = QuoteSeat(
        id=new_id(),
        member_id=visit.known.member_id,
        team_id=None if form.team_id is None else TeamId(form.team_id),
        campaign_id=None if form.campaign_id is None else CampaignId(form.campaign_id),
        sku_id=SkuId(form.sku_id),
        quantity=form.quantity,
        address_id=form.address_id,
        claim_id=form.claim_id,
        no_coupon=form.no_coupon,
        language=Language(visit.language),
    )
    return await visit.opened.engine.submit(visit.shop_id, wish)


def _open(caller: Caller, form: OpenForm) -> OpenTeam:
    """Open a team: it may be shared once its first seat is paid for."""
    return OpenTeam(
        id=form.id,
        campaign_id=CampaignId(form.campaign_id),
        **_seat(caller, form),
    )


def _join(caller: Caller, form: JoinForm) -> JoinTeam:
    """Take a seat in a team: it is held while the payment is awaited."""
    return JoinTeam(
        id=form.id,
        team_id=TeamId(form.team_id),
        **_seat(caller, form),
    )


# -- For staff ----------------------------------------------------------------------------


async def _managed(visit: Visit, form: PageForm) -> campaigns.ManagedCampaigns:
    """All group-buys with their figures, the newest first."""
    return await campaigns.managed(visit.opened.database, visit.shop_id, before=form.before)


class CreateForm(msgspec.Struct, frozen=True):
    id: UUID
    terms: Terms
    items: Items


class ChangeForm(msgspec.Struct, frozen=True):
    id: UUID
    campaign_id: UUID
    terms: Terms
    items: Items


class MoveForm(msgspec.Struct, frozen=True):
    id: UUID
    campaign_id: UUID


def _create(caller: Caller, form: CreateForm) -> CreateCampaign:
    """Draft a group-buy."""
    return CreateCampaign(id=form.id, terms=form.terms, items=form.items, staff_id=caller.staff_id)


def _change(caller: Caller, form: ChangeForm) -> ChangeCampaign:
    """Write its terms anew; a published one keeps what shoppers rely on."""
    return ChangeCampaign(
        id=form.id,
        campaign_id=CampaignId(form.campaign_id),
        terms=form.terms,
        items=form.items,
        staff_id=caller.staff_id,
    )


def _check(caller: Caller, form: MoveForm) -> CheckCampaign:
    """Hold a draft against catalogue, stock and budget."""
    return CheckCampaign(
        id=form.id, campaign_id=CampaignId(form.campaign_id), staff_id=caller.staff_id
    )


def _approve(caller: Caller, form: MoveForm) -> ApproveCampaign:
    """Approve what was checked."""
    return ApproveCampaign(
        id=form.id, campaign_id=CampaignId(form.campaign_id), staff_id=caller.staff_id
    )


def _publish(caller: Caller, form: MoveForm) -> PublishCampaign:
    """Publish what was approved; it is checked once more."""
    return PublishCampaign(
        id=form.id, campaign_id=CampaignId(form.campaign_id), staff_id=caller.staff_id
    )


def _pause(caller: Caller, form: MoveForm) -> PauseCampaign:
    """No new teams and seats for now."""
    return PauseCampaign(
        id=form.id, campaign_id=CampaignId(form.campaign_id), staff_id=caller.staff_id
    )


def _resume(caller: Caller, form: MoveForm) -> ResumeCampaign:
    """Go on after a pause."""
    return ResumeCampaign(
        id=form.id, campaign_id=CampaignId(form.campaign_id), staff_id=caller.staff_id
    )


def _close(caller: Caller, form: MoveForm) -> CloseCampaign:
    """Close it for ever; teams that are open live out their time."""
    return CloseCampaign(
        id=form.id, campaign_id=CampaignId(form.campaign_id), staff_id=caller.staff_id
    )


_PATH, _STAFF_PATH = "/api/games/groupbuy", "/api/staff/games/groupbuy"

DOORS = (
    get(f"{_PATH}/campaigns", CampaignsForm, _campaigns, campaigns.ShownCampaigns, who=Who.ANYONE),
    get(f"{_PATH}/campaign", CampaignForm, _campaign, campaigns.ShownCampaign, who=Who.ANYONE),
    get(f"{_PATH}/team", TeamForm, _team, teams.ShownTeam, who=Who.ANYONE),
    get(f"{_PATH}/teams/mine", PageForm, _mine, teams.OwnTeams, who=Who.MEMBER),
    post(f"{_PATH}/teams/quote", SeatQuoteForm, _quote, Checkout, who=Who.MEMBER),
    command_door(f"{_PATH}/teams/open", OpenForm, _open, messages.SeatOutcome),
    command_door(f"{_PATH}/teams/join", JoinForm, _join, messages.SeatOutcome),
    get(f"{_STAFF_PATH}/campaigns", PageForm, _managed, campaigns.ManagedCampaigns, who=Who.STAFF),
    command_door(
        f"{_STAFF_PATH}/campaigns/create",
        CreateForm,
        _create,
        messages.Ungoverned,
        who=Who.STAFF,
        body_bytes_max=TERMS_BYTES_MAX,
    ),
    command_door(
        f"{_STAFF_PATH}/campaigns/change",
        ChangeForm,
        _change,
        messages.CampaignOutcome,
        who=Who.STAFF,
        body_bytes_max=TERMS_BYTES_MAX,
    ),
    *(
        command_door(
            f"{_STAFF_PATH}/campaigns/{verb}",
            MoveForm,
            command_of,
            answers,
            who=who,
        )
        for verb, command_of, who, answers in (
            ("check", _check, Who.STAFF, messages.Ungoverned),
            ("approve", _approve, Who.STAFF, messages.CampaignOutcome),
            ("publish", _publish, Who.STAFF, messages.CampaignOutcome),
            ("pause", _pause, Who.STAFF, messages.Ungoverned),
            ("resume", _resume, Who.STAFF, messages.Ungoverned),
            ("close", _close, Who.OWNER, messages.Ungoverned),
        )
    ),
)
