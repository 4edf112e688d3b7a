"""Old brings new (老带新): who is new, and that nobody is new twice."""

from __future__ import annotations

import asyncio
from uuid import UUID

from games.groupbuy.table import Player, Table, item, table
from shopping import add_sku, run

from frontline.engine.engine import new_id
from frontline.kernel.words import MemberId, SkuId
from frontline.shop.order.messages import PlaceOrder, Wanted
from frontline.web.session import Role

PRICE = 7_900


async def _set(on: Table, **terms: object) -> tuple[str, UUID]:
    sku_id = await on.sku(on_hand=40)
    terms = {"size": 3, "audience": "new", **terms}
    return await on.campaign(item(sku_id, PRICE, quota=40), **terms), sku_id


async def _buys(on: Table, who: Player, **pay: str) -> str:
    """Something from the catalogue."""
    sku_id, order_id = await add_sku(on.at.sql, price=500), new_id()
    wanted = (Wanted(SkuId(sku_id), 1),)
    await on.at.submit(PlaceOrder(id=order_id, member_id=MemberId(who.id), wanted=wanted))
    form = {"id": str(new_id()), "order_id": str(order_id), "channel": "jsapi", **pay}
    assert (await on.at.post("/api/orders/pay", who.token, **form)).status_code == 200
    await on.finish(who, str(order_id))
    return str(order_id)


def test_the_leader_is_anybody_and_those_who_join_have_never_paid(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            campaign_id, sku_id = await _set(on)
            ann, bob, cat = [await on.member(name) for name in ("ann", "bob", "cat")]
            await _buys(on, ann)
            await _buys(on, bob)
            team_id = await on.started(ann, campaign_id, sku_id)
            assert (await on.join(bob, team_id, sku_id))["refusal"] == "not_new"
            await on.joined(cat, team_id, sku_id)

    run(story())


def test_who_is_new_is_proved_by_the_payer_s_openid(database: str) -> None:
    """A member who came by phone paid through the WeChat of one who joins later."""

    async def story() -> None:
        async with table(database) as on:
            campaign_id, sku_id = await _set(on)
            ann, bob = await on.member("ann"), await on.member("bob")
            phone_id = UUID(int=5)
            await on.at.sql.execute(
                "INSERT INTO member (shop_id, id, phone, nickname, locale, joined_at)"
                " VALUES (1, $1, '13800000000', '', 'zh', now())", phone_id,
            )  # fmt: skip
            by_phone = Player(phone_id, await on.at.token(Role.MEMBER, phone_id))
            team_id = await on.started(ann, campaign_id, sku_id)
            said = await on.join(by_phone, team_id, sku_id)
            assert said["refusal"] == "newness_unproven"
            await _buys(on, by_phone, channel="h5")
            await on.at.sql.execute("UPDATE payment SET payer = 'openid-bob' WHERE payer IS NULL")
            assert (await on.join(bob, team_id, sku_id))["refusal"] == "not_new"

    run(story())


def test_money_that_all_went_back_makes_nobody_old(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            campaign_id, sku_id = await _set(on)
            ann, bob = await on.member("ann"), await on.member("bob")
            team_id = await on.started(ann, campaign_id, sku_id)
            await on.joined(bob, team_id, sku_id)
            on.later(hours=24)
            await on.turn()
            assert (await on.team(team_id))["state"] == "expired"
            again = await on.started(ann, campaign_id, sku_id)
            await on.joined(bob, again, sku_id)

    run(story())


def test_one_is_a_newcomer_in_one_team_at_a_time(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            first, sku_id = await _set(on)
            second = await on.campaign(item(sku_id, PRICE), size=3, audience="new")
            ann, bob, cat = [await on.member(name) for name in ("ann", "bob", "cat")]
            teams = [await on.started(ann, first, sku_id), await on.started(bob, second, sku_id)]
            said = await asyncio.gather(*(on.join(cat, one, sku_id) for one in teams))
            assert sorted(one.get("refusal", "") for one in said) == ["", "newcomer_elsewhere"]
            on.later(minutes=15)
            await on.turn()  # The seat lapses, and the claim with it.
            (where,) = [team for team, one in zip(teams, said, strict=True) if "refusal" in one]
            await on.joined(cat, where, sku_id)

    run(story())
