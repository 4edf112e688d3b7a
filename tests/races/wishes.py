"""What crowds wish for."""

from __future__ import annotations

from typing import Any

from races.crowds import crowd, told
from scenery import GOODS, PLAIN, uid

from frontline.kernel.words import Command, MemberId, OrderId
from frontline.shop.order.messages import PlaceOrder, Wanted
from frontline.shop.payment.book import out_trade_no
from frontline.shop.payment.messages import Settle, StartPayment
from frontline.testing.story import BEGIN
from frontline.wechat.provider import Channel


def order_id(process: int, number: int) -> OrderId:
    return OrderId(uid(50 + process, number))


def buys(process: int, count: int, waves: int = 6, **terms: Any) -> list[list[Command[Any]]]:
    """Small waves, so that the processes meet at the row again and again."""
    usual = {"wanted": (Wanted(PLAIN, 1),)}
    wishes: list[Command[Any]] = [
        PlaceOrder(id=order_id(process, n), **{"member_id": MemberId(uid(40, n)), **usual, **terms})
        for n in range(count)
    ]
    return [wishes[n::waves] for n in range(waves)]


def starts(order_ids: list[OrderId], member_of: Any) -> list[Command[Any]]:
    return [
        StartPayment(
            id=uid(60, n), order_id=one, member_id=member_of(n), channel=Channel.H5, currency="CNY"
        )
        for n, one in enumerate(order_ids)
    ]


def notice(process: int, n: int, one: OrderId, transaction: str = "", amount: int = 0) -> Settle:
    return Settle(
        id=uid(70 + process, n),
        out_trade_no=out_trade_no(one),
        transaction_id=transaction or f"wx-{one}",
        amount=amount or GOODS[PLAIN].price,
        currency="CNY",
        payer=None,
        paid_at=BEGIN,
    )


def paying(url: str, count: int) -> list[OrderId]:
    """So many orders for which payment was begun."""
    order_ids = [order_id(0, n) for n in range(count)]
    members = [MemberId(uid(40, n)) for n in range(count)]
    heard = crowd(url, [*buys(0, count, waves=1), starts(order_ids, lambda n: members[n])])
    assert told([heard]) == {"Placed": count, "PaymentStarted": count}
    return order_ids
