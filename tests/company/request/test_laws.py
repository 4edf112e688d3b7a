"""The laws of the house, for requests to departments."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from laws_of import prove, prove_stored
from scenery import UNKNOWN, some, uid
from sqlalchemy import text

from frontline.company.request import rows
from frontline.company.request.book import (
    Post,
    PostBook,
    PostKeys,
    RequestBook,
    RequestKeys,
    Step,
)
from frontline.company.request.feature import REQUESTS
from frontline.company.request.messages import (
    AskDepartment,
    ContestRequest,
    DeclineRequest,
    DepartmentId,
    JudgeRequest,
    KeepRequest,
    PromiseRequest,
    Refusal,
    RemindDepartment,
    RequestId,
    State,
    WithdrawRequest,
)
from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.words import Command, ShopId, StaffId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part

DEPARTMENTS = [DepartmentId(uid(50, number)) for number in range(2)]
POSITIONS = [uid(51, number) for number in range(2)]
OWNER, FIRST, SECOND, NOWHERE = (StaffId(uid(52, number)) for number in range(4))
PEOPLE = {
    OWNER: Post(None, owner=True),
    FIRST: Post(DEPARTMENTS[0], owner=False),
    SECOND: Post(DEPARTMENTS[1], owner=False),
    NOWHERE: Post(None, owner=False),
}


def _posts(_: World) -> PostBook:
    return PostBook(Page(dict(PEOPLE)), Page(dict.fromkeys(DEPARTMENTS, "部门")))


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    requests = world.book(RequestKeys).requests.rows()
    then = now + timedelta(minutes=chance.choice((0, 1, 3, 40, 3_000)))
    who = chance.choice([*PEOPLE])
    if not requests or chance.random() < 0.2:
        department_id = some(chance, DEPARTMENTS, [DepartmentId(UNKNOWN)])
        return AskDepartment(
            id=id_, staff_id=who, department_id=department_id, what="备货", wanted_by=then
        )
    request_id = some(chance, [*requests], [RequestId(UNKNOWN)])
    request = requests.get(request_id)
    if request is not None and chance.random() < 0.8:
        theirs = next(
            id for id, post in PEOPLE.items() if post.department_id == request.department_id
        )
        who = chance.choice((request.asked_by, theirs, theirs, OWNER))
    due_at = then if request is None else request.due_at
    match chance.randrange(8):
        case 0 | 1:
            return PromiseRequest(id=id_, request_id=request_id, staff_id=who, by=then)
        case 2:
            return DeclineRequest(id=id_, request_id=request_id, staff_id=who, reason="没人手")
        case 3:
            return KeepRequest(id=id_, request_id=request_id, staff_id=who, note="好了")
        case 4:
            kept = [one.id for one in requests.values() if one.state is State.KEPT]
            request_id = some(chance, kept, [request_id])
            who = requests[request_id].asked_by if request_id in requests else who
            return ContestRequest(id=id_, request_id=request_id, staff_id=who, reason="没有")
        case 5 if chance.random() < 0.3:
            return WithdrawRequest(id=id_, request_id=request_id, staff_id=who)
        case 6:
            return RemindDepartment(id=id_, request_id=request_id, due_at=due_at)
        case _:
            return JudgeRequest(id=id_, request_id=request_id, due_at=due_at)


def conserved(_: Content, after: Content) -> None:
    """Promises and breaks are those of the history; nobody answers for another department."""
    for request in after["RequestBook.requests"].values():
        steps = [one for one in after["RequestBook.steps"] if one.request_id == request.id]
        assert [one.number for one in steps] == list(range(1, request.steps + 1))
        assert steps[-1].state is request.state
        assert steps[-1].due_at == request.due_at
        first = steps[0]
        assert (first.staff_id, first.state) == (request.asked_by, State.ASKED)
        timed = [one for one in steps if one.staff_id is None]
        assert all(one.state is State.BROKEN and one.at >= one.due_at for one in timed)
        assert len(timed) <= request.breaks <= sum(one.state is State.BROKEN for one in steps)
        for step in steps[1:]:
            post = PEOPLE.get(step.staff_id) if step.staff_id else None
            theirs = post is None or post.owner or post.department_id == request.department_id
            assert theirs or step.staff_id == request.asked_by
            assert theirs or step.state is not State.DECLINED


# -- Rows -------------------------------------------------------------------------------------


async def _fill(sql: asyncpg.Connection, shop_id: ShopId, _: Content) -> None:
    for number, (id_, position) in enumerate(zip(DEPARTMENTS, POSITIONS, strict=True)):
        await sql.execute(
            "INSERT INTO authority_department VALUES ($1, $2, $3, 'finance')",
            shop_id, id_, f"部门 {number}",
        )  # fmt: skip
        await sql.execute(
            "INSERT INTO authority_position (shop_id, id, department_id, name)"
            " VALUES ($1, $2, $3, '主管')",
            shop_id, position, id_,
        )  # fmt: skip
    for id_, post in PEOPLE.items():
        await sql.execute(
            "INSERT INTO staff (shop_id, id, name, password_hash, role, active)"
            " VALUES ($1, $2, $3, '', $4, true)",
            shop_id, id_, id_.hex, "owner" if post.owner else "staff",
        )  # fmt: skip
        if post.department_id is not None:
            position = POSITIONS[DEPARTMENTS.index(post.department_id)]
            await sql.execute(
                "INSERT INTO authority_person (shop_id, staff_id, position_id)"
                " VALUES ($1, $2, $3)",
                shop_id, id_, position,
            )  # fmt: skip


_IDS = text("SELECT id FROM department_request WHERE shop_id = :shop_id")
_STEPS = text("""
    SELECT request_id, number, state, said, staff_id, due_at, at FROM department_request_step
    WHERE shop_id = :shop_id ORDER BY request_id, number
""")


async def _read(transaction: Transaction) -> Content:
    ids = [row.id for row in await transaction.read(_IDS)]
    book = await rows.load(transaction, RequestKeys(ids))
    steps = await transaction.read(_STEPS)
    return {
        "RequestBook.requests": book.requests.rows(),
        "RequestBook.steps": tuple(Step(row[0], row[1], State(row[2]), *row[3:]) for row in steps),
    }


CAST = Cast(
    assembled().library,
    (
        Part(
            name="request",
            lay=lambda _: World({RequestKeys: RequestBook(Page({}))}, {"RequestBook.steps": ()}),
            derived={PostKeys: _posts},
            wishes=((REQUESTS, _wish),),
            conserved=conserved,
            fill=_fill,
            read=_read,
        ),
    ),
)


def test_laws() -> None:
    prove(CAST, Refusal)


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
