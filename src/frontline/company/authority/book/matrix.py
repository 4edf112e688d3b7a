"""The matrix whole: as its owner edits it, and as proposals are sent along it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from frontline.company.authority.book.things import (
    Absence,
    Allowance,
    AllowanceKey,
    Clerk,
    Department,
    How,
    Limit,
    LimitKey,
    Policy,
    Position,
    Powers,
)
from frontline.company.authority.messages import (
    AbsenceId,
    DepartmentId,
    PositionId,
    ReviewKind,
)
from frontline.kernel.authority import Action
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import StaffId

_encode = msgspec.json.Encoder().encode


class Change(msgspec.Struct, frozen=True):
    """One edit of the matrix, as its history keeps it."""

    at: datetime
    staff_id: StaffId
    kind: str  # The name of the command.
    subject: str  # Of what: ids or names, between spaces.
    before: str  # JSON; empty: there was nothing.
    after: str


@dataclass(slots=True)
class MatrixBook(Book):
    edits: Page[int, int]  # How many there were, at 0; its lock is that of the whole.
    departments: Page[DepartmentId, Department]
    positions: Page[PositionId, Position]
    clerks: Page[StaffId, Clerk]
    absences: Page[AbsenceId, Absence]
    limits: Page[LimitKey, Limit]
    policies: Page[Action, Policy]
    reviewers: Page[ReviewKind, PositionId]
    changes: list[Change]

    def put(  # noqa: PLR0913, PLR0917 - a line of the history has this many sides
        self, page: Page[Any, Any], key: Any, row: Any, command: Any, subject: str, now: datetime
    ) -> None:
        """Put the row, and write down who did it, and what was there before."""
        before = page.get(key)
        page[key] = row
        self.edits[0] = (self.edits.get(0) or 0) + 1
        self.changes.append(
            Change(
                now,
                command.staff_id,
                type(command).__name__,
                subject,
                "" if before is None else _encode(before).decode(),
                _encode(row).decode(),
            )
        )

    def check(self) -> None:
        positions, departments = self.positions.rows(), self.departments.rows()
        assert all(one.department_id in departments for one in positions.values())
        for (position_id, action), limit in self.limits.rows().items():
            assert position_id in positions
            reserve = (self.policies.get(action) or Policy()).owner_above
            assert reserve is None or limit.alone_max <= reserve
        for absence in self.absences.rows().values():
            assert absence.starts_at <= absence.ends_at
            assert absence.substitute_id != absence.staff_id


@dataclass(frozen=True, slots=True)
class MatrixKeys(Keys[MatrixBook]):
    """All of it: there is one."""


class Decider(NamedTuple):
    """Somebody who can say yes, and by what right. Who is first is asked first."""

    staff_id: StaffId
    how: How  # OWNER, LIMIT or SUBSTITUTE.
    whose_id: StaffId
    at_once: int | None  # How much; None: anything.
    absent_until: datetime | None  # Owners are told even so, for there is nobody behind them.


class Reviewers(NamedTuple):
    """Who is asked, and who is asked when they are silent. None: nobody does this review."""

    staff_id: StaffId | None
    substitute_id: StaffId | None


@dataclass(slots=True)
class SeenAuthorityBook(Book):
    """The matrix and what is left, read only: along it proposals find their way."""

    departments: Page[DepartmentId, Department]
    positions: Page[PositionId, Position]
    clerks: Page[StaffId, Clerk]
    absences: Page[AbsenceId, Absence]
    limits: Page[LimitKey, Limit]
    policies: Page[Action, Policy]
    reviewers: Page[ReviewKind, PositionId]
    allowances: Page[AllowanceKey, Allowance]

    @property
    def powers(self) -> Powers:
        return Powers(self.clerks, self.absences, self.limits, self.allowances)

    def policy(self, action: Action) -> Policy:
        return self.policies.get(action) or Policy()

    def deciders(
        self,
        action: Action,
        amount: int | None,
        now: datetime,
        *,
        but: StaffId | None = None,
    ) -> list[Decider]:
        """Who can say yes to this, now; whoever is to be asked first stands first.

        That is the position that the policy names, then whoever may just about, then owners.
        `but`: the applicant, who never can.
        """
        powers, policy, found = self.powers, self.policy(action), []
        for staff_id, clerk in self.clerks.rows().items():
            if staff_id == but or not (clerk.owner or policy.delegated):
                continue
            through = powers.may(staff_id, action, amount, now)
            away = powers.away(staff_id, now)
            if through is None or (away is not None and not clerk.owner):
                continue
            left = None if clerk.owner else powers.left(through.whose_id, action, now)
            decider = Decider(
                staff_id,
                through.how,
                through.whose_id,
                None if left is None else left.at_once,
                None if away is None else away.ends_at,
            )
            position_id = self.clerks[through.whose_id].position_id
            first = clerk.owner, position_id != policy.decider_id, away is not None
            found.append((first, decider.at_once or 0, staff_id, decider))
        return [decider for *_, decider in sorted(found)]

    def reviews(self, kind: ReviewKind, now: datetime, *, but: StaffId | None = None) -> Reviewers:
        """Of those in the position: one who is here, or the substitute of one who is away."""
        position_id = self.reviewers.get(kind)
        if position_id is None:
            return Reviewers(None, None)
        people = [
            staff_id
            for staff_id, clerk in sorted(self.clerks.rows().items())
            if clerk.position_id == position_id
        ]
        here = [who for who in people if self.powers.away(who, now) is None]
        behind = [self._behind(who, now) for who in people]
        asked = [
            who
            for who in dict.fromkeys((*here, *behind))
            if who is not None
            and who != but
            and self.clerks.get(who) is not None
            and self.powers.away(who, now) is None
        ]
        return Reviewers(*(*asked, None, None)[:2])

    def _behind(self, who: StaffId, now: datetime) -> StaffId | None:
        away = self.powers.away(who, now)
        if away is not None and away.substitute_id is not None:
            return away.substitute_id
        return self.clerks[who].deputy_id

    def check(self) -> None:
        """It was only looked at."""


@dataclass(frozen=True, slots=True)
class SeenAuthorityKeys(Keys[SeenAuthorityBook]):
    """All of it, for as many proposals as the batch has; False: nothing is read."""

    wanted: bool = True
