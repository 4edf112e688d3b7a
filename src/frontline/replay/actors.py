"""Buyers and staff, who do everything through the public doors."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from frontline.kernel.ids import named
from frontline.replay.plan import Cancellation, Sale, Ware

TRIES_MAX = 8
CARRIER = "Royal Mail"


class DoorShut(Exception):
    """A door answered what the story does not allow for."""


@dataclass(slots=True)
class World:
    """What all actors share."""

    shop: httpx.AsyncClient
    simulator: httpx.AsyncClient
    code: str  # Of the shop; ids follow from it, so a replay cut short may go on.
    staff: Mapping[str, str]  # Headers.
    skus: Mapping[Ware, UUID]
    done: dict[str, int] = field(default_factory=lambda: {"orders": 0, "lines": 0})

    def id_of(self, *words: str) -> str:
        return str(named("replay", "/".join((self.code, *words))))

    async def ask(self, path: str, body: dict[str, Any], headers: Mapping[str, str]) -> Any:
        """Post until it is answered. Busy is waited for; a refusal ends the replay."""
        for attempt in range(TRIES_MAX):
            answer = await self.shop.post(path, json=body, headers=dict(headers))
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(0.1 * 2**attempt)
        if answer.status_code != httpx.codes.OK:
            raise DoorShut(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()


@dataclass(slots=True)
class Buyer:
    world: World
    name: str
    headers: dict[str, str] = field(default_factory=dict)
    address_id: str = ""

    async def come_in(self, country: str) -> None:
        world = self.world
        answer = await world.simulator.post("/simulator/login", json={"nickname": self.name[:30]})
        answer.raise_for_status()
        shop = {"frontline-shop": world.staff["frontline-shop"]}
        signed = await world.ask("/api/login/wechat", {"code": answer.json()["code"]}, shop)
        self.headers = {"authorization": f"Bearer {signed['token']}"}
        self.address_id = world.id_of("address", self.name)
        address = {
            "id": self.address_id,
            "name": self.name,
            "phone": "+441632960000",  # A range reserved for fiction.
            "region_code": "",
            "region": country,
            "detail": "not in the file",
        }
        await world.ask("/api/addresses/put", address, self.headers)

    async def buy(self, sale: Sale) -> None:
        """Order, pay, and have it sent."""
        world = self.world
        order_id = world.id_of("order", sale.invoice)
        lines = [{"sku_id": str(world.skus[ware]), "quantity": units} for ware, units in sale.wares]
        wish = {
            "id": order_id,
            "lines": lines,
            "address_id": self.address_id,
            "expected_total": sale.total,
        }
        await world.ask("/api/orders/place", wish, self.headers)
        pay_id = world.id_of("pay", sale.invoice)
        pay = {"id": pay_id, "order_id": order_id, "channel": "jsapi"}
        payable = await world.ask("/api/orders/pay", pay, self.headers)
        sheet = {"request_payment": payable["parameters"]["request_payment"]}
        (await world.simulator.post("/simulator/pay", json=sheet)).raise_for_status()
        returned = await world.ask("/api/orders/paid", {"order_id": order_id}, self.headers)
        if not returned["paid"]:
            raise DoorShut(f"{sale.invoice} was paid and is not")
        ship = {
            "id": world.id_of("ship", sale.invoice),
            "order_id": order_id,
            "carrier": CARRIER,
            "tracking": sale.invoice,
        }
        await world.ask("/api/staff/orders/ship", ship, world.staff)
        world.done["orders"] += 1
        world.done["lines"] += len(sale.wares)

    async def send_back(self, deed: Cancellation) -> None:
        """Ask for the money of some lines; staff agree and put the goods back on the shelf."""
        world = self.world
        case_id = world.id_of("aftersale", deed.invoice, deed.sale.invoice)
        wish = {
            "id": case_id,
            "order_id": world.id_of("order", deed.sale.invoice),
            "kind": "refund_only",
            "lines": [
                {"number": number, "quantity": units} for number, units in deed.units.items()
            ],
            "reason": "cancelled",
            "note": deed.invoice,
        }
        await world.ask("/api/aftersale/ask", wish, self.headers)
        yes = {
            "id": world.id_of("agree", deed.invoice, deed.sale.invoice),
            "case_id": case_id,
            "restock": True,
        }
        await world.ask("/api/staff/aftersale/approve", yes, world.staff)
