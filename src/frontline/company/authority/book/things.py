"""What the matrix of authority is made of, and what it lets a person do at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from frontline.company.authority.messages import (
    AbsenceId,
    DepartmentId,
    DepartmentKind,
    OnDeadline,
    PositionId,
    ReviewKind,
)
from frontline.kernel.authority import Action
from frontline.kernel.book import Page
from frontline.kernel.words import StaffId


class Clerk(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works here now."""

    owner: bool
    position_id: PositionId | None = None
    deputy_id: StaffId | None = None  # Asked when they are silent.
    timezone: str  # Of the shop, whose days are counted.


class Department(msgspec.Struct, frozen=True):
    name: str
    kind: DepartmentKind


class Position(msgspec.Struct, frozen=True):
    department_id: DepartmentId
    name: str


class Absence(msgspec.Struct, frozen=True):
    staff_id: StaffId
    starts_at: datetime
    ends_at: datetime
    substitute_id: StaffId | None

    def covers(self, now: datetime) -> bool:
        return self.starts_at <= now < self.ends_at


class Limit(msgspec.Struct, frozen=True):
    """What a position may do alone, in the unit of the action."""

    alone_max: int  # At once; 0: nothing of this kind.
    day_max: int | None = None
    month_max: int | None = None


class Policy(msgspec.Struct, frozen=True):
    """What happens to what goes beyond the limits."""

    reviews: tuple[ReviewKind, ...] = ()
    parallel: bool = True
    delegated: bool = True  # False: an owner decides all of it.
    decider_id: PositionId | None = None  # Asked first, if they may.
    reserve_hours: int = 4  # So long before the deadline an owner is asked.
    answer_hours: int = 48  # Where nothing outside sets a deadline.
    owner_above: int | None = None  # More than this no limit may reach.
    on_deadline: OnDeadline = OnDeadline.LAPSE


class Allowance(msgspec.Struct, frozen=True):
    """What a person has used, up to the latest day on which it was anything."""

    day: date
    day_used: int
    month_used: int

    def on(self, today: date) -> Allowance:
        """As it stands on this day. A clock that runs behind another counts with that one."""
        if today <= self.day:
            return self
        same_month = (today.year, today.month) == (self.day.year, self.day.month)
        return Allowance(today, 0, self.month_used if same_month else 0)

    def plus(self, amount: int) -> Allowance:
        return Allowance(self.day, self.day_used + amount, self.month_used + amount)


class How(StrEnum):
    """By what right something was done."""

    OWNER = "owner"
    LIMIT = "limit"  # Counted against the allowance, as the next and the last of these are.
    SUBSTITUTE = "substitute"
    APPROVED = "approved"  # This very command.
    WITHIN_CAP = "within_cap"  # A yes-but: anything of the kind up to so much, once.
    DECIDED = "decided"  # A yes to what somebody else asked for.


COUNTED = frozenset({How.LIMIT, How.SUBSTITUTE, How.DECIDED})


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done, and by what right."""

    id: UUID  # Of the command.
    by_id: StaffId
    whose_id: StaffId  # On whose authority.
    how: How
    action: Action
    amount: int | None
    subject_id: UUID
    at: datetime
    day: date  # On which it counts.


class Warrant(msgspec.Struct, frozen=True, kw_only=True):
    """An approval, good once."""

    id: UUID  # Of the command that may be done; of a cap, its own.
    proposal_id: UUID
    wish: int | None  # `wish_of` that command; None: a cap, for any of the kind.
    action: Action
    amount_max: int | None  # None: without bound, which a cap never is.
    staff_id: StaffId  # The applicant, who gives the command.
    subject_id: UUID | None = None  # Of a cap: about this only.
    expires_at: datetime
    used_by: UUID | None = None  # The command.
    used_at: datetime | None = None

    def good(self, now: datetime) -> bool:
        return self.used_by is None and now < self.expires_at

    def covers(self, amount: int | None) -> bool:
        return self.amount_max is None or (amount is not None and amount <= self.amount_max)


class Waiting(msgspec.Struct, frozen=True):
    """The proposal that somebody's wish became, while it is open."""

    proposal_id: UUID | None  # None: it was closed, and nothing waits.
    until: datetime | None  # Its deadline.

    def waits(self, now: datetime) -> bool:
        """Time that has passed need not have been tended to yet."""
        return self.until is not None and now < self.until


