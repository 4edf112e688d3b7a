"""Journey 6: asked back, agreed by the shop, paid back by WeChat, and told on the page."""

from __future__ import annotations

from uuid import uuid4

from journeys import assert_refunded_once, goods, known, refunds_of, state_of
from phones import Phone
from town import Town


def test_asked_agreed_and_paid_back(phone: Phone, town: Town) -> None:
    shopper = known(phone, "13616000001")
    sku = goods(town, "nut-crisp")["skus"][0]
    order_id = shopper.bought(sku["id"], 2)
    total = shopper.order()["total"]

    phone.open(f"pages/order/order?id={order_id}")
    phone.tap("申请退款")
    phone.see("选择商品和数量")
    phone.tap("提交申请")  # Which asks for the reason first.
    phone.tap("不想要了")
    phone.tap("提交申请")
    phone.see("等待商家处理")
    asked = town.row("SELECT id, state, amount FROM aftersale WHERE order_id = $1", order_id)
    assert (asked["state"], asked["amount"]) == ("asked", total)
    assert refunds_of(town, order_id) == []  # Nothing goes back before the shop agrees.

    agreed = {"id": str(uuid4()), "case_id": str(asked["id"])}
    town.post("/api/staff/aftersale/approve", town.staff(), **agreed)
    town.until(lambda: state_of(town, order_id) == "refunded")
    assert_refunded_once(town, order_id, total)
    done = town.row("SELECT state, amount FROM aftersale WHERE id = $1", asked["id"])
    assert done == {"state": "refunded", "amount": total}

    phone.open(f"pages/aftersale/case?id={asked['id']}")
    phone.see("已退款")
    phone.see(f"¥{total / 100:.2f}")
    phone.open(f"pages/order/order?id={order_id}")
    phone.see("已退款")
    phone.see(f"¥{total / 100:.2f} 已原路退回")
    phone.open("pages/aftersale/list")
    phone.see("已退款")


def test_a_part_is_sent_back_and_the_rest_kept(phone: Phone, town: Town) -> None:
    """Refused first, with a reason that the buyer reads; asked again for one of two."""
    shopper = known(phone, "13616000002")
    sku = goods(town, "checker-cookie")["skus"][0]
    order_id = shopper.bought(sku["id"], 2)
    paid = town.row("SELECT paid FROM order_line WHERE order_id = $1", order_id)["paid"]
    phone.open(f"pages/aftersale/ask?order={order_id}")
    phone.tap("减少一件")
    phone.tap("提交申请")
    phone.tap("不想要了")
    phone.tap("提交申请")
    phone.see("等待商家处理")
    (asked,) = town.get("/api/aftersale/list", shopper.token)["items"]
    staff, wish = town.staff(), {"case_id": asked["id"]}
    said = "已经烤好装盒，今晚发出"
    town.post("/api/staff/aftersale/refuse", staff, id=str(uuid4()), answer=said, **wish)
    phone.open(f"pages/aftersale/case?id={asked['id']}")
    phone.see(said)

    phone.open(f"pages/aftersale/ask?order={order_id}")
    phone.tap("减少一件")
    phone.tap("提交申请")
    phone.tap("不想要了")
    phone.tap("提交申请")
    phone.see("等待商家处理")
    newest = town.get("/api/aftersale/list", shopper.token)["items"][0]
    agreed = {"id": str(uuid4()), "case_id": newest["id"]}
    town.post("/api/staff/aftersale/approve", staff, **agreed)
    town.until(lambda: [one for one in refunds_of(town, order_id) if one["status"] == "SUCCESS"])
    assert_refunded_once(town, order_id, paid // 2)
    assert state_of(town, order_id) == "to_ship"  # The other one is still to come.
    phone.open(f"pages/order/order?id={order_id}")
    phone.see("已退 1 件")
