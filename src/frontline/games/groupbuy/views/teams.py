"""What shoppers see of teams. No locks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.games.groupbuy.messages import CampaignId, TeamId
from frontline.games.groupbuy.rules.seats import PAY_TIME_MIN
from frontline.games.groupbuy.states import FILLED, CampaignState, SeatState, TeamState
from frontline.games.groupbuy.terms import Audience, OnExpiry
from frontline.games.groupbuy.views.items import ShownItem, items_of
from frontline.kernel.words import Fen, MemberId, OrderId, ShopId, SkuId
from frontline.store.database import Database

PAGE_MAX = 50

_TEAM = text("""
    SELECT t.id, t.campaign_id, t.state, t.size, t.expires_at, c.name, c.cover, c.share_title,
           c.on_expiry, c.rule_text, c.audience, c.state AS campaign_state
    FROM groupbuy_team AS t
    JOIN groupbuy_campaign AS c ON c.shop_id = t.shop_id AND c.id = t.campaign_id
    WHERE t.shop_id = :shop_id AND t.id = CAST(:team_id AS uuid)
""")
_SEATS = text("""
    SELECT s.order_id, s.member_id, s.sku_id, s.quantity, s.leads, s.number, s.state,
           s.state AS seat, s.pay_until, o.total, m.nickname
    FROM groupbuy_seat AS s
    LEFT JOIN member AS m ON m.shop_id = s.shop_id AND m.id = s.member_id
    LEFT JOIN shop_order AS o ON o.shop_id = s.shop_id AND o.id = s.order_id
    WHERE s.shop_id = :shop_id AND s.team_id = CAST(:team_id AS uuid) AND s.state <> 'lapsed'
    ORDER BY s.paid_at, s.number
""")
_MINE = text("""
    SELECT s.order_id, s.team_id, s.state AS seat, s.number, s.leads, s.sku_id, s.quantity,
           s.pay_until, p.total, t.campaign_id, t.state, t.size, t.expires_at, c.name, c.cover,
           c.on_expiry,
           (SELECT count(*) FROM groupbuy_seat AS o
            WHERE o.shop_id = t.shop_id AND o.team_id = t.id
              AND o.state IN ('paid', 'returned')) AS filled
    FROM groupbuy_seat AS s
    JOIN groupbuy_team AS t ON t.shop_id = s.shop_id AND t.id = s.team_id
    JOIN groupbuy_campaign AS c ON c.shop_id = t.shop_id AND c.id = t.campaign_id
    LEFT JOIN shop_order AS p ON p.shop_id = s.shop_id AND p.id = s.order_id
    WHERE s.shop_id = :shop_id AND s.member_id = CAST(:member_id AS uuid)
      AND (CAST(:before AS uuid) IS NULL OR s.order_id < :before)
    ORDER BY s.order_id DESC LIMIT CAST(:page_max AS int)
