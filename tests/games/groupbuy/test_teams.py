"""Teams and seats through the doors: who gets a seat, who keeps it, and what goes back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from games.groupbuy.table import GAMES, Table, item, table
from shopping import NINE, run

from frontline.engine.engine import new_id
from frontline.games.groupbuy.messages import ExpireTeam, TeamId
from frontline.kernel.words import OrderId
from frontline.shop.order.messages import CancelOrder

PRICE = 7_900


async def _members(on: Table, count: int) -> list:
    return [await on.member(f"member {number}") for number in range(count)]


async def _staff_cancels(on: Table, order_id: str) -> str:
    boss = await on.at.hire()
    wish = CancelOrder(id=new_id(), order_id=OrderId(UUID(order_id)), actor_id=boss, by_staff=True)
    outcome = await on.at.submit(wish)
    await on.turn()
    return type(outcome).__name__


def test_the_last_seat_has_one_payer_and_the_others_get_their_money_back(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE, quota=10), size=2)
            ann, bob, cat, dan = await _members(on, 4)
            team_id = await on.started(ann, campaign_id, sku_id)
            slow = []
            for who in (bob, cat, dan):  # Each holds the last seat until its time is over.
                seated = await on.join(who, team_id, sku_id)
                assert seated["number"] == 2
                await on.begin(who, seated["order_id"])
                slow.append(seated["order_id"])
                if who is not dan:
                    other = await on.join(dan, team_id, sku_id)
                    assert other["refusal"] == "team_full"
                    on.later(minutes=15)
            for who, order_id in zip((cat, bob, dan), (slow[1], slow[0], slow[2]), strict=True):
                await on.finish(who, order_id)
            await on.turn()
            assert [await on.order(one) for one in slow] == ["cancelled", "cancelled", "to_ship"]
            assert on.wallet.refunded() == {UUID(one).hex: PRICE for one in slow[:2]}
            assert await on.stock(sku_id) == (8, 0, 2)
            shown = await on.team(team_id)
            assert (shown["state"], len(shown["members"])) == ("complete", 2)

    run(story())


def test_late_money_keeps_a_seat_that_nobody_took(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE, quota=10), size=3)
            ann, bob, cat = await _members(on, 3)
            team_id = await on.started(ann, campaign_id, sku_id)
            lost = await on.join(bob, team_id, sku_id)
            await on.begin(bob, lost["order_id"])
            on.later(minutes=15)  # Both other seats are free; the first of them is taken.
            third = await on.join(cat, team_id, sku_id)
            assert (lost["number"], third["number"]) == (2, 3)
            await on.finish(bob, lost["order_id"])
            await on.pay(cat, third)
            await on.turn()
            assert (await on.team(team_id))["state"] == "complete"
            assert not on.wallet.refunds

    run(story())


def test_a_lost_seat_is_found_again_when_another_is_free(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE, quota=10), size=3)
            ann, bob, cat, dan = await _members(on, 4)
            team_id = await on.started(ann, campaign_id, sku_id)
            lost = await on.join(bob, team_id, sku_id)
            await on.begin(bob, lost["order_id"])
            on.later(minutes=15)
            held = await on.join(cat, team_id, sku_id)
            assert held["number"] == 3
            taken = await on.join(dan, team_id, sku_id)
            assert taken["number"] == lost["number"] == 2
            await on.at.post(
                "/api/orders/cancel", cat.token, id=str(new_id()), order_id=held["order_id"]
            )
            await on.finish(bob, lost["order_id"])
            assert (await on.team(team_id, bob))["mine"]["number"] == 3
            await on.pay(dan, taken)
            await on.turn()
            assert (await on.team(team_id))["state"] == "complete"
            assert not on.wallet.refunds

    run(story())


def test_late_money_takes_a_seat_that_another_has_not_paid_in_time(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE), size=2)
            ann, bob, cat = await _members(on, 3)
            team_id = await on.started(ann, campaign_id, sku_id)
            orders = []
            for who in (bob, cat):
                orders.append((await on.join(who, team_id, sku_id))["order_id"])
                await on.begin(who, orders[-1])
                on.later(minutes=15)
            await on.finish(bob, orders[0])  # Both had it, both are late; he is the first to pay.
            await on.finish(cat, orders[1])
            await on.turn()
            assert [await on.order(one) for one in orders] == ["to_ship", "cancelled"]
            assert on.wallet.refunded() == {UUID(orders[1]).hex: PRICE}

    run(story())


def test_a_lost_seat_is_not_found_again_by_who_sits_elsewhere(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE), size=2)
            ann, bob, cat, dan = await _members(on, 4)
            team_id = await on.started(ann, campaign_id, sku_id)
            lost = await on.join(bob, team_id, sku_id)
            await on.begin(bob, lost["order_id"])
            on.later(minutes=15)
            taken = (await on.join(cat, team_id, sku_id))["order_id"]
            other = await on.started(dan, campaign_id, sku_id)
            await on.join(bob, other, sku_id)
            form = {"id": str(new_id()), "order_id": taken}
            await on.at.post("/api/orders/cancel", cat.token, **form)  # A seat is free again.
            await on.finish(bob, lost["order_id"])
            await on.turn()
            assert await on.order(lost["order_id"]) == "cancelled"
            assert on.wallet.refunded() == {UUID(lost["order_id"]).hex: PRICE}

    run(story())


def test_a_leader_who_never_pays_takes_the_team_along(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE, quota=1), size=2)
            ann, bob = await _members(on, 2)
            opened = await on.open(ann, campaign_id, sku_id)
            assert (await on.open(bob, campaign_id, sku_id))["refusal"] == "quota_gone"
            on.later(minutes=15)
            await on.turn()
            assert (await on.team(opened["team_id"]))["state"] == "lapsed"
            assert await on.stock(sku_id) == (10, 0, 0)
            again = await on.open(ann, campaign_id, sku_id)  # All that it held is free again.
            assert again["number"] == 1

    run(story())


def test_when_the_leader_is_refunded_the_next_seat_leads(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE), size=3)
            ann, bob, cat, dan = await _members(on, 4)
            team_id = await on.started(ann, campaign_id, sku_id)
            on.later(hours=1)
            second = await on.joined(bob, team_id, sku_id)
            expires_at = (await on.team(team_id))["expires_at"]
            assert await _staff_cancels(on, team_id) == "MoneyBack"
            shown = await on.team(team_id, bob)
            assert shown["expires_at"] == expires_at
            assert (shown["state"], shown["seats_left"]) == ("open", 2)
            (leader,) = shown["members"]
            assert (leader["leads"], leader["me"], leader["number"]) == (True, True, 2)
            seat = await on.join(cat, team_id, sku_id)
            assert seat["number"] == 1  # The seat that was given up.
            third = await on.pay(cat, seat)
            last = await on.joined(dan, team_id, sku_id)
            await on.turn()
            assert (await on.team(team_id))["state"] == "complete"
            assert {await on.order(one) for one in (second, third, last)} == {"to_ship"}
            assert on.wallet.refunded() == {UUID(team_id).hex: PRICE}

    run(story())


def test_a_refund_after_completion_leaves_the_team_complete(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE, quota=2), size=2)
            ann, bob, cat = await _members(on, 3)
            team_id = await on.started(ann, campaign_id, sku_id)
            second = await on.joined(bob, team_id, sku_id)
            await on.turn()
            assert await _staff_cancels(on, second) == "MoneyBack"
            shown = await on.team(team_id)
            assert (shown["state"], len(shown["members"]), shown["seats_left"]) == (
                "complete",
                2,
                0,
            )
            assert (await on.join(cat, team_id, sku_id))["refusal"] == "team_closed"
            on.later(days=2)
            await on.turn()
            assert await on.order(team_id) == "to_ship"
            assert on.wallet.refunded() == {UUID(second).hex: PRICE}
            assert (await on.open(cat, campaign_id, sku_id))["number"] == 1  # Its unit is for sale.

    run(story())


@pytest.mark.parametrize("paid", [1, 2])
def test_the_shop_may_send_to_a_team_that_is_short(database: str, paid: int) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE), size=3, on_expiry="ship")
            ann, bob, cat = await _members(on, 3)
            team_id = await on.started(ann, campaign_id, sku_id)
            orders = [team_id]
            if paid == 2:
                orders.append(await on.joined(bob, team_id, sku_id))
            on.later(hours=23, minutes=50)
            begun = (await on.join(cat, team_id, sku_id))["order_id"]
            await on.begin(cat, begun)
            on.later(minutes=10)
            assert (await on.team(team_id))["state"] == "short"  # Though its timer is late.
            await on.turn()
            assert (await on.team(team_id))["state"] == "short"
            assert {await on.order(one) for one in orders} == {"to_ship"}
            assert await on.order(begun) == "cancelled"
            assert UUID(begun).hex in on.wallet.closed
            assert not on.wallet.refunds

    run(story())


def test_money_that_meets_an_expired_team_goes_back(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE), size=2)
            ann, bob = await _members(on, 2)
            team_id = await on.started(ann, campaign_id, sku_id)
            on.later(hours=23, minutes=50)
            late = (await on.join(bob, team_id, sku_id))["order_id"]
            await on.begin(bob, late)
            on.later(minutes=10)
            await on.at.submit(ExpireTeam(id=new_id(), team_id=TeamId(UUID(team_id))))
            await on.finish(bob, late)  # Before its payment could be closed.
            await on.turn()
            assert on.wallet.refunded() == {UUID(team_id).hex: PRICE, UUID(late).hex: PRICE}
            assert [await on.order(one) for one in (team_id, late)] == ["refunded", "cancelled"]
            assert await on.stock(sku_id) == (10, 0, 0)

    run(story())


def test_a_timer_that_comes_early_is_only_a_hint(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE), size=2)
            (ann,) = await _members(on, 1)
            team_id = await on.started(ann, campaign_id, sku_id)
            on.later(hours=23, minutes=59, seconds=59)
            wish = ExpireTeam(id=new_id(), team_id=TeamId(UUID(team_id)))
            assert type(await on.at.submit(wish)).__name__ == "TeamStays"
            on.later(seconds=1)
            assert type(await on.at.submit(wish)).__name__ == "TeamEnded"

    run(story())


def test_limits_of_a_customer(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=50)
            campaign_id = await on.campaign(
                item(sku_id, PRICE, quota=50), size=2, order_min=2, order_max=3, member_max=6, leads_max=1,
                joins_max=1,
            )  # fmt: skip
            ann, bob, cat, dan, eve = await _members(on, 5)
            for quantity, refusal in ((1, "too_few"), (4, "too_many")):
                said = await on.open(ann, campaign_id, sku_id, quantity=quantity)
                assert said["refusal"] == refusal
            team_id = await on.started(ann, campaign_id, sku_id, quantity=3)
            said = await on.open(ann, campaign_id, sku_id, quantity=3)
            assert (said["refusal"], said["team_id"]) == ("already_in_team", team_id)
            said = await on.join(ann, team_id, sku_id, quantity=2)
            assert said["refusal"] == "already_seated"
            await on.joined(bob, team_id, sku_id, quantity=2)  # Complete.
            said = await on.open(ann, campaign_id, sku_id, quantity=2)
            assert said["refusal"] == "leads_used_up"
            other = await on.started(cat, campaign_id, sku_id, quantity=2)
            said = await on.join(bob, other, sku_id, quantity=2)
            assert said["refusal"] == "joins_used_up"
            await on.joined(ann, other, sku_id, quantity=3)  # Six in all.
            last = await on.started(dan, campaign_id, sku_id, quantity=2)
            assert (await on.join(ann, last, sku_id, quantity=2))["refusal"] == "limit_reached"
            said = await on.join(eve, last, sku_id, quantity=2, claim_id=str(new_id()))
            assert said["refusal"] == "coupon_not_allowed"

    run(story())


def test_joining_looks_at_the_team_and_opening_at_the_campaign(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(
                item(sku_id, PRICE), size=3, life_hours=2,
                ends_at=(NINE + timedelta(hours=1)).isoformat(),
            )  # fmt: skip
            ann, bob, cat = await _members(on, 3)
            team_id = await on.started(ann, campaign_id, sku_id)
            on.later(hours=1)
            assert (await on.open(bob, campaign_id, sku_id))["refusal"] == "campaign_ended"
            await on.joined(bob, team_id, sku_id)
            on.later(minutes=58)  # A minute is WeChat's, so nobody could pay in time.
            assert (await on.join(cat, team_id, sku_id))["refusal"] == "team_closed"
            on.later(minutes=2)
            shown = await on.team(team_id)
            assert (shown["state"], shown["seats_left"]) == ("expired", 0)  # Its timer is late.

    run(story())


def test_the_time_to_pay_ends_with_the_team(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE), size=2, life_hours=1)
            ann, bob = await _members(on, 2)
            team_id = await on.started(ann, campaign_id, sku_id)
            on.later(minutes=50)
            seated = await on.join(bob, team_id, sku_id)
            assert seated["pay_until"] == (await on.team(team_id))["expires_at"]

    run(story())


def test_what_is_shown_of_a_team(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10, title="曲奇礼盒")
            campaign_id = await on.campaign(item(sku_id, PRICE), size=4)
            ann, bob, cat = await _members(on, 3)
            team_id = await on.started(ann, campaign_id, sku_id)
            await on.joined(bob, team_id, sku_id)
            held = await on.join(cat, team_id, sku_id)
            shown = await on.team(team_id, cat)
            assert [(one["name"], one["leads"]) for one in shown["members"]] == [
                ("m**", True),
                ("m**", False),
            ]
            assert "member 0" not in str(shown)
            assert (shown["seats_left"], shown["held"], shown["size"]) == (1, 1, 4)
            assert shown["now"] == NINE.isoformat().replace("+00:00", "Z")
            assert shown["mine"]["order_id"] == held["order_id"]
            assert shown["mine"]["state"] == "held"
            assert (await on.team(team_id))["mine"] is None
            missing = await on.at.get(f"{GAMES}/team", team_id=str(new_id()))
            assert missing.status_code == 404

            page = (await on.at.get(f"{GAMES}/campaign", campaign_id=campaign_id)).json()
            assert page["terms"]["rule_text"].startswith("三人成团")
            assert page["items"][0]["title"] == "曲奇礼盒"
            assert page["items"][0]["left"] == 7
            (open_team,) = page["teams"]
            assert (open_team["seats_left"], open_team["leader"]) == (1, "m**")

            (mine,) = (await on.at.get(f"{GAMES}/teams/mine", cat.token)).json()["teams"]
            assert (mine["team_id"], mine["filled"], mine["seat"]["state"]) == (team_id, 2, "held")

    run(story())


def test_a_game_s_order_is_not_sent_before_its_team_is_complete(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, PRICE), size=2)
            (ann,) = await _members(on, 1)
            team_id = await on.started(ann, campaign_id, sku_id)
            await on.turn()
            parcel = {"carrier": "SF", "tracking": "1"}
            answer = await on.at.post(
                "/api/staff/orders/ship", on.staff, id=str(new_id()), order_id=team_id, **parcel
            )
            assert answer.json()["refusal"] == "not_shippable"

    run(story())
