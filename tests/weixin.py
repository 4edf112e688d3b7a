"""Somebody with the compiled mini program in hand, and what the shop and WeChat know of this person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from miniprogram import MiniProgram
from town import Shop, Town

SCENE_LETTERS_MAX = 32
"""What WeChat takes as the scene of a code."""
LAND = re.compile(r"/pages/share/land\?scene=([0-9A-Za-z!#$&'()*+,/:;=?@._~-]+)")
ADDRESS = {
    "name": "林小满",
    "phone": "13800138000",
    "region_code": "440305",
    "region": "",
    "detail": "科苑路 15 号 502",
}


@dataclass
class Person:
    """Known by the token that the program, or the page, keeps on this phone."""

    town: Town
    token: str

    @property
    def id(self) -> UUID:
        return UUID(self.town.get("/api/me", self.token)["id"])

    def lives(self) -> str:
        """Has an address, so that it need not be typed; its id."""
        wish = {"id": str(uuid4()), "preferred": True} | ADDRESS
        return str(self.town.post("/api/addresses/put", self.token, **wish)["address_id"])

    def buys(self, sku_id: str, *, pays: bool = True) -> str:
        """An order, without any page; its id."""
        lines = [{"sku_id": sku_id, "quantity": 1}]
        page = self.town.post("/api/orders/checkout", self.token, lines=lines)
        wish = {"lines": lines, "address_id": page["address"]["id"], "id": str(uuid4())}
        total = page["quote"]["total"]
        placed = self.town.post("/api/orders/place", self.token, **wish, expected_total=total)
        order_id = str(placed["order_id"])
        if pays:
            self.pays(order_id)
        return order_id

    def pays(self, order_id: str) -> None:
        wish = {"id": str(uuid4()), "order_id": order_id, "channel": "jsapi"}
        self.town.post("/api/orders/pay", self.token, **wish)
        self.town.simulator("/simulator/pay", out_trade_no=UUID(order_id).hex)
        asked = {"path": "/api/orders/paid", "token": self.token, "order_id": order_id}
        self.town.until(lambda: self.town.post(**asked)["paid"])

    def orders(self) -> list[dict[str, Any]]:
        """The rows of this person's orders, the first one first."""
        return self.town.rows(
            "SELECT id, state, reason, total, note, claim_id, because_id, ship_to FROM shop_order"
            " WHERE member_id = $1 ORDER BY placed_at, id",
            self.id,
        )

    def order(self) -> dict[str, Any]:
        """The only one."""
        (one,) = self.orders()
        return one

    def payment(self, order_id: UUID) -> dict[str, Any]:
        return self.town.row("SELECT * FROM payment WHERE order_id = $1", order_id)

    def trades(self) -> list[dict[str, Any]]:
        """What WeChat's books hold of this person's orders."""
        numbers = {one["id"].hex for one in self.orders()}
        return [one for one in self.town.books()["trades"] if one["out_trade_no"] in numbers]

    def paid_once(self) -> dict[str, Any]:
        """There is one order, paid by one payment of its whole total, on both sides; its row."""
        order = self.order()
        payment = self.payment(order["id"])
        assert (payment["state"], payment["asked"]) == ("paid", order["total"])
        (trade,) = self.trades()
        assert (trade["state"], trade["amount"]) == ("SUCCESS", order["total"])
        assert trade["transaction_id"] == payment["transaction_id"]
        return order

    def seat(self) -> dict[str, Any]:
        return self.town.row(
            "SELECT order_id, team_id, number, leads, state, quantity FROM groupbuy_seat"
            " WHERE member_id = $1",
            self.id,
        )

    def brought_by(self) -> dict[str, Any]:
        """What the first sign-in on this phone decided."""
        return self.town.row(
            "SELECT sharer_id, code_id, visitor FROM share_bind WHERE member_id = $1", self.id
        )


def person(screen: MiniProgram) -> Person:
    """Whoever the program has signed in, without a word."""
    kept = "JSON.parse(localStorage.getItem('mp:token') || '\"\"')"
    return Person(screen.town, screen.page.wait_for_function(kept).json_value())


def visitor(screen: MiniProgram) -> UUID:
    return UUID(screen.page.evaluate("JSON.parse(localStorage.getItem('mp:visitor'))"))


def asked(screen: MiniProgram, what: str) -> list[dict[str, Any]]:
    """What the program asked of the phone or of WeChat: "login", "pay", "copy" ..."""
    return [wish for name, wish in screen.asked if name == what]


def write_address(screen: MiniProgram, name: str, detail: str, *region: str) -> None:
    """On the page of a new address: fill in all of it, the region by its three wheels, and save."""
    screen.fill("收货人", name)
    screen.fill("手机号", "13800138000")
    wheels, places = screen.town.get("/api/regions"), []
    for each in region:
        names = [one["name"] for one in wheels]
        places.append(names.index(each))
        wheels = wheels[places[-1]].get("children", [])
    screen.pick(screen.page.locator("picker").locator("visible=true"), places)
    screen.see(" ".join(region))
    screen.fill("详细地址", detail)
    screen.tap("保存")


_TAPS = """button => {
  const { x, y } = button.getBoundingClientRect()
  for (let n = 0; n < 3; n++)
    for (const type of ["mousedown", "mouseup"])
      button.dispatchEvent(new MouseEvent(type, { bubbles: true, clientX: x + 9, clientY: y + 9 }))
}"""  # WeChat's framework makes taps of these.


def tap_thrice(screen: MiniProgram, name: str | re.Pattern[str]) -> None:
    """As a finger does that is not sure of its first tap: before anything was answered."""
    button = screen.page.get_by_role("button", name=name).locator("visible=true").first
    button.evaluate(_TAPS)


def scene_of(card: dict[str, Any]) -> str:
    """The code of a share card, which WeChat would take."""
    found = LAND.fullmatch(card["path"])
    assert found, card
    assert len(found[1]) <= SCENE_LETTERS_MAX
    return found[1]


def shown(shop: Shop, card: dict[str, Any]) -> None:
    """The card has words, and its picture is there: WeChat fetches it, knowing no page."""
    assert card["title"].strip(), card
    assert card["imageUrl"], card
    address = card["imageUrl"].replace("https://shop.invalid", shop.url)
    answer = shop.http.get(address)
    assert answer.headers["content-type"].startswith("image/"), card


def product(shop: Shop, title: str) -> dict[str, Any]:
    """A product of the demo shop, as its page shows it."""
    (listed,) = [
        one for one in shop.get("/api/products/list", limit=50)["items"] if one["title"] == title
    ]
    found: dict[str, Any] = shop.get("/api/products/show", id=listed["id"])
    return found


def campaign(shop: Shop, name: str) -> dict[str, Any]:
    listed = shop.get("/api/games/groupbuy/campaigns")["campaigns"]
    (found,) = [one for one in listed if one["terms"]["name"] == name]
    return dict(found)
