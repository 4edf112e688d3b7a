"""A cast that plays much and pays well: most seats of its stories are paid for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import company.authority.story as authority
import games.groupbuy.story as groupbuy
import scenery
import shop.aftersale.story as aftersale
import shop.checkout.story as checkout
import shop.coupon.story as coupon
import shop.ledger.story as ledger
import shop.order.story as order
import shop.payment.story as payment
import shop.quote.story as quote
import shop.stock.story as stock

from frontline.games.groupbuy.feature import CAMPAIGNS, EXPIRING, QUOTING, SEATING
from frontline.house import assembled
from frontline.kernel.words import Command
from frontline.shop.order.book import OrderKeys
from frontline.shop.order.feature import MOVING
from frontline.shop.order.messages import ExpireOrder
from frontline.shop.order.states import UNPAID, CancelReason
from frontline.shop.order.states import State as OrderState
from frontline.shop.payment.book import PaymentKeys, State, out_trade_no
from frontline.shop.payment.feature import PAYING
from frontline.shop.payment.messages import EndPayment, Settle, StartPayment
from frontline.testing.memory import World
from frontline.testing.story import Cast, Part
from frontline.wechat.provider import Channel


def pay(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    """Begin, go through with it, or be too late; now and then whatever else there is."""
    orders = world.book(OrderKeys).orders.rows()
    payments = world.book(PaymentKeys).payments.rows()
    begun = [i for i, one in payments.items() if one.state in {State.PENDING, State.CLOSING}]
    fresh = [
        one.id for one in orders.values() if one.state is OrderState.CREATED and now < one.pay_until
    ]
    if chance.random() < 0.1 or not (begun or fresh):
        return payment.pay(chance, world, now, id_)
    if fresh and (not begun or chance.random() < 0.5):
        one = orders[chance.choice(fresh)]
        return StartPayment(
            id=id_, order_id=one.id, member_id=one.member_id, channel=Channel.H5, currency="CNY"
        )
    order_id = chance.choice(begun)
    if payments[order_id].state is State.CLOSING and chance.random() < 0.5:
        return EndPayment(id=id_, order_id=order_id, reason=CancelReason.TIMEOUT)
    return Settle(
        id=id_,
        out_trade_no=out_trade_no(order_id),
        transaction_id=f"{order_id}-a",
        amount=payments[order_id].asked,
        currency="CNY",
        payer=None,
        paid_at=now,
    )


def move(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    orders = world.book(OrderKeys).orders.rows().values()
    late = [one.id for one in orders if one.state in UNPAID and now >= one.pay_until]
    if late and chance.random() < 0.7:
        return ExpireOrder(id=id_, order_id=chance.choice(late))
    return order.move(chance, world, now, id_)


CAST = Cast(
    assembled().library,
    (
        scenery.PART,
        replace(authority.PART, wishes=()),
        stock.PART,
        ledger.PART,
        replace(coupon.PART, wishes=()),
        replace(aftersale.PART, weight=1),
        replace(order.PART, wishes=((MOVING, move),), weight=2),
        replace(payment.PART, wishes=((PAYING, pay),), weight=10),
        replace(groupbuy.PART, wishes=((SEATING, groupbuy.take_seat),), weight=5),
        replace(quote.PART, wishes=()),
        replace(checkout.PART, wishes=()),
        Part(name="groupbuy quote", wishes=((QUOTING, groupbuy.quote),)),
        Part(name="groupbuy expiry", wishes=((EXPIRING, groupbuy.expire),), weight=2),
        Part(name="groupbuy campaigns", wishes=((CAMPAIGNS, groupbuy.manage),), weight=2),
    ),
)
