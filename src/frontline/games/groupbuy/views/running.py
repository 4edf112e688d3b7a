"""What running campaigns have cost so far. No locks."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import text

from frontline.games.groupbuy.messages import CampaignId
from frontline.games.groupbuy.states import CampaignState
from frontline.kernel.words import Fen
from frontline.store.database import Transaction

RUNNING_MAX = 6


class Running(msgspec.Struct, frozen=True, kw_only=True):
    id: CampaignId
    name: str
    state: CampaignState
    ends_at: datetime
    taken: int  # Units held or paid.
    quota: int
    cost: Fen  # Let off the catalogue's prices of today, for the units taken.
    cap: Fen | None  # The budget; None: nobody has set one.
    worst_case: Fen | None
    open_teams: int


_RUNNING = text("""
    SELECT c.id, c.name, c.state, c.ends_at, i.taken, i.quota, i.cost, c.budget_cap AS cap,
           c.worst_case,
           (SELECT count(*) FROM groupbuy_team AS t
            WHERE t.shop_id = c.shop_id AND t.campaign_id = c.id AND t.state = 'open') AS open_teams
    FROM groupbuy_campaign AS c
    JOIN LATERAL (
        SELECT CAST(coalesce(sum(i.taken), 0) AS bigint) AS taken,
               CAST(coalesce(sum(i.quota), 0) AS bigint) AS quota,
               CAST(coalesce(sum(i.taken * greatest(s.price - i.price, 0)), 0) AS bigint) AS cost
        FROM groupbuy_item AS i
        LEFT JOIN sku AS s ON s.shop_id = i.shop_id AND s.id = i.sku_id
        WHERE i.shop_id = c.shop_id AND i.campaign_id = c.id) AS i ON true
    WHERE c.shop_id = :shop_id AND c.state IN ('preview', 'live', 'paused')
      AND c.ends_at > CAST(:now AS timestamptz)
    ORDER BY c.ends_at, c.id LIMIT CAST(:running_max AS int)
""")


async def running(transaction: Transaction, now: datetime) -> tuple[Running, ...]:
    """Those that end first."""
    rows = await transaction.read(_RUNNING, now=now, running_max=RUNNING_MAX)
    return tuple(Running(**{**row._mapping, "state": CampaignState(row.state)}) for row in rows)
