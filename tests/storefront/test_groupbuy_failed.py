"""Journey 4: a team that was not complete in time; whoever has paid has it back, once."""

from __future__ import annotations

import re
from collections.abc import Callable

from journeys import assert_paid_once, assert_refunded_once, known, refunds_of, state_of
from phones import Phone
from town import Town


def test_both_have_their_money_back(phones_of: Callable[..., Phone], own_town: Town) -> None:
    town = own_town
    ann = known(phones_of(town), "13614000001")
    bob = known(phones_of(town), "13614000002")
    running = town.get("/api/games/groupbuy/campaigns")["campaigns"]
    (drip,) = [
        one for one in running if one["terms"]["size"] == 3 and one["terms"]["life_hours"] == 48
    ]
    assert drip["terms"]["on_expiry"] == "refund"

    ann.phone.open(f"games/groupbuy/pages/campaign?id={drip['id']}")
    ann.phone.tap(re.compile("开团$"))
    ann.pay()
    team = town.row("SELECT id FROM groupbuy_team WHERE campaign_id = $1", drip["id"])
    page = f"games/groupbuy/pages/team?id={team['id']}"
    bob.phone.open(page)
    bob.phone.tap(re.compile("立即参团$"))
    bob.pay()
    paid = [ann.order(), bob.order()]
    for order in paid:
        assert order["state"] == "paid"
        assert_paid_once(town, order["id"])
    ann.phone.open(page)
    ann.phone.see("还差 1 人成团")

    town.later(hours=47, minutes=50)
    ann.phone.open(page)
    ann.phone.see(re.compile(r"^00:0\d:\d\d$"))  # By the shop's clock, not the phone's.
    assert refunds_of(town, paid[0]["id"]) == []
    town.later(minutes=11)
    for order in paid:
        town.until(lambda id_=order["id"]: state_of(town, id_) == "refunded")
        assert_refunded_once(town, order["id"], order["total"])
    state = town.row("SELECT state FROM groupbuy_team WHERE id = $1", team["id"])["state"]
    assert state == "expired"

    for shopper, order in zip((ann, bob), paid, strict=True):
        shopper.phone.open(page)
        shopper.phone.see("拼团未成功")
        shopper.phone.see("已付款项原路全额退回")
        shopper.phone.open("games/groupbuy/pages/mine")
        shopper.phone.see("未成团，已退款")
        shopper.phone.open(f"pages/order/order?id={order['id']}")
        shopper.phone.see("已退款")
        shopper.phone.see(re.compile(f"¥{order['total'] / 100:.2f} 已原路退回"))

    town.later(days=3)  # Whatever is asked again by then, the money goes back no second time.
    for order in paid:
        assert_refunded_once(town, order["id"], order["total"])
    balance = town.books()["totals"]
    assert balance["received"] == balance["refunded"] == sum(order["total"] for order in paid)
