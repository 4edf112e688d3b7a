"""Orders that were received, and reviews of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
from shop.aftersale.buying import bought, receive, ship
from shopping import House

from frontline.engine.engine import new_id
from frontline.web.session import Role


async def member(at: House, nickname: str) -> tuple[UUID, str]:
    """A member of this name, and a token of theirs."""
    id_ = new_id()
    await at.sql.execute(
        "INSERT INTO member (shop_id, id, nickname, locale, joined_at)"
        " VALUES (1, $1, $2, 'zh', now())",
        id_, nickname,
    )  # fmt: skip
    return id_, await at.token(Role.MEMBER, id_)


async def received(at: House, member_id: UUID, *sku_ids: UUID, units: int = 1) -> UUID:
    """An order of these, bought, sent and received now."""
    order_id = await bought(at, [(sku_id, units) for sku_id in sku_ids], member_id)
    await ship(at, order_id)
    await receive(at, order_id, member_id)
    return order_id


async def write(at: House, token: str, order_id: UUID, **form: Any) -> httpx.Response:
    usual = {"id": str(new_id()), "line_number": 1, "rating": 5, "text": "好吃"}
    return await at.post("/api/reviews/write", token, order_id=str(order_id), **{**usual, **form})


async def reviewed(at: House, sku_id: UUID, nickname: str = "小满满满", **form: Any) -> str:
    """A review by a new member; its id."""
    me, token = await member(at, nickname)
    answer = await write(at, token, await received(at, me, sku_id), **form)
    assert answer.status_code == 200, answer.text
    review_id: str = answer.json()["review_id"]
    return review_id


async def staff_does(at: House, deed: str, review_id: str, **form: Any) -> httpx.Response:
    staff = await at.token(Role.STAFF)
    wish = {"id": str(new_id()), "review_id": review_id, **form}
    return await at.post(f"/api/staff/reviews/{deed}", staff, **wish)


async def product_of(at: House, sku_id: UUID) -> UUID:
    return await at.sql.fetchval("SELECT product_id FROM sku WHERE id = $1", sku_id)


async def summary(at: House, product_id: UUID) -> dict[str, Any]:
    found: dict[str, Any] = (await at.get("/api/reviews/summary", product_id=product_id)).json()
    return found


async def listed(at: House, product_id: UUID, **query: Any) -> list[dict[str, Any]]:
    """All pages."""
    items: list[dict[str, Any]] = []
    while True:
        page = (await at.get("/api/reviews/list", product_id=product_id, **query)).json()
        items += page["items"]
        if page["after"] is None:
            return items
        query["after"] = page["after"]
