"""Group-buys: teams are full or refunded, seats are in step with orders, counts with seats."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_SEATS = text("SELECT count(*) AS n FROM groupbuy_seat WHERE shop_id = :shop_id")
_TEAMS = text("SELECT count(*) AS n FROM groupbuy_team WHERE shop_id = :shop_id")
_REFUNDED = text("""
    SELECT count(*) AS n FROM groupbuy_seat WHERE shop_id = :shop_id AND state = 'refunded'
""")
_OPEN = text("SELECT count(*) AS n FROM groupbuy_team WHERE shop_id = :shop_id AND state = 'open'")
_ITEMS = text("SELECT count(*) AS n FROM groupbuy_item WHERE shop_id = :shop_id")
_PLAYERS = text("SELECT count(*) AS n FROM groupbuy_player WHERE shop_id = :shop_id")

_ASTRAY = text("""
    SELECT CAST(COALESCE(s.order_id, o.id) AS text) AS id
    FROM (SELECT order_id, team_id, state FROM groupbuy_seat WHERE shop_id = :shop_id) AS s
    FULL JOIN (
        SELECT id, because_id, state FROM shop_order
        WHERE shop_id = :shop_id AND because_kind = 'groupbuy') AS o ON o.id = s.order_id
    WHERE o.because_id IS DISTINCT FROM s.team_id
       OR s.state IS DISTINCT FROM CASE
           WHEN o.state IN ('created', 'paying')
               THEN CASE WHEN s.state = 'lost' THEN 'lost' ELSE 'held' END
           WHEN o.state = 'cancelled' THEN 'lapsed'
           WHEN o.state IN ('refunding', 'refunded')
               THEN CASE WHEN s.state = 'returned' THEN 'returned' ELSE 'refunded' END
           ELSE 'paid' END
""")
_NOT_ONCE = text("""
    SELECT CAST(s.order_id AS text) AS id
    FROM groupbuy_seat AS s
    JOIN payment AS p ON p.shop_id = s.shop_id AND p.order_id = s.order_id
    WHERE s.shop_id = :shop_id AND s.state = 'refunded'
      AND (p.refunds <> 1 OR p.refunded <> p.asked)
""")
_FILLED_WRONGLY = text("""
    SELECT CAST(t.id AS text) AS id
    FROM groupbuy_team AS t
    LEFT JOIN (
        SELECT team_id, count(*) AS taken,
               count(*) FILTER (WHERE state IN ('paid', 'returned')) AS filled
        FROM groupbuy_seat WHERE shop_id = :shop_id AND state IN ('held', 'paid', 'returned')
        GROUP BY team_id) AS s ON s.team_id = t.id
    WHERE t.shop_id = :shop_id
      AND (t.taken <> COALESCE(s.taken, 0) OR t.taken > t.size
           OR (t.state = 'complete') <> (COALESCE(s.filled, 0) = t.size)
           OR t.state IN ('expired', 'lapsed') AND t.taken > 0
           OR t.state = 'short' AND COALESCE(s.filled, 0) <> t.taken)
""")
_OVERDUE = text("""
    SELECT CAST(id AS text) AS id FROM groupbuy_team
    WHERE shop_id = :shop_id AND state = 'open' AND expires_at < CAST(:now AS timestamptz)
""")
_QUOTAS = text("""
    SELECT concat(i.campaign_id, ' ', i.sku_id) AS id
    FROM groupbuy_item AS i
    LEFT JOIN (
        SELECT t.campaign_id, s.sku_id, sum(s.quantity) AS units
        FROM groupbuy_seat AS s
        JOIN groupbuy_team AS t ON t.shop_id = s.shop_id AND t.id = s.team_id
        WHERE s.shop_id = :shop_id AND s.state IN ('held', 'paid')
        GROUP BY t.campaign_id, s.sku_id) AS s
    ON s.campaign_id = i.campaign_id AND s.sku_id = i.sku_id
    WHERE i.shop_id = :shop_id AND (i.taken <> COALESCE(s.units, 0) OR i.taken > i.quota)
""")
_LIMITS = text("""
    SELECT concat(p.campaign_id, ' ', p.member_id) AS id
    FROM groupbuy_player AS p
    JOIN groupbuy_campaign AS c ON c.shop_id = p.shop_id AND c.id = p.campaign_id
    LEFT JOIN (
        SELECT t.campaign_id, s.member_id, sum(s.quantity) AS units,
               count(*) FILTER (WHERE s.leads) AS led, count(*) FILTER (WHERE NOT s.leads) AS joined
        FROM groupbuy_seat AS s
        JOIN groupbuy_team AS t ON t.shop_id = s.shop_id AND t.id = s.team_id
        WHERE s.shop_id = :shop_id AND s.state IN ('held', 'paid')
        GROUP BY t.campaign_id, s.member_id) AS s
    ON s.campaign_id = p.campaign_id AND s.member_id = p.member_id
    WHERE p.shop_id = :shop_id
      AND ((p.units, p.led, p.joined)
           <> (COALESCE(s.units, 0), COALESCE(s.led, 0), COALESCE(s.joined, 0))
           OR p.units > c.member_max OR p.led > c.leads_max OR p.joined > c.joins_max)
""")

AUDITS: Audits = {
    "group-buy seats": ("I5: every seat is in step with its order", _SEATS, _ASTRAY),
    "group-buy refunds": ("I5: a failed seat is refunded once, in full", _REFUNDED, _NOT_ONCE),
    "group-buy teams": ("I5: members <= size, complete is full", _TEAMS, _FILLED_WRONGLY),
    "group-buys in time": ("I13: no team is open long past its time", _OPEN, _OVERDUE),
    "group-buy quotas": ("I6: as many are taken as seats hold", _ITEMS, _QUOTAS),
    "group-buy limits": ("I6: no customer has more than its share", _PLAYERS, _LIMITS),
}
