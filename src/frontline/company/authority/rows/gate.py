"""Rows of the gate: locked by the person whose allowance they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import text

from frontline.company.authority.book import (
    Absence,
    Allowance,
    AuthorityBook,
    Clerk,
    Limit,
    Use,
    Waiting,
    WaitingKey,
    Warrant,
    WarrantKeys,
)
from frontline.engine.shelf import Shelf
from frontline.kernel.authority import Action, AuthorityKeys
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.kernel.words import StaffId
from frontline.store.database import Transaction

_STANDS_IN_FOR = text("""
    SELECT DISTINCT staff_id FROM authority_absence
    WHERE shop_id = :shop_id AND substitute_id = ANY(CAST(:staff_ids AS uuid[]))
""")
# Whoever edits the matrix takes the same locks: limits and absences stay as they are read.
_LOCK = text("""
    SELECT staff_id FROM authority_person
    WHERE shop_id = :shop_id AND staff_id = ANY(CAST(:staff_ids AS uuid[]))
    ORDER BY staff_id FOR NO KEY UPDATE
""")
_LOCK_WARRANTS = text("""
    SELECT id, proposal_id, wish, action, amount_max, staff_id, subject_id, expires_at, used_by,
           used_at
    FROM authority_warrant
    WHERE shop_id = :shop_id AND id = ANY(ARRAY(
        SELECT unnest(CAST(:command_ids AS uuid[]))
        UNION ALL
        SELECT id FROM authority_warrant
        WHERE shop_id = :shop_id AND staff_id = ANY(CAST(:staff_ids AS uuid[]))
              AND wish IS NULL AND used_by IS NULL))
    ORDER BY id FOR NO KEY UPDATE
""")
_CLERKS = text("""
    SELECT s.id, s.role = 'owner' AS owner, p.position_id, p.deputy_id, h.timezone
    FROM staff AS s
    JOIN shop AS h ON h.shop_id = s.shop_id
    LEFT JOIN authority_person AS p ON p.shop_id = s.shop_id AND p.staff_id = s.id
    WHERE s.shop_id = :shop_id AND s.active AND s.id = ANY(CAST(:staff_ids AS uuid[]))
""")
_ABSENCES = text("""
    SELECT id, staff_id, starts_at, ends_at, substitute_id FROM authority_absence
    WHERE shop_id = :shop_id AND staff_id = ANY(CAST(:staff_ids AS uuid[]))
""")
_LIMITS = text("""
    SELECT position_id, action, alone_max, day_max, month_max FROM authority_limit
    WHERE shop_id = :shop_id AND position_id = ANY(CAST(:position_ids AS uuid[]))
""")
_ALLOWANCES = text("""
    SELECT staff_id, action, day, day_used, month_used FROM authority_allowance
    WHERE shop_id = :shop_id AND staff_id = ANY(CAST(:staff_ids AS uuid[]))
""")
# Not locked: of two who both find nothing one fails at the key and runs again, and whoever has put
# another in its place is noticed by the count. Who asks while it is being closed asked before.
_WAITING_FOR = text("""
    SELECT staff_id, wish, proposal_id, until FROM authority_waiting
    WHERE shop_id = :shop_id AND staff_id = ANY(CAST(:staff_ids AS uuid[]))
          AND proposal_id IS NOT NULL
""")
_LOCK_WAITING = text("""
    SELECT staff_id, wish, proposal_id, until FROM authority_waiting
    WHERE shop_id = :shop_id AND proposal_id = ANY(CAST(:proposal_ids AS uuid[]))
    ORDER BY staff_id, wish FOR NO KEY UPDATE
