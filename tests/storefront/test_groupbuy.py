"""Journey 3: two people, two browsers, one team; and nobody sits down twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from journeys import PLACE, Shopper, assert_paid_once, copied_link, known
from phones import Phone
from playwright.sync_api import expect
from town import Town


def campaign(town: Town, *, size: int, on_expiry: str) -> dict[str, Any]:
    running = town.get("/api/games/groupbuy/campaigns")["campaigns"]
    (found,) = [
        one
        for one in running
        if (one["terms"]["size"], one["terms"]["on_expiry"]) == (size, on_expiry)
    ]
    return dict(found)


def opened(shopper: Shopper, wanted: dict[str, Any]) -> None:
    """Open a team on its page, and pay."""
    phone = shopper.phone
    phone.open(f"games/groupbuy/pages/campaign?id={wanted['id']}")
    phone.tap(re.compile("开团$"))
    shopper.pay()
    phone.tap("邀请好友来拼团")
    phone.see(re.compile("还差 . 人成团"))


def seats(town: Town, team_id: Any) -> list[dict[str, Any]]:
    sql = "SELECT member_id, order_id, state, leads FROM groupbuy_seat WHERE team_id = $1"
    return town.rows(sql + " ORDER BY number", team_id)


def test_two_make_a_team(phones_of: Callable[..., Phone], town: Town) -> None:
    ann = known(phones_of(town), "13613000001")
    bob = known(phones_of(town), "13613000002")
    opened(ann, campaign(town, size=2, on_expiry="ship"))
    (seat,) = town.rows("SELECT * FROM groupbuy_seat WHERE member_id = $1", ann.id)
    team_id = seat["team_id"]
    (placed,) = ann.orders()
    assert (placed["state"], placed["because_kind"]) == ("paid", "groupbuy")  # Held by its game.

    ann.phone.tap("邀请好友参团")
    link = copied_link(ann.phone)
    bob.phone.page.goto(link)
    bob.phone.see("邀您一起拼团")
    bob.phone.see("还差 1 人成团")
    bob.phone.tap(re.compile("立即参团$"))  # One tap: everything else is chosen.
    bob.phone.tap(PLACE)
    bob.phone.tap("立即支付")
    bob.phone.see("支付成功")
    bob.phone.page.get_by_role("button", name="拼团", exact=True).click()
    bob.phone.see("拼团成功")
    ann.phone.see("拼团成功")  # Her page was open all the while.

    team = town.row("SELECT state, taken FROM groupbuy_team WHERE id = $1", team_id)
    assert team == {"state": "complete", "taken": 2}
    taken = [(one["member_id"], one["state"], one["leads"]) for one in seats(town, team_id)]
    assert taken == [(ann.id, "paid", True), (bob.id, "paid", False)]
    for shopper in (ann, bob):
        order = town.until(lambda one=shopper: [o for o in one.orders() if o["state"] == "to_ship"])
        assert_paid_once(town, order[0]["id"])
        shopper.phone.tap("查看我的订单")
        shopper.phone.see("待发货")
    code = link.rpartition("/")[2]
    touches = town.rows(
        "SELECT kind, target FROM share_touch t JOIN share_code c"
        " ON (c.shop_id, c.id) = (t.shop_id, t.code_id) WHERE t.member_id = $1",
        bob.id,
    )
    assert code
    assert [(one["kind"], one["target"]) for one in touches] == [("team", str(team_id))]


def test_a_seat_is_taken_once(phones_of: Callable[..., Phone], town: Town) -> None:
    """Three taps on "join" and on "submit" are one seat and one order."""
    ann = known(phones_of(town), "13613000003")
    bob = known(phones_of(town), "13613000004")
    opened(ann, campaign(town, size=3, on_expiry="refund"))
    (seat,) = town.rows("SELECT * FROM groupbuy_seat WHERE member_id = $1", ann.id)
    phone = bob.phone
    phone.open(f"games/groupbuy/pages/team?id={seat['team_id']}")
    join = phone.page.get_by_role("button", name=re.compile("立即参团$"))
    join.evaluate("button => { for (let n = 0; n < 3; n++) button.click() }")
    place = phone.page.get_by_role("button", name=PLACE).locator("visible=true")
    expect(place).to_be_enabled()
    place.evaluate("button => { for (let n = 0; n < 3; n++) button.click() }")
    phone.tap("立即支付")
    phone.see("支付成功")
    assert len(bob.orders()) == 1
    assert [one["state"] for one in seats(town, seat["team_id"])] == ["paid", "paid"]
    assert_paid_once(town, bob.order()["id"])
    phone.open(f"games/groupbuy/pages/team?id={seat['team_id']}")
    phone.see("还差 1 人成团")
    phone.see("查看我的订单")
    expect(phone.page.get_by_role("button", name=re.compile("立即参团$"))).to_have_count(0)
