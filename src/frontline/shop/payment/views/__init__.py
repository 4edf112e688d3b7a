"""Reads of payments, without locks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.words import MemberId, OrderId
from frontline.shop.payment.book import RefundState, State
from frontline.store.database import Transaction

_STATE = text("""
    SELECT p.state, p.asked_at, o.pay_until
    FROM payment AS p JOIN shop_order AS o ON o.shop_id = p.shop_id AND o.id = p.order_id
    WHERE p.shop_id = :shop_id AND p.order_id = CAST(:order_id AS uuid)
""")
_REFUND = text("""
    SELECT state FROM refund WHERE shop_id = :shop_id AND id = CAST(:refund_id AS uuid)
""")
_OPENID = text("""
    SELECT openid FROM member WHERE shop_id = :shop_id AND id = CAST(:member_id AS uuid)
""")


_OWNER = text("""
    SELECT member_id FROM shop_order WHERE shop_id = :shop_id AND id = CAST(:order_id AS uuid)
""")


class Standing(msgspec.Struct, frozen=True):
    state: State
    asked_at: datetime
    pay_until: datetime


async def standing(transaction: Transaction, order_id: OrderId) -> Standing | None:
    rows = await transaction.read(_STATE, order_id=order_id)
    return Standing(State(rows[0].state), *rows[0][1:]) if rows else None


async def is_of(transaction: Transaction, order_id: OrderId, member_id: MemberId) -> bool:
    rows = await transaction.read(_OWNER, order_id=order_id)
    return bool(rows) and rows[0].member_id == member_id


async def refund_state(transaction: Transaction, refund_id: UUID) -> RefundState | None:
    rows = await transaction.read(_REFUND, refund_id=refund_id)
    return RefundState(rows[0].state) if rows else None


async def openid_of(transaction: Transaction, member_id: MemberId) -> str | None:
    rows = await transaction.read(_OPENID, member_id=member_id)
    return rows[0].openid if rows else None