""")


async def load(transaction: Transaction, keys: AuthorityKeys) -> AuthorityBook:
    commands = list(keys.commands)
    asking = {staff_id for _, staff_id in commands}
    book = await _loaded(transaction, asking, {command_id for command_id, _ in commands})
    waiting = await transaction.rows(_WAITING_FOR, staff_ids=asking)
    return replace(book, waiting=_waiting(waiting))


async def load_deciding(transaction: Transaction, keys: WarrantKeys) -> AuthorityBook:
    book = await _loaded(transaction, set(keys.deciders), ())
    waiting = await transaction.rows(_LOCK_WAITING, proposal_ids=keys.proposal_ids)
    return replace(book, waiting=_waiting(waiting))


async def _loaded(
    transaction: Transaction, asking: set[StaffId], command_ids: Iterable[UUID]
) -> AuthorityBook:
    absent = await transaction.rows(_STANDS_IN_FOR, staff_ids=asking)
    staff_ids = asking | {row.staff_id for row in absent}
    await transaction.rows(_LOCK, staff_ids=staff_ids)
    warrants: Page[UUID, Warrant] = Page({})
    if command_ids:
        found = await transaction.read(
            _LOCK_WARRANTS, command_ids=list(command_ids), staff_ids=list(asking)
        )
        warrants = Page({row.id: _warrant(row) for row in found})
    clerks = await transaction.rows(_CLERKS, staff_ids=staff_ids)
    positions = {row.position_id for row in clerks} - {None}
    limits = await transaction.rows(_LIMITS, position_ids=positions)
    return AuthorityBook(
        Page({row.id: clerk(row) for row in clerks}),
        Page(absences(await transaction.rows(_ABSENCES, staff_ids=staff_ids))),
        Page({(row.position_id, Action(row.action)): limit(row) for row in limits}),
        Page(allowances(await transaction.rows(_ALLOWANCES, staff_ids=staff_ids))),
        warrants,
        [],
    )


def clerk(row: Any) -> Clerk:
    return Clerk(
        owner=row.owner,
        position_id=row.position_id,
        deputy_id=row.deputy_id,
        timezone=row.timezone,
    )


def absences(rows: Iterable[Any]) -> dict[Any, Absence]:
    return {
        row.id: Absence(row.staff_id, row.starts_at, row.ends_at, row.substitute_id) for row in rows
    }


def limit(row: Any) -> Limit:
    return Limit(row.alone_max, row.day_max, row.month_max)


def allowances(rows: Iterable[Any]) -> dict[Any, Allowance]:
    return {
        (row.staff_id, Action(row.action)): Allowance(row.day, row.day_used, row.month_used)
        for row in rows
    }


def _waiting(rows: Sequence[Any]) -> Page[WaitingKey, Waiting]:
    return Page({(row.staff_id, row.wish): Waiting(row.proposal_id, row.until) for row in rows})


def _warrant(row: Any) -> Warrant:
    return Warrant(**{**row._asdict(), "action": Action(row.action)})


# -- Storing ------------------------------------------------------------------------------

_USE = text("""
    INSERT INTO authority_use (shop_id, id, by_id, whose_id, how, action, amount, subject_id, at,
                               day)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:by_ids AS uuid[]), CAST(:whose_ids AS uuid[]),
                CAST(:hows AS text[]), CAST(:actions AS text[]), CAST(:amounts AS bigint[]),
                CAST(:subject_ids AS uuid[]), CAST(:at AS timestamptz[]), CAST(:days AS date[]))
""")
# A plain insert on purpose: should two processes both find no row, one of them must fail.
_ADD_ALLOWANCE = text("""
    INSERT INTO authority_allowance (shop_id, staff_id, action, day, day_used, month_used)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:staff_ids AS uuid[]), CAST(:actions AS text[]), CAST(:days AS date[]),
                CAST(:day_used AS bigint[]), CAST(:month_used AS bigint[]))
""")
_COUNT = text("""
    UPDATE authority_allowance AS a
    SET day = c.day, day_used = c.day_used + CASE WHEN a.day = c.day THEN a.day_used ELSE 0 END,
        month_used = c.day_used
            + CASE WHEN to_char(a.day, 'YYYYMM') = to_char(c.day, 'YYYYMM') THEN a.month_used
                   ELSE 0 END
    FROM unnest(CAST(:staff_ids AS uuid[]), CAST(:actions AS text[]), CAST(:days AS date[]),
                CAST(:day_used AS bigint[])) AS c (staff_id, action, day, day_used)
    WHERE a.shop_id = :shop_id AND a.staff_id = c.staff_id AND a.action = c.action
          AND a.day <= c.day
""")
_ADD_WARRANTS = text("""
    INSERT INTO authority_warrant (shop_id, id, proposal_id, wish, action, amount_max, staff_id,
                                   subject_id, expires_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:proposal_ids AS uuid[]), CAST(:wishes AS bigint[]),
                CAST(:actions AS text[]), CAST(:amounts_max AS bigint[]),
                CAST(:staff_ids AS uuid[]), CAST(:subject_ids AS uuid[]),
                CAST(:expires_at AS timestamptz[]))
