"""Doors: the matrix as staff may see it, and as owners edit it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.company.authority import messages, views
from frontline.company.authority.messages import (
    AbsenceId,
    DepartmentId,
    DepartmentKind,
    EndAbsence,
    OnDeadline,
    PositionId,
    PutAbsence,
    PutDepartment,
    PutPerson,
    PutPosition,
    ReviewKind,
    SetLimit,
    SetPolicy,
    SetReviewer,
)
from frontline.kernel.authority import Action
from frontline.kernel.words import StaffId
from frontline.web.door import Visit, Who, command_door, get
from frontline.web.session import Caller

AMOUNT_MAX = 10**13
HOURS_MAX = 720

Name = Annotated[str, msgspec.Meta(pattern=r"^\S(.*\S)?$", max_length=40)]
Most = Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MAX)]
Hours = Annotated[int, msgspec.Meta(ge=1, le=HOURS_MAX)]
Time = Annotated[datetime, msgspec.Meta(tz=True)]
Reviews = Annotated[tuple[ReviewKind, ...], msgspec.Meta(max_length=len(ReviewKind))]


class Nothing(msgspec.Struct, frozen=True):
    pass


class WhoForm(msgspec.Struct, frozen=True):
    action: Action
    amount: Most | None = None  # None: without bound.


class HistoryForm(msgspec.Struct, frozen=True):
    before: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None


class Deciders(msgspec.Struct, frozen=True):
    deciders: list[views.Decider]  # Whoever is to be asked first stands first.


class Limits(msgspec.Struct, frozen=True):
    limits: list[views.OwnLimit]  # None of an owner, who may everything.


class Places(msgspec.Struct, frozen=True):
    departments: list[views.Department]
    people: list[views.Person]


class Findings(msgspec.Struct, frozen=True):
    gaps: list[views.Finding]
    overlaps: list[views.Finding]


async def _who(visit: Visit, form: WhoForm) -> Deciders:
    """Tell who can say yes to this, now."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        now = visit.opened.now()
        return Deciders(await views.deciders(transaction, form.action, form.amount, now))


async def _mine(visit: Visit, _form: Nothing) -> Limits:
    """What I may do alone, and what is left of it today and this month."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        now = visit.opened.now()
        return Limits(await views.limits_of(transaction, visit.known.staff_id, now))


async def _people(visit: Visit, _form: Nothing) -> Places:
    """Departments with their positions, and everybody."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        company, now = await views.read(transaction), visit.opened.now()
    return Places(company.departments(now), company.people(now))


async def _findings(visit: Visit, _form: Nothing) -> Findings:
    """Where nobody can say yes, and where several do."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        company, now = await views.read(transaction), visit.opened.now()
    return Findings(list(views.gaps_of(company, now)), list(views.overlaps_of(company, now)))


async def _history(visit: Visit, form: HistoryForm) -> views.Edits:
    """Who changed what in the matrix, and what it was before; the latest first."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await views.history(transaction, before=form.before)


# -- Editing ------------------------------------------------------------------------------


class DepartmentForm(msgspec.Struct, frozen=True):
    id: UUID
    name: Name
    kind: DepartmentKind
    department_id: UUID | None = None  # None: a new one.


def _department(caller: Caller, form: DepartmentForm) -> PutDepartment:
    """A new department, or another name for one."""
    known = form.department_id
    return PutDepartment(
        id=form.id,
        department_id=None if known is None else DepartmentId(known),
        name=form.name,
        kind=form.kind,
        staff_id=caller.staff_id,
    )


class PositionForm(msgspec.Struct, frozen=True):
    id: UUID
    department_id: UUID
    name: Name
    position_id: UUID | None = None  # None: a new one.


def _position(caller: Caller, form: PositionForm) -> PutPosition:
    """A new position, or another name or department for one."""
    return PutPosition(
        id=form.id,
        position_id=_position_id(form.position_id),
        department_id=DepartmentId(form.department_id),
        name=form.name,
        staff_id=caller.staff_id,
    )


def _position_id(said: UUID | None) -> PositionId | None:
    return None if said is None else PositionId(said)


def _staff_id(said: UUID | None) -> StaffId | None:
    return None if said is None else StaffId(said)


class PersonForm(msgspec.Struct, frozen=True):
    id: UUID
    person_id: UUID
    position_id: UUID | None = None
    deputy_id: UUID | None = None


