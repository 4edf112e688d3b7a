"""Group-buys of friends in the compiled mini program: the seats, the money, and who brought whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import weixin
from miniprogram import MiniProgram
from phones import Phone
from town import Town

SUBMIT = re.compile("^提交订单 ¥")
HOME = ("广东省", "深圳市", "南山区")
TIN, COFFEE = "四味铁盒 2 人拼", "挂耳咖啡 3 人拼"


def leads(screen: MiniProgram, nickname: str, name: str) -> weixin.Person:
    """Somebody known opens a team from the campaign's page, pays, and is on the team's page."""
    town = screen.town
    leader = weixin.Person(town, screen.sign_in(nickname))
    leader.lives()
    screen.open(f"games/groupbuy/pages/campaign?id={weixin.campaign(town, name)['id']}")
    screen.tap(re.compile("开团$"))
    screen.tap(SUBMIT)
    screen.see("支付成功")
    screen.tap("邀请好友来拼团")
    screen.see(re.compile("还差 [12] 人成团"))
    return leader


def team_of(town: Town, someone: weixin.Person) -> dict[str, Any]:
    asked = "SELECT state, size, taken, campaign_id FROM groupbuy_team WHERE id = $1"
    return town.row(asked, someone.seat()["team_id"])


def invitation(screen: MiniProgram) -> dict[str, Any]:
    """What the friends get to see in the chat, by the page's own button."""
    screen.tap("邀请好友参团")
    card = screen.shared()
    assert card["title"].startswith("我在小满曲奇开了一个团")
    weixin.shown(screen.town, card)
    return card


def together(town: Town, *people: weixin.Person) -> None:
    """They are one team, complete: each with a seat, an order to be sent and one payment."""
    seats = [one.seat() for one in people]
    (team_id,) = {one["team_id"] for one in seats}
    assert sorted(one["number"] for one in seats) == list(range(1, len(people) + 1))
    assert [one["leads"] for one in seats] == [True] + [False] * (len(people) - 1)
    team = team_of(town, people[0])
    assert (team["state"], team["taken"]) == ("complete", len(people))
    paid = "SELECT state FROM groupbuy_seat WHERE team_id = $1"
    assert [one["state"] for one in town.rows(paid, team_id)] == ["paid"] * len(people)
    item = "SELECT price, leader_price FROM groupbuy_item WHERE campaign_id = $1 AND sku_id = $2"
    for one in people:
        order = one.paid_once()
        assert (order["state"], order["because_id"]) == ("to_ship", team_id)
        line = town.row("SELECT * FROM order_line WHERE order_id = $1", order["id"])
        terms = town.row(item, team["campaign_id"], line["sku_id"])
        assert line["paid"] == terms["price"]
    payers = {one.trades()[0]["openid"] for one in people}
    assert len(payers) == len(people)


def test_two_friends_in_wechat(miniprograms_of: Callable[..., MiniProgram], town: Town) -> None:
    """The friend is new here, and joins with one tap on the card's page."""
    mine, theirs = miniprograms_of(town), miniprograms_of(town)
    leader = leads(mine, "团长小安", TIN)
    card = invitation(mine)
    scene = weixin.scene_of(card)

    theirs.nickname = "朋友小博"
    theirs.open(card["path"].lstrip("/"), scene=1007)
    theirs.see("还差 1 人成团")
    theirs.see(re.compile("邀您一起拼团"))
    assert theirs.path == "games/groupbuy/pages/team"
    theirs.tap("立即参团")
    theirs.tap(re.compile("^添加收货地址$"))
    weixin.write_address(theirs, "李小博", "科苑路 15 号 502", *HOME)
    theirs.see("科苑路 15 号 502")
    theirs.tap(SUBMIT)
    theirs.see("支付成功")
    friend = weixin.person(theirs)

    together(town, leader, friend)
    mine.see("拼团成功")  # By itself: the page looks now and then.
    theirs.tap("拼团")
    theirs.see("拼团成功")

    brought = friend.brought_by()
    assert brought["sharer_id"] == leader.id
    assert brought["visitor"] == weixin.visitor(theirs)
    code = town.row("SELECT * FROM share_code WHERE id = $1", brought["code_id"])
    assert (code["kind"], code["target"]) == ("team", str(leader.seat()["team_id"]))
    assert code["id"] in scene
    touch = town.row("SELECT * FROM share_touch WHERE code_id = $1", code["id"])
    assert touch["visitor"] == weixin.visitor(theirs)
    mine.go("pages/mine/brought")
    mine.see("朋友的订单")
    mine.see("已下单")


