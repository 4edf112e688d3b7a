"""All audits of all features, asked of one shop as it stands at one moment."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module

import msgspec
from sqlalchemy import text

from frontline.house import FLOORS
from frontline.kernel.words import ShopId
from frontline.store.audit import Audit, Audits
from frontline.store.database import Database, Transaction

GRACE = timedelta(minutes=15)
"""So long after it was due may a thing still be under way."""

IDS_MAX = 20


class Finding(msgspec.Struct, frozen=True):
    """What one audit found in one shop."""

    name: str
    claim: str
    checked: int  # Rows.
    violations: int
    ids: tuple[str, ...]  # The first few that violate it.


@cache
def found() -> Mapping[str, Audit]:
    """Every feature's audits: modules `audit` beside the features, found by walking."""
    names = ["frontline.engine.audit"]
    for floor in FLOORS:
        package = import_module(f"frontline.{floor}")
        for folder in sorted(one.name for one in pkgutil.iter_modules(package.__path__)):
            name = f"{package.__name__}.{folder}"
            inside = {one.name for one in pkgutil.iter_modules(import_module(name).__path__)}
            if "audit" in inside:
                names.append(f"{name}.audit")
    audits: dict[str, Audit] = {}
    for name in names:
        own: Audits = import_module(name).AUDITS
        assert not audits.keys() & own.keys(), "two audits of one name"
        audits |= own
    return audits


async def audited(database: Database, shop_id: ShopId, now: datetime) -> list[Finding]:
    """What each audit finds. All of them see the same moment, and hold up nobody."""
    async with database.snapshot(shop_id) as transaction:
        return [await finding(transaction, name, now) for name in found()]


async def finding(transaction: Transaction, name: str, now: datetime) -> Finding:
    claim, how_many, broken = found()[name]
    first = text(f"""
        SELECT count(*) OVER () AS n, id FROM ({broken.text}) AS broken
        ORDER BY id LIMIT {IDS_MAX:d}
    """)  # noqa: S608 - our own statement, counted
    (counted,) = await transaction.read(how_many)
    rows = await transaction.read(first, now=now - GRACE)
    ids = tuple(row.id for row in rows)
    return Finding(name, claim, counted.n, rows[0].n if rows else 0, ids)
