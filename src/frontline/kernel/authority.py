"""Authority: who of the staff may do what on their own, up to how much.

A feature of the shop that lets staff give away money, goods or price asks the `Authority` book
in the same transaction, as the LAST thing before the first effect. Either nothing stands in the
way, and what was used of the allowance is written with the effect; or the command is held: it
becomes a proposal, and is handed in again once somebody who may has said yes. The shop knows
nothing of departments and proposals; `company.authority` lends the book.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys
from frontline.kernel.words import Command, Event, Moment, Notes, StaffId


class Unit(StrEnum):
    MONEY = "money"  # Minor units of the shop's currency.
    BASIS_POINTS = "basis_points"
    UNITS = "units"  # Pieces of goods.
    PEOPLE = "people"


class Action(StrEnum):
    """What the matrix of authority speaks about."""

    DISCOUNT = "discount"  # The most that a coupon or price cut may cost.
    PRICE_CHANGE = "price_change"  # The largest change of a price, of what it was.
    CAMPAIGN = "campaign"  # The most that a game or an outside campaign may cost.
    STOCK_CLAIM = "stock_claim"  # Goods taken out of sale.
    REFUND = "refund"
    COMPENSATION = "compensation"
    AD_SPEND = "ad_spend"
    PURCHASE = "purchase"
    HIRE = "hire"

    @property
    def unit(self) -> Unit:
        return _UNITS.get(self, Unit.MONEY)


_UNITS = {
    Action.PRICE_CHANGE: Unit.BASIS_POINTS,
    Action.STOCK_CLAIM: Unit.UNITS,
    Action.HIRE: Unit.PEOPLE,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A member of staff is about to do this."""

    action: Action
    amount: int | None  # In the action's unit; None: without bound, beyond every limit.
    by: StaffId
    subject_id: UUID  # The order, coupon, campaign ... it is about.


class Held(msgspec.Struct, frozen=True, tag=True):
    """Beyond what the person may decide alone: it waits as a proposal. Answered with 202."""

    proposal_id: UUID
    action: Action
    amount: int | None
    limit: int | None  # What the person may decide alone; None: nothing of this kind.
    again: bool = False  # They had asked for the same before: it is that proposal which waits.


class ActionHeld(Event, frozen=True, kw_only=True, tag=True):
    """A command was held; `company.decision` makes the proposal of it."""

    proposal_id: UUID
    action: Action
    amount: int | None
    limit: int | None
    by: StaffId
    subject_id: UUID
    command: str  # JSON: [name of its type, command], as timers keep theirs.


class Authority(Book, Protocol):
    def held(self, ask: Ask, command: Command[Any], moment: Moment, notes: Notes) -> Held | None:
        """None: do it. It was counted against the allowance, or its approval was used up.

        Otherwise nothing may be changed any more, and this is the outcome. Somebody who wishes the
        same again (all of the command but its id) while it waits is answered with the proposal
        there is.
        """


@dataclass(frozen=True, slots=True)
class AuthorityKeys(Keys[Authority]):
    """`commands`: those of the batch that may have to ask, as (command id, staff id)."""

    commands: Iterable[tuple[UUID, StaffId]]
