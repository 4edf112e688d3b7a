"""What goes wrong on the way: a broken API, no network, nothing there yet.

The shopper is told, nothing is lost, and it stays one order and one payment.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from journeys import PLACE, assert_paid_once, goods, known, state_of
from phones import Phone
from playwright.sync_api import Route, expect
from town import Town

BARE = """
document.addEventListener('readystatechange', () => {
  for (const id of ['first', 'shell']) document.getElementById(id)?.remove()
})
"""
"""Without the first answer that the server lays into the document: the page must ask."""


# -- The API is broken, or away ----------------------------------------------------------------


@pytest.mark.parametrize("how", ["aborted", "broken"])
@pytest.mark.parametrize(
    ("path", "door"),
    [("", "home"), ("pages/product/product?id={id}", "products/show"), ("pages/cart/cart", "cart")],
)
def test_a_page_says_so_and_comes_back(
    phone: Phone, town: Town, how: str, path: str, door: str
) -> None:
    phone.sign_in("13622000001")
    phone.foresee("request failed: GET|answer 500")
    product = goods(town, "nut-crisp")

    def fail(route: Route) -> None:
        if how == "aborted":
            route.abort()
        else:
            route.fulfill(status=500, json={"refusal": "bug", "text": "出错了，请稍后再试"})

    phone.page.add_init_script(BARE)
    stopped = re.compile(rf"/api/{door}(\?|$)")
    phone.page.route(stopped, fail)
    phone.open(path.format(id=product["id"]))
    phone.see("重新加载")
    phone.see("出错了" if how == "broken" else "网络")
    phone.page.unroute(stopped)
    phone.tap("重新加载")
    phone.see({"home": "大家都在买", "cart": "购物车还是空的"}.get(door, product["title"]))
    phone.unseen("重新加载")


def test_no_network_while_paying(phone: Phone, town: Town) -> None:
    shopper = known(phone, "13622000002")
    phone.foresee("request failed: POST .*/api/orders/pay")
    phone.open(f"pages/checkout/checkout?sku={goods(town, 'nut-crisp')['skus'][0]['id']}")
    phone.page.route("**/api/orders/pay", lambda route: route.abort())
    phone.tap(PLACE)
    phone.see("订单已为您保留")
    phone.see("网络")
    phone.page.unroute("**/api/orders/pay")
    phone.tap("微信支付")
    phone.tap("立即支付")
    phone.see("支付成功")
    assert_paid_once(town, shopper.order()["id"])


def test_the_connection_is_lost_at_every_post(phone: Phone, town: Town) -> None:
    """Each wish arrives, each first answer is lost: the same wish goes out again by itself."""
    shopper = known(phone, "13622000003")
    phone.foresee("request failed: POST")
    lost: set[str] = set()

    def lose_once(route: Route) -> None:
        url = route.request.url
        if url in lost:
            route.continue_()
        else:
            lost.add(url)
            route.fetch()
            route.abort()

    for door in ("checkout", "place", "pay", "paid"):
        phone.page.route(f"**/api/orders/{door}", lose_once)
    phone.open(f"pages/checkout/checkout?sku={goods(town, 'nut-crisp')['skus'][0]['id']}")
    shopper.pay()
    assert {one.rpartition("/")[2] for one in lost} >= {"checkout", "place", "pay"}
    assert len(shopper.orders()) == 1
    assert_paid_once(town, shopper.order()["id"])


# -- Nothing there yet ---------------------------------------------------------------------------


def test_empty_pages_say_what_to_do(phone: Phone, town: Town) -> None:
    phone.sign_in("13622000009")
    for path, said, way in (
        ("pages/cart/cart", "购物车还是空的", "去逛逛"),
        ("pages/order/list", "还没有订单", "去逛逛"),
        ("pages/aftersale/list", "没有售后记录", "查看订单"),
        ("pages/coupon/mine", "这里还没有优惠券", "去领券"),
        ("pages/address/list", "还没有收货地址", "新增收货地址"),
        ("pages/review/mine", "没有待评价的商品", "查看订单"),
        ("pages/mine/brought", "还没有朋友通过您的分享来到本店", "挑一件好物分享"),
        ("games/groupbuy/pages/mine", "还没有参加过拼团", "去看看拼团"),
        ("pages/product/product?id=00000000-0000-0000-0000-000000000000", "已下架", "去首页逛逛"),
    ):
        phone.open(path)
        phone.see(said)
        phone.see(way)


def test_an_order_that_is_not_mine(phones_of: Callable[..., Phone], town: Town) -> None:
    owner = known(phones_of(town), "13622000010")
    other = phones_of(town)
    other.sign_in("13622000011")
    order_id = owner.bought(goods(town, "nut-crisp")["skus"][0]["id"])
    other.open(f"pages/order/order?id={order_id}")
    other.see(re.compile("没有|不存在|找不到"))
    other.unseen("林小满")
    assert state_of(town, order_id) == "to_ship"
