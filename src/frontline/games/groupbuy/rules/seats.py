"""Taking a seat: on a promise to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from frontline.games.groupbuy.book import (
    KIND,
    Campaign,
    FormerBook,
    FormerKeys,
    GroupbuyBook,
    GroupbuyKeys,
    Seat,
    Team,
)
from frontline.games.groupbuy.messages import (
    JoinTeam,
    OpenTeam,
    Refusal,
    Refused,
    Seated,
    SeatOutcome,
    SeatRequest,
    TakeSeat,
    TeamId,
)
from frontline.games.groupbuy.states import (
    UNPUBLISHED,
    CampaignState,
    TeamState,
)
from frontline.games.groupbuy.terms import Audience
from frontline.kernel.ground import Because
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, MemberId, Moment, Notes, OrderId
from frontline.shop.catalog.book import CatalogKeys
from frontline.shop.coupon.book import CouponKeys
from frontline.shop.coupon.messages import ClaimId
from frontline.shop.freight.book import FreightKeys
from frontline.shop.member.book import AddressKeys
from frontline.shop.order.book import Order, OrderKeys
from frontline.shop.order.messages import Refused as OrderRefused
from frontline.shop.order.sale import Entitlement, Offer, Till, place
from frontline.shop.stock.book import StockKeys

PAY_TIME_MIN = timedelta(minutes=2)
"""Less time than this to pay is not worth a seat: WeChat takes no payment that must end within
a minute (`time_expire`)."""


@dataclass(frozen=True, slots=True)
class Desk(Till):
    groupbuy: GroupbuyBook
    formers: FormerBook


async def gather(batch: Sequence[TakeSeat], load: Load) -> Desk:
    sku_ids = {one.sku_id for one in batch}
    groupbuy = await load(_keys(batch))
    catalog = await load(CatalogKeys(sku_ids))
    freight = await load(FreightKeys(catalog.freight_ids()))
    addresses = await load(
        AddressKeys({one.address_id for one in batch if one.address_id is not None})
    )
    formers = await load(FormerKeys(_newcomers(batch, groupbuy)))
    claims = {ClaimId(one.claim_id) for one in batch if one.claim_id is not None}
    coupon = await load(CouponKeys(claims))
    limited = {(one.member_id, one.sku_id) for one in batch if catalog.limited(one.sku_id)}
    order = await load(OrderKeys((), limited))
    stock = await load(StockKeys(sku_ids))
    return Desk(catalog, freight, addresses, coupon, order, stock, groupbuy, formers)


def _keys(batch: Sequence[TakeSeat]) -> GroupbuyKeys:
    return GroupbuyKeys(
        opening={
            (one.campaign_id, one.member_id, one.sku_id)
            for one in batch
            if isinstance(one, OpenTeam)
        },
        joining={
            (one.team_id, one.member_id, one.sku_id) for one in batch if isinstance(one, JoinTeam)
        },
    )


def _newcomers(batch: Sequence[TakeSeat], groupbuy: GroupbuyBook) -> set[MemberId]:
    """Who would join where only newcomers may."""
    return {
        one.member_id
        for one in batch
        if isinstance(one, JoinTeam)
        and groupbuy.teams.get(one.team_id) is not None
        and groupbuy.campaign_of(one.team_id).terms.audience is Audience.NEW
    }


def decide(desk: Desk, batch: Sequence[SeatRequest], moment: Moment) -> Decision[SeatOutcome]:
    notes = Notes()
    outcomes = tuple(_answer(desk, command, moment, notes) for command in batch)
    return Decision(outcomes, notes)


def _answer(desk: Desk, command: SeatRequest, moment: Moment, notes: Notes) -> SeatOutcome:
    match command:
        case OpenTeam():
            return _open(desk, command, moment, notes)
        case JoinTeam():
            return _join(desk, command, moment, notes)


def _open(desk: Desk, command: OpenTeam, moment: Moment, notes: Notes) -> SeatOutcome:
    ticket = opening(desk, command, moment)
    if isinstance(ticket, Refused):
        return ticket
    order = _placed(desk, ticket, moment, notes)
    if isinstance(order, Refused):
        return order
    team = Team(
        id=ticket.team_id,
        campaign_id=ticket.campaign.id,
        size=ticket.campaign.terms.size,
        taken=0,
        opened_at=moment.now,
    )
    desk.groupbuy.open(team, ticket.seat)
    return _seated(ticket, order)


def _join(desk: Desk, command: JoinTeam, moment: Moment, notes: Notes) -> SeatOutcome:
    ticket = joining(desk, command, moment)
    if isinstance(ticket, Refused):
        return ticket
    order = _placed(desk, ticket, moment, notes)
    if isinstance(order, Refused):
        return order
    desk.groupbuy.hold(ticket.team_id, ticket.seat)
    return _seated(ticket, order)


def _placed(desk: Desk, ticket: Ticket, moment: Moment, notes: Notes) -> Order | Refused:
    """The order that the seat is. A refusal leaves every book as it was."""
    order = place(desk, ticket.seat.order_id, ticket.entitlement, moment, notes)
    if isinstance(order, OrderRefused):
        return Refused(Refusal(order.refusal.value), total=order.total, sku_id=order.sku_id)
    return order


def _seated(ticket: Ticket, order: Order) -> Seated:
    return Seated(ticket.team_id, order.id, ticket.seat.number, order.total, order.pay_until)


# -- Who may have a seat, and on which terms ----------------------------------------------


class Game(Protocol):
    """The books that say so."""

    @property
    def groupbuy(self) -> GroupbuyBook: ...

    @property
    def formers(self) -> FormerBook: ...


@dataclass(frozen=True, slots=True)
class Ticket:
    """A seat that may be had, and the right to buy that comes with it."""

    campaign: Campaign
    team_id: TeamId
    seat: Seat
    entitlement: Entitlement


def opening(game: Game, command: OpenTeam, moment: Moment) -> Ticket | Refused:
    """The first seat of a new team."""
    campaign = game.groupbuy.campaigns.get(command.campaign_id)
    if campaign is None or campaign.state in UNPUBLISHED:
        return Refused(Refusal.CAMPAIGN_UNKNOWN)
    state = campaign.state_at(moment.now)
    if state is not CampaignState.LIVE:
        return Refused(_NOT_LIVE[state])
    pay_until = moment.now + timedelta(minutes=campaign.terms.pay_minutes)
    seat = _seat(command, number=1, leads=True, pay_until=pay_until)
    return _ticket(game, campaign, TeamId(command.id), command, seat)


def joining(game: Game, command: JoinTeam, moment: Moment) -> Ticket | Refused:
    """A seat that is free in a team."""
    team = game.groupbuy.teams.get(command.team_id)
    if team is None:
        return Refused(Refusal.TEAM_UNKNOWN)
    campaign = game.groupbuy.campaigns[team.campaign_id]
    if (refusal := _shut(game, campaign, team, command.member_id, moment.now)) is not None:
        return Refused(refusal)
    number = game.groupbuy.vacancy(team.id, moment.now)
    if number is None:
        return Refused(Refusal.TEAM_FULL)
    assert team.expires_at is not None
    wanted = moment.now + timedelta(minutes=campaign.terms.pay_minutes)
    pay_until = min(wanted, team.expires_at)
    seat = _seat(command, number=number, leads=False, pay_until=pay_until)
    return _ticket(game, campaign, team.id, command, seat)


_NOT_LIVE = {
    CampaignState.PREVIEW: Refusal.CAMPAIGN_NOT_STARTED,
    CampaignState.PAUSED: Refusal.CAMPAIGN_PAUSED,
    CampaignState.ENDED: Refusal.CAMPAIGN_ENDED,
    CampaignState.CLOSED: Refusal.CAMPAIGN_ENDED,
}


def _shut(
    game: Game, campaign: Campaign, team: Team, member_id: MemberId, now: datetime
) -> Refusal | None:
    """Why nobody may join, or not this member. The campaign's end shuts no team that is open."""
    counted = game.groupbuy.players.get((campaign.id, member_id))
    if counted is not None and counted.team_id == team.id:
        return Refusal.ALREADY_SEATED
    if team.state is TeamState.PENDING:
        return Refusal.TEAM_PENDING
    if team.state is not TeamState.OPEN or team.over(now + PAY_TIME_MIN):
        return Refusal.TEAM_CLOSED
    state = campaign.state_at(now)
    if state in {CampaignState.PAUSED, CampaignState.CLOSED}:
        return _NOT_LIVE[state]
    if campaign.terms.audience is Audience.NEW:
        former = game.formers.formers.get(member_id)
        if former is None or not former.proven:
            return Refusal.NEWNESS_UNPROVEN
        if former.paid:
            return Refusal.NOT_NEW
    return None


