"""Journey 1: from the first screen to a paid order, everything chosen and typed by hand."""

from __future__ import annotations

from uuid import UUID

from journeys import (
    Shopper,
    assert_paid_once,
    goods,
    lines_of,
    pick_region,
    state_of,
    stock,
    variant,
)
from phones import Phone
from town import Town

NUMBER = "13611000001"


def test_from_home_to_a_paid_order(phone: Phone, town: Town) -> None:
    phone.sign_in(NUMBER)
    shopper = Shopper(phone, NUMBER)
    product = goods(town, "butter-cookie")
    large = variant(product, "大盒 320g")
    before = stock(town, large["id"])

    phone.open()
    phone.page.get_by_role("link", name="曲奇", exact=True).click()
    phone.page.get_by_role("link", name=product["title"]).locator("visible=true").click()
    phone.see(product["title"])
    phone.tap("加入购物车")
    phone.page.get_by_role("radio", name="大盒 320g").click()
    phone.see("已选：大盒 320g")
    phone.tap("增加一件")
    phone.page.get_by_role("dialog").get_by_role("button", name="加入购物车").click()
    phone.see("已加入购物车")
    held = town.rows("SELECT sku_id, quantity FROM cart_line WHERE member_id = $1", shopper.id)
    assert held == [{"sku_id": UUID(large["id"]), "quantity": 2}]

    phone.page.get_by_role("link", name="购物车，2 件").click()
    phone.see("大盒 320g")
    phone.tap("结算 (1)")
    phone.tap("添加收货地址")
    phone.fill("收货人", "周小禾")
    phone.fill("手机号", "13912345678")
    pick_region(phone, "浙江省", "杭州市", "西湖区")
    phone.fill("详细地址", "文三路 90 号 5 幢 301 室")
    phone.tap("保存")
    phone.see("浙江省 杭州市 西湖区 文三路 90 号 5 幢 301 室")
    shopper.pay()

    order = shopper.order()
    address = town.row("SELECT * FROM address WHERE member_id = $1", shopper.id)
    assert (address["region_code"], address["phone"]) == ("330106", "13912345678")
    assert state_of(town, order["id"]) == "to_ship"
    assert [(str(one["sku_id"]), one["quantity"]) for one in lines_of(town, order["id"])] == [
        (large["id"], 2)
    ]
    assert order["total"] == 2 * large["price"]  # Post is free from 99 yuan.
    assert_paid_once(town, order["id"])
    after = stock(town, large["id"])
    assert after["on_hand"] - after["reserved"] == before["on_hand"] - before["reserved"] - 2
    assert town.rows("SELECT 1 FROM cart_line WHERE member_id = $1", shopper.id) == []

    phone.tap("查看订单")
    phone.see("待发货")
    phone.see(str(order["id"]))
    phone.see("浙江省 杭州市 西湖区 文三路 90 号")
    steps = town.rows("SELECT state FROM order_step WHERE order_id = $1 ORDER BY id", order["id"])
    assert [one["state"] for one in steps] == ["paying", "paid", "to_ship"]
