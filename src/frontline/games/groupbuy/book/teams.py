"""Campaigns, teams and their seats. A seat is held by an unpaid order and taken by a paid one.

What is limited is counted in rows of its own: units of a SKU at its group price, what a customer
has in a campaign, and that a newcomer is new once. A count over seats could not be locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from uuid import UUID

import msgspec

from frontline.games.groupbuy.book.things import (
    Campaign,
    Item,
    Newcomer,
    Offered,
    Player,
    Playing,
    Seat,
    Seats,
    Team,
    as_newcomer,
)
from frontline.games.groupbuy.messages import (
    CampaignId,
    ExpireTeam,
    Refusal,
    SeatTaken,
    TeamCompleted,
    TeamId,
    TeamOpened,
)
from frontline.games.groupbuy.states import (
    COUNTED,
    FILLED,
    SEAT_TRANSITIONS,
    STANDING,
    TEAM_TRANSITIONS,
    SeatState,
    TeamState,
)
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.ground import Verdict
from frontline.kernel.ids import following
from frontline.kernel.states import move
from frontline.kernel.words import MemberId, Moment, Notes, OrderId, SkuId

KIND = "groupbuy"


@dataclass(slots=True)
class GroupbuyBook(Book):
    campaigns: Page[CampaignId, Campaign]
    items: Page[Offered, Item]
    teams: Page[TeamId, Team]
    seats: Page[TeamId, Seats]  # Those that are not final, and those that became so just now.
    players: Page[Playing, Player]
    newcomers: Page[MemberId, Newcomer]

    # -- Reading --------------------------------------------------------------------------

    def campaign_of(self, team_id: TeamId) -> Campaign:
        return self.campaigns[self.teams[team_id].campaign_id]

    def items_of(self, campaign_id: CampaignId) -> dict[SkuId, Item]:
        items = sorted(self.items.rows().items(), key=itemgetter(0))  # What is refused first.
        return {sku_id: item for (owner, sku_id), item in items if owner == campaign_id}

    def in_state(self, team_id: TeamId, states: frozenset[SeatState]) -> Seats:
        return tuple(seat for seat in self.seats.get(team_id) or () if seat.state in states)

    def order_ids(self, team_ids: Iterable[TeamId]) -> set[OrderId]:
        """Of all who hold or have paid for a seat."""
        return {seat.order_id for id_ in team_ids for seat in self.in_state(id_, COUNTED)}

    def vacancy(self, team_id: TeamId, now: datetime) -> int | None:
        """The lowest number that is free, else one that was not paid for in time."""
        standing = {seat.number: seat for seat in self.in_state(team_id, STANDING)}
        numbers = range(1, self.teams[team_id].size + 1)
        free = (number for number in numbers if number not in standing)
        overdue = (number for number, seat in sorted(standing.items()) if seat.overdue(now))
        return next(free, None) or next(overdue, None)

    def obstacle(self, campaign: Campaign, seat: Seat) -> Refusal | None:
        """What is in the way of counting this seat."""
        terms, item = campaign.terms, self.items.get((campaign.id, seat.sku_id))
        if item is None or not item.offered:
            return Refusal.NOT_OFFERED
        if seat.quantity > item.quota - item.taken:
            return Refusal.QUOTA_GONE
        player = self.players.get((campaign.id, seat.member_id)) or Player()
        if player.team_id is not None:
            return Refusal.ALREADY_IN_TEAM
        if terms.member_max is not None and player.units + seat.quantity > terms.member_max:
            return Refusal.LIMIT_REACHED
        if seat.leads and terms.leads_max is not None and player.led >= terms.leads_max:
            return Refusal.LEADS_USED_UP
        if not seat.leads and terms.joins_max is not None and player.joined >= terms.joins_max:
            return Refusal.JOINS_USED_UP
        claim = self.newcomers.get(seat.member_id) if as_newcomer(campaign, seat) else None
        if claim is not None and claim.order_id is not None:
            return Refusal.NEWCOMER_ELSEWHERE
        return None

    # -- Teams and seats ------------------------------------------------------------------

    def open(self, team: Team, seat: Seat) -> None:
        assert self.teams.get(team.id) is None
        assert seat.leads
        self.teams[team.id] = team
        self.hold(team.id, seat)

    def hold(self, team_id: TeamId, seat: Seat) -> None:
        """Give a seat until it is paid for. Ask for an `obstacle` and a `vacancy` first."""
        self._clear(team_id, seat.number)
        self.seats[team_id] = (*(self.seats.get(team_id) or ()), seat)
        self._count(team_id, seat, 1)
        self._fill(team_id, 1)

    def lose(self, team_id: TeamId, order_id: OrderId) -> None:
        """A held seat is no longer its own; its order is not closed yet."""
        self._move_seat(team_id, self._seat(team_id, order_id), SeatState.LOST)

    def refund(self, team_id: TeamId, order_id: OrderId) -> None:
        self._move_seat(team_id, self._seat(team_id, order_id), SeatState.REFUNDED)

    def finish(self, team_id: TeamId, state: TeamState) -> None:
        """Its members are free to play again."""
        team = self.teams[team_id]
        state = move(TEAM_TRANSITIONS, team.state, state)
        self.teams[team_id] = msgspec.structs.replace(team, state=state)
        for seat in self.in_state(team_id, STANDING):
            self._free(team.campaign_id, seat.member_id, team_id)

    # -- As a ground of orders ------------------------------------------------------------

    def paid(self, because_id: UUID, order_id: OrderId, moment: Moment, notes: Notes) -> Verdict:
        """A held seat is taken; the first payment opens the team, the last completes it."""
        team_id = TeamId(because_id)
        seat = self._seat(team_id, order_id)
        number = self._number_for(team_id, seat, moment.now)
        if number is None:
            self._move_seat(team_id, seat, SeatState.LAPSED)
            return Verdict.TOO_LATE
        if seat.state is SeatState.LOST:
            self._clear(team_id, number)
        paid = msgspec.structs.replace(seat, number=number, paid_at=moment.now)
        self._put(team_id, paid)
        self._move_seat(team_id, paid, SeatState.PAID)
        if self.teams[team_id].state is TeamState.PENDING:
            self._begin(team_id, paid, moment.now, notes)
        return self._seat_taken(team_id, paid, notes)

    def lapsed(self, because_id: UUID, order_id: OrderId) -> None:
        team_id = TeamId(because_id)
        self._move_seat(team_id, self._seat(team_id, order_id), SeatState.LAPSED)
        if self.teams[team_id].state is TeamState.PENDING:
            self.finish(team_id, TeamState.LAPSED)

    def refunded(self, because_id: UUID, order_id: OrderId, notes: Notes) -> None:
        """While the team is open the seat is free again, and the next one leads."""
        del notes
        team_id = TeamId(because_id)
        is_open = self.teams[team_id].state is TeamState.OPEN
        state = SeatState.REFUNDED if is_open else SeatState.RETURNED
        self._move_seat(team_id, self._seat(team_id, order_id), state)

    # -- Always true ----------------------------------------------------------------------

    def check(self) -> None:
        for item in self.items.rows().values():
            assert 0 <= item.taken <= item.quota
        for player in self.players.rows().values():
            assert min(player.units, player.led, player.joined) >= 0
        for team in self.teams.rows().values():
            self._check_team(team)

    def _check_team(self, team: Team) -> None:
        standing = self.in_state(team.id, STANDING)
        filled = len(self.in_state(team.id, FILLED))
        assert len(standing) == team.taken <= team.size
        assert {seat.number for seat in standing} <= set(range(1, team.size + 1))
        assert len({seat.number for seat in standing}) == len(standing)
        counted = self.in_state(team.id, COUNTED)
        assert len({seat.member_id for seat in counted}) == len(counted)
        for seat in counted:
            player = self.players[team.campaign_id, seat.member_id]
            unfinished = team.state in {TeamState.PENDING, TeamState.OPEN}
            assert (player.team_id == team.id) == unfinished
        match team.state:
            case TeamState.PENDING:
                assert (len(standing), filled) == (1, 0)
            case TeamState.OPEN:
                assert team.expires_at is not None
                assert filled < team.size
            case TeamState.COMPLETE:
                assert filled == team.size
            case TeamState.SHORT:
                assert 0 < filled == len(standing) < team.size
            case TeamState.EXPIRED | TeamState.LAPSED:
                assert not standing

    # -- Inside ---------------------------------------------------------------------------

    def _seat(self, team_id: TeamId, order_id: OrderId) -> Seat:
        return next(seat for seat in self.seats[team_id] if seat.order_id == order_id)

    def _number_for(self, team_id: TeamId, seat: Seat, now: datetime) -> int | None:
        """Which seat the money that came is for; None if it came too late for any."""
        team = self.teams[team_id]
        if team.state is TeamState.PENDING:
            return seat.number
        if team.state is not TeamState.OPEN or team.over(now):
            return None
        if seat.state is SeatState.HELD:
            return seat.number
        blocked = self.obstacle(self.campaign_of(team_id), seat) is not None
        return None if blocked else self.vacancy(team_id, now)

    def _begin(self, team_id: TeamId, leader: Seat, now: datetime, notes: Notes) -> None:
        """The team's life is counted from the leader's payment."""
        team, terms = self.teams[team_id], self.campaign_of(team_id).terms
        expires_at = now + timedelta(hours=terms.life_hours)
        self.teams[team_id] = msgspec.structs.replace(
            team, state=move(TEAM_TRANSITIONS, team.state, TeamState.OPEN), expires_at=expires_at
        )
        notes.wake(expires_at, ExpireTeam(id=following(team_id, "expire team"), team_id=team_id))
        notes.announce(
            TeamOpened(
                team_id=team_id,
                campaign_id=team.campaign_id,
                member_id=leader.member_id,
                expires_at=expires_at,
            )
        )

    def _seat_taken(self, team_id: TeamId, seat: Seat, notes: Notes) -> Verdict:
        team = self.teams[team_id]
        notes.announce(
            SeatTaken(
                team_id=team_id,
                campaign_id=team.campaign_id,
                member_id=seat.member_id,
                order_id=seat.order_id,
            )
        )
        filled = self.in_state(team_id, FILLED)
        if len(filled) < team.size:
            return Verdict.WAIT
        self.finish(team_id, TeamState.COMPLETE)
        order_ids = tuple(one.order_id for one in filled)
        notes.announce(
            TeamCompleted(
                team_id=team_id, campaign_id=team.campaign_id, order_ids=order_ids, short=False
            )
        )
        return Verdict.SHIP

    def _clear(self, team_id: TeamId, number: int) -> None:
        """Whoever did not pay in time makes room."""
        for seat in self.in_state(team_id, STANDING):
            if seat.number == number:
                self._move_seat(team_id, seat, SeatState.LOST)

    def _move_seat(self, team_id: TeamId, seat: Seat, state: SeatState) -> None:
        after = msgspec.structs.replace(seat, state=move(SEAT_TRANSITIONS, seat.state, state))
        self._put(team_id, after)
        self._count(team_id, after, (state in COUNTED) - (seat.state in COUNTED))
        self._fill(team_id, (state in STANDING) - (seat.state in STANDING))

    def _put(self, team_id: TeamId, seat: Seat) -> None:
        self.seats[team_id] = tuple(
            seat if one.order_id == seat.order_id else one for one in self.seats[team_id]
        )

    def _fill(self, team_id: TeamId, change: int) -> None:
        team = self.teams[team_id]
        self.teams[team_id] = msgspec.structs.replace(team, taken=team.taken + change)

    def _count(self, team_id: TeamId, seat: Seat, change: int) -> None:
        """Count a seat in (1) or out (-1) wherever something is limited."""
        if change == 0:
            return
        campaign = self.campaign_of(team_id)
        offered, playing = (campaign.id, seat.sku_id), (campaign.id, seat.member_id)
        item, player = self.items[offered], self.players.get(playing) or Player()
        units = change * seat.quantity
        self.items[offered] = msgspec.structs.replace(item, taken=item.taken + units)
        self.players[playing] = msgspec.structs.replace(
            player,
            units=player.units + units,
            led=player.led + change * seat.leads,
            joined=player.joined + change * (not seat.leads),
            team_id=team_id if change > 0 else player.team_id,
        )
        if change < 0:
            self._free(campaign.id, seat.member_id, team_id)
        if as_newcomer(campaign, seat) and seat.state is not SeatState.RETURNED:
            self.newcomers[seat.member_id] = Newcomer(seat.order_id if change > 0 else None)

    def _free(self, campaign_id: CampaignId, member_id: MemberId, team_id: TeamId) -> None:
        player = self.players[campaign_id, member_id]
        if player.team_id == team_id:
            self.players[campaign_id, member_id] = msgspec.structs.replace(player, team_id=None)


@dataclass(frozen=True, slots=True)
class GroupbuyKeys(Keys[GroupbuyBook]):
    """Whatever is named is locked, but for the campaigns that are only played."""

    team_ids: Iterable[TeamId] = ()  # With all who sit in them.
    opening: Iterable[tuple[CampaignId, MemberId, SkuId]] = ()
    joining: Iterable[tuple[TeamId, MemberId, SkuId]] = ()
    campaign_ids: Iterable[CampaignId] = ()  # To be changed; with all their items.


@dataclass(slots=True)
class SeenGroupbuyBook(GroupbuyBook):
    """For a quote: as it is seen, not held."""

    def check(self) -> None:
        """Nothing is sure: between reading a team and its seats somebody may have taken one."""


@dataclass(frozen=True, slots=True)
class SeenGroupbuyKeys(Keys[SeenGroupbuyBook]):
    opening: Iterable[tuple[CampaignId, MemberId, SkuId]] = ()
    joining: Iterable[tuple[TeamId, MemberId, SkuId]] = ()
