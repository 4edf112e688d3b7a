"""What the simulator's books hold, and how WeChat words it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from frontline.wechat.pay.shapes import RefundState, TradeState

_CHINA = timezone(timedelta(hours=8))
_DESCRIPTIONS = {
    TradeState.SUCCESS: "支付成功",
    TradeState.REFUND: "转入退款",
    TradeState.NOTPAY: "订单未支付",
    TradeState.CLOSED: "订单已关闭",
}


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    out_trade_no: str
    appid: str
    mchid: str
    trade_type: str  # "JSAPI" or "MWEB", which is what WeChat calls H5.
    description: str
    amount: int
    currency: str
    openid: str | None
    notify_url: str
    created_at: datetime
    time_expire: datetime
    prepay_id: str
    prepay_until: datetime
    state: TradeState = TradeState.NOTPAY
    transaction_id: str | None = None
    paid_at: datetime | None = None


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    out_refund_no: str
    refund_id: str
    out_trade_no: str
    transaction_id: str
    amount: int
    total: int
    currency: str
    reason: str
    notify_url: str | None
    created_at: datetime
    status: RefundState = RefundState.PROCESSING
    fate: RefundState = RefundState.SUCCESS  # What it will come to.
    ended_at: datetime | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    event: str
    subject: str  # The out_trade_no or out_refund_no.
    notify_url: str
    created_at: datetime
    plaintext: str
    attempts: int = 0
    delivered: bool = False
    silenced: bool = False  # By the fault panel; never to be sent.


def rfc3339(moment: datetime) -> str:
    return moment.astimezone(_CHINA).isoformat(timespec="seconds")


def transaction_body(trade: Trade) -> dict[str, Any]:
    body: dict[str, Any] = {
        "appid": trade.appid,
        "mchid": trade.mchid,
        "out_trade_no": trade.out_trade_no,
        "trade_state": trade.state,
        "trade_state_desc": _DESCRIPTIONS[trade.state],
        "promotion_detail": [],
        "amount": {"total": trade.amount, "currency": trade.currency},
    }
    if trade.paid_at is not None:
        body |= {
            "transaction_id": trade.transaction_id,
            "trade_type": trade.trade_type,
            "bank_type": "OTHERS",
            "attach": "",
            "success_time": rfc3339(trade.paid_at),
            "payer": {"openid": trade.openid},
        }
        body["amount"] |= {"payer_total": trade.amount, "payer_currency": trade.currency}
    return body


def refund_body(refund: Refund) -> dict[str, Any]:
    body = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": refund.transaction_id,
        "out_trade_no": refund.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(refund.created_at),
        "status": refund.status,
        "funds_account": "AVAILABLE",
        "promotion_detail": [],
        "amount": {
            "total": refund.total,
            "refund": refund.amount,
            "from": [],
            "payer_total": refund.total,
            "payer_refund": refund.amount,
            "settlement_refund": refund.amount,
            "settlement_total": refund.total,
            "discount_refund": 0,
            "currency": refund.currency,
        },
    }
    if refund.status is RefundState.SUCCESS and refund.ended_at is not None:
        body["success_time"] = rfc3339(refund.ended_at)
    return body


def refund_happening(refund: Refund, mchid: str) -> dict[str, Any]:
    body = {
        "mchid": mchid,
        "transaction_id": refund.transaction_id,
        "out_trade_no": refund.out_trade_no,
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "refund_status": refund.status,
        "user_received_account": "支付用户零钱",
        "amount": {
            "total": refund.total,
            "refund": refund.amount,
            "payer_total": refund.total,
            "payer_refund": refund.amount,
        },
    }
    if refund.status is RefundState.SUCCESS and refund.ended_at is not None:
        body["success_time"] = rfc3339(refund.ended_at)
    return body