""")
_USE_UP = text("""
    UPDATE authority_warrant AS w SET used_by = u.used_by, used_at = u.used_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:used_by AS uuid[]), CAST(:used_at AS timestamptz[]))
         AS u (id, used_by, used_at)
    WHERE w.shop_id = :shop_id AND w.id = u.id AND w.used_by IS NULL
""")
# The row of what had waited before is taken again; of what waits for somebody else by now, not:
# then one row less is written than was decided, and the batch runs again.
_WAIT = text("""
    INSERT INTO authority_waiting AS w (shop_id, staff_id, wish, proposal_id, until)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:staff_ids AS uuid[]), CAST(:wishes AS bigint[]),
                CAST(:proposal_ids AS uuid[]), CAST(:until AS timestamptz[]))
    ON CONFLICT (shop_id, staff_id, wish)
        DO UPDATE SET proposal_id = excluded.proposal_id, until = excluded.until
        WHERE w.proposal_id IS NULL
""")
_WAIT_ON = text("""
    UPDATE authority_waiting AS w SET proposal_id = n.proposal_id, until = n.until
    FROM unnest(CAST(:old AS uuid[]), CAST(:proposal_ids AS uuid[]),
                CAST(:until AS timestamptz[])) AS n (old, proposal_id, until)
    WHERE w.shop_id = :shop_id AND w.proposal_id = n.old
""")


async def store(transaction: Transaction, book: AuthorityBook) -> None:
    _write_uses(transaction, book.uses)
    _write_allowances(transaction, book)
    _write_warrants(transaction, book)
    _write_waiting(transaction, book)


def _write_warrants(transaction: Transaction, book: AuthorityBook) -> None:
    added = list(book.warrants.added().values())
    transaction.write_later(
        _ADD_WARRANTS,
        ids=[one.id for one in added],
        proposal_ids=[one.proposal_id for one in added],
        wishes=[one.wish for one in added],
        actions=[one.action for one in added],
        amounts_max=[one.amount_max for one in added],
        staff_ids=[one.staff_id for one in added],
        subject_ids=[one.subject_id for one in added],
        expires_at=[one.expires_at for one in added],
    )
    used = [new for _, new in book.warrants.altered().values()]
    transaction.write_later(
        _USE_UP,
        ids=[one.id for one in used],
        used_by=[one.used_by for one in used],
        used_at=[one.used_at for one in used],
    )


def _write_uses(transaction: Transaction, uses: list[Use]) -> None:
    transaction.write_later(
        _USE,
        ids=[one.id for one in uses],
        by_ids=[one.by_id for one in uses],
        whose_ids=[one.whose_id for one in uses],
        hows=[one.how for one in uses],
        actions=[one.action for one in uses],
        amounts=[one.amount for one in uses],
        subject_ids=[one.subject_id for one in uses],
        at=[one.at for one in uses],
        days=[one.day for one in uses],
    )


def _write_allowances(transaction: Transaction, book: AuthorityBook) -> None:
    new = book.allowances.added()
    transaction.write_later(
        _ADD_ALLOWANCE,
        staff_ids=[staff_id for staff_id, _ in new],
        actions=[action for _, action in new],
        days=[one.day for one in new.values()],
        day_used=[one.day_used for one in new.values()],
        month_used=[one.month_used for one in new.values()],
    )
    counted = book.allowances.altered()
    transaction.write_later(
        _COUNT,
        staff_ids=[staff_id for staff_id, _ in counted],
        actions=[action for _, action in counted],
        days=[now.day for _, now in counted.values()],
        day_used=[
            now.day_used - (was.day_used if was.day == now.day else 0)
            for was, now in counted.values()
        ],
    )


def _write_waiting(transaction: Transaction, book: AuthorityBook) -> None:
    added = sorted(book.waiting.added().items())  # In one order for all, as locks are taken.
    transaction.write_later(
        _WAIT,
        staff_ids=[staff_id for (staff_id, _), _ in added],
        wishes=[wish for (_, wish), _ in added],
        proposal_ids=[one.proposal_id for _, one in added],
        until=[one.until for _, one in added],
    )
    altered = list(book.waiting.altered().values())
    transaction.write_later(
        _WAIT_ON,
        old=[old.proposal_id for old, _ in altered],
        proposal_ids=[now.proposal_id for _, now in altered],
        until=[now.until for _, now in altered],
    )


SHELF = Shelf(keys=AuthorityKeys, load=load, store=store, lock=Lock.AUTHORITY)
DECIDING = Shelf(keys=WarrantKeys, load=load_deciding, store=store, lock=Lock.AUTHORITY)
