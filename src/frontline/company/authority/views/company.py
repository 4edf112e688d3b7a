"""The company as it is now: its people, what each may, and who can say yes. No locks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import text

from frontline.company.authority.book import How, SeenAuthorityBook, SeenAuthorityKeys
from frontline.company.authority.messages import (
    DepartmentId,
    DepartmentKind,
    PositionId,
    ReviewKind,
)
from frontline.company.authority.rows import matrix
from frontline.kernel.authority import Action, Unit
from frontline.kernel.words import StaffId
from frontline.store.database import Transaction

_NAMES = text("SELECT id, name FROM staff WHERE shop_id = :shop_id")

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Department(msgspec.Struct, frozen=True, kw_only=True):
    id: DepartmentId
    name: str
    kind: DepartmentKind
    positions: tuple[Position, ...]


class Position(msgspec.Struct, frozen=True, kw_only=True):
    id: PositionId
    name: str
    people: tuple[Person, ...]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    staff_id: StaffId
    name: str
    owner: bool
    position_id: PositionId | None
    position: str  # Empty: none.
    department_id: DepartmentId | None
    department: str
    deputy_id: StaffId | None  # Asked when they are silent.
    absent_until: datetime | None  # None: here.
    substitute_id: StaffId | None  # While absent.


class Decider(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can say yes."""

    staff_id: StaffId
    name: str
    position: str
    through: How  # OWNER, LIMIT or SUBSTITUTE.
    instead_of: str  # Name of whom they stand in for; empty: nobody.
    at_once: int | None  # So much; None: anything.
    day_left: int | None  # None: not limited by the day.
    month_left: int | None
    absent_until: datetime | None


