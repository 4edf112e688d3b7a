"""What journeys through the storefront have in common: who walks, and what the shop then knows.

The shop's word is its own tables and the simulated WeChat's books, never what the page says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from phones import Phone
from playwright.sync_api import expect
from town import Town

from frontline.shop.catalog.messages import product_id_of

PLACE = re.compile("^提交订单")
PAY = "立即支付"
PAID = "支付成功"


@dataclass
class Shopper:
    """A member, known to the shop by phone number, with a phone in the hand."""

    phone: Phone
    number: str

    @property
    def town(self) -> Town:
        return self.phone.town

    @property
    def id(self) -> UUID:
        return self.town.row("SELECT id FROM member WHERE phone = $1", self.number)["id"]

    @property
    def token(self) -> str:
        """The same one as on the phone."""
        return self.town.member(self.number)

    def orders(self) -> list[dict[str, Any]]:
        sql = "SELECT * FROM shop_order WHERE member_id = $1 ORDER BY placed_at"
        return self.town.rows(sql, self.id)

    def order(self) -> dict[str, Any]:
        """The only one there is."""
        (one,) = self.orders()
        return one

    def pay(self) -> None:
        """Go through the checkout and WeChat's sheet."""
        self.phone.tap(PLACE)
        self.phone.tap(PAY)
        self.phone.see(PAID)

    def bought(self, sku_id: UUID | str, quantity: int = 1) -> UUID:
        """An order that is paid, without any page."""
        town, lines = self.town, [{"sku_id": str(sku_id), "quantity": quantity}]
        offered = town.post("/api/orders/checkout", self.token, lines=lines)
        wish = {"address_id": offered["address"]["id"], "claim_id": offered["claim_id"]}
        order_id = town.post(
            "/api/orders/place",
            self.token,
            id=str(uuid4()),
            lines=lines,
            expected_total=offered["quote"]["total"],
            **wish,
        )["order_id"]
        asked = {"id": str(uuid4()), "order_id": order_id, "channel": "h5"}
        town.post("/api/orders/pay", self.token, **asked)
        payer = f"payer-{self.number}"
        town.simulator("/simulator/pay", out_trade_no=UUID(order_id).hex, openid=payer)
        town.until(lambda: state_of(town, UUID(order_id)) == "to_ship")
        return UUID(order_id)


def known(phone: Phone, number: str) -> Shopper:
    """A customer who is signed in and whose address the shop has."""
    phone.town.address(phone.sign_in(number))
    return Shopper(phone, number)


# -- Goods ----------------------------------------------------------------------------------


def goods(town: Town, handle: str) -> dict[str, Any]:
    """A product of the demo shop, as its page shows it."""
    return town.get("/api/products/show", id=str(product_id_of(town.shop_id, handle)))


def variant(product: dict[str, Any], *values: str) -> dict[str, Any]:
    (found,) = [one for one in product["skus"] if one["values"] == list(values)]
    return found


def stock(town: Town, sku_id: str) -> dict[str, Any]:
    sql = "SELECT on_hand, reserved, sold FROM stock WHERE sku_id = $1"
    return town.row(sql, UUID(sku_id))


# -- What the shop and WeChat wrote down -----------------------------------------------------


def state_of(town: Town, order_id: UUID) -> str:
    return town.row("SELECT state FROM shop_order WHERE id = $1", order_id)["state"]


def lines_of(town: Town, order_id: UUID) -> list[dict[str, Any]]:
    sql = "SELECT sku_id, quantity, price, paid FROM order_line WHERE order_id = $1 ORDER BY number"
    return town.rows(sql, order_id)


def trades_of(town: Town, order_id: UUID) -> list[dict[str, Any]]:
    return [one for one in town.books()["trades"] if one["out_trade_no"] == order_id.hex]


def refunds_of(town: Town, order_id: UUID) -> list[dict[str, Any]]:
    return [one for one in town.books()["refunds"] if one["out_trade_no"] == order_id.hex]


def assert_paid_once(town: Town, order_id: UUID) -> None:
    """One payment, as high as the order, in the shop's books and in WeChat's."""
    order = town.row("SELECT total FROM shop_order WHERE id = $1", order_id)
    payment = town.row("SELECT state, asked, refunded FROM payment WHERE order_id = $1", order_id)
    assert payment == {"state": "paid", "asked": order["total"], "refunded": 0}
    (trade,) = trades_of(town, order_id)
    assert (trade["state"], trade["amount"]) == ("SUCCESS", order["total"])
    assert refunds_of(town, order_id) == []


def assert_refunded_once(town: Town, order_id: UUID, amount: int) -> None:
    """One refund of this height, in the shop's books and in WeChat's."""
    payment = town.row("SELECT refunded, confirmed FROM payment WHERE order_id = $1", order_id)
    assert payment == {"refunded": amount, "confirmed": amount}
    refund = town.row("SELECT state, amount FROM refund WHERE order_id = $1", order_id)
    assert refund == {"state": "done", "amount": amount}
    (paid_back,) = refunds_of(town, order_id)
    assert (paid_back["status"], paid_back["amount"]) == ("SUCCESS", amount)


# -- What hands do on the page ---------------------------------------------------------------


def pick_region(phone: Phone, *names: str) -> None:
    """Turn the three wheels of the region picker until they show these names, and take them."""
    phone.tap("所在地区")
    for place, name in enumerate(names):
        wheel = phone.page.locator("uni-picker-view-column").nth(place)
        item = wheel.locator(".uni-picker-item").get_by_text(name, exact=True)
        expect(item).to_have_count(1)
        wheel.hover()
        for _ in range(item.evaluate("item => [...item.parentElement.children].indexOf(item)")):
            phone.page.mouse.wheel(0, 40)
        phone.page.wait_for_function(_SETTLED, arg=[wheel.element_handle(), item.element_handle()])
    phone.page.locator(".uni-picker-action-confirm").locator("visible=true").click()


_SETTLED = """([wheel, item]) => {
  const middle = it => { const {top, height} = it.getBoundingClientRect(); return top + height / 2 }
  return Math.abs(middle(wheel) - middle(item)) < 2
}"""


def copied_link(phone: Phone) -> str:
    """Share as one does on the web: copy the link. Gives what then lies on the clipboard."""
    phone.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.tap("复制链接")
    phone.see("链接已复制")
    return str(phone.page.evaluate("navigator.clipboard.readText()"))