def _person(caller: Caller, form: PersonForm) -> PutPerson:
    """Give somebody a position, and name who is asked when they are silent."""
    return PutPerson(
        id=form.id,
        person_id=StaffId(form.person_id),
        position_id=_position_id(form.position_id),
        deputy_id=_staff_id(form.deputy_id),
        staff_id=caller.staff_id,
    )


class AbsenceForm(msgspec.Struct, frozen=True):
    id: UUID
    person_id: UUID
    starts_at: Time
    ends_at: Time
    substitute_id: UUID | None = None


def _absence(caller: Caller, form: AbsenceForm) -> PutAbsence:
    """Somebody will be away; the substitute has their authority meanwhile."""
    return PutAbsence(
        id=form.id,
        person_id=StaffId(form.person_id),
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        substitute_id=_staff_id(form.substitute_id),
        staff_id=caller.staff_id,
    )


class BackForm(msgspec.Struct, frozen=True):
    id: UUID
    absence_id: UUID


def _back(caller: Caller, form: BackForm) -> EndAbsence:
    """They are back."""
    return EndAbsence(id=form.id, absence_id=AbsenceId(form.absence_id), staff_id=caller.staff_id)


class LimitForm(msgspec.Struct, frozen=True):
    id: UUID
    position_id: UUID
    action: Action
    alone_max: Most
    day_max: Most | None = None
    month_max: Most | None = None


def _limit(caller: Caller, form: LimitForm) -> SetLimit:
    """Set what a position may do alone, in the unit of the action; 0: nothing."""
    return SetLimit(
        id=form.id,
        position_id=PositionId(form.position_id),
        action=form.action,
        alone_max=form.alone_max,
        day_max=form.day_max,
        month_max=form.month_max,
        staff_id=caller.staff_id,
    )


class PolicyForm(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    action: Action
    reviews: Reviews = ()
    parallel: bool = True
    delegated: bool = True
    decider_id: UUID | None = None
    reserve_hours: Hours = 4
    answer_hours: Hours = 48
    owner_above: Most | None = None
    on_deadline: OnDeadline = OnDeadline.LAPSE


def _policy(caller: Caller, form: PolicyForm) -> SetPolicy:
    """Set what happens to what goes beyond the limits."""
    told = {name: getattr(form, name) for name in form.__struct_fields__}
    told["decider_id"] = _position_id(form.decider_id)
    return SetPolicy(**told, staff_id=caller.staff_id)


class ReviewerForm(msgspec.Struct, frozen=True):
    id: UUID
    kind: ReviewKind
    position_id: UUID


def _reviewer(caller: Caller, form: ReviewerForm) -> SetReviewer:
    """Set which position does a review."""
    return SetReviewer(
        id=form.id,
        kind=form.kind,
        position_id=PositionId(form.position_id),
        staff_id=caller.staff_id,
    )


_PATH, _OUTCOME, _OWNER = "/api/staff/authority", messages.Outcome, Who.OWNER
DOORS = (
    get(f"{_PATH}/who", WhoForm, _who, Deciders, who=Who.STAFF),
    get(f"{_PATH}/mine", Nothing, _mine, Limits, who=Who.STAFF),
    get(f"{_PATH}/people", Nothing, _people, Places, who=Who.STAFF),
    get(f"{_PATH}/findings", Nothing, _findings, Findings, who=Who.STAFF),
    get(f"{_PATH}/history", HistoryForm, _history, views.Edits, who=Who.STAFF),
    command_door(f"{_PATH}/departments/put", DepartmentForm, _department, _OUTCOME, who=_OWNER),
    command_door(f"{_PATH}/positions/put", PositionForm, _position, _OUTCOME, who=_OWNER),
    command_door(f"{_PATH}/people/put", PersonForm, _person, _OUTCOME, who=_OWNER),
    command_door(f"{_PATH}/absences/put", AbsenceForm, _absence, _OUTCOME, who=_OWNER),
    command_door(f"{_PATH}/absences/end", BackForm, _back, _OUTCOME, who=_OWNER),
    command_door(f"{_PATH}/limits/set", LimitForm, _limit, _OUTCOME, who=_OWNER),
    command_door(f"{_PATH}/policies/set", PolicyForm, _policy, _OUTCOME, who=_OWNER),
    command_door(f"{_PATH}/reviewers/set", ReviewerForm, _reviewer, _OUTCOME, who=_OWNER),
)
