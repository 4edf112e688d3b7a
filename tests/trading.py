"""What journeys through the trade's pages begin with: something was bought, somebody has limits."""

from __future__ import annotations

from uuid import UUID, uuid4

from desks import Desk
from journeys import Shopper, goods
from town import Town


def shopper(desk: Desk, nickname: str = "") -> Shopper:
    """A new customer, whose address the shop has."""
    number = f"137{uuid4().int % 10**8:08}"
    token = desk.town.member(number)
    desk.town.address(token, phone=number)
    if nickname:
        desk.town.post("/api/me/change", token, id=str(uuid4()), nickname=nickname)
    return Shopper(desk, number)


def sold(desk: Desk, units: int = 1, handle: str = "checker-cookie") -> UUID:
    """An order of somebody new, paid and ready to be sent."""
    return shopper(desk).bought(goods(desk.town, handle)["skus"][0]["id"], units)


def total_of(town: Town, order_id: UUID) -> int:
    return town.row("SELECT total FROM shop_order WHERE id = $1", order_id)["total"]


def allow(town: Town, staff_id: UUID, action: str, alone_max: int) -> None:
    """They may decide so much alone."""
    department_id, position_id = uuid4(), uuid4()
    town.rows(
        "INSERT INTO authority_department VALUES ($1, $2, $3, 'service')",
        town.shop_id, department_id, department_id.hex,
    )  # fmt: skip
    town.rows(
        "INSERT INTO authority_position VALUES ($1, $2, $3, '客服')",
        town.shop_id,
        position_id,
        department_id,
    )
    town.rows(
        "INSERT INTO authority_person VALUES ($1, $2, $3)", town.shop_id, staff_id, position_id
    )
    town.rows(
        "INSERT INTO authority_limit (shop_id, position_id, action, alone_max) VALUES ($1, $2, $3, $4)",
        town.shop_id, position_id, action, alone_max,
    )  # fmt: skip