""")


class ShownMember(msgspec.Struct, frozen=True):
    number: int
    name: str  # Masked.
    leads: bool
    me: bool


class OwnSeat(msgspec.Struct, frozen=True):
    order_id: OrderId
    state: SeatState
    number: int
    pay_until: datetime
    sku_id: SkuId
    quantity: int
    total: Fen  # Of its order.


class ShownTeam(msgspec.Struct, frozen=True, kw_only=True):
    id: TeamId
    campaign_id: CampaignId
    name: str  # Of the campaign.
    cover: str
    share_title: str
    rule_text: str
    audience: Audience
    product: ShownItem | None  # What its opener chose; None: nothing is offered any more.
    items: tuple[ShownItem, ...]  # Whatever of these one may join with.
    state: TeamState
    size: int
    seats_left: int
    held: int  # Seats whose payment is awaited.
    joinable: bool  # By somebody who has no seat in it, as far as the team goes.
    expires_at: datetime | None
    now: datetime
    members: tuple[ShownMember, ...]  # Who has paid, in that order.
    waiting: tuple[ShownMember, ...]  # Whose payment is awaited.
    mine: OwnSeat | None


class OwnTeam(msgspec.Struct, frozen=True, kw_only=True):
    team_id: TeamId
    campaign_id: CampaignId
    name: str
    cover: str
    state: TeamState
    size: int
    filled: int
    expires_at: datetime | None
    leads: bool
    sku_id: SkuId
    quantity: int
    product: ShownItem | None
    seat: OwnSeat


class OwnTeams(msgspec.Struct, frozen=True):
    now: datetime
    teams: tuple[OwnTeam, ...]  # The newest first.
    next_before: UUID | None


async def team(
    database: Database,
    shop_id: ShopId,
    team_id: TeamId,
    *,
    member_id: MemberId | None,
    now: datetime,
) -> ShownTeam | None:
    """For whoever has its link; `member_id` is who looks, if that is known."""
    async with database.transaction(shop_id) as transaction:
        found = await transaction.read(_TEAM, team_id=team_id)
        if not found:
            return None
        seats = await transaction.read(_SEATS, team_id=team_id)
        items = (await items_of(transaction, [found[0].campaign_id]))[found[0].campaign_id]
    row = found[0]
    filled = [seat for seat in seats if SeatState(seat.state) in FILLED]
    held = [seat for seat in seats if seat.state == SeatState.HELD and seat.pay_until > now]
    own = [seat for seat in seats if member_id is not None and seat.member_id == member_id]
    chosen = {seat.sku_id for seat in seats if seat.leads}
    state = _state_at(row, len(filled), now)
    left = row.size - len(filled) - len(held) if state is TeamState.OPEN else 0
    return ShownTeam(
        id=row.id,
        campaign_id=row.campaign_id,
        name=row.name,
        cover=row.cover,
        share_title=row.share_title,
        rule_text=row.rule_text,
        audience=Audience(row.audience),
        product=next((one for one in items if one.sku_id in chosen), items[0] if items else None),
        items=tuple(items),
        state=state,
        size=row.size,
        seats_left=left,
        held=len(held),
        joinable=left > 0
        and now + PAY_TIME_MIN < row.expires_at
        and row.campaign_state not in {CampaignState.PAUSED, CampaignState.CLOSED},
        expires_at=row.expires_at,
        now=now,
        members=tuple(
            _member(seat, member_id, leads=place == 0) for place, seat in enumerate(filled)
        ),
        waiting=tuple(_member(seat, member_id, leads=state is TeamState.PENDING) for seat in held),
        mine=_own(max(own, key=lambda seat: seat.pay_until)) if own else None,
    )


def _member(seat: Any, member_id: MemberId | None, *, leads: bool) -> ShownMember:
    return ShownMember(seat.number, masked(seat.nickname), leads, seat.member_id == member_id)


async def mine(
    database: Database,
    shop_id: ShopId,
    member_id: MemberId,
    *,
    before: UUID | None,
    now: datetime,
) -> OwnTeams:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(
            _MINE, member_id=member_id, before=before, page_max=PAGE_MAX + 1
        )
        offered = await items_of(transaction, {row.campaign_id for row in rows})
    products = {(id_, item.sku_id): item for id_, items in offered.items() for item in items}
    teams = tuple(
        OwnTeam(
            team_id=row.team_id,
            campaign_id=row.campaign_id,
            name=row.name,
            cover=row.cover,
            state=_state_at(row, row.filled, now),
            size=row.size,
            filled=row.filled,
            expires_at=row.expires_at,
            leads=row.leads,
            sku_id=row.sku_id,
            quantity=row.quantity,
            product=products.get((row.campaign_id, row.sku_id)),
            seat=_own(row),
        )
        for row in rows[:PAGE_MAX]
    )
    return OwnTeams(now, teams, teams[-1].seat.order_id if len(rows) > PAGE_MAX else None)


def _own(row: Any) -> OwnSeat:
    """Of a row whose columns are named so."""
    return OwnSeat(
        row.order_id,
        SeatState(row.seat),
        row.number,
        row.pay_until,
        row.sku_id,
        row.quantity,
        row.total,
    )


def _state_at(row: Any, filled: int, now: datetime) -> TeamState:
    """A team whose time is over is never shown as open, however late its timer."""
    state = TeamState(row.state)
    if state is not TeamState.OPEN or now < row.expires_at:
        return state
    ships = filled and row.on_expiry == OnExpiry.SHIP
    return TeamState.SHORT if ships else TeamState.EXPIRED


def masked(nickname: str | None) -> str:
    """Enough for friends to know each other."""
    return f"{nickname[0]}**" if nickname else "**"
