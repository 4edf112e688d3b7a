"""People with phones, for the tests of sharing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from shop.aftersale.buying import bought
from shopping import House

from frontline.engine.engine import new_id
from frontline.kernel.words import OrderId
from frontline.shop.order.messages import CancelOrder


@dataclass
class Friend:
    at: House
    name: str
    visitor: str = field(default_factory=lambda: str(uuid4()))
    token: str = ""
    id: UUID = UUID(int=0)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.at.post(path, self.token, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def joins(self) -> None:
        """Signs in for the first time, which is when the storefront binds."""
        await self.signs_in()
        await self.binds()

    async def signs_in(self) -> None:
        signed = (await self.at.post("/api/login/wechat", code=self.name)).json()
        self.token, self.id = signed["token"], UUID(signed["member_id"])

    async def binds(self) -> bool:
        return (await self.post("/api/share/bind", visitor=self.visitor))["brought"]

    async def shares(self, target: object, kind: str = "product", channel: str = "friend") -> str:
        wish = {"kind": kind, "target": str(target), "channel": channel}
        return (await self.post("/api/share/make", visitor=self.visitor, **wish))["code"]

    async def opens(self, code: str) -> dict[str, Any]:
        return await self.post("/api/share/open", visitor=self.visitor, code=code)

    async def buys(self, sku_id: UUID) -> OrderId:
        return await bought(self.at, [(sku_id, 1)], self.id)

    async def mine(self, **query: Any) -> dict[str, Any]:
        return (await self.at.get("/api/share/mine", self.token, **query)).json()


async def money_back(at: House, order_id: OrderId) -> None:
    """All of it, by staff."""
    wish = CancelOrder(id=new_id(), order_id=order_id, actor_id=await at.hire(), by_staff=True)
    assert not hasattr(await at.submit(wish), "refusal")


async def product_of(at: House, sku_id: UUID) -> UUID:
    return await at.sql.fetchval("SELECT product_id FROM sku WHERE id = $1", sku_id)


async def brought_by(at: House, friend: Friend) -> UUID | None:
    return await at.sql.fetchval("SELECT sharer_id FROM share_bind WHERE member_id = $1", friend.id)