def test_friends_in_wechat_and_on_the_web(
    miniprograms_of: Callable[..., MiniProgram], phones_of: Callable[..., Phone], town: Town
) -> None:
    """Three seats: a leader and a friend in WeChat, a third one in a browser."""
    mine, theirs, browser = miniprograms_of(town), miniprograms_of(town), phones_of(town)
    leader = leads(mine, "团长小高", COFFEE)
    card = invitation(mine)
    code = weixin.scene_of(card)

    third = weixin.Person(town, browser.sign_in("13500000011"))
    third.lives()
    browser.open(f"s/{code}")
    browser.see("还差 2 人成团")
    browser.tap("立即参团")
    browser.tap(SUBMIT)
    browser.tap("立即支付")
    browser.see("支付成功")
    assert team_of(town, leader)["state"] == "open"
    mine.see("还差 1 人成团")

    friend = weixin.Person(town, theirs.sign_in("朋友小林"))
    friend.lives()
    theirs.open(card["path"].lstrip("/"), scene=1044)
    theirs.see("还差 1 人成团")
    theirs.tap("立即参团")
    theirs.tap(SUBMIT)
    theirs.see("支付成功")

    together(town, leader, third, friend)
    kinds = [one.trades()[0]["trade_type"] for one in (leader, third, friend)]
    assert kinds == ["JSAPI", "MWEB", "JSAPI"]
    mine.see("拼团成功")
    browser.open(f"games/groupbuy/pages/team?id={leader.seat()['team_id']}")
    browser.see("拼团成功")
    tied = "SELECT 1 FROM share_bind WHERE member_id = $1 AND sharer_id IS NOT NULL"
    assert not town.rows(tied, friend.id)  # Had been here before, by themselves.


def test_taps_on_joining(miniprograms_of: Callable[..., MiniProgram], town: Town) -> None:
    """One seat, one order, however often the buttons are tapped; then paid after all."""
    mine, theirs = miniprograms_of(town), miniprograms_of(town)
    leader = leads(mine, "团长小马", TIN)
    path = invitation(mine)["path"].lstrip("/")
    friend = weixin.Person(town, theirs.sign_in("朋友小牛"))
    friend.lives()
    theirs.pays = False
    theirs.open(path, scene=1007)
    theirs.tap("立即参团")
    theirs.see("合计")
    weixin.tap_thrice(theirs, SUBMIT)
    theirs.see("订单还没有付款")
    assert friend.seat()["state"] == "held"
    assert team_of(town, leader)["state"] == "open"
    mine.see("付款中")
    theirs.open(path, scene=1007)  # The card once more: the seat is theirs still.
    theirs.see("您的名额已保留，请在时间内付款")
    theirs.pays = True
    theirs.tap("去付款")
    theirs.see("支付成功")
    together(town, leader, friend)


def test_a_team_that_failed(miniprograms_of: Callable[..., MiniProgram], own_town: Town) -> None:
    """Its time is over and nobody came: all the money goes back, on both sides of the books."""
    screen = miniprograms_of(own_town)
    leader = leads(screen, "团长小孤", TIN)
    paid = leader.order()["total"]
    own_town.later(hours=24, minutes=1)
    own_town.until(lambda: team_of(own_town, leader)["state"] == "expired")
    own_town.until(lambda: leader.order()["state"] == "refunded")
    screen.see("拼团未成功")
    screen.see("已付款项原路全额退回")
    assert leader.seat()["state"] == "refunded"
    payment = leader.payment(leader.order()["id"])
    assert (payment["refunded"], payment["confirmed"]) == (paid, paid)
    (refund,) = own_town.books()["refunds"]
    assert (refund["amount"], refund["status"]) == (paid, "SUCCESS")
    assert refund["out_trade_no"] == leader.order()["id"].hex
    screen.tap("我也开个团")  # What one can do now.
    screen.see(re.compile("开团$"))
    screen.open("pages/order/list")
    screen.see("已退款")
