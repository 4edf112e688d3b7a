"""How the desk calls what becomes of money."""

from __future__ import annotations

from collections.abc import Mapping

from frontline.kernel.text import Words
from frontline.shop.payment.book import RefundState
from frontline.web.listing import Badge

REFUNDS: Mapping[str, Badge] = {
    RefundState.ASKED: Badge(Words("退款中", "On its way"), "blue"),
    RefundState.DONE: Badge(Words("已到账", "Arrived"), "green"),
    RefundState.ABNORMAL: Badge(Words("退款异常", "Something went wrong"), "red"),
}
CHANNELS: Mapping[str, Words] = {
    "jsapi": Words("小程序", "Mini program"),
    "h5": Words("手机网页", "Mobile web"),
}
WHY: Mapping[str, Words] = {
    "cancelled by the shop": Words("商家取消订单", "Cancelled by the shop"),
    "unknown order": Words("没有对应的订单", "Of no order"),
    "wrong amount": Words("金额与订单不符", "Not the amount asked for"),
    "paid twice": Words("重复支付", "Paid twice"),
    "paid after it was closed": Words("订单关闭后才付款", "Paid after it was closed"),
    "late pay": Words("付款太晚", "Paid too late"),
    "cancelled": Words("售后：不想要了", "After-sale: no longer wanted"),
    "damaged": Words("售后：商品破损", "After-sale: damaged"),
    "wrong_item": Words("售后：发错商品", "After-sale: wrong item"),
    "not_as_described": Words("售后：与描述不符", "After-sale: not as described"),
    "missing": Words("售后：少发、漏发", "After-sale: something is missing"),
    "too_late": Words("售后：迟迟未收到", "After-sale: it came too late"),
    "other": Words("售后：其他原因", "After-sale: another reason"),
}


def why(reason: str) -> Words:
    return WHY.get(reason, Words(reason, reason))


def channel(of: str) -> Words:
    return CHANNELS.get(of, Words(of, of))
