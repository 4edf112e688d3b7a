"""The people behind the demo shop: who they are, and what each may decide.

Written down in `company.toml`; given as the commands that the owner would give.
"""

from __future__ import annotations

import asyncio
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from frontline.company.authority.messages import (
    DepartmentId,
    DepartmentKind,
    OnDeadline,
    PositionId,
    PutDepartment,
    PutPerson,
    PutPosition,
    ReviewKind,
    SetLimit,
    SetPolicy,
    SetReviewer,
)
from frontline.demo.goods import fen
from frontline.demo.people import Demo
from frontline.kernel.authority import Action, Unit
from frontline.kernel.words import StaffId
from frontline.shop.staff.cli import make_staff
from frontline.store.database import Database
from frontline.web.session import Role

ZONE = ZoneInfo("Asia/Shanghai")


@cache
def written() -> dict[str, Any]:
    here = files("frontline.demo").joinpath("company.toml")
    return tomllib.loads(here.read_text(encoding="utf-8"))


def passwords() -> dict[str, str]:
    """Of everybody but the owner: made anew, to be told once."""
    return {one["name"]: secrets.token_urlsafe(9) for one in written()["person"]}


def positions() -> dict[str, str]:
    """What everybody does."""
    return {one["name"]: one["position"] for one in written()["person"]}


# -- Who works there ----------------------------------------------------------------------


async def hire(database: Database, demo: Demo, told: Mapping[str, str]) -> dict[str, StaffId]:
    """Everybody with the password told; by name, the owner as `owner`."""
    ids = await asyncio.gather(
        *(
            make_staff(database, demo.shop_id, name, password, Role.STAFF)
            for name, password in told.items()
        )
    )
    return {"owner": demo.staff_id, **dict(zip(told, ids, strict=True))}


async def arrange(demo: Demo, staff: Mapping[str, StaffId]) -> dict[str, UUID]:
    """Departments, positions, limits and policies; the ids of the departments by name."""
    by, all_ = demo.staff_id, written()
    departments: dict[str, UUID] = {}
    for one in all_["department"]:
        kind = DepartmentKind(one["kind"])
        put = PutDepartment(
            id=demo.id(), department_id=None, name=one["name"], kind=kind, staff_id=by
        )
        await demo.do(put)
        departments[one["name"]] = put.id
    held: dict[str, PositionId] = {}
    for one in all_["person"]:
        place = PutPosition(
            id=demo.id(),
            position_id=None,
            department_id=DepartmentId(departments[one["department"]]),
            name=one["position"],
            staff_id=by,
        )
        await demo.do(place)
        held[one["position"]] = PositionId(place.id)
    await demo.do_all(_people(demo, staff, held))
    await demo.do_all(_policies(demo))
    await demo.do_all(_limits(demo, held))
    await demo.do_all(
        SetReviewer(id=demo.id(), kind=ReviewKind(kind), position_id=held[name], staff_id=by)
        for kind, name in all_["reviewers"].items()
    )
    return departments


def _people(
    demo: Demo, staff: Mapping[str, StaffId], held: Mapping[str, PositionId]
) -> Iterator[PutPerson]:
    for one in written()["person"]:
        yield PutPerson(
            id=demo.id(),
            person_id=staff[one["name"]],
            position_id=held[one["position"]],
            deputy_id=staff[one["deputy"]] if "deputy" in one else None,
            staff_id=demo.staff_id,
        )


def _policies(demo: Demo) -> Iterator[SetPolicy]:
    for one in written()["policy"]:
        action = Action(one["action"])
        above = one.get("owner_above")
        yield SetPolicy(
            id=demo.id(),
            action=action,
            reviews=tuple(ReviewKind(kind) for kind in one["reviews"]),
            parallel=True,
            delegated=True,
            decider_id=None,
            reserve_hours=one["reserve_hours"],
            answer_hours=one["answer_hours"],
            owner_above=None if above is None else _amount(action, above),
            on_deadline=OnDeadline.LAPSE,
            staff_id=demo.staff_id,
        )


def _limits(demo: Demo, held: Mapping[str, PositionId]) -> Iterator[SetLimit]:
    for one in written()["person"]:
        for name, (alone, day, month) in one["limits"].items():
            action = Action(name)
            yield SetLimit(
                id=demo.id(),
                position_id=held[one["position"]],
                action=action,
                alone_max=_amount(action, alone),
                day_max=_amount(action, day),
                month_max=_amount(action, month),
                staff_id=demo.staff_id,
            )


def _amount(action: Action, written_as: Any) -> int:
    return fen(written_as) if action.unit is Unit.MONEY else int(written_as)
