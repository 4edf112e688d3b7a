"""What journeys through the storefront have in common: who walks, and what the shop then knows.

The shop's word is its own tables and the simulated WeChat's books, never what the page says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
THRICE = "button => { for (let n = 0; n < 3; n++) button.click() }"


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


def payments_of(shopper: Shopper) -> int:
    """How often this member's money went to the shop, by WeChat's books."""
    orders = [one["id"] for one in shopper.orders()]
    return sum(one["state"] == "SUCCESS" for id_ in orders for one in trades_of(shopper.town, id_))


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


_COUNT = """
window.asked = 0
window.answeredAt = 0
const send = XMLHttpRequest.prototype.send
XMLHttpRequest.prototype.send = function (...said) {
  window.asked++
  this.addEventListener('loadend', () => {
    window.asked--
    window.answeredAt = performance.now()
  })
  return send.apply(this, said)
}
"""
_QUIET = """() => window.asked === 0 && performance.now() - window.answeredAt > 150
  && Boolean(document.querySelector('uni-page-body')?.innerText.trim())"""


def walk(phone: Phone, pages: dict[str, str]) -> Iterator[str]:
    """Page after page, by name, each as it stands when all has been answered."""
    phone.page.add_init_script(_COUNT)
    for name, path in pages.items():
        phone.open(path)
        phone.page.wait_for_function(_QUIET)
        phone.unseen(re.compile("加载中|Loading"))
        yield name


def copied_link(phone: Phone) -> str:
    """Share as one does on the web: copy the link. Gives what then lies on the clipboard."""
    phone.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.tap("复制链接")
    phone.see("链接已复制")
    return str(phone.page.evaluate("navigator.clipboard.readText()"))


# -- Somebody who has done everything once ------------------------------------------------------


def furnished(town: Town, number: str) -> dict[str, str]:
    """A member with orders, a case, a review and coupons: all pages, by name, with this in them."""
    shopper = Shopper(Phone(None, town), number)  # Nothing of it needs a page.
    token, staff = shopper.token, town.staff()
    town.address(token)

    def do(path: str, who: str = token, **wish: Any) -> Any:
        return town.post(path, who, id=str(uuid4()), **wish)

    nuts, tin = goods(town, "nut-crisp"), goods(town, "four-flavour-tin")
    sku_id, product_id = nuts["skus"][0]["id"], nuts["id"]
    for one in town.get("/api/coupons", token)["coupons"][:2]:
        do("/api/coupons/claim", coupon_id=one["id"])
    for one in (sku_id, tin["skus"][0]["id"]):
        do("/api/cart/set", sku_id=one, quantity=2)
    address = town.get("/api/addresses", token)["addresses"][0]["id"]
    lines = [{"sku_id": sku_id, "quantity": 1}]
    unpaid = do("/api/orders/place", lines=lines, address_id=address)["order_id"]
    to_ship, received, reviewed = (str(shopper.bought(sku_id, 2)) for _ in range(3))
    for one in (received, reviewed):
        parcel = {"carrier": "顺丰速运", "tracking": f"SF{one[-10:]}"}
        do("/api/staff/orders/ship", staff, order_id=one, **parcel)
        do("/api/orders/receive", order_id=one)
    said = {"rating": 4, "text": "脆，不腻。", "pictures": [], "anonymous": False}
    do("/api/reviews/write", order_id=reviewed, line_number=1, **said)
    asked = {"kind": "refund_only", "reason": "other", "note": "想少要一件"}
    part = [{"number": 1, "quantity": 1}]
    case = do("/api/aftersale/ask", order_id=to_ship, lines=part, **asked)["case_id"]
    campaign = town.get("/api/games/groupbuy/campaigns")["campaigns"][0]
    waiting = town.get("/api/games/groupbuy/campaigns")["campaigns"]
    team = next(one["teams"][0]["team_id"] for one in waiting if one["teams"])
    poster = f"pages/share/poster?kind=product&target={product_id}&title=x&picture="
    return {
        "home": "",
        "category": "pages/category/category",
        "search": "pages/search/search",
        "product": f"pages/product/product?id={tin['id']}",
        "cart": "pages/cart/cart",
        "checkout": f"pages/checkout/checkout?sku={tin['skus'][0]['id']}",
        "orders": "pages/order/list",
        "unpaid order": f"pages/order/order?id={unpaid}",
        "order to be sent": f"pages/order/order?id={to_ship}",
        "order received": f"pages/order/order?id={received}",
        "paid": f"pages/pay/pay?order={to_ship}",
        "after-sale": "pages/aftersale/list",
        "after-sale asked": f"pages/aftersale/ask?order={received}",
        "after-sale case": f"pages/aftersale/case?id={case}",
        "review": f"pages/review/write?order={received}&line=1",
        "reviews": f"pages/review/list?product={product_id}",
        "my reviews": "pages/review/mine?tab=written",
        "coupons": "pages/coupon/center",
        "my coupons": "pages/coupon/mine",
        "addresses": "pages/address/list",
        "address": f"pages/address/edit?id={address}",
        "mine": "pages/mine/mine",
        "profile": "pages/mine/profile",
        "privacy": "pages/mine/privacy",
        "brought": "pages/mine/brought",
        "trust": "pages/shop/page?slug=trust",
        "service": "pages/shop/service",
        "poster": poster,
        "campaigns": "games/groupbuy/pages/campaigns",
        "campaign": f"games/groupbuy/pages/campaign?id={campaign['id']}",
        "team": f"games/groupbuy/pages/team?id={team}",
        "my teams": "games/groupbuy/pages/mine",
        "login": "pages/login/login",
    }
