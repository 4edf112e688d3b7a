"""The end of a team that did not fill in time.

These commands have batches of their own: whether somebody is new to the shop is read without a
lock, and refunding would change it under the eyes of those who join in the same batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontline.games.groupbuy.book import KIND, GroupbuyBook, GroupbuyKeys
from frontline.games.groupbuy.messages import (
    ExpireTeam,
    ExpiryOutcome,
    TeamCompleted,
    TeamEnded,
    TeamExpired,
    TeamStays,
)
from frontline.games.groupbuy.states import SeatState, TeamState
from frontline.games.groupbuy.terms import OnExpiry
from frontline.kernel.ids import following
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.coupon.book import CouponKeys
from frontline.shop.coupon.messages import ClaimId
from frontline.shop.ledger.book import LedgerKeys
from frontline.shop.order.book import By, OrderKeys, OriginKeys
from frontline.shop.order.sale import Safe, all_of, give_back, let_go
from frontline.shop.order.states import CancelReason
from frontline.shop.payment.book import PaymentKeys
from frontline.shop.stock.book import StockKeys

_HELD = frozenset({SeatState.HELD})
_PAID = frozenset({SeatState.PAID})


@dataclass(frozen=True, slots=True)
class Desk(Safe):
    groupbuy: GroupbuyBook


async def gather(batch: Sequence[ExpireTeam], load: Load) -> Desk:
    team_ids = {one.team_id for one in batch}
    ledger = await load(LedgerKeys())
    groupbuy = await load(GroupbuyKeys(team_ids))
    order_ids = groupbuy.order_ids(team_ids)
    origins = await load(OriginKeys(order_ids))
    coupon = await load(CouponKeys({ClaimId(id_) for id_ in origins.claim_ids()}))
    payment = await load(PaymentKeys(order_ids))
    order = await load(OrderKeys(order_ids))
    stock = await load(StockKeys(order.sku_ids()))
    return Desk(ledger, coupon, payment, order, stock, groupbuy)


def decide(desk: Desk, batch: Sequence[ExpireTeam], moment: Moment) -> Decision[ExpiryOutcome]:
    notes = Notes()
    outcomes = tuple(_expire(desk, command, moment, notes) for command in batch)
    return Decision(outcomes, notes)


def _expire(desk: Desk, command: ExpireTeam, moment: Moment, notes: Notes) -> ExpiryOutcome:
    team = desk.groupbuy.teams.get(command.team_id)
    if team is None or team.state is not TeamState.OPEN or not team.over(moment.now):
        return TeamStays(command.team_id)
    by = By(KIND, moment.now)
    for seat in desk.groupbuy.in_state(team.id, _HELD):
        if let_go(desk, seat.order_id, CancelReason.GAME, by, notes):
            desk.groupbuy.lapsed(team.id, seat.order_id)
        else:  # Its payment is closed at the provider first; money that still comes is too late.
            desk.groupbuy.lose(team.id, seat.order_id)
    order_ids = tuple(seat.order_id for seat in desk.groupbuy.in_state(team.id, _PAID))
    if order_ids and desk.groupbuy.campaign_of(team.id).terms.on_expiry is OnExpiry.SHIP:
        desk.groupbuy.finish(team.id, TeamState.SHORT)
        notes.announce(
            TeamCompleted(
                team_id=team.id, campaign_id=team.campaign_id, order_ids=order_ids, short=True
            )
        )
        return TeamEnded(team.id, TeamState.SHORT, 0)
    for order_id in order_ids:
        refund_id = following(order_id, "team expired")
        order = desk.order.orders[order_id]
        given = all_of(order, refund_id, restock=True, reason="the team was not full in time")
        give_back(desk, order_id, given, by, notes)
        desk.groupbuy.refund(team.id, order_id)
    desk.groupbuy.finish(team.id, TeamState.EXPIRED)
    notes.announce(TeamExpired(team_id=team.id, campaign_id=team.campaign_id, order_ids=order_ids))
    return TeamEnded(team.id, TeamState.EXPIRED, len(order_ids))
