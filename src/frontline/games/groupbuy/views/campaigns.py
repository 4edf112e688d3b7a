"""What shoppers and staff see of campaigns. No locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.games.groupbuy.book import Campaign, campaign_of
from frontline.games.groupbuy.messages import CampaignId, TeamId
from frontline.games.groupbuy.rules.seats import PAY_TIME_MIN
from frontline.games.groupbuy.states import CampaignState, SeatState, TeamState
from frontline.games.groupbuy.terms import Terms
from frontline.games.groupbuy.views.items import ShownItem, items_of
from frontline.games.groupbuy.views.teams import masked
from frontline.kernel.words import Fen, ShopId
from frontline.store.database import Database, Transaction

PAGE_MAX = 50
TEAMS_MAX, LISTED_TEAMS_MAX = 10, 3  # Shown of one campaign; of each in a list.

_SHOWN = text("""
    SELECT * FROM groupbuy_campaign
    WHERE shop_id = :shop_id AND state IN ('preview', 'live', 'paused')
      AND ends_at > CAST(:now AS timestamptz)
      AND starts_at - make_interval(hours => preview_hours) <= :now
      AND (CAST(:before AS uuid) IS NULL OR id < :before)
      AND (CAST(:product_id AS uuid) IS NULL OR EXISTS (
          SELECT FROM groupbuy_item AS i
          JOIN sku AS s ON s.shop_id = i.shop_id AND s.id = i.sku_id
          WHERE i.shop_id = groupbuy_campaign.shop_id AND i.campaign_id = groupbuy_campaign.id
            AND i.offered AND s.product_id = :product_id))
    ORDER BY id DESC LIMIT CAST(:page_max AS int)
""")
_CAMPAIGN = text("""
    SELECT * FROM groupbuy_campaign
    WHERE shop_id = :shop_id AND id = CAST(:campaign_id AS uuid)
      AND state NOT IN ('draft', 'checked', 'approved')
""")
# Who did not pay in time has no seat any more, whoever may have noticed that already.
_JOINABLE = text("""
    SELECT * FROM (
        SELECT t.campaign_id, t.id, t.size, t.size - sitting.seats AS seats_left, t.expires_at,
               (SELECT m.nickname FROM groupbuy_seat AS s
                JOIN member AS m ON m.shop_id = s.shop_id AND m.id = s.member_id
                WHERE s.shop_id = t.shop_id AND s.team_id = t.id AND s.state = 'paid'
                ORDER BY s.paid_at, s.number LIMIT 1) AS leader,
               count(*) OVER (PARTITION BY t.campaign_id) AS teams,
               row_number() OVER (PARTITION BY t.campaign_id
                                  ORDER BY t.size - sitting.seats, t.expires_at, t.id) AS place
        FROM groupbuy_team AS t
        JOIN groupbuy_campaign AS c ON c.shop_id = t.shop_id AND c.id = t.campaign_id
        CROSS JOIN LATERAL (
            SELECT count(*) AS seats FROM groupbuy_seat AS s
            WHERE s.shop_id = t.shop_id AND s.team_id = t.id
              AND (s.state IN ('paid', 'returned')
                   OR s.state = 'held' AND s.pay_until > CAST(:now AS timestamptz))) AS sitting
        WHERE t.shop_id = :shop_id AND t.campaign_id = ANY(CAST(:campaign_ids AS uuid[]))
          AND c.state NOT IN ('paused', 'closed') AND t.state = 'open'
          AND t.expires_at > CAST(:joined_by AS timestamptz) AND sitting.seats < t.size) AS joinable
    WHERE place <= CAST(:teams_max AS int)
    ORDER BY campaign_id, place
""")
_ALL = text("""
    SELECT * FROM groupbuy_campaign
    WHERE shop_id = :shop_id AND (CAST(:before AS uuid) IS NULL OR id < :before)
    ORDER BY id DESC LIMIT CAST(:page_max AS int)
""")
_TEAM_FIGURES = text("""
    SELECT campaign_id, state, count(*) AS teams FROM groupbuy_team
    WHERE shop_id = :shop_id AND campaign_id = ANY(CAST(:campaign_ids AS uuid[]))
    GROUP BY campaign_id, state
""")
_SEAT_FIGURES = text("""
    SELECT t.campaign_id, s.state, count(*) AS seats, sum(s.quantity) AS units
    FROM groupbuy_team AS t
    JOIN groupbuy_seat AS s ON s.shop_id = t.shop_id AND s.team_id = t.id
    WHERE t.shop_id = :shop_id AND t.campaign_id = ANY(CAST(:campaign_ids AS uuid[]))
    GROUP BY t.campaign_id, s.state
