"""The worked example of the README, through the doors, with a wallet that pays."""

from __future__ import annotations

from datetime import timedelta

from games.groupbuy.table import Table, item, table
from shopping import NINE, run

from frontline.games.groupbuy.messages import ExpireTeam, TeamId
from uuid import UUID

PRICE, GROUP_PRICE, LEADER_PRICE = 10_000, 7_900, 6_900


def test_a_team_fills_and_another_does_not(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id = await on.sku(price=PRICE, on_hand=30)
            campaign_id = await on.campaign(
                item(sku_id, GROUP_PRICE, quota=20, leader_price=LEADER_PRICE), size=3
            )
            await _fills(on, campaign_id, sku_id)
            await _expires(on, campaign_id, sku_id)

    run(story())


async def _fills(on: Table, campaign_id: str, sku_id: UUID) -> None:
    ann, bob, cat = [await on.member(name) for name in ("ann", "bob", "cat")]
    opened = await on.open(ann, campaign_id, sku_id)  # 9:00
    assert (opened["number"], opened["total"]) == (1, LEADER_PRICE)
    assert opened["pay_until"] == _at(minutes=15)
    assert (await on.team(opened["team_id"]))["state"] == "pending"
    assert (await on.join(bob, opened["team_id"], sku_id))["refusal"] == "team_pending"

    on.later(minutes=5)
    led = await on.pay(ann, opened)  # 9:05
    shown = await on.team(opened["team_id"])
    assert (shown["state"], shown["seats_left"]) == ("open", 2)
    assert shown["expires_at"] == _at(hours=24, minutes=5)

    on.later(minutes=25)
    second = await on.joined(bob, opened["team_id"], sku_id)  # 9:30
    await on.turn()
    assert {await on.order(one) for one in (led, second)} == {"paid"}  # Nothing is sent yet.

    on.later(minutes=30)
    seated = await on.join(cat, opened["team_id"], sku_id)  # 10:00
    assert (seated["number"], seated["total"]) == (3, GROUP_PRICE)
    third = await on.pay(cat, seated)
    await on.turn()
    assert (await on.team(opened["team_id"]))["state"] == "complete"
    assert {await on.order(one) for one in (led, second, third)} == {"to_ship"}
    assert await on.stock(sku_id) == (27, 0, 3)
    on.later(hours=25)
    await on.turn()
    assert not on.wallet.refunds  # A complete team refunds nobody.
    assert (await on.team(opened["team_id"]))["state"] == "complete"


async def _expires(on: Table, campaign_id: str, sku_id: UUID) -> None:
    dan, eve, fay = [await on.member(name) for name in ("dan", "eve", "fay")]
    team_id = await on.started(dan, campaign_id, sku_id)
    joined = await on.joined(eve, team_id, sku_id)
    on.later(hours=23, minutes=50)
    unpaid = await on.join(fay, team_id, sku_id)
    assert await on.stock(sku_id) == (25, 1, 5)
    on.later(minutes=10)
    for number in range(1, 4):  # However often the timer comes.
        await on.at.submit(ExpireTeam(id=UUID(int=number), team_id=TeamId(UUID(team_id))))
        await on.turn()
    assert (await on.team(team_id))["state"] == "expired"
    assert on.wallet.refunded() == {
        UUID(team_id).hex: LEADER_PRICE,
        UUID(joined).hex: GROUP_PRICE,
    }
    assert {await on.order(one) for one in (team_id, joined)} == {"refunded"}
    assert await on.order(unpaid["order_id"]) == "cancelled"
    assert await on.stock(sku_id) == (27, 0, 3)


def _at(**after: float) -> str:
    return (NINE + timedelta(**after)).isoformat().replace("+00:00", "Z")
