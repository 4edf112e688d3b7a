"""Campaigns as staff see them at the desk. No locks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.games.groupbuy.book import Campaign, campaign_of
from frontline.games.groupbuy.messages import CampaignId, TeamId
from frontline.games.groupbuy.states import CampaignState
from frontline.games.groupbuy.views.items import ShownItem, items_of
from frontline.kernel.words import Fen
from frontline.store.database import Transaction

TEAMS_MAX = 20

# What is let off the catalogue's prices of today, for the units taken. A leader's price is not
# told apart: it is the lower, so this is the least that it may have cost.
_COUNTED = """
    CROSS JOIN LATERAL (
        SELECT CAST(coalesce(sum(i.taken), 0) AS bigint) AS taken,
               CAST(coalesce(sum(i.quota), 0) AS bigint) AS quota,
               CAST(coalesce(sum(i.taken * greatest(s.price - i.price, 0)), 0) AS bigint) AS cost
        FROM groupbuy_item AS i
        LEFT JOIN sku AS s ON s.shop_id = i.shop_id AND s.id = i.sku_id
        WHERE i.shop_id = c.shop_id AND i.campaign_id = c.id AND i.offered) AS i
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE state = 'open') AS open_teams,
               count(*) FILTER (WHERE state IN ('complete', 'short')) AS filled_teams
        FROM groupbuy_team AS t
        WHERE t.shop_id = c.shop_id AND t.campaign_id = c.id) AS t
"""
_LISTED = text(f"""
    SELECT c.*, i.taken, i.quota, i.cost, t.open_teams, t.filled_teams, '' AS approver
    FROM (SELECT * FROM groupbuy_campaign
          WHERE shop_id = :shop_id AND (CAST(:before AS uuid) IS NULL OR id < :before)
            AND (CAST(:name AS text) = '' OR position(lower(:name) IN lower(name)) > 0)
            AND CASE CAST(:phase AS text)
                    WHEN '' THEN true
                    WHEN 'making' THEN state IN ('draft', 'checked', 'approved')
                    WHEN 'running' THEN state IN ('preview', 'live', 'paused')
                                        AND ends_at > CAST(:now AS timestamptz)
                    ELSE state IN ('ended', 'closed')
                         OR state IN ('preview', 'live', 'paused')
                            AND ends_at <= CAST(:now AS timestamptz) END
          ORDER BY id DESC LIMIT CAST(:rows_max AS int)) AS c
    {_COUNTED} ORDER BY c.id DESC
""")  # noqa: S608 - put together of pieces that stand above
_ONE = text(f"""
    SELECT c.*, i.taken, i.quota, i.cost, t.open_teams, t.filled_teams,
           coalesce(a.name, '') AS approver
    FROM groupbuy_campaign AS c
    LEFT JOIN staff AS a ON a.shop_id = c.shop_id AND a.id = c.approved_by
    {_COUNTED}
    WHERE c.shop_id = :shop_id AND c.id = CAST(:campaign_id AS uuid)
""")  # noqa: S608 - put together of pieces that stand above
_TEAMS = text("""
    SELECT t.id, t.size, t.expires_at,
           (SELECT count(*) FROM groupbuy_seat AS s
            WHERE s.shop_id = t.shop_id AND s.team_id = t.id
              AND s.state IN ('paid', 'returned')) AS filled,
           coalesce((SELECT m.nickname FROM groupbuy_seat AS s
            JOIN member AS m ON m.shop_id = s.shop_id AND m.id = s.member_id
            WHERE s.shop_id = t.shop_id AND s.team_id = t.id AND s.state = 'paid'
            ORDER BY s.paid_at, s.number LIMIT 1), '') AS leader
    FROM groupbuy_team AS t
    WHERE t.shop_id = :shop_id AND t.campaign_id = CAST(:campaign_id AS uuid) AND t.state = 'open'
      AND t.expires_at > CAST(:now AS timestamptz)
    ORDER BY t.expires_at, t.id LIMIT CAST(:rows_max AS int)
""")


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign with what came of it."""

    campaign: Campaign
    taken: int  # Units held or paid.
    quota: int
    cost: Fen  # So far.
    open_teams: int
    filled_teams: int
    approver: str  # Of one that is looked at alone; "" if nobody has approved it.

    @property
    def id(self) -> CampaignId:
        return self.campaign.id


class RunningTeam(msgspec.Struct, frozen=True):
    id: TeamId
    size: int
    expires_at: datetime
    filled: int  # Seats that are paid for.
    leader: str


class Looked(msgspec.Struct, frozen=True):
    """All of one campaign."""

    counted: Counted
    items: tuple[ShownItem, ...]
    teams: tuple[RunningTeam, ...]  # Open ones, those that end first.


async def listed(  # noqa: PLR0913 - what may be asked for
    transaction: Transaction,
    now: datetime,
    *,
    before: UUID | None = None,
    name: str = "",
    phase: str = "",
    limit: int,
) -> tuple[tuple[Counted, ...], UUID | None]:
    """The newest first, `phase` is "", `making`, `running` or `over`; and where the next begin."""
    rows = await transaction.read(
        _LISTED, now=now, before=before, name=name, phase=phase, rows_max=limit + 1
    )
    found = tuple(map(_counted, rows[:limit]))
    return found, found[-1].id if len(rows) > limit else None


async def looked(transaction: Transaction, campaign_id: UUID, now: datetime) -> Looked | None:
    rows = await transaction.read(_ONE, campaign_id=campaign_id)
    if not rows:
        return None
    items = await items_of(transaction, [CampaignId(campaign_id)])
    teams = await transaction.read(_TEAMS, campaign_id=campaign_id, now=now, rows_max=TEAMS_MAX)
    return Looked(
        _counted(rows[0]),
        tuple(items[CampaignId(campaign_id)]),
        tuple(RunningTeam(*row) for row in teams),
    )


def _counted(row: Any) -> Counted:
    return Counted(
        campaign=campaign_of(row),
        taken=row.taken,
        quota=row.quota,
        cost=row.cost,
        open_teams=row.open_teams,
        filled_teams=row.filled_teams,
        approver=row.approver,
    )


def state_of(counted: Counted, now: datetime) -> CampaignState:
    """What it is by now."""
    return counted.campaign.state_at(now)