def _seat(command: TakeSeat, *, number: int, leads: bool, pay_until: datetime) -> Seat:
    return Seat(
        order_id=OrderId(command.id),
        member_id=command.member_id,
        sku_id=command.sku_id,
        quantity=command.quantity,
        leads=leads,
        number=number,
        pay_until=pay_until,
    )


def _ticket(
    game: Game, campaign: Campaign, team_id: TeamId, command: TakeSeat, seat: Seat
) -> Ticket | Refused:
    """What it is sold at; or why this member may not have it."""
    terms = campaign.terms
    if command.quantity < terms.order_min:
        return Refused(Refusal.TOO_FEW)
    if command.quantity > terms.order_max:
        return Refused(Refusal.TOO_MANY)
    if command.claim_id is not None and not terms.coupons:
        return Refused(Refusal.COUPON_NOT_ALLOWED)
    if (refusal := game.groupbuy.obstacle(campaign, seat)) is not None:
        return _refused(game, campaign, seat, refusal)
    item = game.groupbuy.items[campaign.id, seat.sku_id]
    price = item.leader_price if seat.leads and item.leader_price is not None else item.price
    entitlement = Entitlement(
        member_id=command.member_id,
        offers=(Offer(sku_id=command.sku_id, quantity=command.quantity, price=price),),
        pay_until=seat.pay_until,
        address_id=command.address_id,
        claim_id=command.claim_id,
        note=command.note,
        because=Because(KIND, team_id),
        expected_total=command.expected_total,
    )
    return Ticket(campaign, team_id, seat, entitlement)


def _refused(game: Game, campaign: Campaign, seat: Seat, refusal: Refusal) -> Refused:
    """With the way to the team that the member is to finish first."""
    if refusal is not Refusal.ALREADY_IN_TEAM:
        return Refused(refusal, sku_id=seat.sku_id)
    player = game.groupbuy.players[campaign.id, seat.member_id]
    return Refused(refusal, team_id=player.team_id)
