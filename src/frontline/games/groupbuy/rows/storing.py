"""From a book to rows: counts by delta, states by new value where the old one still stands."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import text

from frontline.games.groupbuy.book import Campaign, GroupbuyBook, Item, Seat
from frontline.games.groupbuy.states import STANDING
from frontline.games.groupbuy.terms import Terms
from frontline.store.database import Transaction

_COLUMNS = """
    state, worst_case, approved_by, name, cover, rule_text, share_title, starts_at, ends_at,
    preview_hours, audience, size, life_hours, pay_minutes, order_min, order_max, member_max,
    leads_max, joins_max, coupons, on_expiry, budget_cap
"""
_NEW_COLUMNS = ", ".join(f"v.{name.strip()}" for name in _COLUMNS.split(","))
_VALUES = f"""
    unnest(CAST(:id AS uuid[]), CAST(:state AS text[]), CAST(:worst_case AS bigint[]),
           CAST(:approved_by AS uuid[]), CAST(:name AS text[]), CAST(:cover AS text[]),
           CAST(:rule_text AS text[]), CAST(:share_title AS text[]),
           CAST(:starts_at AS timestamptz[]), CAST(:ends_at AS timestamptz[]),
           CAST(:preview_hours AS int[]), CAST(:audience AS text[]), CAST(:size AS int[]),
           CAST(:life_hours AS int[]), CAST(:pay_minutes AS int[]), CAST(:order_min AS int[]),
           CAST(:order_max AS int[]), CAST(:member_max AS int[]), CAST(:leads_max AS int[]),
           CAST(:joins_max AS int[]), CAST(:coupons AS boolean[]), CAST(:on_expiry AS text[]),
           CAST(:budget_cap AS bigint[])) AS v (id, {_COLUMNS})
"""
_ADD_CAMPAIGNS = text(f"""
    INSERT INTO groupbuy_campaign (shop_id, id, {_COLUMNS})
    SELECT CAST(:shop_id AS bigint), * FROM {_VALUES}
""")  # noqa: S608 - put together of what stands above
_CHANGE_CAMPAIGNS = text(f"""
    UPDATE groupbuy_campaign AS c
    SET ({_COLUMNS}) = ROW ({_NEW_COLUMNS})
    FROM {_VALUES}
    JOIN unnest(CAST(:id AS uuid[]), CAST(:old AS text[])) AS w (key, old) ON w.key = v.id
    WHERE c.shop_id = :shop_id AND c.id = v.id AND c.state = w.old
""")  # noqa: S608 - put together of what stands above
_ADD_ITEMS = text("""
    INSERT INTO groupbuy_item (shop_id, campaign_id, sku_id, position, price, leader_price, quota,
                               taken, offered)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:campaign_ids AS uuid[]), CAST(:sku_ids AS uuid[]), CAST(:position AS int[]),
                CAST(:price AS bigint[]), CAST(:leader_price AS bigint[]), CAST(:quota AS int[]),
                CAST(:taken AS int[]), CAST(:offered AS boolean[]))
""")
_CHANGE_ITEMS = text("""
    UPDATE groupbuy_item AS i
    SET position = d.position, price = d.price, leader_price = d.leader_price, quota = d.quota,
        taken = i.taken + d.taken, offered = d.offered
    FROM unnest(CAST(:campaign_ids AS uuid[]), CAST(:sku_ids AS uuid[]), CAST(:position AS int[]),
                CAST(:price AS bigint[]), CAST(:leader_price AS bigint[]), CAST(:quota AS int[]),
                CAST(:taken AS int[]), CAST(:offered AS boolean[]))
         AS d (campaign_id, sku_id, position, price, leader_price, quota, taken, offered)
    WHERE i.shop_id = :shop_id AND i.campaign_id = d.campaign_id AND i.sku_id = d.sku_id
""")
_ADD_TEAMS = text("""
    INSERT INTO groupbuy_team (shop_id, id, campaign_id, state, size, taken, opened_at, expires_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:campaign_ids AS uuid[]), CAST(:states AS text[]),
                CAST(:sizes AS int[]), CAST(:taken AS int[]), CAST(:opened_at AS timestamptz[]),
                CAST(:expires_at AS timestamptz[]))
