"""Two processes at once, as far as the database can tell: two engines, each with connections."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from shop.share.friends import Friend
from shopping import house, run


def test_the_first_shares_of_a_shop_are_signed_by_one_key(database: str) -> None:
    async def go() -> None:
        async with house(database) as one, house(database) as two:
            visitor = str(uuid4())
            friends = [Friend(at, "ann", visitor) for at in (one, two) * 5]
            codes = await asyncio.gather(*(it.shares("home", "page") for it in friends))
            assert len(set(codes)) == 1
            assert await one.sql.fetchval("SELECT count(*) FROM share_key") == 1
            assert one.halvings() == two.halvings() == 0

    run(go())


def test_touches_and_binds_happen_once(database: str) -> None:
    async def go() -> None:
        async with house(database) as one, house(database) as two:
            ann = Friend(one, "ann")
            await ann.joins()
            for at in (one, two):
                at.later(minutes=1)
            code = await ann.shares("home", "page")
            here = [Friend(one, f"friend {number}") for number in range(8)]
            there = [Friend(two, it.name, it.visitor) for it in here]
            both = [*here, *there]
            landed = await asyncio.gather(*(it.opens(code) for it in both))
            assert sum(not it["opened_before"] for it in landed) == len(here)
            await asyncio.gather(*(it.signs_in() for it in here))
            for mine, theirs in zip(here, there, strict=True):
                theirs.token = mine.token
            assert set(await asyncio.gather(*(it.binds() for it in both))) == {True}
            assert await one.sql.fetchval("SELECT count(*) FROM share_bind") == 1 + len(here)
            assert one.halvings() == two.halvings() == 0

    run(go())


def test_a_visitor_is_counted_once(database: str) -> None:
    async def go() -> None:
        async with house(database) as one, house(database) as two:
            visitors = [str(uuid4()) for _ in range(10)]
            answers = await asyncio.gather(
                *(
                    at.post("/api/funnel/seen", visitor=visitor, step="open")
                    for visitor in visitors
                    for at in (one, two)
                )
            )
            assert {it.status_code for it in answers} == {200}
            assert await one.sql.fetchval("SELECT count(*) FROM funnel_mark") == len(visitors)
            assert await one.sql.fetchval("SELECT visitors FROM funnel_day") == len(visitors)
            assert one.halvings() == two.halvings() == 0

    run(go())
