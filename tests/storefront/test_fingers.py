"""A slow network, impatient fingers, empty shelves: one order, one payment, a clear word."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from journeys import PLACE, THRICE, assert_paid_once, goods, known, lines_of, payments_of, stock
from phones import Phone
from playwright.sync_api import expect
from town import Town


SLOW = """
const send = XMLHttpRequest.prototype.send
XMLHttpRequest.prototype.send = function (...said) { setTimeout(() => send.apply(this, said), 3000) }
"""


# -- The network is slow -------------------------------------------------------------------------


def test_three_seconds_for_every_answer(phone: Phone, town: Town) -> None:
    """Impatient on top: whatever can be tapped is tapped three times."""
    shopper = known(phone, "13622000004")
    sku = goods(town, "nut-crisp")["skus"][0]
    before = stock(town, sku["id"])
    phone.page.add_init_script(SLOW)
    phone.open(f"pages/checkout/checkout?sku={sku['id']}")
    phone.see("加载中")
    place = phone.page.get_by_role("button", name=PLACE).locator("visible=true")
    expect(place).to_be_enabled()
    place.evaluate(THRICE)
    phone.see("正在提交")
    pay = phone.page.get_by_role("button", name="立即支付")
    pay.wait_for()
    pay.evaluate(THRICE)
    phone.see("支付成功")
    assert len(shopper.orders()) == payments_of(shopper) == 1
    assert_paid_once(town, shopper.order()["id"])
    after = stock(town, sku["id"])
    assert before["on_hand"] - before["reserved"] - 1 == after["on_hand"] - after["reserved"]


# -- Impatient fingers ---------------------------------------------------------------------------


def test_every_tap_three_times(phone: Phone, town: Town) -> None:
    """On "buy now", on "submit", on WeChat's own button: one order and one payment."""
    shopper = known(phone, "13622000005")
    phone.open(f"pages/product/product?id={goods(town, 'nut-crisp')['id']}")
    for name in (re.compile("^立即购买"), PLACE, re.compile("^立即支付")):
        button = phone.page.get_by_role("button", name=name).locator("visible=true")
        expect(button).to_be_enabled()
        button.evaluate(THRICE)
    phone.see("支付成功")
    assert len(shopper.orders()) == payments_of(shopper) == 1
    assert_paid_once(town, shopper.order()["id"])


def test_paid_in_two_windows(phones_of: Callable[..., Phone], town: Town) -> None:
    """The same order lies open twice; it is paid in both, once."""
    shopper = known(phones_of(town), "13622000006")
    phone, other = shopper.phone, phones_of(town)
    other.keep("token", shopper.token)
    phone.open(f"pages/checkout/checkout?sku={goods(town, 'nut-crisp')['skus'][0]['id']}")
    phone.tap(PLACE)
    phone.see("立即支付")
    other.open(f"pages/pay/pay?order={shopper.order()['id']}")
    other.see("立即支付")
    phone.tap("立即支付")
    phone.see("支付成功")
    other.tap("立即支付")
    other.see("支付成功")
    assert_paid_once(town, shopper.order()["id"])


def test_into_the_cart_three_times(phone: Phone, town: Town) -> None:
    """Three taps in one moment are one wish; a later tap is another."""
    shopper = known(phone, "13622000007")
    phone.open(f"pages/product/product?id={goods(town, 'nut-crisp')['id']}")
    button = phone.page.get_by_role("button", name="加入购物车").locator("visible=true")
    expect(button).to_be_enabled()
    button.evaluate(THRICE)
    phone.see("已加入购物车")
    phone.page.get_by_role("link", name="购物车，1 件").wait_for()
    sql = "SELECT quantity FROM cart_line WHERE member_id = $1"
    assert town.row(sql, shopper.id)["quantity"] == 1


# -- Sold out ------------------------------------------------------------------------------------


def test_a_product_that_is_sold_out(phone: Phone, town: Town) -> None:
    listed = town.get("/api/products/list", limit=40)["items"]
    gone = next(one for one in listed if not one["in_stock"])
    phone.open(f"pages/product/product?id={gone['id']}")
    phone.see("暂时售罄")
    expect(phone.page.get_by_role("button", name="已售罄").locator("visible=true")).to_be_disabled()
    expect(phone.page.get_by_role("button", name="立即购买")).to_have_count(0)
    phone.see(re.compile("大家都在买|经常一起买"))  # Something else instead.


def test_the_last_one_goes_while_it_stands_at_the_checkout(
    phones_of: Callable[..., Phone], town: Town
) -> None:
    shopper = known(phones_of(town), "13622000008")
    phone, staff = shopper.phone, town.staff()
    sku = goods(town, "checker-cookie")["skus"][0]
    held = stock(town, sku["id"])
    free = held["on_hand"] - held["reserved"]

    def adjust(change: int) -> None:
        wish = {"id": str(uuid4()), "sku_id": sku["id"], "change": change, "reason": "盘点"}
        town.post("/api/staff/stock/adjust", staff, **wish)

    phone.open(f"pages/checkout/checkout?sku={sku['id']}")
    phone.see("林小满")
    adjust(-free)
    try:
        phone.tap(PLACE)
        phone.see(re.compile("售罄|库存不足"))
        expect(phone.page.get_by_role("button", name=PLACE)).to_have_count(0)
        assert shopper.orders() == []
    finally:
        adjust(free)
    phone.open(f"pages/checkout/checkout?sku={sku['id']}")
    shopper.pay()
    assert [one["quantity"] for one in lines_of(town, shopper.order()["id"])] == [1]
