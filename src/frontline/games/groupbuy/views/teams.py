"""What shoppers see of teams. No locks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.games.groupbuy.messages import CampaignId, TeamId
from frontline.games.groupbuy.states import FILLED, SeatState, TeamState
from frontline.games.groupbuy.terms import OnExpiry
from frontline.kernel.words import MemberId, OrderId, ShopId, SkuId
from frontline.store.database import Database

PAGE_MAX = 50

_TEAM = text("""
    SELECT t.id, t.campaign_id, t.state, t.size, t.expires_at, c.name, c.share_title, c.on_expiry
    FROM groupbuy_team AS t
    JOIN groupbuy_campaign AS c ON c.shop_id = t.shop_id AND c.id = t.campaign_id
    WHERE t.shop_id = :shop_id AND t.id = CAST(:team_id AS uuid)
""")
_SEATS = text("""
    SELECT s.order_id, s.member_id, s.number, s.state, s.pay_until, m.nickname
    FROM groupbuy_seat AS s
    LEFT JOIN member AS m ON m.shop_id = s.shop_id AND m.id = s.member_id
    WHERE s.shop_id = :shop_id AND s.team_id = CAST(:team_id AS uuid) AND s.state <> 'lapsed'
    ORDER BY s.paid_at, s.number
""")
_MINE = text("""
    SELECT s.order_id, s.team_id, s.state AS seat, s.number, s.leads, s.sku_id, s.quantity,
           s.pay_until, t.campaign_id, t.state, t.size, t.expires_at, c.name, c.cover, c.on_expiry,
           (SELECT count(*) FROM groupbuy_seat AS o
            WHERE o.shop_id = t.shop_id AND o.team_id = t.id
              AND o.state IN ('paid', 'returned')) AS filled
    FROM groupbuy_seat AS s
    JOIN groupbuy_team AS t ON t.shop_id = s.shop_id AND t.id = s.team_id
    JOIN groupbuy_campaign AS c ON c.shop_id = t.shop_id AND c.id = t.campaign_id
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


class ShownTeam(msgspec.Struct, frozen=True, kw_only=True):
    id: TeamId
    campaign_id: CampaignId
    name: str  # Of the campaign.
    share_title: str
    state: TeamState
    size: int
    seats_left: int
    held: int  # Seats whose payment is awaited.
    expires_at: datetime | None
    server_time: datetime
    members: tuple[ShownMember, ...]  # Who has paid, in that order.
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
    seat: OwnSeat


class OwnTeams(msgspec.Struct, frozen=True):
    server_time: datetime
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
    row = found[0]
    filled = [seat for seat in seats if SeatState(seat.state) in FILLED]
    held = [seat for seat in seats if seat.state == SeatState.HELD and seat.pay_until > now]
    own = [seat for seat in seats if member_id is not None and seat.member_id == member_id]
    state = _state_at(row, len(filled), now)
    return ShownTeam(
        id=row.id,
        campaign_id=row.campaign_id,
        name=row.name,
        share_title=row.share_title,
        state=state,
        size=row.size,
        seats_left=row.size - len(filled) - len(held) if state is TeamState.OPEN else 0,
        held=len(held),
        expires_at=row.expires_at,
        server_time=now,
        members=tuple(
            ShownMember(
                number=seat.number,
                name=masked(seat.nickname),
                leads=place == 0,
                me=seat.member_id == member_id,
            )
            for place, seat in enumerate(filled)
        ),
        mine=_own(max(own, key=lambda seat: seat.pay_until)) if own else None,
    )


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
            seat=OwnSeat(row.order_id, SeatState(row.seat), row.number, row.pay_until),
        )
        for row in rows[:PAGE_MAX]
    )
    return OwnTeams(now, teams, teams[-1].seat.order_id if len(rows) > PAGE_MAX else None)


def _own(seat: Any) -> OwnSeat:
    return OwnSeat(seat.order_id, SeatState(seat.state), seat.number, seat.pay_until)


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
