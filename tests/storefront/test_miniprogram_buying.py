"""From the first screen to the paid order, in the compiled mini program, against the shop's records."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
import weixin
from miniprogram import MiniProgram
from playwright.sync_api import expect
from town import Town

SUBMIT = re.compile("^提交订单 ¥")
HOME = ("上海市", "上海市", "徐汇区")


def know(miniprogram: MiniProgram, town: Town, nickname: str) -> weixin.Person:
    """Somebody who has been here before, and has an address."""
    somebody = weixin.Person(town, miniprogram.sign_in(nickname))
    somebody.lives()
    return somebody


def test_somebody_new_buys(miniprogram: MiniProgram, town: Town) -> None:
    """Nobody is asked who they are: WeChat says it. The address is typed once."""
    miniprogram.nickname = "新客小芸"
    wanted = weixin.product(town, "手工蛋卷")
    variant = wanted["skus"][1]
    miniprogram.open("pages/home/home")
    miniprogram.see("大家都在买")
    miniprogram.page.locator("[role=tab]", has_text="分类").click()
    miniprogram.tap("饼干")
    miniprogram.tap(wanted["title"])
    miniprogram.tap("立即购买")
    miniprogram.page.get_by_role("radio", name=variant["values"][0], exact=True).click()
    miniprogram.page.locator(".sheet").get_by_role("button", name="立即购买").click()
    miniprogram.tap(re.compile("^添加收货地址$"))
    weixin.write_address(miniprogram, "陈小芸", "衡山路 8 号 1203 室", *HOME)
    miniprogram.see("衡山路 8 号 1203 室")
    miniprogram.fill("订单备注", "少糖，谢谢")
    miniprogram.tap(SUBMIT)
    miniprogram.see("支付成功")
    buyer = weixin.person(miniprogram)
    order = buyer.paid_once()
    assert (order["state"], order["note"]) == ("to_ship", "少糖，谢谢")
    address = json.loads(order["ship_to"])
    assert (address["name"], address["region_code"]) == ("陈小芸", "310104")
    line = town.row("SELECT sku_id, quantity FROM order_line WHERE order_id = $1", order["id"])
    assert (str(line["sku_id"]), line["quantity"]) == (variant["id"], 1)
    assert len(weixin.asked(miniprogram, "login")) == 1
    (wish,) = weixin.asked(miniprogram, "pay")
    assert wish["signType"] == "RSA"
    assert re.fullmatch("prepay_id=.+", wish["package"])
    miniprogram.tap("查看订单")
    miniprogram.see("商家正在备货")
    miniprogram.see(wanted["title"])


def test_the_sheet_takes_only_what_the_shop_signed(miniprogram: MiniProgram, town: Town) -> None:
    """What stands in for WeChat's sheet looks at `paySign`: a program cannot make one."""
    buyer = know(miniprogram, town, "改单小何")
    miniprogram.pays = False
    sku = weixin.product(town, "蜂蜜柚子茶")["skus"][0]
    miniprogram.open(f"pages/checkout/checkout?sku={sku['id']}")
    miniprogram.tap(SUBMIT)
    miniprogram.see("订单还没有付款")
    (wish,) = weixin.asked(miniprogram, "pay")
    names = ("timeStamp", "nonceStr", "package", "signType", "paySign")
    signed = {name: wish[name] for name in names}
    for forged in (
        signed | {"package": "prepay_id=wx0"},
        signed | {"paySign": signed["paySign"][::-1]},
        signed | {"timeStamp": str(int(signed["timeStamp"]) + 1)},
    ):
        answer = town.http.post(
            f"{town.simulator_url}/simulator/pay", json={"request_payment": forged}
        )
        assert not answer.is_success
    assert buyer.order()["state"] == "paying"
    assert [one["state"] for one in buyer.trades()] == ["NOTPAY"]


def test_a_shared_card_is_three_taps_from_paid(miniprogram: MiniProgram, town: Town) -> None:
    """Card, buy, submit: address and coupon are chosen, and the sheet opens by itself."""
    friend = town.member("13500000001")
    wanted = weixin.product(town, "蜂蜜柚子茶")
    share = {"visitor": str(uuid4()), "kind": "product", "channel": "friend"}
    card = town.post("/api/share/make", friend, target=wanted["id"], **share)
    buyer = know(miniprogram, town, "老客小秦")
    miniprogram.open(card["path"], scene=1007)
    miniprogram.tap("立即购买")
    miniprogram.tap(SUBMIT)
    miniprogram.see("支付成功")
    assert buyer.paid_once()["state"] == "to_ship"