""")


class OpenTeam(msgspec.Struct, frozen=True):
    """One that may be joined."""

    team_id: TeamId
    size: int
    seats_left: int
    expires_at: datetime
    leader: str  # Masked.


class ShownCampaign(msgspec.Struct, frozen=True, kw_only=True):
    id: CampaignId
    state: CampaignState
    now: datetime
    terms: Terms
    items: tuple[ShownItem, ...]
    open_teams: int  # That may be joined now.
    teams: tuple[OpenTeam, ...]  # A few of them, the fullest first.


class ShownCampaigns(msgspec.Struct, frozen=True):
    now: datetime
    campaigns: tuple[ShownCampaign, ...]  # The newest first.
    next_before: UUID | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    teams: dict[TeamState, int]
    members: int  # Who have paid and were not refunded.
    units: int  # That they bought.
    refunded: int  # Members, with their team or by staff.


class ManagedCampaign(msgspec.Struct, frozen=True, kw_only=True):
    id: CampaignId
    state: CampaignState
    worst_case: Fen | None
    approved_by: UUID | None
    terms: Terms
    items: tuple[ShownItem, ...]
    figures: Figures


class ManagedCampaigns(msgspec.Struct, frozen=True):
    campaigns: tuple[ManagedCampaign, ...]  # The newest first.
    next_before: UUID | None


async def campaigns(
    database: Database,
    shop_id: ShopId,
    *,
    now: datetime,
    before: UUID | None,
    product_id: UUID | None,
) -> ShownCampaigns:
    """Those that may be played, and those that are shown before their start."""
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(
            _SHOWN, now=now, before=before, product_id=product_id, page_max=PAGE_MAX + 1
        )
        found = [campaign_of(row) for row in rows[:PAGE_MAX]]
        ids = [one.id for one in found]
        items = await items_of(transaction, ids)
        teams = await _joinable(transaction, ids, now, LISTED_TEAMS_MAX)
    shown = tuple(_shown(one, items[one.id], teams[one.id], now) for one in found)
    return ShownCampaigns(now, shown, shown[-1].id if len(rows) > PAGE_MAX else None)


async def campaign(
    database: Database, shop_id: ShopId, campaign_id: CampaignId, *, now: datetime
) -> ShownCampaign | None:
    """Any that was ever published, for links to it live on; with teams that may be joined."""
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_CAMPAIGN, campaign_id=campaign_id)
        if not rows:
            return None
        items = await items_of(transaction, [campaign_id])
        teams = await _joinable(transaction, [campaign_id], now, TEAMS_MAX)
    return _shown(campaign_of(rows[0]), items[campaign_id], teams[campaign_id], now)


async def _joinable(
    transaction: Transaction, campaign_ids: Sequence[CampaignId], now: datetime, teams_max: int
) -> defaultdict[CampaignId, list[Any]]:
    """The first few teams of each that may be joined; each row says how many there are."""
    found: defaultdict[CampaignId, list[Any]] = defaultdict(list)
    for row in await transaction.read(
        _JOINABLE,
        campaign_ids=list(campaign_ids),
        now=now,
        joined_by=now + PAY_TIME_MIN,
        teams_max=teams_max,
    ):
        found[row.campaign_id].append(row)
    return found


def _shown(one: Campaign, items: list[ShownItem], teams: list[Any], now: datetime) -> ShownCampaign:
    return ShownCampaign(
        id=one.id,
        state=one.state_at(now),
        now=now,
        terms=msgspec.structs.replace(one.terms, budget_cap=None),
        items=tuple(items),
        open_teams=teams[0].teams if teams else 0,
        teams=tuple(
            OpenTeam(row.id, row.size, row.seats_left, row.expires_at, masked(row.leader))
            for row in teams
        ),
    )


async def managed(database: Database, shop_id: ShopId, *, before: UUID | None) -> ManagedCampaigns:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_ALL, before=before, page_max=PAGE_MAX + 1)
        found = [campaign_of(row) for row in rows[:PAGE_MAX]]
        ids = [one.id for one in found]
        items = await items_of(transaction, ids)
        teams = await transaction.rows(_TEAM_FIGURES, campaign_ids=ids)
        seats = await transaction.rows(_SEAT_FIGURES, campaign_ids=ids)
    listed = tuple(
        ManagedCampaign(
            id=one.id,
            state=one.state,
            worst_case=one.worst_case,
            approved_by=one.approved_by,
            terms=one.terms,
            items=tuple(items[one.id]),
            figures=_figures(
                [row for row in teams if row.campaign_id == one.id],
                [row for row in seats if row.campaign_id == one.id],
            ),
        )
        for one in found
    )
    return ManagedCampaigns(listed, ids[-1] if len(rows) > PAGE_MAX else None)


def _figures(teams: list[Any], seats: list[Any]) -> Figures:
    by_state = {SeatState(row.state): row for row in seats}
    paid = by_state.get(SeatState.PAID)
    back = [by_state[one] for one in (SeatState.REFUNDED, SeatState.RETURNED) if one in by_state]
    return Figures(
        teams={TeamState(row.state): row.teams for row in teams},
        members=paid.seats if paid else 0,
        units=paid.units if paid else 0,
        refunded=sum(row.seats for row in back),
    )
