"""From the cart to the review, on the page and in the mini program, against the shop's own records."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from customers import NUMBERS, Shopper
from miniprogram import MiniProgram
from phones import Phone
from PIL import Image
from playwright.sync_api import Route, expect
from town import Town


@pytest.fixture(params=["page", "mini program"])
def shopper(request: pytest.FixtureRequest, town: Town) -> Shopper:
    name = "phone" if request.param == "page" else "miniprogram"
    return Shopper(request.getfixturevalue(name), town)


@pytest.fixture
def visitor(phone: Phone, town: Town) -> Shopper:
    """On the page only: what is proved with requests that are stopped on their way."""
    return Shopper(phone, town)


@pytest.fixture(scope="session")
def goods(town: Town) -> list[dict[str, Any]]:
    """Products that can be had and are sent by post."""
    listed = town.get("/api/products/list", limit=20)["items"]
    shown = [town.get("/api/products/show", id=one["id"]) for one in listed if one["in_stock"]]
    dear = 3000  # Coupons are to be worth it.
    return [one for one in shown if one["price_min"] > dear and one["skus"][0]["in_stock"]]


def sku_of(product: dict[str, Any]) -> str:
    return str(product["skus"][0]["id"])


# -- Checkout and payment -----------------------------------------------------------------


def test_bought_and_paid(shopper: Shopper, goods: list[dict[str, Any]]) -> None:
    screen = shopper.screen
    screen.open(f"pages/checkout/checkout?sku={sku_of(goods[0])}&quantity=2")
    screen.see("衡山路 8 号")
    screen.tap(re.compile("提交订单"))
    shopper.pay()
    screen.see("支付成功")
    order = shopper.order()
    assert order["state"] == "to_ship"
    assert [line["quantity"] for line in order["lines"]] == [2]
    screen.see("商家会尽快为您备货、发货")
    screen.tap("查看订单")
    screen.see("商家正在备货")


def test_three_taps_are_one_order(visitor: Shopper, goods: list[dict[str, Any]]) -> None:
    screen = visitor.screen
    screen.open(f"pages/checkout/checkout?sku={sku_of(goods[0])}")
    button = screen.page.get_by_role("button", name=re.compile("提交订单"))
    expect(button).to_be_enabled()
    button.evaluate("button => { for (let n = 0; n < 3; n++) button.click() }")
    screen.see("立即支付")
    assert len(visitor.orders()) == 1


def test_an_answer_that_was_lost(visitor: Shopper, goods: list[dict[str, Any]]) -> None:
    """The order was placed, and nobody heard of it: the same wish goes on, and is one order."""
    screen = visitor.screen
    screen.foresee("request failed: POST .*/api/orders/place")
    screen.open(f"pages/checkout/checkout?sku={sku_of(goods[0])}")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    screen.page.route("**/api/orders/place", lose)
    screen.tap(re.compile("提交订单"))
    screen.see("还不知道订单是否提交成功")
    screen.page.unroute("**/api/orders/place")
    screen.tap(re.compile("^继续提交"))
    screen.see("立即支付")
    assert len(visitor.orders()) == 1


def test_an_answer_that_was_lost_and_the_page_too(
    visitor: Shopper, goods: list[dict[str, Any]]
) -> None:
    screen = visitor.screen
    screen.foresee("request failed: POST .*/api/orders/place")
    screen.open(f"pages/checkout/checkout?sku={sku_of(goods[0])}")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    screen.page.route("**/api/orders/place", lose)
    screen.tap(re.compile("提交订单"))
    screen.see("还不知道订单是否提交成功")
    screen.page.unroute("**/api/orders/place")
    screen.open(f"pages/checkout/checkout?sku={sku_of(goods[0])}")
    screen.see("立即支付")
    assert len(visitor.orders()) == 1


def test_another_price_is_shown_before_it_is_paid(
    visitor: Shopper, goods: list[dict[str, Any]]
) -> None:
    screen = visitor.screen
    screen.open(f"pages/checkout/checkout?sku={sku_of(goods[0])}")

    def as_if_cheaper(route: Route) -> None:
        wish: dict[str, Any] = route.request.post_data_json or {}
        route.continue_(post_data=json.dumps(wish | {"expected_total": wish["expected_total"] - 1}))

    screen.page.route("**/api/orders/place", as_if_cheaper)
    screen.tap(re.compile("提交订单"))
    screen.see("价格有变动")
    assert visitor.orders() == []
    screen.page.unroute("**/api/orders/place")
    screen.tap(re.compile("提交订单"))
    screen.see("立即支付")
    assert len(visitor.orders()) == 1


def test_a_sheet_that_was_closed(shopper: Shopper, goods: list[dict[str, Any]]) -> None:
    screen = shopper.screen
    if isinstance(screen, MiniProgram):
        screen.pays = False
    screen.open(f"pages/checkout/checkout?sku={sku_of(goods[0])}")
    screen.tap(re.compile("提交订单"))
    if not shopper.in_wechat:
        screen.tap("取消")
    screen.see("订单还没有付款")
    screen.see("剩余支付时间")
    assert shopper.order()["state"] == "paying"
    if isinstance(screen, MiniProgram):
        screen.pays = True
    screen.tap("微信支付")
    shopper.pay()
    screen.see("支付成功")
    assert shopper.order()["state"] == "to_ship"


def test_money_of_which_nothing_is_known_yet(visitor: Shopper, goods: list[dict[str, Any]]) -> None:
    """The provider does not answer: the page says that it does not know, and asks again."""
    screen = visitor.screen
    screen.foresee("answer 503: POST /api/orders/paid")
    away = {"refusal": "provider_away", "text": "支付通道暂时不可用，请稍后再试"}
    screen.page.route("**/api/orders/paid", lambda route: route.fulfill(status=503, json=away))
    screen.page.route(
        "**/api/orders/show**",
        lambda route: route.fulfill(
            json=_as_unpaid(route.fetch().json()), content_type="application/json"
        ),
    )
    screen.open(f"pages/checkout/checkout?sku={sku_of(goods[0])}")
    screen.tap(re.compile("提交订单"))
    screen.tap("立即支付")
    screen.see("正在确认支付结果")
    unsure = screen.page.get_by_text("支付结果确认中").locator("visible=true")
    expect(unsure).to_be_visible(timeout=60_000)  # It asks four times, with pauses of six seconds.
    screen.see("请不要重复支付")
    screen.page.unroute("**/api/orders/paid")
    screen.page.unroute("**/api/orders/show**")
    screen.tap("我已付款，查询结果")
    screen.see("支付成功")
    assert len(visitor.orders()) == 1


def _as_unpaid(page: dict[str, Any]) -> dict[str, Any]:
    return page | {"order": page["order"] | {"state": "paying"}}


def test_the_first_address_is_one_tap_away(
    phone: Phone, town: Town, goods: list[dict[str, Any]]
) -> None:
    phone.sign_in(str(next(NUMBERS)))
    phone.open(f"pages/checkout/checkout?sku={sku_of(goods[0])}")
    phone.see("填好地址才能算运费和发货")
    phone.tap("添加收货地址")
    phone.see("收货人")


def test_coupons(shopper: Shopper, goods: list[dict[str, Any]]) -> None:
    """The best is chosen already; another, or none, is two taps away."""
    town, screen = shopper.town, shopper.screen
    for name, value in (("八块券", 800), ("五块券", 500)):
        coupon_id = str(uuid4())
        window = {"claim_from": _day(-1), "claim_until": _day(5), "usable_from": _day(-1)}
        terms = {"name": name, "kind": "amount", "value": value, "threshold": 1000}
        wish = {"id": coupon_id, "usable_until": _day(9)} | terms | window
        town.post("/api/staff/coupons/create", town.staff(), **wish)
        town.post("/api/coupons/claim", shopper.token, id=str(uuid4()), coupon_id=coupon_id)
    price = goods[0]["skus"][0]["price"]
    screen.open(f"pages/checkout/checkout?sku={sku_of(goods[0])}")
    screen.see("-¥8.00")
    screen.tap("优惠券")
    screen.tap(re.compile("五块券"))
    screen.see("-¥5.00")
    screen.tap("优惠券")
    screen.tap("不使用优惠券")
    screen.unseen("-¥5.00")
    screen.tap("优惠券")
    screen.tap(re.compile("八块券"))
    screen.see("-¥8.00")
    screen.tap(re.compile("提交订单"))
    shopper.pay()
    screen.see("支付成功")
    order = shopper.order()
    assert order["lines"][0]["paid"] == price - 800


def _day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).isoformat()


# -- The cart -----------------------------------------------------------------------------


def test_the_cart(shopper: Shopper, goods: list[dict[str, Any]]) -> None:
    town, screen = shopper.town, shopper.screen
    one, other = goods[0], goods[1]
    for product in (one, other):
        wish = {"id": str(uuid4()), "sku_id": sku_of(product), "quantity": 1}
        town.post("/api/cart/set", shopper.token, **wish)

    def held() -> dict[str, int]:
        lines = town.get("/api/cart", shopper.token)["lines"]
        return {line["sku_id"]: line["quantity"] for line in lines}

    screen.open("pages/cart/cart")
    screen.see(one["title"])
    screen.tap("增加一件")  # Of what was put in last, which stands first.
    town.until(lambda: held() == {sku_of(one): 1, sku_of(other): 2})
    screen.tap(f"移除 {other['title']}")
    town.until(lambda: held() == {sku_of(one): 1})
    screen.tap("撤销")
    town.until(lambda: held() == {sku_of(one): 1, sku_of(other): 2})
    screen.page.get_by_role("checkbox", name=f"选择 {one['title']}").locator("visible=true").click()
    screen.tap("结算 (1)")
    screen.tap(re.compile("提交订单"))
    shopper.pay()
    screen.see("支付成功")
    assert [line["quantity"] for line in shopper.order()["lines"]] == [2]
    town.until(lambda: held() == {sku_of(one): 1})


def test_what_can_no_longer_be_had(phones_of: Callable[..., Phone], own_town: Town) -> None:
    """The shelf is emptied while it lies in the cart: the page says so, and sells the rest."""
    shopper = Shopper(phones_of(own_town), own_town)
    one, other = own_town.get("/api/products/list", limit=20)["items"][:2]
    skus = [
        own_town.get("/api/products/show", id=each["id"])["skus"][0]["id"] for each in (one, other)
    ]
    for sku_id in skus:
        wish = {"id": str(uuid4()), "sku_id": sku_id, "quantity": 1}
        own_town.post("/api/cart/set", shopper.token, **wish)
    own_town.rows("UPDATE stock SET on_hand = reserved WHERE sku_id = $1 RETURNING 1", skus[0])
    shopper.screen.open("pages/cart/cart")
    shopper.screen.see("已售罄")
    shopper.screen.tap("结算 (1)")
    shopper.screen.see(other["title"])
    shopper.screen.unseen(one["title"])


# -- Orders -------------------------------------------------------------------------------


def test_received_and_reviewed(shopper: Shopper, goods: list[dict[str, Any]]) -> None:
    town, screen = shopper.town, shopper.screen
    order_id = shopper.sent(sku_of(goods[0]))
    screen.open("pages/order/list?group=to_receive")
    screen.tap("确认收货")
    screen.see("请确认已收到全部商品")
    screen.page.get_by_text("确认收货").locator("visible=true").last.click()
    town.until(lambda: shopper.state(order_id) == "received")
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "#c8864a").save(picture, "PNG")
    screen.open(f"pages/review/write?order={order_id}&line=1")
    screen.page.get_by_role("radio", name="4 星").locator("visible=true").click()
    screen.fill("评价内容", "酥脆，不太甜，下次还买。")
    _add_picture(screen, picture.getvalue())
    expect(screen.page.get_by_text("上传中").locator("visible=true")).to_have_count(0)
    screen.tap("发布评价")
    screen.see("已评价")
    (review,) = town.get("/api/reviews/mine", shopper.token)["items"]
    assert (review["rating"], review["text"]) == (4, "酥脆，不太甜，下次还买。")
    assert len(review["pictures"]) == 1


def _add_picture(screen: Phone, content: bytes) -> None:
    if isinstance(screen, MiniProgram):
        screen.pictures = [content]
        screen.tap("添加图片")
    else:
        with screen.page.expect_file_chooser() as chooser:
            screen.tap("添加图片")
        file = {"name": "cookie.png", "mimeType": "image/png", "buffer": content}
        chooser.value.set_files([file])
    expect(screen.page.get_by_label("删除第 1 张图片").locator("visible=true")).to_have_count(1)


def test_cancelled_and_bought_again(shopper: Shopper, goods: list[dict[str, Any]]) -> None:
    town, screen = shopper.town, shopper.screen
    lines = [{"sku_id": sku_of(goods[0]), "quantity": 1}]
    wish = {"id": str(uuid4()), "lines": lines, "address_id": shopper.address_id}
    town.post("/api/orders/place", shopper.token, **wish)
    screen.open("pages/order/list?group=to_pay")
    screen.tap("取消订单")
    screen.see("取消后订单不能恢复")
    screen.page.get_by_text("取消订单").locator("visible=true").last.click()
    town.until(lambda: shopper.order()["state"] == "cancelled")
    screen.open("pages/order/list?group=closed")
    screen.tap("再来一单")
    screen.tap(re.compile("提交订单"))
    shopper.pay()
    screen.see("支付成功")
    assert sorted(one["state"] for one in shopper.orders()) == ["cancelled", "to_ship"]


# -- After-sale -----------------------------------------------------------------------------


def test_sent_back_and_refunded(shopper: Shopper, goods: list[dict[str, Any]]) -> None:
    town, screen = shopper.town, shopper.screen
    order_id = shopper.sent(sku_of(goods[0]), 2)
    screen.open(f"pages/aftersale/ask?order={order_id}")
    screen.tap("减少一件")
    screen.tap(re.compile("^退货退款"))
    screen.tap("提交申请")
    screen.tap("商品破损")
    screen.tap("提交申请")
    screen.see("等待商家处理")
    (case,) = town.get("/api/aftersale/list", shopper.token)["items"]
    assert case["kind"] == "return_refund"
    assert [line["quantity"] for line in case["lines"]] == [1]
    staff, wish = town.staff(), {"case_id": case["id"]}
    town.post("/api/staff/aftersale/approve", staff, id=str(uuid4()), **wish)
    screen.open(f"pages/aftersale/case?id={case['id']}")
    screen.tap("京东快递")
    screen.fill("快递单号", "JD0001")
    screen.tap("提交单号")
    screen.see("等待商家收货")
    town.post("/api/staff/aftersale/receive", staff, id=str(uuid4()), **wish)

    def state() -> str:
        return str(town.get("/api/aftersale/show", shopper.token, id=case["id"])["case"]["state"])

    town.until(lambda: state() == "refunded")
    screen.open(f"pages/aftersale/case?id={case['id']}")
    screen.see("款项已原路退回")
    assert town.books()["totals"]["refunded"] >= case["amount"]


def test_withdrawn(shopper: Shopper, goods: list[dict[str, Any]]) -> None:
    screen = shopper.screen
    order_id = shopper.bought(sku_of(goods[0]))
    screen.open(f"pages/aftersale/ask?order={order_id}")
    screen.tap("提交申请")
    screen.tap("不想要了")
    screen.tap("提交申请")
    screen.tap("撤销申请")
    screen.see("确定撤销")
    screen.page.get_by_text("撤销", exact=True).locator("visible=true").last.click()
    screen.see("仍可重新申请")
    (case,) = shopper.town.get("/api/aftersale/list", shopper.token)["items"]
    assert case["state"] == "withdrawn"
