"""Rows of the matrix: all of them at once, for there are few."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from frontline.company.authority.book import (
    Department,
    MatrixBook,
    MatrixKeys,
    Policy,
    Position,
    SeenAuthorityBook,
    SeenAuthorityKeys,
)
from frontline.company.authority.messages import DepartmentKind, OnDeadline, ReviewKind
from frontline.company.authority.rows.gate import absences, allowances, clerk, limit
from frontline.engine.shelf import Shelf
from frontline.kernel.authority import Action
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.store.database import Transaction

_LOCK = text("""
    SELECT place, edits FROM authority_revision WHERE shop_id = :shop_id FOR NO KEY UPDATE
""")
# Whoever uses an allowance holds the lock of its person.
_LOCK_PEOPLE = text("""
    SELECT staff_id FROM authority_person
    WHERE shop_id = :shop_id ORDER BY staff_id FOR NO KEY UPDATE
""")
_DEPARTMENTS = text("SELECT id, name, kind FROM authority_department WHERE shop_id = :shop_id")
_POSITIONS = text("SELECT id, department_id, name FROM authority_position WHERE shop_id = :shop_id")
_CLERKS = text("""
    SELECT s.id, s.role = 'owner' AS owner, p.position_id, p.deputy_id, h.timezone
    FROM staff AS s
    JOIN shop AS h ON h.shop_id = s.shop_id
    LEFT JOIN authority_person AS p ON p.shop_id = s.shop_id AND p.staff_id = s.id
    WHERE s.shop_id = :shop_id AND s.active
""")
_ABSENCES = text("""
    SELECT id, staff_id, starts_at, ends_at, substitute_id FROM authority_absence
    WHERE shop_id = :shop_id
""")
_LIMITS = text("""
    SELECT position_id, action, alone_max, day_max, month_max FROM authority_limit
    WHERE shop_id = :shop_id
""")
_POLICIES = text("""
    SELECT action, reviews, parallel, delegated, decider_id, reserve_hours, answer_hours,
           owner_above, on_deadline
    FROM authority_policy WHERE shop_id = :shop_id
""")
_REVIEWERS = text("SELECT kind, position_id FROM authority_reviewer WHERE shop_id = :shop_id")
_ALLOWANCES = text("""
    SELECT staff_id, action, day, day_used, month_used FROM authority_allowance
    WHERE shop_id = :shop_id
""")


async def load(transaction: Transaction, _keys: MatrixKeys) -> MatrixBook:
    edits = await transaction.read(_LOCK)
    await transaction.read(_LOCK_PEOPLE)
    return MatrixBook(
        edits=Page({row.place: row.edits for row in edits}),
        **await _matrix(transaction),
        changes=[],
    )


async def seen(transaction: Transaction, keys: SeenAuthorityKeys) -> SeenAuthorityBook:
    if not keys.wanted:
        return SeenAuthorityBook(*(Page({}) for _ in range(8)))
    used = allowances(await transaction.read(_ALLOWANCES))
    return SeenAuthorityBook(**await _matrix(transaction), allowances=Page(used))


async def _matrix(transaction: Transaction) -> dict[str, Any]:
    departments, positions, clerks, away, limits, policies, reviewers = [
        await transaction.read(statement)
        for statement in (
            _DEPARTMENTS, _POSITIONS, _CLERKS, _ABSENCES, _LIMITS, _POLICIES, _REVIEWERS
        )
    ]  # fmt: skip
    return {
        "departments": Page(
            {row.id: Department(row.name, DepartmentKind(row.kind)) for row in departments}
        ),
        "positions": Page({row.id: Position(row.department_id, row.name) for row in positions}),
        "clerks": Page({row.id: clerk(row) for row in clerks}),
        "absences": Page(absences(away)),
        "limits": Page({(row.position_id, Action(row.action)): limit(row) for row in limits}),
        "policies": Page({Action(row.action): _policy(row) for row in policies}),
        "reviewers": Page({ReviewKind(row.kind): row.position_id for row in reviewers}),
    }


def _policy(row: Any) -> Policy:
    told = row._asdict()
    del told["action"]
    told["reviews"] = tuple(ReviewKind(kind) for kind in row.reviews)
    return Policy(**{**told, "on_deadline": OnDeadline(row.on_deadline)})


# -- Storing ------------------------------------------------------------------------------

_FIRST_EDIT = text("""
    INSERT INTO authority_revision (shop_id, place, edits)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:places AS int[]), CAST(:edits AS bigint[]))
