"""What a seat costs before it is taken, and what cards and team pages show."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID, uuid4

from games.groupbuy.playing import CAST
from games.groupbuy.story import quote
from games.groupbuy.table import GAMES, Player, Table, item, table
from hypothesis import given
from hypothesis import strategies as st
from shop.checkout.test_checkout import coupon
from shopping import run

from frontline.games.groupbuy.feature import QUOTING, SEATING
from frontline.games.groupbuy.messages import JoinTeam, OpenTeam, QuoteSeat, Refused, Seated
from frontline.kernel.words import Moment
from frontline.shop.checkout.messages import Checkout
from frontline.testing.story import BEGIN


@given(st.integers(0, 2**32))
def test_what_is_quoted_is_charged(seed: int) -> None:
    """In a game where anything may have happened: the same total, or the same refusal."""
    chance = Random(seed)
    story = CAST.tell(chance, chapters_max=30, batch_max=3)
    moment = Moment(story.chapters[-1].moment.now if story.chapters else BEGIN, 0)
    question: Any = quote(chance, story.end, moment.now, uuid4())
    assert isinstance(question, QuoteSeat)
    (told,) = CAST.simulator.run(QUOTING, story.end, [question], moment)[0].outcomes
    if (question.team_id is None) == (question.campaign_id is None):
        assert isinstance(told, Refused)
        return
    wish: dict[str, Any] = {
        "id": question.id,
        "member_id": question.member_id,
        "sku_id": question.sku_id,
        "quantity": question.quantity,
        "address_id": question.address_id,
        "claim_id": question.claim_id,
    }
    if isinstance(told, Checkout):
        if told.quote is None:
            assert told.problems
            return
        wish["address_id"] = None if told.address is None else told.address.id
        wish["claim_id"] = told.claim_id
        wish["expected_total"] = told.quote.total
    seat = (
        JoinTeam(team_id=question.team_id, **wish)
        if question.team_id is not None
        else OpenTeam(campaign_id=question.campaign_id, **wish)
    )
    (outcome,) = CAST.simulator.run(SEATING, story.end, [seat], moment)[0].outcomes
    assert isinstance(outcome, Seated) if isinstance(told, Checkout) else outcome == told


async def quoted(on: Table, who: Player, **form: Any) -> Any:
    return (await on.at.post(f"{GAMES}/teams/quote", who.token, **form)).json()


async def _set(on: Table, **terms: Any) -> tuple[UUID, str, Player, Player]:
    """100.00 as a rule, 79.00 in a team, 69.00 for its leader."""
    sku_id = await on.sku(price=10_000, on_hand=30)
    campaign_id = await on.campaign(item(sku_id, 7_900, leader_price=6_900), **terms)
    return sku_id, campaign_id, await on.member("Ann"), await on.member("Bob")


def test_at_the_door(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id, campaign_id, ann, bob = await _set(on, coupons=True)
            five = await coupon(on.at, bob.id, "5 元", 500)
            opening = await quoted(on, ann, campaign_id=campaign_id, sku_id=str(sku_id))
            (line,) = opening["quote"]["lines"]
            assert (line["price"], line["usual_price"], opening["quote"]["total"]) == (
                *(6_900, 10_000),
                6_900,
            )
            team_id = await on.started(ann, campaign_id, sku_id)
            joining = await quoted(on, bob, team_id=team_id, sku_id=str(sku_id))
            assert (joining["claim_id"], joining["quote"]["total"]) == (five, 7_400)
            assert joining["now"] == "2026-11-11T01:00:00Z"
            assert await on.at.sql.fetchval("SELECT taken FROM groupbuy_team") == 1
            bare = await quoted(on, bob, team_id=team_id, sku_id=str(sku_id), no_coupon=True)
            assert bare["quote"]["total"] == 7_900
            seated = await on.join(
                bob, team_id, sku_id, claim_id=five, expected_total=joining["quote"]["total"]
            )
            assert seated["total"] == 7_400
            again = await quoted(on, bob, team_id=team_id, sku_id=str(sku_id))
            assert again["refusal"] == "already_seated"
            mine = await quoted(on, bob, campaign_id=campaign_id, sku_id=str(sku_id))
            assert (mine["refusal"], mine["team_id"]) == ("already_in_team", team_id)
            for form in ({}, {"team_id": team_id, "campaign_id": campaign_id}):
                neither = await quoted(on, bob, sku_id=str(sku_id), **form)
                assert neither["refusal"] == "team_or_campaign"

    run(story())


def test_a_coupon_never_pays_for_a_whole_seat(database: str) -> None:
    """Nor is one offered where the campaign allows none."""

    async def story() -> None:
        async with table(database) as on:
            sku_id, campaign_id, ann, _ = await _set(on, coupons=True)
            whole = await coupon(on.at, ann.id, "69 元", 6_900)
            part = await coupon(on.at, ann.id, "1 元", 100)
            told = await quoted(on, ann, campaign_id=campaign_id, sku_id=str(sku_id))
            assert (told["claim_id"], told["quote"]["total"]) == (part, 6_800)
            (unusable,) = told["coupons"]["unusable"]
            assert (unusable["claim_id"], unusable["refusal"]) == (whole, "nothing_to_pay")
            plain = await on.campaign(item(sku_id, 7_900))
            told = await quoted(on, ann, campaign_id=plain, sku_id=str(sku_id))
            assert told["coupons"] == {"best": None, "usable": [], "unusable": []}
            told = await quoted(on, ann, campaign_id=plain, sku_id=str(sku_id), claim_id=part)
            assert told["refusal"] == "coupon_not_allowed"

    run(story())


def test_a_quote_waits_for_nobody_who_plays(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id, campaign_id, ann, bob = await _set(on)
            team_id = await on.started(ann, campaign_id, sku_id)
            held = on.at.sql.transaction()
            await held.start()
            for name in ("campaign", "team", "item", "player"):
                await on.at.sql.execute(f"SELECT 1 FROM groupbuy_{name} FOR UPDATE")
            told = await quoted(on, bob, team_id=team_id, sku_id=str(sku_id))
            await held.rollback()
            assert told["quote"]["total"] == 7_900

    run(story())


def test_the_group_buys_of_a_product(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id, campaign_id, ann, bob = await _set(on)
            other = await on.sku()
            await on.campaign(item(other, 5_000))
            product = await on.at.sql.fetchval("SELECT product_id FROM sku WHERE id = $1", sku_id)

            async def card() -> Any:
                told = await on.at.get(f"{GAMES}/campaigns", product_id=str(product))
                assert told.json()["now"] == on.at.clock[0].isoformat().replace("+00:00", "Z")
                (one,) = told.json()["campaigns"]
                return one

            assert len((await on.at.get(f"{GAMES}/campaigns")).json()["campaigns"]) == 2
            shown = await card()
            assert (shown["id"], shown["terms"]["size"], shown["open_teams"]) == (campaign_id, 3, 0)
            (what,) = shown["items"]
            assert (what["title"], what["price"], what["catalog_price"], what["sold"]) == (
                *("曲奇", 7_900, 10_000),
                0,
            )
            team_id = await on.started(ann, campaign_id, sku_id)
            await on.join(bob, team_id, sku_id)
            last = await on.member("Cat")
            await on.join(last, team_id, sku_id)
            assert (await card())["open_teams"] == 0  # All its seats are held,
            on.later(minutes=15)
            shown = await card()  # and two are not paid in time, whatever the counters say.
            assert (shown["open_teams"], shown["items"][0]["sold"]) == (1, 3)
            assert [(one["team_id"], one["seats_left"]) for one in shown["teams"]] == [(team_id, 2)]
            await on.manage("pause", campaign_id)
            assert (await card())["open_teams"] == 0
            assert (await on.team(team_id))["joinable"] is False
            await on.manage("resume", campaign_id)
            assert (await on.team(team_id))["joinable"] is True
            on.later(hours=23, minutes=43)  # A minute before the end nobody may join.
            assert (await card())["open_teams"] == 0
            assert (await on.team(team_id))["joinable"] is False

    run(story())


def test_all_that_a_team_page_shows(database: str) -> None:
    async def story() -> None:
        async with table(database) as on:
            sku_id, campaign_id, ann, bob = await _set(on)
            opened = await on.open(ann, campaign_id, sku_id)
            shown = await on.team(opened["team_id"], ann)
            assert (shown["state"], shown["members"], shown["joinable"]) == ("pending", [], False)
            assert shown["waiting"] == [{"number": 1, "name": "A**", "leads": True, "me": True}]
            await on.pay(ann, opened)
            await on.join(bob, opened["team_id"], sku_id)
            shown = await on.team(opened["team_id"], bob)
            assert [(one["name"], one["leads"], one["me"]) for one in shown["members"]] == [
                ("A**", True, False)
            ]
            assert [(one["name"], one["leads"], one["me"]) for one in shown["waiting"]] == [
                ("B**", False, True)
            ]
            assert (shown["seats_left"], shown["size"], shown["joinable"]) == (1, 3, True)
            product = shown["product"]
            assert (product["sku_id"], product["title"], product["price"]) == (
                *(str(sku_id), "曲奇"),
                7_900,
            )
            assert (product["catalog_price"], product["leader_price"]) == (10_000, 6_900)
            assert [one["sku_id"] for one in shown["items"]] == [str(sku_id)]
            mine = shown["mine"]
            assert (mine["state"], mine["total"], mine["quantity"]) == ("held", 7_900, 1)
            page = (await on.at.get("/api/orders/show", bob.token, id=mine["order_id"])).json()
            assert page["order"]["pay_until"] == mine["pay_until"]
            (own,) = (await on.at.get(f"{GAMES}/teams/mine", bob.token)).json()["teams"]
            assert (own["product"]["title"], own["seat"]["total"]) == ("曲奇", 7_900)

    run(story())
