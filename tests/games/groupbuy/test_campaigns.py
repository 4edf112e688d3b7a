"""Campaigns: from draft to closed, what is refused on the way, and what the clock does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from games.groupbuy.table import GAMES, STAFF_GAMES, Table, item, table, terms_form
from shopping import NINE, run

from frontline.engine.engine import new_id
from frontline.games.groupbuy.messages import TEXTS, OrderRefusal, Refusal
from frontline.shop.order import sale

HOUR = timedelta(hours=1)


async def _state(on: Table, campaign_id: str) -> str:
    return await on.at.sql.fetchval(
        "SELECT state FROM groupbuy_campaign WHERE id = $1", UUID(campaign_id)
    )


async def _change(on: Table, campaign_id: str, items: Any, by: str = "", **terms: Any) -> Any:
    answer = await on.at.post(
        f"{STAFF_GAMES}/campaigns/change", by or on.staff,
        id=str(new_id()), campaign_id=campaign_id, terms=terms_form(**terms), items=items,
    )  # fmt: skip
    return answer.json()


def test_from_draft_to_closed_by_staff_and_clock(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            ann = await on.member("ann")
            times = {
                "starts_at": (NINE + 3 * HOUR).isoformat(),
                "ends_at": (NINE + 6 * HOUR).isoformat(),
                "preview_hours": 2,
            }
            campaign_id = (await on.create([item(sku_id, 7_900)], **times))["campaign_id"]
            for early in ("approve", "publish", "pause", "resume"):
                assert (await on.manage(early, campaign_id))["refusal"] == "wrong_state"
            assert (await on.open(ann, campaign_id, sku_id))["refusal"] == "campaign_unknown"
            checked = await on.manage("check", campaign_id)
            assert (checked["state"], checked["worst_case"]) == ("checked", 10 * 2_100)
            by_staff = await on.manage("approve", campaign_id, on.staff)
            assert by_staff["held"]  # Beyond what they may spend: it waits for who may.
            assert await _state(on, campaign_id) == "checked"
            assert (await on.manage("approve", campaign_id))["state"] == "approved"
            assert (await on.manage("publish", campaign_id, on.staff))["state"] == "preview"
            assert await _shown(on) == []
            on.later(hours=1)
            assert await _shown(on) == [(campaign_id, "preview")]
            assert (await on.open(ann, campaign_id, sku_id))["refusal"] == "campaign_not_started"
            on.later(hours=2)
            assert await _shown(on) == [(campaign_id, "live")]  # Though its timer is late.
            team = await on.started(ann, campaign_id, sku_id)
            await on.turn()
            assert await _state(on, campaign_id) == "live"
            assert (await on.manage("pause", campaign_id))["state"] == "paused"
            bob = await on.member("bob")
            for said in (
                await on.open(bob, campaign_id, sku_id),
                await on.join(bob, team, sku_id),
            ):
                assert said["refusal"] == "campaign_paused"
            assert (await on.manage("resume", campaign_id))["state"] == "live"
            await on.joined(bob, team, sku_id)
            on.later(hours=3)
            assert (await on.open(bob, campaign_id, sku_id))["refusal"] == "campaign_ended"
            await on.turn()
            assert await _state(on, campaign_id) == "ended"
            assert await _shown(on) == []
            assert (await on.manage("close", campaign_id))["state"] == "closed"
            for verb in ("check", "approve", "publish", "pause", "resume", "close"):
                assert (await on.manage(verb, campaign_id))["refusal"] == "wrong_state"
            cat = await on.member("cat")
            assert (await on.join(cat, team, sku_id))["refusal"] == "campaign_ended"

    run(story())


async def _shown(on: Table) -> list[tuple[str, str]]:
    page = (await on.at.get(f"{GAMES}/campaigns")).json()
    assert page["now"] == on.at.clock[0].isoformat().replace("+00:00", "Z")
    return [(one["id"], one["state"]) for one in page["campaigns"]]


@pytest.mark.parametrize(
    ("refusal", "changed", "terms"),
    [
        ("price_not_lower", {"price": 10_000}, {}),
        ("quota_over_stock", {"quota": 11}, {}),
        ("over_budget", {}, {"budget_cap": 20_999}),
        ("over_budget", {"leader_price": 7_899}, {"budget_cap": 21_000}),
        ("sku_unknown", {"sku_id": str(UUID(int=1))}, {}),
    ],
)
def test_what_does_not_fit_is_not_published(
    database: str, refusal: str, changed: dict[str, Any], terms: dict[str, Any]
) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(price=10_000, on_hand=10)
            items = [{**item(sku_id, 7_900), **changed}]
            campaign_id = (await on.create(items, **terms))["campaign_id"]
            assert (await on.manage("check", campaign_id))["refusal"] == refusal
            saved = await _change(on, campaign_id, [item(sku_id, 7_900)], budget_cap=21_000)
            assert saved["state"] == "draft"
            assert (await on.manage("check", campaign_id))["state"] == "checked"

    run(story())


def test_it_is_checked_once_more_when_it_is_published(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = (await on.create([item(sku_id, 7_900)]))["campaign_id"]
            for verb in ("check", "approve"):
                await on.manage(verb, campaign_id)
            await on.at.sql.execute("UPDATE stock SET on_hand = 9 WHERE sku_id = $1", sku_id)
            assert (await on.manage("publish", campaign_id))["refusal"] == "quota_over_stock"
            assert await _state(on, campaign_id) == "approved"
            await _change(on, campaign_id, [item(sku_id, 7_900, quota=9)])
            assert await _state(on, campaign_id) == "draft"  # What was approved was another.

    run(story())


@pytest.mark.parametrize(
    ("refusal", "items", "terms"),
    [
        ("times_wrong", [{}], {"ends_at": NINE.isoformat()}),
        ("quantities_wrong", [{}], {"order_min": 3, "order_max": 2}),
        ("quantities_wrong", [{}], {"order_max": 3, "member_max": 2}),
        ("sku_twice", [{}, {}], {}),
        ("leader_pays_more", [{"leader_price": 8_000}], {}),
        ("malformed", [], {}),
        ("malformed", [{"price": 0}], {}),
        ("malformed", [{"price": -1}], {}),
        ("malformed", [{}], {"size": 1}),
        ("malformed", [{}], {"pay_minutes": 1}),
        ("malformed", [{}], {"ends_at": "2027-01-01T00:00:00"}),
        ("malformed", [{}], {"unknown": 1}),
    ],
)
def test_what_contradicts_itself_is_no_draft(
    database: str, refusal: str, items: list[dict[str, Any]], terms: dict[str, Any]
) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            said = await on.create([{**item(sku_id, 7_900), **one} for one in items], **terms)
            assert said["refusal"] == refusal

    run(story())


def test_a_published_campaign_keeps_its_promises(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id, other = await on.sku(on_hand=14), await on.sku(on_hand=14)
            campaign_id = await on.campaign(item(sku_id, 7_900, quota=5), size=2, budget_cap=27_000)
            ann = await on.member("ann")
            await on.started(ann, campaign_id, sku_id)
            same = {"size": 2, "budget_cap": 27_000}
            for items, terms in (
                ([item(sku_id, 7_901, quota=5)], {}),
                ([item(sku_id, 7_900, quota=5), item(other, 7_900)], {}),
                ([item(sku_id, 7_900, quota=5)], {"size": 3}),
                ([item(sku_id, 7_900, quota=5)], {"rule_text": "别的规则"}),
                ([item(sku_id, 7_900, quota=5)], {"life_hours": 1}),
            ):
                said = await _change(on, campaign_id, items, **{**same, **terms})
                assert said["refusal"] == "terms_fixed"
            for quota, refusal in ((15, "quota_over_stock"), (13, "over_budget")):
                said = await _change(on, campaign_id, [item(sku_id, 7_900, quota=quota)], **same)
                assert said["refusal"] == refusal
            ends_at = (NINE + 99 * HOUR).isoformat()
            looser = {**same, "name": "新名字", "ends_at": ends_at, "budget_cap": None}
            more = [item(sku_id, 7_900, quota=14)]  # One is sold, so thirteen must be in stock.
            said = await _change(on, campaign_id, more, **looser)
            assert said["amount"] == 14 * 2_100  # It would cost more than was approved: held.
            for by, quota in ((on.boss, 14), (on.staff, 1)):
                said = await _change(
                    on, campaign_id, [item(sku_id, 7_900, quota=quota)], by, **looser
                )
                assert said["state"] == "live"
            bob = await on.member("bob")
            assert (await on.open(bob, campaign_id, sku_id))["refusal"] == "quota_gone"
            on.later(hours=73)  # When it was to end at first.
            await on.turn()
            assert await _state(on, campaign_id) == "live"
            on.later(hours=26)
            await on.turn()
            assert await _state(on, campaign_id) == "ended"

    run(story())


def test_a_quota_is_never_below_what_is_taken(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, 7_900, quota=5), order_max=2)
            await on.started(await on.member("ann"), campaign_id, sku_id, quantity=2)
            said = await _change(on, campaign_id, [item(sku_id, 7_900, quota=1)], order_max=2)
            assert said["refusal"] == "quota_below_taken"

    run(story())


def test_the_owner_sees_how_it_goes(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=20)
            campaign_id = await on.campaign(item(sku_id, 7_900, quota=20), size=2, order_max=3)
            ann, bob, cat, dan = [await on.member(name) for name in ("ann", "bob", "cat", "dan")]
            full = await on.started(ann, campaign_id, sku_id, quantity=3)
            await on.joined(bob, full, sku_id, quantity=2)
            await on.started(cat, campaign_id, sku_id)
            on.later(hours=24)
            await on.turn()
            await on.open(dan, campaign_id, sku_id)
            answer = await on.at.get(f"{STAFF_GAMES}/campaigns", await on.at.token())
            (one,) = answer.json()["campaigns"]
            assert one["figures"] == {
                "teams": {"complete": 1, "expired": 1, "pending": 1},
                "members": 2,
                "units": 5,
                "refunded": 1,
            }
            assert one["terms"]["budget_cap"] is None
            assert (one["state"], one["worst_case"]) == ("live", 42_000)
            refused = await on.at.get(f"{STAFF_GAMES}/campaigns", ann.token)
            assert refused.status_code == 403

    run(story())


def test_the_budget_is_not_shown_to_shoppers(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(on_hand=10)
            campaign_id = await on.campaign(item(sku_id, 7_900), budget_cap=77_777)
            for path, query in (("campaigns", {}), ("campaign", {"campaign_id": campaign_id})):
                answer = await on.at.get(f"{GAMES}/{path}", **query)
                assert campaign_id in answer.text
                assert "77777" not in answer.text

    run(story())


def test_every_no_has_its_words() -> None:
    assert set(TEXTS) == set(Refusal)
    assert all(said.zh and said.en for said in TEXTS.values())


def test_a_seat_may_be_refused_for_whatever_an_order_is_refused_for() -> None:
    with open(sale.__file__, encoding="utf-8") as file:
        source = file.read()
    wanted = {one.value for one in OrderRefusal if f"Refusal.{one.name}" in source}
    wanted |= {one.value for one in OrderRefusal if one.name.startswith("COUPON")}
    assert len(wanted) > 10
    assert wanted <= {one.value for one in Refusal}
