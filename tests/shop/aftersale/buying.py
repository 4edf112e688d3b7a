"""Orders that were paid, for the tests of what comes after; and whoever pays them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from shopping import House

from frontline.engine.engine import new_id
from frontline.kernel.words import Fen, MemberId, OrderId, SkuId, StaffId
from frontline.shop.order.messages import Placed, PlaceOrder, ReceiveOrder, ShipOrder, Wanted
from frontline.shop.payment.book import out_trade_no
from frontline.shop.payment.messages import Settle, Settled, StartPayment
from frontline.shop.payment.providers import Providers
from frontline.web.session import Role
from frontline.wechat.provider import Channel, RefundRequest, RefundState, RefundStatus

STAFF = StaffId(UUID(int=77))


class Bank:
    """Pays back at once, once it is told to; until then it is thinking about it."""

    def __init__(self) -> None:
        self.pays = True
        self.asked: list[RefundRequest] = []

    async def refund(self, request: RefundRequest) -> RefundStatus:
        self.asked.append(request)
        state = RefundState.REFUNDED if self.pays else RefundState.PROCESSING
        return RefundStatus(out_refund_no=request.out_refund_no, state=state, mchid="m")

    def services(self) -> dict[type, Any]:
        return {Providers: Providers(lambda _: self)}  # type: ignore[arg-type,return-value]


async def bought(
    at: House,
    wanted: Sequence[tuple[UUID, int]],
    member_id: UUID,
    *,
    address_id: UUID | None = None,
    claim_id: UUID | None = None,
    order_id: OrderId | None = None,
) -> OrderId:
    """An order, paid and ready to be sent; by whoever works here."""
    await at.hire(Role.OWNER, STAFF)
    order_id = order_id or OrderId(new_id())
    placed = await at.submit(
        PlaceOrder(
            id=order_id,
            member_id=MemberId(member_id),
            wanted=tuple(Wanted(SkuId(sku_id), units) for sku_id, units in wanted),
            address_id=address_id,
            claim_id=claim_id,
        )
    )
    assert isinstance(placed, Placed), placed
    if placed.total:
        await pay(at, order_id, MemberId(member_id), placed.total)
    return order_id


async def pay(at: House, order_id: OrderId, member_id: MemberId, total: Fen) -> None:
    await at.submit(
        StartPayment(
            id=new_id(),
            order_id=order_id,
            member_id=member_id,
            channel=Channel.H5,
            currency="CNY",
        )
    )
    settled = await at.submit(
        Settle(
            id=new_id(),
            out_trade_no=out_trade_no(order_id),
            transaction_id=str(uuid4()),
            amount=total,
            currency="CNY",
            payer=None,
            paid_at=at.clock[0],
        )
    )
    assert isinstance(settled, Settled), settled


async def ship(at: House, order_id: OrderId, *contents: tuple[int, int]) -> None:
    parcel = ShipOrder(
        id=new_id(), order_id=order_id, staff_id=STAFF, carrier="SF", tracking="1",
        contents=contents,
    )  # fmt: skip
    assert not hasattr(await at.submit(parcel), "refusal")


async def receive(at: House, order_id: OrderId, member_id: UUID) -> None:
    wish = ReceiveOrder(id=new_id(), order_id=order_id, member_id=MemberId(member_id))
    assert not hasattr(await at.submit(wish), "refusal")


async def state_of(at: House, order_id: UUID) -> str:
    return await at.sql.fetchval("SELECT state FROM shop_order WHERE id = $1", order_id)


async def stock_of(at: House, sku_id: UUID) -> tuple[int, int]:
    """Units on hand, units sold."""
    row = await at.sql.fetchrow("SELECT on_hand, sold FROM stock WHERE sku_id = $1", sku_id)
    return row["on_hand"], row["sold"]