""")
_MOVE_TEAMS = text("""
    UPDATE groupbuy_team AS t
    SET state = m.new, taken = t.taken + m.taken, expires_at = m.expires_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:old AS text[]), CAST(:new AS text[]),
                CAST(:taken AS int[]), CAST(:expires_at AS timestamptz[]))
         AS m (id, old, new, taken, expires_at)
    WHERE t.shop_id = :shop_id AND t.id = m.id AND t.state = m.old
""")
_ADD_SEATS = text("""
    INSERT INTO groupbuy_seat (shop_id, team_id, order_id, member_id, sku_id, quantity, leads,
                               number, state, pay_until, paid_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:team_ids AS uuid[]), CAST(:order_id AS uuid[]), CAST(:member_id AS uuid[]),
                CAST(:sku_id AS uuid[]), CAST(:quantity AS int[]), CAST(:leads AS boolean[]),
                CAST(:number AS int[]), CAST(:state AS text[]), CAST(:pay_until AS timestamptz[]),
                CAST(:paid_at AS timestamptz[]))
""")
_MOVE_SEATS = text("""
    UPDATE groupbuy_seat AS s SET state = m.new, number = m.number, paid_at = m.paid_at
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:old AS text[]), CAST(:new AS text[]),
                CAST(:numbers AS int[]), CAST(:paid_at AS timestamptz[]))
         AS m (order_id, old, new, number, paid_at)
    WHERE s.shop_id = :shop_id AND s.order_id = m.order_id AND s.state = m.old
""")
# Plain inserts on purpose: when two processes both find no row, one of them must fail on the key
# and run again, for it has not seen what the other counted.
_ADD_PLAYERS = text("""
    INSERT INTO groupbuy_player (shop_id, campaign_id, member_id, units, led, joined, team_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:campaign_ids AS uuid[]), CAST(:member_ids AS uuid[]), CAST(:units AS int[]),
                CAST(:led AS int[]), CAST(:joined AS int[]), CAST(:team_ids AS uuid[]))
""")
_COUNT_PLAYERS = text("""
    UPDATE groupbuy_player AS p
    SET units = p.units + d.units, led = p.led + d.led, joined = p.joined + d.joined,
        team_id = d.team_id
    FROM unnest(CAST(:campaign_ids AS uuid[]), CAST(:member_ids AS uuid[]), CAST(:units AS int[]),
                CAST(:led AS int[]), CAST(:joined AS int[]), CAST(:old AS uuid[]),
                CAST(:team_ids AS uuid[]))
         AS d (campaign_id, member_id, units, led, joined, old, team_id)
    WHERE p.shop_id = :shop_id AND p.campaign_id = d.campaign_id AND p.member_id = d.member_id
      AND p.team_id IS NOT DISTINCT FROM d.old
""")
_ADD_NEWCOMERS = text("""
    INSERT INTO groupbuy_newcomer (shop_id, member_id, order_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:order_ids AS uuid[]))
""")
_MOVE_NEWCOMERS = text("""
    UPDATE groupbuy_newcomer AS n SET order_id = m.new
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:old AS uuid[]), CAST(:new AS uuid[]))
         AS m (member_id, old, new)
    WHERE n.shop_id = :shop_id AND n.member_id = m.member_id
      AND n.order_id IS NOT DISTINCT FROM m.old
