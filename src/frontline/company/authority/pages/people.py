"""Departments, positions, who has them, who is away and who stands in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.company.authority import views
from frontline.company.authority.messages import (
    DEPARTMENT_WORDS,
    AbsenceId,
    DepartmentId,
    DepartmentKind,
    EndAbsence,
    PositionId,
    PutAbsence,
    PutDepartment,
    PutPerson,
    PutPosition,
    Refused,
)
from frontline.company.authority.seen import person_facts
from frontline.kernel.seen import Facts, seen_of
from frontline.kernel.text import Words
from frontline.kernel.words import Command, StaffId
from frontline.store.database import Transaction
from frontline.web.door import Who
from frontline.web.edits import Clash, Edited, Teller, edit, labelled
from frontline.web.pages import Answer, DeskVisit, Done, Nothing, View, action, page

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
SAVED = Words("已保存", "Saved")


async def _people(visit: DeskVisit, _form: Nothing) -> Answer:
    """Departments with their positions, and everybody."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        company = await views.read(transaction)
    now = visit.opened.now()
    departments = company.departments(now)
    positions = [
        (position.id, f"{department.name}·{position.name}")
        for department in departments
        for position in department.positions
    ]
    return View(
        "authority/people.html",
        Words("部门与人员", "Departments and people"),
        {
            "tab": "people",
            "departments": departments,
            "people": company.people(now),
            "positions": positions,
            "kinds": list(DEPARTMENT_WORDS.items()),
            "edits": visit.known.role == "owner",
            "seen": {
                id_: seen_of(person_facts(company.book, id_)) for id_ in company.book.clerks.rows()
            },
        },
    )


class DepartmentForm(msgspec.Struct, frozen=True):
    id: UUID
    name: Name
    kind: DepartmentKind
    department_id: UUID | None = None


async def _department(visit: DeskVisit, form: DepartmentForm) -> Answer:
    known = form.department_id
    return await _done(
        visit,
        PutDepartment(
            id=form.id,
            department_id=None if known is None else DepartmentId(known),
            name=form.name,
            kind=form.kind,
            staff_id=visit.known.staff_id,
        ),
    )


class PositionForm(msgspec.Struct, frozen=True):
    id: UUID
    department_id: UUID
    name: Name
    position_id: UUID | None = None


async def _position(visit: DeskVisit, form: PositionForm) -> Answer:
    known = form.position_id
    return await _done(
        visit,
        PutPosition(
            id=form.id,
            position_id=None if known is None else PositionId(known),
            department_id=DepartmentId(form.department_id),
            name=form.name,
            staff_id=visit.known.staff_id,
        ),
    )


class PersonForm(Edited, frozen=True, kw_only=True):
    id: UUID
    person_id: UUID
    position_id: UUID | None = None
    deputy_id: UUID | None = None


async def _person(visit: DeskVisit, form: PersonForm) -> Answer:
    person_id = StaffId(form.person_id)

    def wish(facts: Facts) -> PutPerson:
        return PutPerson(
            id=form.id,
            person_id=person_id,
            **facts,
            staff_id=visit.known.staff_id,
            seen=form.basis,
        )

    async def look(transaction: Transaction) -> tuple[Facts, Teller]:
        company = await views.read(transaction)
        said: dict[str, Callable[[Any], str]] = {
            "position_id": company.position,
            "deputy_id": company.name,
        }
        return person_facts(company.book, person_id), labelled(visit, _LABELS, said)

    mine = {"position_id": form.position_id, "deputy_id": form.deputy_id}
    return _said(await edit(visit, form, person_id, mine, wish=wish, look=look))


_LABELS = {
    "position_id": Words("岗位", "Position"),
    "deputy_id": Words("常设代理", "Substitute"),
}


# -- Absences -----------------------------------------------------------------------------


async def _absences(visit: DeskVisit, _form: Nothing) -> Answer:
    """Who is away or will be, and who has their authority meanwhile."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        company = await views.read(transaction)
    now = visit.opened.now()
    rows = [
        {
            "id": id_,
            "name": company.name(one.staff_id),
            "substitute": company.name(one.substitute_id),
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "now": one.covers(now),
        }
        for id_, one in company.book.absences.rows().items()
        if one.ends_at > now
    ]
    return View(
        "authority/absences.html",
        Words("请假与代理", "Absences and substitutes"),
        {
            "tab": "absences",
            "absences": sorted(rows, key=lambda row: row["starts_at"]),
            "people": [(one.staff_id, one.name) for one in company.people(now)],
            "now": now,
            "edits": visit.known.role == "owner",
        },
    )


class AbsenceForm(msgspec.Struct, frozen=True):
    id: UUID
    person_id: UUID
    starts_at: datetime
    ends_at: datetime
    substitute_id: UUID | None = None


async def _away(visit: DeskVisit, form: AbsenceForm) -> Answer:
    behind = form.substitute_id
    return await _done(
        visit,
        PutAbsence(
            id=form.id,
            person_id=StaffId(form.person_id),
            starts_at=form.starts_at,
            ends_at=form.ends_at,
            substitute_id=None if behind is None else StaffId(behind),
            staff_id=visit.known.staff_id,
        ),
    )


class BackForm(msgspec.Struct, frozen=True):
    id: UUID
    absence_id: UUID


async def _back(visit: DeskVisit, form: BackForm) -> Answer:
    return await _done(
        visit,
        EndAbsence(
            id=form.id, absence_id=AbsenceId(form.absence_id), staff_id=visit.known.staff_id
        ),
    )


async def _done(visit: DeskVisit, command: Command[Any]) -> Answer:
    return _said(await visit.opened.engine.submit(visit.shop_id, command))


def _said(outcome: Any) -> Answer:
    return outcome if isinstance(outcome, Refused | Clash) else Done(SAVED)


_PATH = "/desk/authority"
PAGES = (
    page(f"{_PATH}/people", Nothing, _people),
    action(f"{_PATH}/departments/put", DepartmentForm, _department, who=Who.OWNER),
    action(f"{_PATH}/positions/put", PositionForm, _position, who=Who.OWNER),
    action(f"{_PATH}/people/put", PersonForm, _person, who=Who.OWNER),
    page(f"{_PATH}/absences", Nothing, _absences),
    action(f"{_PATH}/absences/put", AbsenceForm, _away, who=Who.OWNER),
    action(f"{_PATH}/absences/end", BackForm, _back, who=Who.OWNER),
)
