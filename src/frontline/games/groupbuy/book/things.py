"""What the book of group-buys is made of, and by which keys it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from frontline.games.groupbuy.messages import CampaignId, TeamId
from frontline.games.groupbuy.states import CampaignState, SeatState, TeamState, by_clock
from frontline.games.groupbuy.terms import Audience, OnExpiry, Terms
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import Fen, MemberId, OrderId, SkuId, StaffId


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    id: CampaignId
    state: CampaignState
    terms: Terms
    worst_case: Fen | None = None  # What it may cost at most, as it was checked.
    approved_by: StaffId | None = None

    def state_at(self, now: datetime) -> CampaignState:
        return by_clock(self.state, self.terms.starts_at, self.terms.ends_at, now)


def campaign_of(row: Any) -> Campaign:
    """Of a row that has its fields, and those of its terms, by their names."""
    values = {name: getattr(row, name) for name in Terms.__struct_fields__}
    enums = {"audience": Audience(row.audience), "on_expiry": OnExpiry(row.on_expiry)}
    return Campaign(
        id=row.id,
        state=CampaignState(row.state),
        worst_case=row.worst_case,
        approved_by=row.approved_by,
        terms=Terms(**{**values, **enums}),
    )


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU at its group price."""

    position: int  # Where it is shown.
    price: Fen
    leader_price: Fen | None
    quota: int  # Units that may be had at this price.
    taken: int = 0  # Of them in seats that are held or paid.
    offered: bool = True  # False: struck from the draft.

    @property
    def lowest(self) -> Fen:
        return self.price if self.leader_price is None else min(self.price, self.leader_price)


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    order_id: OrderId
    member_id: MemberId
    sku_id: SkuId
    quantity: int
    leads: bool  # Opened the team.
    number: int  # From 1; the number of a seat that was given up is given again.
    state: SeatState = SeatState.HELD
    pay_until: datetime
    paid_at: datetime | None = None

    def overdue(self, now: datetime) -> bool:
        """Anybody may have it, though money may still come for it."""
        return self.state is SeatState.HELD and now >= self.pay_until


class Team(msgspec.Struct, frozen=True, kw_only=True):
    id: TeamId
    campaign_id: CampaignId
    state: TeamState = TeamState.PENDING
    size: int
    taken: int  # Seats that have a number.
    opened_at: datetime
    expires_at: datetime | None = None  # From the leader's payment on.

    def over(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at


class Player(msgspec.Struct, frozen=True):
    """What a member has in a campaign, in seats that are held or paid."""

    units: int = 0
    led: int = 0  # Teams.
    joined: int = 0
    team_id: TeamId | None = None  # The one that is not finished.


class Newcomer(msgspec.Struct, frozen=True):
    """A member is a newcomer in one seat of the whole shop at a time."""

    order_id: OrderId | None  # None: free again.


def as_newcomer(campaign: Campaign, seat: Seat) -> bool:
    """Whether the seat is for those only who have never paid."""
    return campaign.terms.audience is Audience.NEW and not seat.leads


Offered = tuple[CampaignId, SkuId]
Playing = tuple[CampaignId, MemberId]
Seats = tuple[Seat, ...]


class Former(msgspec.Struct, frozen=True):
    """Whether a member is new: no money of this WeChat or this member was ever kept."""

    proven: bool  # Has come by WeChat, so that its openid can be looked for among payers.
    paid: bool


@dataclass(slots=True)
class FormerBook(Book):
    """Read only: who has paid in this shop before."""

    formers: Page[MemberId, Former]

    def check(self) -> None:
        assert not self.formers.added()
        assert not self.formers.altered()


@dataclass(frozen=True, slots=True)
class FormerKeys(Keys[FormerBook]):
    member_ids: Iterable[MemberId]
