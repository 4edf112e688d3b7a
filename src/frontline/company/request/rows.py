"""Request rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from frontline.company.request.book import (
    Post,
    PostBook,
    PostKeys,
    Request,
    RequestBook,
    RequestKeys,
    Step,
)
from frontline.company.request.messages import State
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.store.database import Transaction

_POSTS = text("""
    SELECT s.id, q.department_id, s.role = 'owner' AS owner
    FROM staff AS s
    LEFT JOIN authority_person AS p ON p.shop_id = s.shop_id AND p.staff_id = s.id
    LEFT JOIN authority_position AS q ON q.shop_id = p.shop_id AND q.id = p.position_id
    WHERE s.shop_id = :shop_id AND s.id = ANY(CAST(:staff_ids AS uuid[])) AND s.active
""")
_DEPARTMENTS = text("""
    SELECT id, name FROM authority_department
    WHERE shop_id = :shop_id AND id = ANY(CAST(:department_ids AS uuid[]))
""")
_LOCK = text("""
    SELECT id, asked_by, department_id, what, asked_at, wanted_by, state, promised_by, promiser,
           promises, breaks, broken_at, settled_at, steps
    FROM department_request
    WHERE shop_id = :shop_id AND id = ANY(CAST(:request_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_ADD = text("""
    INSERT INTO department_request (shop_id, id, asked_by, department_id, what, asked_at, wanted_by,
                                    state, promised_by, promiser, promises, breaks, broken_at,
                                    settled_at, steps)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:asked_by AS uuid[]), CAST(:department_ids AS uuid[]),
                CAST(:what AS text[]), CAST(:asked_at AS timestamptz[]),
                CAST(:wanted_by AS timestamptz[]), CAST(:states AS text[]),
                CAST(:promised_by AS timestamptz[]), CAST(:promisers AS uuid[]),
                CAST(:promises AS int[]), CAST(:breaks AS int[]),
                CAST(:broken_at AS timestamptz[]), CAST(:settled_at AS timestamptz[]),
                CAST(:steps AS int[]))
""")
_CHANGE = text("""
    UPDATE department_request AS r
    SET state = n.state, promised_by = n.promised_by, promiser = n.promiser,
        promises = n.promises, breaks = n.breaks, broken_at = n.broken_at,
        settled_at = n.settled_at, steps = n.steps
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]),
                CAST(:promised_by AS timestamptz[]), CAST(:promisers AS uuid[]),
                CAST(:promises AS int[]), CAST(:breaks AS int[]),
                CAST(:broken_at AS timestamptz[]), CAST(:settled_at AS timestamptz[]),
                CAST(:steps AS int[]), CAST(:before AS int[]))
         AS n (id, state, promised_by, promiser, promises, breaks, broken_at, settled_at, steps,
               before)
    WHERE r.shop_id = :shop_id AND r.id = n.id AND r.steps = n.before
""")
_ADD_STEPS = text("""
    INSERT INTO department_request_step (shop_id, request_id, number, state, said, staff_id, due_at,
                                         at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:request_ids AS uuid[]), CAST(:numbers AS int[]), CAST(:states AS text[]),
                CAST(:said AS text[]), CAST(:staff_ids AS uuid[]),
                CAST(:due_at AS timestamptz[]), CAST(:at AS timestamptz[]))
""")


async def load_posts(transaction: Transaction, keys: PostKeys) -> PostBook:
    posts = await transaction.rows(_POSTS, staff_ids=keys.staff_ids)
    departments = await transaction.rows(_DEPARTMENTS, department_ids=keys.department_ids)
    return PostBook(
        Page({row.id: Post(row.department_id, row.owner) for row in posts}),
        Page({row.id: row.name for row in departments}),
    )


async def load(transaction: Transaction, keys: RequestKeys) -> RequestBook:
    rows = await transaction.rows(_LOCK, request_ids=keys.request_ids)
    return RequestBook(Page({row.id: request_of(row) for row in rows}))


def request_of(row: Any) -> Request:
    """Of a row that has all columns of the table."""
    told = {name: row[name] for name in Request.__struct_fields__}
    return Request(**{**told, "state": State(row.state)})


async def store(transaction: Transaction, book: RequestBook) -> None:
    added = list(book.requests.added().values())
    await transaction.write(
        _ADD,
        asked_by=[one.asked_by for one in added],
        department_ids=[one.department_id for one in added],
        what=[one.what for one in added],
        asked_at=[one.asked_at for one in added],
        wanted_by=[one.wanted_by for one in added],
        **_changing(added),
    )
    altered = list(book.requests.altered().values())
    await transaction.write(
        _CHANGE,
        **_changing([new for _, new in altered]),
        before=[old.steps for old, _ in altered],
    )
    await _store_steps(transaction, book.steps)


def _changing(requests: list[Request]) -> dict[str, list[Any]]:
    return {
        "ids": [one.id for one in requests],
        "states": [one.state for one in requests],
        "promised_by": [one.promised_by for one in requests],
        "promisers": [one.promiser for one in requests],
        "promises": [one.promises for one in requests],
        "breaks": [one.breaks for one in requests],
        "broken_at": [one.broken_at for one in requests],
        "settled_at": [one.settled_at for one in requests],
        "steps": [one.steps for one in requests],
    }


async def _store_steps(transaction: Transaction, steps: list[Step]) -> None:
    await transaction.write(
        _ADD_STEPS,
        request_ids=[step.request_id for step in steps],
        numbers=[step.number for step in steps],
        states=[step.state for step in steps],
        said=[step.said for step in steps],
        staff_ids=[step.staff_id for step in steps],
        due_at=[step.due_at for step in steps],
        at=[step.at for step in steps],
    )


POSTS = Shelf(keys=PostKeys, load=load_posts)
SHELF = Shelf(keys=RequestKeys, load=load, store=store, lock=Lock.COMPANY)