""")
_EDIT = text("""
    UPDATE authority_revision AS r SET edits = e.edits
    FROM unnest(CAST(:places AS int[]), CAST(:edits AS bigint[])) AS e (place, edits)
    WHERE r.shop_id = :shop_id AND r.place = e.place
""")
_ADD_DEPARTMENTS = text("""
    INSERT INTO authority_department (shop_id, id, name, kind)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:kinds AS text[]))
""")
_CHANGE_DEPARTMENTS = text("""
    UPDATE authority_department AS d SET name = c.name, kind = c.kind
    FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:kinds AS text[]))
         AS c (id, name, kind)
    WHERE d.shop_id = :shop_id AND d.id = c.id
""")
_ADD_POSITIONS = text("""
    INSERT INTO authority_position (shop_id, id, department_id, name)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:department_ids AS uuid[]), CAST(:names AS text[]))
""")
_CHANGE_POSITIONS = text("""
    UPDATE authority_position AS p SET department_id = c.department_id, name = c.name
    FROM unnest(CAST(:ids AS uuid[]), CAST(:department_ids AS uuid[]), CAST(:names AS text[]))
         AS c (id, department_id, name)
    WHERE p.shop_id = :shop_id AND p.id = c.id
""")
# Everybody is in `staff`; who never had a position or deputy has no row here yet.
_PUT_PEOPLE = text("""
    INSERT INTO authority_person (shop_id, staff_id, position_id, deputy_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:staff_ids AS uuid[]), CAST(:position_ids AS uuid[]),
                CAST(:deputy_ids AS uuid[]))
    ON CONFLICT (shop_id, staff_id)
    DO UPDATE SET position_id = EXCLUDED.position_id, deputy_id = EXCLUDED.deputy_id
""")
_ADD_ABSENCES = text("""
    INSERT INTO authority_absence (shop_id, id, staff_id, starts_at, ends_at, substitute_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:staff_ids AS uuid[]),
                CAST(:starts_at AS timestamptz[]), CAST(:ends_at AS timestamptz[]),
                CAST(:substitute_ids AS uuid[]))
""")
_CHANGE_ABSENCES = text("""
    UPDATE authority_absence AS a SET starts_at = c.starts_at, ends_at = c.ends_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:starts_at AS timestamptz[]),
                CAST(:ends_at AS timestamptz[])) AS c (id, starts_at, ends_at)
    WHERE a.shop_id = :shop_id AND a.id = c.id
""")
_PUT_LIMITS = text("""
    INSERT INTO authority_limit (shop_id, position_id, action, alone_max, day_max, month_max)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:position_ids AS uuid[]), CAST(:actions AS text[]),
                CAST(:alone_max AS bigint[]), CAST(:day_max AS bigint[]),
                CAST(:month_max AS bigint[]))
    ON CONFLICT (shop_id, position_id, action)
    DO UPDATE SET alone_max = EXCLUDED.alone_max, day_max = EXCLUDED.day_max,
                  month_max = EXCLUDED.month_max
""")
_PUT_POLICIES = text("""
    INSERT INTO authority_policy (shop_id, action, reviews, parallel, delegated, decider_id,
                                  reserve_hours, answer_hours, owner_above, on_deadline)
    SELECT CAST(:shop_id AS bigint), p.action, CAST(p.reviews AS text[]), p.parallel, p.delegated,
           p.decider_id, p.reserve_hours, p.answer_hours, p.owner_above, p.on_deadline
    FROM unnest(CAST(:actions AS text[]), CAST(:reviews AS text[]), CAST(:parallel AS boolean[]),
                CAST(:delegated AS boolean[]), CAST(:decider_ids AS uuid[]),
                CAST(:reserve_hours AS int[]), CAST(:answer_hours AS int[]),
                CAST(:owner_above AS bigint[]), CAST(:on_deadline AS text[]))
         AS p (action, reviews, parallel, delegated, decider_id, reserve_hours, answer_hours,
               owner_above, on_deadline)
    ON CONFLICT (shop_id, action)
    DO UPDATE SET reviews = EXCLUDED.reviews, parallel = EXCLUDED.parallel,
                  delegated = EXCLUDED.delegated, decider_id = EXCLUDED.decider_id,
                  reserve_hours = EXCLUDED.reserve_hours, answer_hours = EXCLUDED.answer_hours,
                  owner_above = EXCLUDED.owner_above, on_deadline = EXCLUDED.on_deadline
