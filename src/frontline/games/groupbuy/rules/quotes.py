"""What a seat would cost now: the same rules that give one, on books that nobody holds still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontline.games.groupbuy.book import (
    FormerBook,
    FormerKeys,
    GroupbuyBook,
    SeenGroupbuyKeys,
)
from frontline.games.groupbuy.messages import (
    JoinTeam,
    OpenTeam,
    QuoteOutcome,
    QuoteSeat,
    Refusal,
    Refused,
)
from frontline.games.groupbuy.rules.seats import Ticket, joining, opening
from frontline.games.groupbuy.terms import Audience
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, MemberId, Moment, Notes
from frontline.shop.checkout.rules import Counter, Wish, checked_out, counter
from frontline.shop.coupon.messages import ClaimId


@dataclass(frozen=True, slots=True)
class Desk:
    groupbuy: GroupbuyBook
    formers: FormerBook
    counter: Counter


async def gather(batch: Sequence[QuoteSeat], load: Load) -> Desk:
    groupbuy = await load(
        SeenGroupbuyKeys(
            opening={
                (one.campaign_id, one.member_id, one.sku_id)
                for one in batch
                if one.campaign_id is not None
            },
            joining={
                (one.team_id, one.member_id, one.sku_id) for one in batch if one.team_id is not None
            },
        )
    )
    return Desk(
        groupbuy,
        await load(FormerKeys(_newcomers(batch, groupbuy))),
        await counter(
            load,
            {(one.member_id, one.sku_id) for one in batch},
            {one.address_id for one in batch if one.address_id is not None},
            {ClaimId(one.claim_id) for one in batch if one.claim_id is not None},
        ),
    )


def _newcomers(batch: Sequence[QuoteSeat], groupbuy: GroupbuyBook) -> set[MemberId]:
    """Who would join where only newcomers may."""
    return {
        one.member_id
        for one in batch
        if one.team_id is not None
        and groupbuy.teams.get(one.team_id) is not None
        and groupbuy.campaign_of(one.team_id).terms.audience is Audience.NEW
    }


def decide(desk: Desk, batch: Sequence[QuoteSeat], moment: Moment) -> Decision[QuoteOutcome]:
    return Decision(tuple(_answer(desk, command, moment) for command in batch), Notes())


def _answer(desk: Desk, command: QuoteSeat, moment: Moment) -> QuoteOutcome:
    ticket = _ticket(desk, command, moment)
    if isinstance(ticket, Refused):
        return ticket
    wish = Wish(
        ticket.seat.order_id,
        ticket.entitlement,
        command.language,
        coupons=ticket.campaign.terms.coupons,
    )
    return checked_out(desk.counter, wish, moment, no_coupon=command.no_coupon)


def _ticket(desk: Desk, command: QuoteSeat, moment: Moment) -> Ticket | Refused:
    if (command.team_id is None) == (command.campaign_id is None):
        return Refused(Refusal.TEAM_OR_CAMPAIGN)
    told = {
        name: getattr(command, name)
        for name in ("id", "member_id", "sku_id", "quantity", "address_id", "claim_id")
    }
    if command.team_id is not None:
        return joining(desk, JoinTeam(team_id=command.team_id, **told), moment)
    assert command.campaign_id is not None
    return opening(desk, OpenTeam(campaign_id=command.campaign_id, **told), moment)
