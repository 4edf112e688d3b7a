"""Editing the matrix: only owners do, and every edit is written down."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from frontline.company.authority import seen
from frontline.company.authority.book import (
    Absence,
    Clerk,
    Department,
    Limit,
    MatrixBook,
    MatrixKeys,
    Policy,
    Position,
)
from frontline.company.authority.messages import (
    AbsenceId,
    Arranged,
    DepartmentId,
    EndAbsence,
    Kept,
    Outcome,
    PositionId,
    PutAbsence,
    PutDepartment,
    PutPerson,
    PutPosition,
    Refusal,
    Refused,
    Request,
    SetLimit,
    SetPolicy,
    SetReviewer,
    Unchanged,
)
from frontline.company.authority.seen import Edit
from frontline.kernel.load import Load
from frontline.kernel.seen import changed_since
from frontline.kernel.words import Decision, Moment, Notes


async def gather(_batch: Sequence[Request], load: Load) -> MatrixBook:
    return await load(MatrixKeys())


def decide(book: MatrixBook, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(tuple(_answer(book, command, moment, notes) for command in batch), notes)


def _answer(book: MatrixBook, command: Request, moment: Moment, notes: Notes) -> Outcome:
    editor = book.clerks.get(command.staff_id)
    if editor is None or not editor.owner:  # Whatever the door believed.
        return Refused(Refusal.OWNERS_ONLY)
    if not isinstance(command, Edit):
        return _arrange(book, command, moment)
    if (changed := changed_since(command.seen, seen.facts(book, command))) is not None:
        return changed
    outcome = _arrange(book, command, moment)
    if isinstance(outcome, Arranged):
        notes.edited(seen.thing(command), command.staff_id)
    return outcome


def _arrange(book: MatrixBook, command: Request, moment: Moment) -> Kept:
    match command:
        case PutDepartment() | PutPosition():
            return _put_place(book, command, moment)
        case PutPerson():
            return _put_person(book, command, moment)
        case PutAbsence():
            return _put_absence(book, command, moment)
        case EndAbsence():
            return _end_absence(book, command, moment)
        case SetLimit():
            return _set_limit(book, command, moment)
        case SetPolicy():
            return _set_policy(book, command, moment)
        case SetReviewer():
            return _set_reviewer(book, command, moment)


# -- Departments, positions, people -------------------------------------------------------


def _put_place(book: MatrixBook, command: PutDepartment | PutPosition, moment: Moment) -> Kept:
    if isinstance(command, PutDepartment):
        department_id = command.department_id or DepartmentId(command.id)
        new = Department(command.name, command.kind)
        if command.department_id is not None and book.departments.get(department_id) is None:
            return Refused(Refusal.DEPARTMENT_UNKNOWN)
        if any(
            one.name == new.name and id_ != department_id
            for id_, one in book.departments.rows().items()
        ):
            return Refused(Refusal.NAME_TAKEN)
        if book.departments.get(department_id) == new:
            return Unchanged()
        book.put(book.departments, department_id, new, command, str(department_id), moment.now)
        return Arranged(department_id)
    return _put_position(book, command, moment)


def _put_position(book: MatrixBook, command: PutPosition, moment: Moment) -> Kept:
    position_id = command.position_id or PositionId(command.id)
    if command.position_id is not None and book.positions.get(position_id) is None:
        return Refused(Refusal.POSITION_UNKNOWN)
    if book.departments.get(command.department_id) is None:
        return Refused(Refusal.DEPARTMENT_UNKNOWN)
    new = Position(command.department_id, command.name)
    if any(one == new and id_ != position_id for id_, one in book.positions.rows().items()):
        return Refused(Refusal.NAME_TAKEN)
    if book.positions.get(position_id) == new:
        return Unchanged()
    book.put(book.positions, position_id, new, command, str(position_id), moment.now)
    return Arranged(position_id)


def _put_person(book: MatrixBook, command: PutPerson, moment: Moment) -> Kept:
    clerk = book.clerks.get(command.person_id)
    deputy_id = command.deputy_id
    if clerk is None or (deputy_id is not None and book.clerks.get(deputy_id) is None):
        return Refused(Refusal.STAFF_UNKNOWN)
    if deputy_id == command.person_id:
        return Refused(Refusal.OWN_SUBSTITUTE)
    position_id = command.position_id
    if position_id is not None and book.positions.get(position_id) is None:
        return Refused(Refusal.POSITION_UNKNOWN)
    new = msgspec.structs.replace(clerk, position_id=position_id, deputy_id=deputy_id)
    if new == clerk:
        return Unchanged()
    book.put(book.clerks, command.person_id, new, command, str(command.person_id), moment.now)
    return Arranged(command.person_id)


def _put_absence(book: MatrixBook, command: PutAbsence, moment: Moment) -> Kept:
    known: list[Clerk | None] = [book.clerks.get(command.person_id)]
    if command.substitute_id is not None:
        known.append(book.clerks.get(command.substitute_id))
    if None in known:
        return Refused(Refusal.STAFF_UNKNOWN)
    if command.substitute_id == command.person_id:
        return Refused(Refusal.OWN_SUBSTITUTE)
    if command.starts_at >= command.ends_at or command.ends_at <= moment.now:
        return Refused(Refusal.ABSENCE_TIMES)
    absence_id = AbsenceId(command.id)
    new = Absence(command.person_id, command.starts_at, command.ends_at, command.substitute_id)
    book.put(book.absences, absence_id, new, command, str(command.person_id), moment.now)
    return Arranged(absence_id)


def _end_absence(book: MatrixBook, command: EndAbsence, moment: Moment) -> Kept:
    absence = book.absences.get(command.absence_id)
    if absence is None:
        return Refused(Refusal.ABSENCE_UNKNOWN)
    if absence.ends_at <= moment.now:
        return Unchanged()
    new = msgspec.structs.replace(
        absence, starts_at=min(absence.starts_at, moment.now), ends_at=moment.now
    )
    book.put(book.absences, command.absence_id, new, command, str(absence.staff_id), moment.now)
    return Arranged(command.absence_id)


# -- Limits and policies ------------------------------------------------------------------


def _set_limit(book: MatrixBook, command: SetLimit, moment: Moment) -> Kept:
    if book.positions.get(command.position_id) is None:
        return Refused(Refusal.POSITION_UNKNOWN)
    ladder = [command.alone_max, command.day_max, command.month_max]
    steps = [one for one in ladder if one is not None]
    if steps != sorted(steps):
        return Refused(Refusal.LIMITS_UNORDERED)
    reserve = (book.policies.get(command.action) or Policy()).owner_above
    if reserve is not None and command.alone_max > reserve:
        return Refused(Refusal.OWNER_DECIDES_ABOVE)
    new = Limit(command.alone_max, command.day_max, command.month_max)
    key = command.position_id, command.action
    if (book.limits.get(key) or Limit(0)) == new:
        return Unchanged()
    subject = f"{command.position_id} {command.action}"
    book.put(book.limits, key, new, command, subject, moment.now)
    return Arranged(command.position_id)


def _set_policy(book: MatrixBook, command: SetPolicy, moment: Moment) -> Kept:
    if command.decider_id is not None and book.positions.get(command.decider_id) is None:
        return Refused(Refusal.POSITION_UNKNOWN)
    if len(set(command.reviews)) < len(command.reviews):
        return Refused(Refusal.REVIEWED_TWICE)
    if command.reserve_hours >= command.answer_hours:
        return Refused(Refusal.RESERVE_TOO_LONG)
    highest = max(
        (one.alone_max for (_, action), one in book.limits.rows().items()
         if action is command.action),
        default=0,
    )  # fmt: skip
    if command.owner_above is not None and highest > command.owner_above:
        return Refused(Refusal.OWNER_DECIDES_ABOVE)
    new = Policy(**{name: getattr(command, name) for name in Policy.__struct_fields__})
    if (book.policies.get(command.action) or Policy()) == new:
        return Unchanged()
    book.put(book.policies, command.action, new, command, command.action, moment.now)
    return Arranged(command.id)


def _set_reviewer(book: MatrixBook, command: SetReviewer, moment: Moment) -> Kept:
    if book.positions.get(command.position_id) is None:
        return Refused(Refusal.POSITION_UNKNOWN)
    if book.reviewers.get(command.kind) == command.position_id:
        return Unchanged()
    book.put(book.reviewers, command.kind, command.position_id, command, command.kind, moment.now)
    return Arranged(command.position_id)
