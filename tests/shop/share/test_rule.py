"""The rule of attribution: every clause of it, from both sides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from shop.share.friends import Friend, brought_by, money_back, product_of
from shopping import House, add_sku, house, run

Story = Callable[[House, Friend, Friend, str], Awaitable[bool]]
"""Given Ann, who is a member, Bob, who is not, and Ann's share: whether Bob is Ann's."""


def _told(database: str, story: Story) -> None:
    async def go() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql)
            ann, bob = Friend(at, "ann"), Friend(at, "bob")
            await ann.joins()
            at.later(minutes=1)
            code = await ann.shares(await product_of(at, sku_id))
            expected = await story(at, ann, bob, code)
            assert await brought_by(at, bob) == (ann.id if expected else None)
            assert await bob.binds() == expected  # Asked again, nothing changes.

    run(go())


def test_a_touch_then_joining(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        await bob.opens(code)
        await bob.joins()
        return True

    _told(database, story)


def test_no_touch_nobody(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        await bob.joins()
        return False

    _told(database, story)


@pytest.mark.parametrize(("late", "good"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_seven_days_before_joining(database: str, late: timedelta, good: bool) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        await bob.opens(code)
        at.clock[0] += timedelta(days=7) + late
        await bob.joins()
        return good

    _told(database, story)


@pytest.mark.parametrize(("early", "good"), [(timedelta(seconds=1), True), (timedelta(0), False)])
def test_within_a_day_of_joining(database: str, early: timedelta, good: bool) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        await bob.opens(code)
        await bob.signs_in()
        at.clock[0] += timedelta(hours=24) - early
        await bob.binds()
        return good

    _told(database, story)


def test_a_touch_between_signing_in_and_binding_counts(database: str) -> None:
    """The mini program signs in by itself before the page that was shared opens."""

    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        await bob.signs_in()
        await bob.opens(code)
        await bob.binds()
        return True

    _told(database, story)


def test_only_the_first_bind_decides(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        await bob.joins()
        await bob.opens(code)
        await bob.binds()
        return False

    _told(database, story)


@pytest.mark.parametrize("kept", [True, False])
def test_who_has_ever_paid_was_brought_by_nobody(database: str, kept: bool) -> None:
    """Also if the money went back: they knew the way."""

    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        await bob.opens(code)
        await bob.signs_in()
        order_id = await bob.buys(await add_sku(at.sql))
        if not kept:
            await money_back(at, order_id)
        await bob.binds()
        return False

    _told(database, story)


def test_an_order_that_cost_nothing_is_no_payment(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        await bob.opens(code)
        await bob.signs_in()
        await bob.buys(await add_sku(at.sql, price=0))
        await bob.binds()
        return True

    _told(database, story)


def test_the_last_touch_of_somebody_elses_share(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        eve, nobody = Friend(at, "eve"), Friend(at, "nobody")
        await eve.joins()
        at.later(minutes=1)
        await bob.opens(await eve.shares("home", kind="page"))
        at.later(minutes=1)
        await bob.opens(code)
        at.later(minutes=1)
        await bob.opens(await nobody.shares("home", kind="page"))  # No member: is passed over.
        await bob.opens(await bob.shares("home", kind="page"))  # Nor is one's own a touch.
        await bob.joins()
        return True

    _told(database, story)


def test_opened_again_it_is_the_last_one_again(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        eve = Friend(at, "eve")
        await eve.joins()
        at.later(minutes=1)
        for share in (code, await eve.shares("home", kind="page"), code):
            again = await bob.opens(share)
            at.later(minutes=1)
        assert again["opened_before"]
        await bob.joins()
        return True

    _told(database, story)


def test_not_on_one_and_the_same_device(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        bob.visitor = ann.visitor
        assert (await bob.opens(code))["opened_before"]  # It is where it was made.
        await bob.joins()
        return False

    _told(database, story)


def test_nor_by_whoever_signed_in_first_on_this_device(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        tablet = Friend(at, "ann", token=ann.token)
        on_tablet = await tablet.shares("home", kind="page")
        bob.visitor = ann.visitor
        assert not (await bob.opens(on_tablet))["opened_before"]
        await bob.joins()
        return False

    _told(database, story)


def test_who_shared_before_joining_has_shared_all_the_same(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        cat = Friend(at, "cat")
        made = await cat.shares("home", kind="page")
        assert (await bob.opens(made))["sharer"] is None
        await cat.joins()
        at.later(seconds=1)
        assert (await bob.opens(made))["sharer"]["nickname"] == f"会员{cat.id.hex[-4:].upper()}"
        await bob.joins()
        assert await brought_by(at, bob) == cat.id
        await at.sql.execute("DELETE FROM share_bind WHERE member_id = $1", bob.id)
        return await _again(at, bob)

    _told(database, story)


async def _again(at: House, bob: Friend) -> bool:
    """Too late by now: so this is nobody's."""
    at.later(days=2)
    await bob.binds()
    return False


def test_who_brings_joined_earlier_so_there_is_no_circle(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        """Bob and Cat, both new, share with each other before either is bound."""
        cat = Friend(at, "cat")
        await bob.signs_in()
        at.later(seconds=1)
        await cat.signs_in()
        from_bob, from_cat = [await it.shares("home", kind="page") for it in (bob, cat)]
        await bob.opens(from_cat)
        await cat.opens(from_bob)
        await asyncio.gather(bob.binds(), cat.binds())
        assert await brought_by(at, cat) == bob.id
        with pytest.raises(asyncpg.CheckViolationError, match="share_no_circle"):
            await at.sql.execute(
                "UPDATE share_bind SET sharer_joined_at = joined_at WHERE member_id = $1", cat.id
            )
        return False

    _told(database, story)


def test_bound_once_however_often_at_once(database: str) -> None:
    async def story(at: House, ann: Friend, bob: Friend, code: str) -> bool:
        await bob.opens(code)
        await bob.signs_in()
        assert set(await asyncio.gather(*(bob.binds() for _ in range(20)))) == {True}
        assert await at.sql.fetchval("SELECT count(*) FROM share_bind") == 2
        return True

    _told(database, story)


def test_an_unknown_visitor_is_refused_nothing(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            ann = Friend(at, "ann")
            await ann.signs_in()
            ann.visitor = str(uuid4())
            assert await ann.binds() is False

    run(go())