class OwnLimit(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody may do alone of an action, and what is left of it."""

    action: Action
    unit: Unit
    alone_max: int
    day_max: int | None
    day_left: int | None
    month_max: int | None
    month_left: int | None
    instead_of: str  # Name of whose it is, if not their own.

    @property
    def at_once(self) -> int:
        return min(
            one for one in (self.alone_max, self.day_left, self.month_left) if one is not None
        )


@dataclass(frozen=True, slots=True)
class Company:
    """The matrix, and what its people are called."""

    book: SeenAuthorityBook
    names: dict[UUID, str]

    @property
    def zone(self) -> ZoneInfo:
        """The shop's. Whoever looks works here, so somebody does."""
        return ZoneInfo(next(iter(self.book.clerks.rows().values())).timezone)

    def name(self, staff_id: StaffId | None) -> str:
        return "" if staff_id is None else self.names.get(staff_id, "")

    def position(self, position_id: PositionId | None) -> str:
        found = None if position_id is None else self.book.positions.get(position_id)
        return "" if found is None else found.name

    def person(self, staff_id: StaffId, at: datetime) -> Person | None:
        clerk = self.book.clerks.get(staff_id)
        if clerk is None:
            return None
        position_id = clerk.position_id
        place = None if position_id is None else self.book.positions[position_id]
        away = self.book.powers.away(staff_id, at)
        department_id = None if place is None else place.department_id
        return Person(
            staff_id=staff_id,
            name=self.name(staff_id),
            owner=clerk.owner,
            position_id=position_id,
            position=self.position(position_id),
            department_id=department_id,
            department="" if department_id is None else self.book.departments[department_id].name,
            deputy_id=clerk.deputy_id,
            absent_until=None if away is None else away.ends_at,
            substitute_id=None if away is None else away.substitute_id,
        )

    def people(self, at: datetime) -> list[Person]:
        """Everybody, owners first, then by department and name."""
        everybody = [self.person(staff_id, at) for staff_id in self.book.clerks.rows()]
        found = [one for one in everybody if one is not None]
        return sorted(found, key=lambda one: (not one.owner, one.department, one.name))

    def departments(self, at: datetime) -> list[Department]:
        people = self.people(at)
        kinds = list(DepartmentKind)
        places = sorted(self.book.positions.rows().items(), key=lambda one: one[1].name)
        made = [
            Department(
                id=department_id,
                name=one.name,
                kind=one.kind,
                positions=tuple(
                    Position(
                        id=id_,
                        name=place.name,
                        people=tuple(who for who in people if who.position_id == id_),
                    )
                    for id_, place in places
                    if place.department_id == department_id
                ),
            )
            for department_id, one in self.book.departments.rows().items()
        ]
        return sorted(made, key=lambda one: (kinds.index(one.kind), one.name))

    def deciders(
        self, action: Action, amount: int | None, at: datetime, *, but: StaffId | None = None
    ) -> list[Decider]:
        told = []
        for one in self.book.deciders(action, amount, at, but=but):
            clerk = self.book.clerks[one.staff_id]
            left = None if clerk.owner else self.book.powers.left(one.whose_id, action, at)
            told.append(
                Decider(
                    staff_id=one.staff_id,
                    name=self.name(one.staff_id),
                    position=self.position(clerk.position_id),
                    through=one.how,
                    instead_of=self.name(one.whose_id) if one.how is How.SUBSTITUTE else "",
                    at_once=one.at_once,
                    day_left=None if left is None else left.day,
                    month_left=None if left is None else left.month,
                    absent_until=one.absent_until,
                )
            )
        return told

    def limits_of(self, staff_id: StaffId, at: datetime) -> list[OwnLimit]:
        clerk = self.book.clerks.get(staff_id)
        if clerk is None or clerk.owner:
            return []
        powers = self.book.powers
        rights = list(powers.rights(staff_id, at))
        found = [
            (through, action, powers.left(through.whose_id, action, at))
            for action in Action
            for through in rights
        ]
        return [
            OwnLimit(
                action=action,
                unit=action.unit,
                alone_max=left.limit.alone_max,
                day_max=left.limit.day_max,
                day_left=left.day,
                month_max=left.limit.month_max,
                month_left=left.month,
                instead_of=self.name(through.whose_id) if through.how is How.SUBSTITUTE else "",
            )
            for through, action, left in found
            if left is not None
        ]


async def read(transaction: Transaction) -> Company:
    book = await matrix.seen(transaction, SeenAuthorityKeys())
    return Company(book, {row.id: row.name for row in await transaction.read(_NAMES)})


# -- For other features ---------------------------------------------------------------------


async def person(
    transaction: Transaction, staff_id: StaffId, at: datetime = LONG_AGO
) -> Person | None:
    """None: nobody who works here now. Absence is told as of `at`."""
    return (await read(transaction)).person(staff_id, at)


async def people(transaction: Transaction, at: datetime = LONG_AGO) -> list[Person]:
    return (await read(transaction)).people(at)


async def departments(transaction: Transaction, at: datetime = LONG_AGO) -> list[Department]:
    """In the order of their kinds."""
    return (await read(transaction)).departments(at)


async def deciders(
    transaction: Transaction,
    action: Action,
    amount: int | None,
    at: datetime,
    *,
    but: StaffId | None = None,
) -> list[Decider]:
    """Who can say yes to this, now? Whoever is to be asked first stands first.

    `amount` is in the action's unit; None is without bound. `but` is the applicant.
    """
    return (await read(transaction)).deciders(action, amount, at, but=but)


async def reviewers(
    transaction: Transaction, kind: ReviewKind, at: datetime, *, but: StaffId | None = None
) -> tuple[Person | None, Person | None]:
    """Who is asked for this review, and who when they are silent."""
    company = await read(transaction)
    chosen = company.book.reviews(kind, at, but=but)
    asked, behind = (None if one is None else company.person(one, at) for one in chosen)
    return asked, behind


async def limits_of(transaction: Transaction, staff_id: StaffId, at: datetime) -> list[OwnLimit]:
    """What somebody may do alone, with what is left; owners have no limits, so nothing is told."""
    return (await read(transaction)).limits_of(staff_id, at)
