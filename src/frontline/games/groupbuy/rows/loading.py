"""From rows to a book, locked in the order: campaigns, teams, items, players, newcomers.

A quote sees the same rows without holding them.

Whoever plays locks the item it wants and reads the campaign afterwards; whoever changes a campaign
locks its items too. So no seat is given on terms that have just changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text

from frontline.engine.feature import Answered
from frontline.games.groupbuy.book import (
    Campaign,
    Former,
    FormerBook,
    FormerKeys,
    GroupbuyBook,
    GroupbuyKeys,
    Item,
    Newcomer,
    Offered,
    Player,
    Playing,
    Seat,
    Seats,
    SeenGroupbuyBook,
    SeenGroupbuyKeys,
    Team,
    as_newcomer,
    campaign_of,
)
from frontline.games.groupbuy.messages import CampaignId, TeamId
from frontline.games.groupbuy.states import SeatState, TeamState
from frontline.games.groupbuy.terms import Audience
from frontline.kernel.book import Page
from frontline.kernel.words import MemberId
from frontline.store.database import Transaction

_CAMPAIGNS = text("""
    SELECT * FROM groupbuy_campaign
    WHERE shop_id = :shop_id AND id = ANY(CAST(:campaign_ids AS uuid[]))
""")
_LOCK_CAMPAIGNS = text("""
    SELECT * FROM groupbuy_campaign
    WHERE shop_id = :shop_id AND id = ANY(CAST(:campaign_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_TEAMS = """
    SELECT id, campaign_id, state, size, taken, opened_at, expires_at FROM groupbuy_team
    WHERE shop_id = :shop_id AND id = ANY(CAST(:team_ids AS uuid[]))
    ORDER BY id"""
_SEATS = text("""
    SELECT team_id, order_id, member_id, sku_id, quantity, leads, number, state, pay_until, paid_at
    FROM groupbuy_seat
    WHERE shop_id = :shop_id AND team_id = ANY(CAST(:team_ids AS uuid[]))
      AND state NOT IN ('lapsed', 'refunded')
    ORDER BY team_id, order_id
""")
_ITEMS = """
    SELECT i.campaign_id, i.sku_id, i.position, i.price, i.leader_price, i.quota, i.taken, i.offered
    FROM groupbuy_item AS i
    JOIN unnest(CAST(:campaign_ids AS uuid[]), CAST(:sku_ids AS uuid[])) AS k (campaign_id, sku_id)
      ON i.campaign_id = k.campaign_id AND i.sku_id = k.sku_id
    WHERE i.shop_id = :shop_id
    ORDER BY i.campaign_id, i.sku_id"""
_LOCK_ALL_ITEMS = text("""
    SELECT campaign_id, sku_id, position, price, leader_price, quota, taken, offered
    FROM groupbuy_item
    WHERE shop_id = :shop_id AND campaign_id = ANY(CAST(:campaign_ids AS uuid[]))
    ORDER BY campaign_id, sku_id FOR NO KEY UPDATE
""")
_PLAYERS = """
    SELECT p.campaign_id, p.member_id, p.units, p.led, p.joined, p.team_id
    FROM groupbuy_player AS p
    JOIN unnest(CAST(:campaign_ids AS uuid[]), CAST(:member_ids AS uuid[]))
         AS k (campaign_id, member_id)
      ON p.campaign_id = k.campaign_id AND p.member_id = k.member_id
    WHERE p.shop_id = :shop_id
    ORDER BY p.campaign_id, p.member_id"""
_NEWCOMERS = """
    SELECT member_id, order_id FROM groupbuy_newcomer
    WHERE shop_id = :shop_id AND member_id = ANY(CAST(:member_ids AS uuid[]))
    ORDER BY member_id"""


class _Reading(NamedTuple):
    teams: TextClause
    items: TextClause
    players: TextClause
    newcomers: TextClause


_LOCK_TEAMS = text(f"{_TEAMS} FOR NO KEY UPDATE")
_LOCK_ITEMS = text(f"{_ITEMS} FOR NO KEY UPDATE OF i")
_LOCK_PLAYERS = text(f"{_PLAYERS} FOR NO KEY UPDATE OF p")
_LOCK_NEWCOMERS = text(f"{_NEWCOMERS} FOR NO KEY UPDATE")
_SEE_TEAMS, _SEE_ITEMS = text(_TEAMS), text(_ITEMS)
_SEE_PLAYERS, _SEE_NEWCOMERS = text(_PLAYERS), text(_NEWCOMERS)


def _locking() -> _Reading:
    return _Reading(_LOCK_TEAMS, _LOCK_ITEMS, _LOCK_PLAYERS, _LOCK_NEWCOMERS)


def _seeing() -> _Reading:
    return _Reading(_SEE_TEAMS, _SEE_ITEMS, _SEE_PLAYERS, _SEE_NEWCOMERS)


async def recall(_transaction: Transaction, _ids: Sequence[UUID]) -> Mapping[UUID, Answered]:
    """No quote is remembered."""
    return {}


async def load(transaction: Transaction, keys: GroupbuyKeys) -> GroupbuyBook:
    return await _load(transaction, _locking(), keys)


async def load_seen(transaction: Transaction, keys: SeenGroupbuyKeys) -> SeenGroupbuyBook:
    seen = GroupbuyKeys(opening=keys.opening, joining=keys.joining)
    book = await _load(transaction, _seeing(), seen)
    return SeenGroupbuyBook(
        book.campaigns, book.items, book.teams, book.seats, book.players, book.newcomers
    )


async def _load(transaction: Transaction, reading: _Reading, keys: GroupbuyKeys) -> GroupbuyBook:
    changing, joining = set(keys.campaign_ids), set(keys.joining)
    campaigns = _campaigns(await transaction.rows(_LOCK_CAMPAIGNS, campaign_ids=changing))
    teams, seats = await _teams(
        transaction, reading, {*keys.team_ids, *(where for where, _, _ in joining)}
    )
    wanted = {
        *keys.opening,
        *((teams[where].campaign_id, who, what) for where, who, what in joining if where in teams),
        *(
            (teams[team_id].campaign_id, seat.member_id, seat.sku_id)
            for team_id, seated in seats.items()
            for seat in seated
        ),
    }
    items = await _items(
        transaction, reading, {(where, what) for where, _, what in wanted}, changing
    )
    played = {where for where, _, _ in wanted} | {team.campaign_id for team in teams.values()}
    campaigns |= _campaigns(await transaction.rows(_CAMPAIGNS, campaign_ids=played - changing))
    players = await _players(transaction, reading, {(where, who) for where, who, _ in wanted})
    book = GroupbuyBook(
        Page(campaigns), Page(items), Page(teams), Page(seats), Page(players), Page({})
    )
    book.newcomers = await _newcomers(transaction, reading, book, joining)
    return book


def _campaigns(rows: Any) -> dict[CampaignId, Campaign]:
    return {row.id: campaign_of(row) for row in rows}


async def _teams(
    transaction: Transaction, reading: _Reading, team_ids: set[TeamId]
) -> tuple[dict[TeamId, Team], dict[TeamId, Seats]]:
    teams = {
        row.id: Team(**{**row._mapping, "state": TeamState(row.state)})
        for row in await transaction.rows(reading.teams, team_ids=team_ids)
    }
    seats: defaultdict[TeamId, list[Seat]] = defaultdict(list)
    for row in await transaction.rows(_SEATS, team_ids=teams):
        values = dict(row._mapping)
        team_id = values.pop("team_id")
        seats[team_id].append(Seat(**{**values, "state": SeatState(row.state)}))
    return teams, {team_id: tuple(seated) for team_id, seated in seats.items()}


async def _items(
    transaction: Transaction,
    reading: _Reading,
    wanted: set[Offered],
    changing: set[CampaignId],
) -> dict[Offered, Item]:
    rows = [
        *await transaction.rows(_LOCK_ALL_ITEMS, campaign_ids=changing),
        *await transaction.rows(
            reading.items,
            campaign_ids=[campaign_id for campaign_id, _ in wanted],
            sku_ids=[sku_id for _, sku_id in wanted],
        ),
    ]
    fields = Item.__struct_fields__
    return {
        (row.campaign_id, row.sku_id): Item(**{name: getattr(row, name) for name in fields})
        for row in rows
    }


async def _players(
    transaction: Transaction, reading: _Reading, playing: set[Playing]
) -> dict[Playing, Player]:
    rows = await transaction.rows(
        reading.players,
        campaign_ids=[campaign_id for campaign_id, _ in playing],
        member_ids=[member_id for _, member_id in playing],
    )
    return {(row[0], row[1]): Player(*row[2:]) for row in rows}


async def _newcomers(
    transaction: Transaction, reading: _Reading, book: GroupbuyBook, joining: set[Any]
) -> Page[MemberId, Newcomer]:
    """Of those who sit or would sit where only newcomers may."""
    teams = book.teams.before
    members = {
        who
        for where, who, _ in joining
        if where in teams and book.campaign_of(where).terms.audience is Audience.NEW
    } | {
        seat.member_id
        for team_id, seats in book.seats.before.items()
        for seat in seats
        if as_newcomer(book.campaign_of(team_id), seat)
    }
    rows = await transaction.rows(reading.newcomers, member_ids=members)
    return Page({row.member_id: Newcomer(row.order_id) for row in rows})


# -- Who has paid before ------------------------------------------------------------------

_FORMERS = text("""
    SELECT m.id, m.openid IS NOT NULL AS proven,
           EXISTS (SELECT FROM payment AS p
                   WHERE p.shop_id = m.shop_id AND p.payer = m.openid
                     AND p.state = 'paid' AND p.refunded < p.asked)
           OR EXISTS (SELECT FROM shop_order AS o
                      JOIN payment AS p ON p.shop_id = o.shop_id AND p.order_id = o.id
                      WHERE o.shop_id = m.shop_id AND o.member_id = m.id
                        AND p.state = 'paid' AND p.refunded < p.asked) AS paid
    FROM member AS m WHERE m.shop_id = :shop_id AND m.id = ANY(CAST(:member_ids AS uuid[]))
""")


async def load_formers(transaction: Transaction, keys: FormerKeys) -> FormerBook:
    rows = await transaction.rows(_FORMERS, member_ids=keys.member_ids)
    return FormerBook(Page({row.id: Former(row.proven, row.paid) for row in rows}))