class Through(NamedTuple):
    """By what right somebody may, and on whose authority."""

    how: How
    whose_id: StaffId


class Left(NamedTuple):
    """What a person may still do alone of an action, in its unit. None: not limited so."""

    limit: Limit
    day: int | None
    month: int | None

    @property
    def at_once(self) -> int:
        return min(one for one in (self.limit.alone_max, self.day, self.month) if one is not None)


LimitKey = tuple[PositionId, Action]
AllowanceKey = tuple[StaffId, Action]
WaitingKey = tuple[StaffId, int]  # Who asked, and for what: `asked_for`.


@dataclass(frozen=True, slots=True)
class Powers:
    """Who may do what alone.

    A substitute has the authority of whoever is away, and uses that person's allowance; what an
    owner may passes to nobody.
    """

    clerks: Page[StaffId, Clerk]
    absences: Page[AbsenceId, Absence]
    limits: Page[LimitKey, Limit]
    allowances: Page[AllowanceKey, Allowance]

    def may(self, by: StaffId, action: Action, amount: int | None, now: datetime) -> Through | None:
        """None: not alone. `amount` None is without bound, which only owners may."""
        clerk = self.clerks.get(by)
        if clerk is None:
            return None
        if clerk.owner:
            return Through(How.OWNER, by)
        for through in self.rights(by, now):
            left = self.left(through.whose_id, action, now)
            if left is not None and amount is not None and amount <= left.at_once:
                return through
        return None

    def rights(self, by: StaffId, now: datetime) -> Iterator[Through]:
        """Their own authority, then that of those they stand in for."""
        yield Through(How.LIMIT, by)
        if not self.away(by, now):
            for whose_id in self.stands_in_for(by, now):
                yield Through(How.SUBSTITUTE, whose_id)

    def limit(self, by: StaffId, action: Action, now: datetime) -> int | None:
        """The most that they may do alone now; None: nothing of this kind."""
        if by not in self.clerks.rows():
            return None
        every = [self.left(one.whose_id, action, now) for one in self.rights(by, now)]
        return max((left.at_once for left in every if left is not None), default=None)

    def left(self, whose: StaffId, action: Action, now: datetime) -> Left | None:
        """None: their position may nothing of this kind alone."""
        clerk = self.clerks.get(whose)
        if clerk is None or clerk.position_id is None:
            return None
        limit = self.limits.get((clerk.position_id, action))
        if limit is None or not limit.alone_max:
            return None
        used = self.used(whose, action, now)
        day, month = limit.day_max, limit.month_max
        return Left(
            limit,
            None if day is None else max(0, day - used.day_used),
            None if month is None else max(0, month - used.month_used),
        )

    def used(self, whose: StaffId, action: Action, now: datetime) -> Allowance:
        """What counts on this day and in its month."""
        today = now.astimezone(ZoneInfo(self.clerks[whose].timezone)).date()
        used = self.allowances.get((whose, action))
        return Allowance(today, 0, 0) if used is None else used.on(today)

    def away(self, who: StaffId, now: datetime) -> Absence | None:
        """The absence that keeps them away the longest, if there is one now."""
        here = [
            one for one in self.absences.rows().values() if one.staff_id == who and one.covers(now)
        ]
        return max(here, key=lambda one: one.ends_at, default=None)

    def stands_in_for(self, who: StaffId, now: datetime) -> list[StaffId]:
        """Those who are away now and left their authority to this person; never an owner."""
        absent = {
            one.staff_id
            for one in self.absences.rows().values()
            if one.substitute_id == who and one.covers(now)
        }
        known = [(one, self.clerks.get(one)) for one in sorted(absent)]
        return [one for one, clerk in known if clerk is not None and not clerk.owner]
