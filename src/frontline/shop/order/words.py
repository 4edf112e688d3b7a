"""How the desk calls what becomes of an order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from frontline.kernel.text import Words
from frontline.shop.order.states import CancelReason, State
from frontline.web.listing import Badge

STATES: Mapping[str, Badge] = {
    State.CREATED: Badge(Words("待付款", "To be paid"), "yellow"),
    State.PAYING: Badge(Words("支付中", "Being paid"), "yellow"),
    State.PAID: Badge(Words("已付款 · 活动中", "Paid · in a game"), "purple"),
    State.TO_SHIP: Badge(Words("待发货", "To be sent"), "orange"),
    State.PART_SHIPPED: Badge(Words("部分发货", "Partly sent"), "orange"),
    State.SHIPPED: Badge(Words("已发货", "Sent"), "blue"),
    State.RECEIVED: Badge(Words("已收货", "Received"), "green"),
    State.DONE: Badge(Words("已完成", "Done"), "green"),
    State.CANCELLED: Badge(Words("已取消", "Cancelled"), "secondary"),
    State.REFUNDING: Badge(Words("退款中", "Being refunded"), "red"),
    State.REFUNDED: Badge(Words("已退款", "Refunded"), "secondary"),
}
STEPS: Mapping[State, Words] = {
    State.CREATED: Words("提交订单", "Placed"),
    State.PAYING: Words("发起支付", "Payment begun"),
    State.PAID: Words("支付成功", "Paid"),
    State.TO_SHIP: Words("等待发货", "To be sent"),
    State.PART_SHIPPED: Words("部分发货", "Partly sent"),
    State.SHIPPED: Words("全部发货", "All sent"),
    State.RECEIVED: Words("确认收货", "Received"),
    State.DONE: Words("交易完成", "Completed"),
    State.CANCELLED: Words("订单取消", "Cancelled"),
    State.REFUNDING: Words("开始退款", "Refund begun"),
    State.REFUNDED: Words("退款完成", "Refunded"),
}
REASONS: Mapping[CancelReason, Words] = {
    CancelReason.TIMEOUT: Words("超时未付款", "Not paid in time"),
    CancelReason.BUYER: Words("买家取消", "By the buyer"),
    CancelReason.STAFF: Words("商家取消", "By staff"),
    CancelReason.LATE_PAY: Words("付款太晚，已原路退回", "Paid too late; it went back"),
    CancelReason.GAME: Words("活动结束", "Its game ended"),
}
WHO: Mapping[str, Words] = {
    "buyer": Words("买家", "Buyer"),
    "staff": Words("店员", "Staff"),
    "clock": Words("系统（到时自动）", "The clock"),
    "money": Words("支付通知", "Payment"),
    "groupbuy": Words("拼团", "Group-buy"),
}
CARRIERS = (
    "顺丰速运",
    "中通快递",
    "圆通速递",
    "申通快递",
    "韵达快递",
    "极兔速递",
    "京东快递",
    "邮政快递",
    "德邦快递",
)
SHORT_DIGITS = 16  # Of a number: the time it was minted at, and some chance.
_DIGITS = 32
NOWHERE = UUID(int=1), UUID(int=0)  # Where no order lies.


def short(order_id: UUID) -> str:
    """The beginning of an order's number, as lists show it; orders are found by it."""
    return order_id.hex[:SHORT_DIGITS]


def meant(number: str) -> tuple[UUID, UUID]:
    """The lowest and the highest id that a number, or the beginning of one, may mean."""
    digits = number.replace("-", "").strip().lower()
    if not digits or len(digits) > _DIGITS or set(digits) - set("0123456789abcdef"):
        return NOWHERE
    return UUID(digits.ljust(_DIGITS, "0")), UUID(digits.ljust(_DIGITS, "f"))


_TRACKING = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9-]*")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
NO_TRACKING = Words(
    "运单号只能是字母、数字和短横线，请核对",
    "A tracking number is of letters, digits and hyphens; check it",
)


def tracking_of(typed: str) -> str:
    """A tracking number as carriers write it: no spaces, nothing of double width."""
    return "".join(unicodedata.normalize("NFKC", typed).split())


def is_tracking(number: str) -> bool:
    """Might a carrier have given this? Not a day, a fraction or a word of a spreadsheet."""
    return _TRACKING.fullmatch(number) is not None and _DATE.fullmatch(number) is None


def who(kind: str) -> Words:
    return WHO.get(kind, Words(kind, kind))


_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def span(of: timedelta) -> Words:
    """Rounded down: days from two on, else hours, else minutes."""
    if of >= 2 * _DAY:
        return Words(f"{of // _DAY} 天", f"{of // _DAY} days")
    if of >= _HOUR:
        return Words(f"{of // _HOUR} 小时", f"{of // _HOUR} h")
    minutes = max(1, of // _MINUTE)
    return Words(f"{minutes} 分钟", f"{minutes} min")


def until(due_at: datetime, now: datetime) -> Words:
    """How long there still is, or how late it is."""
    if now > due_at:
        late = span(now - due_at)
        return Words(f"已超 {late.zh}", f"{late.en} late")
    left = span(due_at - now)
    return Words(f"还剩 {left.zh}", f"{left.en} left")