""")


async def store(transaction: Transaction, book: GroupbuyBook) -> None:
    await _store_campaigns(transaction, book)
    await _store_items(transaction, book)
    await _store_teams(transaction, book)
    await _store_seats(transaction, book)
    await _store_players(transaction, book)
    await _store_newcomers(transaction, book)


async def _store_campaigns(transaction: Transaction, book: GroupbuyBook) -> None:
    added, altered = book.campaigns.added(), book.campaigns.altered()
    await transaction.write(_ADD_CAMPAIGNS, **_columns([*added.values()]))
    await transaction.write(
        _CHANGE_CAMPAIGNS,
        old=[old.state for old, _ in altered.values()],
        **_columns([new for _, new in altered.values()]),
    )


def _columns(campaigns: list[Campaign]) -> dict[str, list[Any]]:
    own = ("id", "state", "worst_case", "approved_by")
    columns = {name: [getattr(one, name) for one in campaigns] for name in own}
    for name in Terms.__struct_fields__:
        columns[name] = [getattr(one.terms, name) for one in campaigns]
    return columns


async def _store_items(transaction: Transaction, book: GroupbuyBook) -> None:
    added = book.items.added()
    # Besides what is counted, an item is changed only while its campaign is locked.
    changed = {
        key: msgspec.structs.replace(new, taken=new.taken - old.taken)
        for key, (old, new) in book.items.altered().items()
    }
    for statement, items in ((_ADD_ITEMS, added), (_CHANGE_ITEMS, changed)):
        await transaction.write(
            statement,
            campaign_ids=[campaign_id for campaign_id, _ in items],
            sku_ids=[sku_id for _, sku_id in items],
            **{
                name: [getattr(item, name) for item in items.values()]
                for name in Item.__struct_fields__
            },
        )


async def _store_teams(transaction: Transaction, book: GroupbuyBook) -> None:
    added, moved = book.teams.added(), book.teams.altered()
    await transaction.write(
        _ADD_TEAMS,
        ids=added,
        campaign_ids=[team.campaign_id for team in added.values()],
        states=[team.state for team in added.values()],
        sizes=[team.size for team in added.values()],
        taken=[team.taken for team in added.values()],
        opened_at=[team.opened_at for team in added.values()],
        expires_at=[team.expires_at for team in added.values()],
    )
    await transaction.write(
        _MOVE_TEAMS,
        ids=moved,
        old=[old.state for old, _ in moved.values()],
        new=[new.state for _, new in moved.values()],
        taken=[new.taken - old.taken for old, new in moved.values()],
        expires_at=[new.expires_at for _, new in moved.values()],
    )


async def _store_seats(transaction: Transaction, book: GroupbuyBook) -> None:
    altered = book.seats.altered()
    moved = [
        (old, new)
        for olds, news in altered.values()
        for old, new in zip(olds, news, strict=False)  # What is new stands behind.
        if old != new
    ]
    # First those that make room: a number has one seat at any time.
    for part in (
        [(old, new) for old, new in moved if new.state not in STANDING],
        [(old, new) for old, new in moved if new.state in STANDING],
    ):
        await transaction.write(
            _MOVE_SEATS,
            order_ids=[new.order_id for _, new in part],
            old=[old.state for old, _ in part],
            new=[new.state for _, new in part],
            numbers=[new.number for _, new in part],
            paid_at=[new.paid_at for _, new in part],
        )
    added = [
        *((team_id, seat) for team_id, seats in book.seats.added().items() for seat in seats),
        *((team_id, seat) for team_id, (old, new) in altered.items() for seat in new[len(old) :]),
    ]
    await transaction.write(
        _ADD_SEATS,
        team_ids=[team_id for team_id, _ in added],
        **{name: [getattr(seat, name) for _, seat in added] for name in Seat.__struct_fields__},
    )


async def _store_players(transaction: Transaction, book: GroupbuyBook) -> None:
    added, counted = book.players.added(), book.players.altered()
    await transaction.write(
        _ADD_PLAYERS,
        campaign_ids=[campaign_id for campaign_id, _ in added],
        member_ids=[member_id for _, member_id in added],
        units=[player.units for player in added.values()],
        led=[player.led for player in added.values()],
        joined=[player.joined for player in added.values()],
        team_ids=[player.team_id for player in added.values()],
    )
    await transaction.write(
        _COUNT_PLAYERS,
        campaign_ids=[campaign_id for campaign_id, _ in counted],
        member_ids=[member_id for _, member_id in counted],
        units=[new.units - old.units for old, new in counted.values()],
        led=[new.led - old.led for old, new in counted.values()],
        joined=[new.joined - old.joined for old, new in counted.values()],
        old=[old.team_id for old, _ in counted.values()],
        team_ids=[new.team_id for _, new in counted.values()],
    )


async def _store_newcomers(transaction: Transaction, book: GroupbuyBook) -> None:
    added, moved = book.newcomers.added(), book.newcomers.altered()
    await transaction.write(
        _ADD_NEWCOMERS, member_ids=added, order_ids=[one.order_id for one in added.values()]
    )
    await transaction.write(
        _MOVE_NEWCOMERS,
        member_ids=moved,
        old=[old.order_id for old, _ in moved.values()],
        new=[new.order_id for _, new in moved.values()],
    )