def test_a_closed_sheet_loses_nothing(miniprogram: MiniProgram, town: Town) -> None:
    buyer = know(miniprogram, town, "犹豫的小周")
    sku = weixin.product(town, "焦糖鸡蛋布丁")["skus"][0]
    miniprogram.pays = False
    miniprogram.open(f"pages/checkout/checkout?sku={sku['id']}&quantity=2")
    miniprogram.tap(SUBMIT)
    miniprogram.see("订单还没有付款")
    miniprogram.see("剩余支付时间")
    kept = buyer.order()
    assert kept["state"] == "paying"
    miniprogram.tap("查看订单")
    miniprogram.tap("去支付")
    miniprogram.see("订单还没有付款")
    miniprogram.open("pages/home/home")  # It is recalled where the shop is opened next.
    miniprogram.see("你有订单待付款")
    miniprogram.pays = True
    miniprogram.tap("去付款")
    miniprogram.see("支付成功")
    assert buyer.paid_once()["id"] == kept["id"]
    assert len(weixin.asked(miniprogram, "pay")) == 3


def test_paying_again_is_the_same_payment(miniprogram: MiniProgram, town: Town) -> None:
    buyer = know(miniprogram, town, "又付的小吴")
    sku = weixin.product(town, "德式碱水结")["skus"][0]
    miniprogram.pays = False
    miniprogram.open(f"pages/checkout/checkout?sku={sku['id']}")
    miniprogram.tap(SUBMIT)
    miniprogram.see("订单还没有付款")
    miniprogram.pays = True
    weixin.tap_thrice(miniprogram, "微信支付")
    miniprogram.see("支付成功")
    assert len(weixin.asked(miniprogram, "pay")) == 2  # One was closed, one was paid.
    assert buyer.paid_once()["state"] == "to_ship"


def test_three_taps_are_one_order(miniprogram: MiniProgram, town: Town) -> None:
    buyer = know(miniprogram, town, "手快的小郑")
    sku = weixin.product(town, "坚果薄脆")["skus"][0]
    miniprogram.open(f"pages/checkout/checkout?sku={sku['id']}")
    expect(miniprogram.page.get_by_role("button", name=SUBMIT)).to_be_enabled()
    weixin.tap_thrice(miniprogram, SUBMIT)
    miniprogram.see("支付成功")
    buyer.paid_once()
    assert len(weixin.asked(miniprogram, "pay")) == 1


def test_an_answer_that_was_lost(miniprogram: MiniProgram, town: Town) -> None:
    """The order was placed and nobody heard of it; asked once more, it is still one."""
    buyer = know(miniprogram, town, "地铁里的小冯")
    miniprogram.foresee("request failed: POST .*/api/orders/place")
    sku = weixin.product(town, "棋格双色曲奇")["skus"][0]
    miniprogram.open(f"pages/checkout/checkout?sku={sku['id']}")
    page = miniprogram.page
    page.route("**/api/orders/place", lambda route: (route.fetch(), route.abort()))
    miniprogram.tap(SUBMIT)
    miniprogram.see("还不知道订单是否提交成功")
    page.unroute("**/api/orders/place")
    miniprogram.tap(re.compile("^继续提交"))
    miniprogram.see("支付成功")
    buyer.paid_once()


@pytest.mark.parametrize("way", ["best", "none"])
def test_a_coupon(miniprogram: MiniProgram, town: Town, way: str) -> None:
    """Claimed with a tap; at the checkout the best one is chosen already, or waved away."""
    buyer = know(miniprogram, town, f"省钱的小褚{way}")
    sku = weixin.product(town, "四味曲奇铁盒礼盒")["skus"][0]
    miniprogram.open("pages/coupon/center")
    miniprogram.see("新人见面礼")
    buttons = miniprogram.page.locator("button", has_text="领取")
    for number in range(buttons.count()):
        buttons.nth(number).click()
        expect(buttons.nth(number)).to_have_text("已领取")
    lines = [{"sku_id": sku["id"], "quantity": 1}]
    coupons = town.post("/api/orders/checkout", buyer.token, lines=lines)["coupons"]["usable"]
    assert coupons
    best = max(coupons, key=lambda one: one["saves"])
    miniprogram.open(f"pages/checkout/checkout?sku={sku['id']}")
    miniprogram.see(f"-¥{best['saves'] / 100:.2f}")
    if way == "none":
        miniprogram.tap("优惠券")
        miniprogram.tap("不使用优惠券")
        miniprogram.unseen(f"-¥{best['saves'] / 100:.2f}")
    miniprogram.tap(SUBMIT)
    miniprogram.see("支付成功")
    order = buyer.paid_once()
    saved = best["saves"] if way == "best" else 0
    assert order["total"] == sku["price"] - saved
    claim = str(order["claim_id"]) if order["claim_id"] else None
    assert claim == (best["claim_id"] if way == "best" else None)
