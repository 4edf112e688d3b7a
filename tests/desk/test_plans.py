"""No list of the desk reads more than it shows: asked in every way, on a shop with a year of orders.

Every statement behind a list is run by PostgreSQL with its counts: whatever a scan looks at beyond
a few pages' worth would be a million rows in a shop that has a million.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from databases import new_database, owner
from shopping import AtDesk, House, house, run
from sqlalchemy import TextClause

from frontline.demo import open_demo, year
from frontline.desk.desk import Desk
from frontline.engine.engine import clock
from frontline.house import assembled
from frontline.store.database import Transaction
from frontline.testing.desk import Ask, asks, samples_of
from frontline.web.session import Role

ORDERS = 20_000
READ_MAX = 2_600
"""Rows that one scan may look at; a scan of all orders, lines or payments looks at 20,000."""
SORTED_MAX = 1_100
OPEN_FOR = timedelta(days=366)

BREAKS = {  # Without it, this list is read through.
    "order_by_time": "/desk/orders",
    "payment_by_day": "/desk/payments",
    "member_by_joining": "/desk/members",
    "order_by_state": "/desk/shipping",
}


class Read(NamedTuple):
    url: str
    what: str
    rows: int

    def __str__(self) -> str:
        return f"{self.url}: {self.what} of {self.rows:,} rows"


@pytest.fixture(scope="module")
def seeded(server_url: str) -> str:
    """The name of a database with a year in it."""

    async def go() -> str:
        url = await new_database(server_url)
        shop_id = await open_demo(owner(url), "the owner's password", open_for=OPEN_FOR)
        await year.fill(owner(url), shop_id, ORDERS, clock())
        return url

    return run(go())


def test_no_list_reads_more_than_it_shows(seeded: str) -> None:
    async def go() -> None:
        async with house(seeded) as at:
            at.clock[0] = clock()
            asked = await _asks(at)
            assert len(asked) > 150
            assert {"/desk/orders", "/desk/payments", "/desk/members"} <= {
                one.path for one in asked
            }
            desk = await at.desk(Role.OWNER)
            wrong = [one for ask in asked for one in await _too_much(desk, ask)]
            assert wrong == [], "\n".join(map(str, wrong))

    run(go())


def test_the_owners_screen_reads_little(seeded: str) -> None:
    async def go() -> None:
        async with house(seeded) as at:
            at.clock[0] = clock()
            wrong = await _too_much(await at.desk(Role.OWNER), Ask("/desk", {}, ""))
            assert wrong == [], "\n".join(map(str, wrong))

    run(go())


@pytest.mark.parametrize(("index", "path"), BREAKS.items(), ids=BREAKS)
def test_it_is_noticed_when_an_index_is_missing(
    server_url: str, seeded: str, index: str, path: str
) -> None:
    async def go() -> None:
        source = seeded.rpartition("/")[2].partition("?")[0]
        url = await new_database(server_url, f"DROP INDEX {index}", source=source)
        async with house(url) as at:
            at.clock[0] = clock()
            asked = [one for one in await _asks(at) if one.path == path]
            desk = await at.desk(Role.OWNER)
            assert [one for ask in asked for one in await _too_much(desk, ask)]

    run(go())


async def _asks(at: House) -> list[Ask]:
    """All ways to ask for all lists."""
    built = assembled()
    pages = Desk(built.features, built.pages, None, None).pages  # type: ignore[arg-type]
    lists = [
        one for one in pages if "after" in {field for field in one.form.__struct_encode_fields__}
    ]
    return list(asks(lists, await samples_of(at.sql)))


async def _too_much(desk: AtDesk, ask: Ask) -> list[Read]:
    with _watched(ask.url) as found:
        answer = await desk.get(ask.path, **ask.query)
    assert answer.status_code == 200, (ask.url, answer.text[:500])
    return found


@contextmanager
def _watched(url: str) -> Iterator[list[Read]]:
    """Whatever is read meanwhile is run with its counts as well; what they say of too many rows."""
    found: list[Read] = []
    read = Transaction.read

    async def watched(self: Transaction, statement: TextClause, **values: Any) -> Any:
        await self.flush()
        sql, arguments = self._said(statement, dict(values))
        if sql.lstrip(" \n(").startswith(("SELECT", "WITH")):
            told = await self._connection.fetchval(
                f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, FORMAT JSON) {sql}", *arguments
            )
            found.extend(_reads(url, json.loads(told)[0]["Plan"]))
        return await read(self, statement, **values)

    Transaction.read = watched  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Transaction.read = read  # type: ignore[method-assign]


def _reads(url: str, plan: dict[str, Any]) -> Iterator[Read]:
    removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    loops = plan["Actual Loops"]
    rows = round(loops * (plan["Actual Rows"] + sum(plan.get(name, 0) for name in removed)))
    if "Scan" in plan["Node Type"] and rows > READ_MAX:
        place = plan.get("Index Name") or plan.get("Relation Name") or ""
        yield Read(url, f"{plan['Node Type']} {place}", rows)
    for inner in plan.get("Plans", ()):
        if "Sort" in plan["Node Type"]:
            rows = inner["Actual Rows"] * inner["Actual Loops"]
            if rows > SORTED_MAX:
                yield Read(url, plan["Node Type"], round(rows))
        yield from _reads(url, inner)
