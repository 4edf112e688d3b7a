"""The laws of the house, for decisions and commitments, in a company with policies of every kind."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import asyncpg
from company.authority.story import read as read_authority
from company.decision import story
from company.decision.story import (
    CLERKS,
    DEPARTMENT,
    LIMITS,
    POLICIES,
    POSITIONS,
    REVIEWERS,
)
from laws_of import prove, prove_stored

from frontline.company.authority.book import (
    AuthorityBook,
    Department,
    Position,
    SeenAuthorityBook,
    SeenAuthorityKeys,
    WarrantKeys,
)
from frontline.company.authority.messages import DepartmentKind
from frontline.company.decision.messages import Refusal
from frontline.house import assembled
from frontline.kernel.authority import AuthorityKeys
from frontline.kernel.book import Page
from frontline.kernel.words import ShopId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part

UNREACHED = {Refusal.TOO_MANY_QUESTIONS, Refusal.YES_EXPIRED}  # Each has a test of its own.


def _lay(_: Random) -> World:
    authority = AuthorityBook(Page(CLERKS), Page({}), Page(LIMITS), Page({}), Page({}), [])
    return World({AuthorityKeys: authority}, {"AuthorityBook.uses": ()})


def _seen(world: World) -> SeenAuthorityBook:
    gate = world.book(AuthorityKeys)
    return SeenAuthorityBook(
        Page({DEPARTMENT: Department("公司", DepartmentKind.ECOMMERCE)}),
        Page({id_: Position(DEPARTMENT, str(n)) for n, id_ in enumerate(POSITIONS)}),
        Page(gate.clerks.rows()),
        Page({}),
        Page(gate.limits.rows()),
        Page(POLICIES),
        Page(REVIEWERS),
        Page(gate.allowances.rows()),
    )


async def _fill(sql: asyncpg.Connection, shop_id: ShopId, _: Content) -> None:
    for id_, clerk in CLERKS.items():
        await sql.execute(
            "INSERT INTO staff (shop_id, id, name, password_hash, role, active)"
            " VALUES ($1, $2, $3, '', $4, true)",
            shop_id, id_, id_.hex, "owner" if clerk.owner else "staff",
        )  # fmt: skip
    await sql.execute(
        "INSERT INTO authority_department VALUES ($1, $2, '公司', 'ecommerce')", shop_id, DEPARTMENT
    )
    for number, id_ in enumerate(POSITIONS):
        await sql.execute(
            "INSERT INTO authority_position VALUES ($1, $2, $3, $4)",
            shop_id, id_, DEPARTMENT, str(number),
        )  # fmt: skip
    for id_, clerk in CLERKS.items():
        await sql.execute(
            "INSERT INTO authority_person (shop_id, staff_id, position_id, deputy_id)"
            " VALUES ($1, $2, $3, $4)",
            shop_id, id_, clerk.position_id, clerk.deputy_id,
        )  # fmt: skip
    for (position_id, action), limit in LIMITS.items():
        await sql.execute(
            "INSERT INTO authority_limit VALUES ($1, $2, $3, $4, $5, $6)",
            shop_id, position_id, action, limit.alone_max, limit.day_max, limit.month_max,
        )  # fmt: skip
    for action, policy in POLICIES.items():
        await sql.execute(
            "INSERT INTO authority_policy (shop_id, action, reviews, parallel, delegated,"
            " decider_id, reserve_hours, answer_hours, owner_above, on_deadline)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            shop_id, action, [str(one) for one in policy.reviews], policy.parallel,
            policy.delegated, policy.decider_id, policy.reserve_hours, policy.answer_hours,
            policy.owner_above, policy.on_deadline,
        )  # fmt: skip
    for kind, position_id in REVIEWERS.items():
        await sql.execute(
            "INSERT INTO authority_reviewer VALUES ($1, $2, $3)", shop_id, kind, position_id
        )


async def _read(transaction: Transaction) -> Content:
    rows = await read_authority(transaction)
    return {name: rows[name] for name in rows if name.startswith("AuthorityBook")}


COMPANY = Part(
    name="company",
    lay=_lay,
    derived={WarrantKeys: lambda world: world.book(AuthorityKeys), SeenAuthorityKeys: _seen},
    fill=_fill,
    read=_read,
)
DECISION = replace(
    story.PART,
    wishes=(*[story.PART.wishes[0]] * 3, story.PART.wishes[1]),
)
CAST = Cast(assembled().library, (COMPANY, DECISION))


def test_laws() -> None:
    prove(CAST, set(Refusal) - UNREACHED)


def test_storing(server_url: str) -> None:
    prove_stored(server_url, CAST)