""")
_PUT_REVIEWERS = text("""
    INSERT INTO authority_reviewer (shop_id, kind, position_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:kinds AS text[]), CAST(:position_ids AS uuid[]))
    ON CONFLICT (shop_id, kind) DO UPDATE SET position_id = EXCLUDED.position_id
""")
_REMEMBER = text("""
    INSERT INTO authority_change (shop_id, at, staff_id, kind, subject, before, after)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:at AS timestamptz[]), CAST(:staff_ids AS uuid[]), CAST(:kinds AS text[]),
                CAST(:subjects AS text[]), CAST(:before AS text[]), CAST(:after AS text[]))
""")


async def store(transaction: Transaction, book: MatrixBook) -> None:
    for first, then, page in (
        (_ADD_DEPARTMENTS, _CHANGE_DEPARTMENTS, book.departments),
        (_ADD_POSITIONS, _CHANGE_POSITIONS, book.positions),
    ):
        for statement, rows in ((first, page.added()), (then, _changed(page))):
            values = list(rows.values())
            fields = values[0].__struct_fields__ if values else ()
            columns = {f"{name}s": [getattr(one, name) for one in values] for name in fields}
            await transaction.write(statement, ids=list(rows), **columns)
    await _store_people(transaction, book)
    await _store_limits(transaction, book)
    await transaction.write(
        _REMEMBER,
        at=[one.at for one in book.changes],
        staff_ids=[one.staff_id for one in book.changes],
        kinds=[one.kind for one in book.changes],
        subjects=[one.subject for one in book.changes],
        before=[one.before for one in book.changes],
        after=[one.after for one in book.changes],
    )
    for statement, edits in ((_FIRST_EDIT, book.edits.added()), (_EDIT, _changed(book.edits))):
        await transaction.write(statement, places=list(edits), edits=list(edits.values()))


async def _store_people(transaction: Transaction, book: MatrixBook) -> None:
    people = _changed(book.clerks)
    await transaction.write(
        _PUT_PEOPLE,
        staff_ids=list(people),
        position_ids=[one.position_id for one in people.values()],
        deputy_ids=[one.deputy_id for one in people.values()],
    )
    new, moved = book.absences.added(), _changed(book.absences)
    await transaction.write(
        _ADD_ABSENCES,
        ids=list(new),
        staff_ids=[one.staff_id for one in new.values()],
        starts_at=[one.starts_at for one in new.values()],
        ends_at=[one.ends_at for one in new.values()],
        substitute_ids=[one.substitute_id for one in new.values()],
    )
    await transaction.write(
        _CHANGE_ABSENCES,
        ids=list(moved),
        starts_at=[one.starts_at for one in moved.values()],
        ends_at=[one.ends_at for one in moved.values()],
    )


async def _store_limits(transaction: Transaction, book: MatrixBook) -> None:
    limits = book.limits.added() | _changed(book.limits)
    await transaction.write(
        _PUT_LIMITS,
        position_ids=[position_id for position_id, _ in limits],
        actions=[action for _, action in limits],
        alone_max=[one.alone_max for one in limits.values()],
        day_max=[one.day_max for one in limits.values()],
        month_max=[one.month_max for one in limits.values()],
    )
    policies = book.policies.added() | _changed(book.policies)
    await transaction.write(
        _PUT_POLICIES,
        actions=list(policies),
        reviews=[f"{{{','.join(one.reviews)}}}" for one in policies.values()],
        parallel=[one.parallel for one in policies.values()],
        delegated=[one.delegated for one in policies.values()],
        decider_ids=[one.decider_id for one in policies.values()],
        reserve_hours=[one.reserve_hours for one in policies.values()],
        answer_hours=[one.answer_hours for one in policies.values()],
        owner_above=[one.owner_above for one in policies.values()],
        on_deadline=[one.on_deadline for one in policies.values()],
    )
    reviewers = book.reviewers.added() | _changed(book.reviewers)
    await transaction.write(
        _PUT_REVIEWERS, kinds=list(reviewers), position_ids=list(reviewers.values())
    )


def _changed(page: Page[Any, Any]) -> dict[Any, Any]:
    return {key: new for key, (_, new) in page.altered().items()}


SHELF = Shelf(keys=MatrixKeys, load=load, store=store, lock=Lock.AUTHORITY)
SEEN = Shelf(keys=SeenAuthorityKeys, load=seen)
