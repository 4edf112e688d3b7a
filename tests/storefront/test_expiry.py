"""Journey 11: the session ends in the middle of the checkout; nothing is lost, nothing is doubled."""

from __future__ import annotations

import re

import pytest
from journeys import PLACE, assert_paid_once, goods, known
from phones import Phone
from town import Town

NOTE = "少糖，放门口就好"


def signed_out(town: Town, token: str) -> None:
    """By the server: as if it had been too long, or somebody had signed out everywhere."""
    town.post("/api/logout", token)


def back_in(phone: Phone, town: Town, number: str) -> None:
    phone.see("欢迎光临小满曲奇")
    # A phone gets one code a minute: the journey began with one, so the next comes later.
    town.later(seconds=61)
    phone.fill("手机号", number)
    phone.tap("获取验证码")
    phone.page.locator(".message").locator("visible=true").click()
    phone.page.get_by_role("button", name="登录", exact=True).locator("visible=true").click()


@pytest.mark.parametrize("when", ["placing", "changing", "coming back"])
def test_signed_out_at_the_checkout(phones_of, own_town: Town, when: str) -> None:
    town = own_town
    number = "13621000001"
    shopper = known(phones_of(town), number)
    phone, sku = shopper.phone, goods(town, "nut-crisp")["skus"][0]
    phone.open(f"pages/checkout/checkout?sku={sku['id']}&quantity=2")
    phone.fill("订单备注", NOTE)
    signed_out(town, shopper.token)
    if when == "placing":
        phone.tap(PLACE)
    elif when == "changing":
        phone.tap("增加一件")
    else:
        phone.open(f"pages/checkout/checkout?sku={sku['id']}&quantity=2")
    back_in(phone, town, number)
    phone.see(PLACE)
    if when == "coming back":
        phone.fill("订单备注", NOTE)
    shopper.pay()
    order = shopper.order()
    quantity = 3 if when == "changing" else 2
    sql = "SELECT quantity FROM order_line WHERE order_id = $1"
    assert town.row(sql, order["id"])["quantity"] == quantity
    assert (order["state"], order["note"]) == ("to_ship", NOTE)
    assert_paid_once(town, order["id"])


def test_signed_out_before_paying(phones_of, own_town: Town) -> None:
    """The order stands; the payment goes on where it was."""
    town = own_town
    number = "13621000002"
    shopper = known(phones_of(town), number)
    phone, sku = shopper.phone, goods(town, "nut-crisp")["skus"][0]
    phone.open(f"pages/checkout/checkout?sku={sku['id']}")
    phone.tap(PLACE)
    phone.see(re.compile("立即支付"))
    signed_out(town, shopper.token)
    phone.tap("立即支付")
    back_in(phone, town, number)
    phone.see("支付成功")
    assert shopper.order()["state"] == "to_ship"
    assert_paid_once(town, shopper.order()["id"])
