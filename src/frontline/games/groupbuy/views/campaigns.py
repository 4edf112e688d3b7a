"""What shoppers and staff see of campaigns. No locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.games.groupbuy.book import Campaign, campaign_of
from frontline.games.groupbuy.messages import CampaignId, TeamId
from frontline.games.groupbuy.states import CampaignState, SeatState, TeamState
from frontline.games.groupbuy.terms import Terms
from frontline.games.groupbuy.views.teams import masked
from frontline.kernel.words import Fen, ProductId, ShopId, SkuId
from frontline.store.database import Database, Transaction

PAGE_MAX = 50
OPEN_TEAMS_MAX = 10

_SHOWN = text("""
    SELECT * FROM groupbuy_campaign
    WHERE shop_id = :shop_id AND state IN ('preview', 'live', 'paused')
      AND ends_at > CAST(:now AS timestamptz)
      AND starts_at - make_interval(hours => preview_hours) <= :now
      AND (CAST(:before AS uuid) IS NULL OR id < :before)
    ORDER BY id DESC LIMIT CAST(:page_max AS int)
""")
_CAMPAIGN = text("""
    SELECT * FROM groupbuy_campaign
    WHERE shop_id = :shop_id AND id = CAST(:campaign_id AS uuid)
      AND state NOT IN ('draft', 'checked', 'approved')
""")
_ITEMS = text("""
    SELECT i.campaign_id, i.sku_id, s.product_id, p.title, s.option_values, i.price,
           i.leader_price, s.price AS catalog_price, i.quota - i.taken AS "left", i.quota,
           COALESCE(NULLIF(s.picture_src, ''), (
               SELECT src FROM picture AS c
               WHERE c.shop_id = i.shop_id AND c.product_id = s.product_id
               ORDER BY c.position LIMIT 1), '') AS picture
    FROM groupbuy_item AS i
    JOIN sku AS s ON s.shop_id = i.shop_id AND s.id = i.sku_id
    JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    WHERE i.shop_id = :shop_id AND i.campaign_id = ANY(CAST(:campaign_ids AS uuid[])) AND i.offered
    ORDER BY i.campaign_id, i.position
""")
_OPEN_TEAMS = text("""
    SELECT t.id, t.size, t.taken, t.expires_at, leader.nickname
    FROM groupbuy_team AS t
    LEFT JOIN LATERAL (
        SELECT m.nickname FROM groupbuy_seat AS s
        JOIN member AS m ON m.shop_id = s.shop_id AND m.id = s.member_id
        WHERE s.shop_id = t.shop_id AND s.team_id = t.id AND s.state = 'paid'
        ORDER BY s.paid_at, s.number LIMIT 1) AS leader ON true
    WHERE t.shop_id = :shop_id AND t.campaign_id = CAST(:campaign_id AS uuid) AND t.state = 'open'
      AND t.expires_at > CAST(:now AS timestamptz) AND t.taken < t.size
    ORDER BY t.size - t.taken, t.expires_at LIMIT CAST(:teams_max AS int)
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


class ShownItem(msgspec.Struct, frozen=True):
    sku_id: SkuId
    product_id: ProductId
    title: str
    option_values: tuple[str, ...]
    price: Fen
    leader_price: Fen | None
    catalog_price: Fen
    left: int  # Units of the quota.
    quota: int
    picture: str


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
    server_time: datetime
    terms: Terms
    items: tuple[ShownItem, ...]
    teams: tuple[OpenTeam, ...] = ()  # The fullest first; only where one campaign is shown.


class ShownCampaigns(msgspec.Struct, frozen=True):
    server_time: datetime
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
    database: Database, shop_id: ShopId, *, now: datetime, before: UUID | None
) -> ShownCampaigns:
    """Those that may be played, and those that are shown before their start."""
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_SHOWN, now=now, before=before, page_max=PAGE_MAX + 1)
        found = [campaign_of(row) for row in rows[:PAGE_MAX]]
        items = await _items(transaction, (one.id for one in found))
    shown = tuple(_shown(one, items[one.id], now) for one in found)
    return ShownCampaigns(now, shown, shown[-1].id if len(rows) > PAGE_MAX else None)


async def campaign(
    database: Database, shop_id: ShopId, campaign_id: CampaignId, *, now: datetime
) -> ShownCampaign | None:
    """Any that was ever published, for links to it live on; with teams that may be joined."""
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_CAMPAIGN, campaign_id=campaign_id)
        if not rows:
            return None
        items = await _items(transaction, [campaign_id])
        teams = await transaction.read(
            _OPEN_TEAMS, campaign_id=campaign_id, now=now, teams_max=OPEN_TEAMS_MAX
        )
    open_teams = tuple(
        OpenTeam(row.id, row.size, row.size - row.taken, row.expires_at, masked(row.nickname))
        for row in teams
    )
    return _shown(campaign_of(rows[0]), items[campaign_id], now, open_teams)


def _shown(
    one: Campaign, items: list[ShownItem], now: datetime, teams: tuple[OpenTeam, ...] = ()
) -> ShownCampaign:
    return ShownCampaign(
        id=one.id,
        state=one.state_at(now),
        server_time=now,
        terms=msgspec.structs.replace(one.terms, budget_cap=None),
        items=tuple(items),
        teams=teams,
    )


async def _items(
    transaction: Transaction, campaign_ids: Iterable[CampaignId]
) -> defaultdict[CampaignId, list[ShownItem]]:
    found: defaultdict[CampaignId, list[ShownItem]] = defaultdict(list)
    for row in await transaction.rows(_ITEMS, campaign_ids=campaign_ids):
        fields = ShownItem.__struct_fields__
        values = {name: getattr(row, name) for name in fields}
        item = ShownItem(**{**values, "option_values": tuple(row.option_values)})
        found[row.campaign_id].append(item)
    return found


async def managed(database: Database, shop_id: ShopId, *, before: UUID | None) -> ManagedCampaigns:
    async with database.transaction(shop_id) as transaction:
        rows = await transaction.read(_ALL, before=before, page_max=PAGE_MAX + 1)
        found = [campaign_of(row) for row in rows[:PAGE_MAX]]
        ids = [one.id for one in found]
        items = await _items(transaction, ids)
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
