"""Journey 5: a coupon is claimed, the best is taken, another chosen; a cancelled order gives it back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from journeys import PLACE, Shopper, goods, known, lines_of
from phones import Phone
from town import Town

WELCOME = "新人见面礼"  # 10 yuan off, from 49.
TENTH = "全场 9 折，最多减 30 元"  # From 88.
LARGE = "满 199 减 40"


def claimed(shopper: Shopper) -> dict[str, dict[str, Any]]:
    sql = (
        "SELECT c.name, t.id, t.state, t.order_id, t.off FROM coupon_claim t"
        " JOIN coupon c ON (c.shop_id, c.id) = (t.shop_id, t.coupon_id) WHERE t.member_id = $1"
    )
    return {one["name"]: one for one in shopper.town.rows(sql, shopper.id)}


def claim(phone: Phone, name: str) -> None:
    card = phone.page.locator(".coupon").filter(has_text=name)
    card.get_by_role("button", name="领取", exact=True).click()
    card.get_by_role("button", name="已领取").wait_for()


def test_claimed_chosen_changed_and_given_back(phone: Phone, town: Town) -> None:
    shopper = known(phone, "13615000001")
    tin = min(goods(town, "four-flavour-tin")["skus"], key=lambda one: one["price"])
    price = tin["price"]
    assert 9900 + 1280 < price < 19900  # Free of freight, too little for the large one.
    phone.open("pages/coupon/center")
    for name in (WELCOME, TENTH, LARGE):
        claim(phone, name)
    assert {name: one["state"] for name, one in claimed(shopper).items()} == dict.fromkeys(
        (WELCOME, TENTH, LARGE), "held"
    )

    phone.open(f"pages/checkout/checkout?sku={tin['id']}")
    phone.see(f"-¥{price / 1000:.2f}")  # A tenth is more than ten yuan: chosen by itself.
    phone.see(f"提交订单 ¥{(price - price // 10) / 100:.2f}")
    phone.tap("优惠券")
    phone.see("本单不可用")
    phone.page.get_by_role("radio").filter(has_text=WELCOME).click()
    phone.see(f"提交订单 ¥{(price - 1000) / 100:.2f}")
    phone.tap("优惠券")
    phone.tap("不使用优惠券")
    phone.see(f"提交订单 ¥{price / 100:.2f}")
    phone.tap("优惠券")
    phone.page.get_by_role("radio").filter(has_text=TENTH).click()
    phone.see(f"提交订单 ¥{(price - price // 10) / 100:.2f}")
    phone.tap(PLACE)
    phone.tap("取消")  # On WeChat's sheet.
    phone.see("订单还没有付款")

    order = shopper.order()
    assert order["total"] == price - price // 10
    assert [one["paid"] for one in lines_of(town, order["id"])] == [order["total"]]
    used = claimed(shopper)
    assert used[TENTH]["state"] == "used"
    assert (used[TENTH]["order_id"], used[TENTH]["off"]) == (order["id"], price // 10)
    assert [used[name]["state"] for name in (WELCOME, LARGE)] == ["held", "held"]
    phone.open("pages/coupon/mine")
    phone.see(WELCOME)
    phone.unseen(TENTH)

    phone.open(f"pages/order/order?id={order['id']}")
    phone.tap("取消订单")
    phone.see("取消后订单不能恢复")
    phone.page.locator(".uni-modal").get_by_text("取消订单", exact=True).click()
    town.until(lambda: shopper.order()["state"] == "cancelled")
    back = claimed(shopper)[TENTH]
    assert (back["state"], back["order_id"], back["off"]) == ("held", None, 0)
    phone.open("pages/coupon/mine")
    phone.see(TENTH)
    phone.open(f"pages/checkout/checkout?sku={tin['id']}")
    phone.see(f"提交订单 ¥{(price - price // 10) / 100:.2f}")  # And may be used again.


def test_a_coupon_is_used_up_by_one_order(phone: Phone, town: Town) -> None:
    """Two checkouts stand open with the same coupon: the second is told, and pays without it."""
    shopper = known(phone, "13615000002")
    (wanted,) = [
        one for one in town.get("/api/coupons", shopper.token)["coupons"] if one["name"] == WELCOME
    ]
    wish = {"id": str(uuid4()), "coupon_id": wanted["id"]}
    town.post("/api/coupons/claim", shopper.token, **wish)
    tin = goods(town, "birthday-animals")["skus"][0]
    phone.open(f"pages/checkout/checkout?sku={tin['id']}")
    phone.see("-¥10.00")
    elsewhere = shopper.bought(tin["id"])
    assert claimed(shopper)[WELCOME]["order_id"] == elsewhere
    phone.tap(PLACE)
    phone.see("价格有变动")
    phone.unseen("-¥10.00")
    shopper.pay()
    totals = [one["total"] for one in shopper.orders()]
    assert totals[1] - totals[0] >= 1000
    assert claimed(shopper)[WELCOME]["order_id"] == elsewhere
