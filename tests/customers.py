"""Somebody new who shops, and what this person has open: a phone's page, or the mini program."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from miniprogram import MiniProgram
from phones import Phone
from town import Town

NUMBERS = iter(range(13_700_000_000, 13_799_999_999))


class Shopper:
    """Somebody new with an address, and what this person has open."""

    def __init__(self, screen: Phone, town: Town) -> None:
        self.screen, self.town = screen, town
        self.token = screen.sign_in(str(next(NUMBERS)))
        self.address_id = town.post(
            "/api/addresses/put",
            self.token,
            id=str(uuid4()),
            name="林小满",
            phone="13800138000",
            region_code="310104",
            region="",
            detail="衡山路 8 号 2 单元 1203 室",
            preferred=True,
        )["address_id"]

    @property
    def in_wechat(self) -> bool:
        return isinstance(self.screen, MiniProgram)

    def orders(self) -> list[dict[str, Any]]:
        return list(self.town.get("/api/orders/list", self.token)["items"])

    def order(self) -> dict[str, Any]:
        (one,) = self.orders()
        return one

    def pay(self) -> None:
        """Press "pay" where the sheet is a page; in WeChat the person's hands do it."""
        if not self.in_wechat:
            self.screen.tap("立即支付")

    def bought(self, sku_id: str, quantity: int = 1) -> str:
        """An order that is paid already; without any page."""
        lines = [{"sku_id": sku_id, "quantity": quantity}]
        total = self.town.post("/api/orders/checkout", self.token, lines=lines)["quote"]["total"]
        wish = {"id": str(uuid4()), "lines": lines, "address_id": self.address_id}
        placed = self.town.post("/api/orders/place", self.token, **wish, expected_total=total)
        channel = "jsapi" if self.in_wechat else "h5"
        paying = {"id": str(uuid4()), "order_id": placed["order_id"], "channel": channel}
        ready = self.town.post("/api/orders/pay", self.token, **paying)["parameters"]
        if self.in_wechat:
            self.town.simulator("/simulator/pay", request_payment=ready["request_payment"])
        else:
            pressed = {"prepay_id": ready["h5_url"].partition("prepay_id=")[2], "action": "pay"}
            self.town.http.post(f"{self.town.simulator_url}/simulator/h5/pay", data=pressed)
        self.town.until(lambda: self.state(placed["order_id"]) == "to_ship")
        return str(placed["order_id"])

    def sent(self, sku_id: str, quantity: int = 1) -> str:
        order_id = self.bought(sku_id, quantity)
        parcel = {"carrier": "顺丰速运", "tracking": "SF1234567890"}
        wish = {"id": str(uuid4()), "order_id": order_id} | parcel
        self.town.post("/api/staff/orders/ship", self.town.staff(), **wish)
        return order_id

    def state(self, order_id: str) -> str:
        return str(self.town.get("/api/orders/show", self.token, id=order_id)["order"]["state"])
