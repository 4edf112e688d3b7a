"""How the desk calls what becomes of an after-sale case."""

from __future__ import annotations

from collections.abc import Mapping

from frontline.kernel.text import Words
from frontline.shop.aftersale.messages import Kind, Reason, State
from frontline.web.listing import Badge

KINDS: Mapping[str, Words] = {
    Kind.REFUND_ONLY: Words("仅退款", "Refund only"),
    Kind.RETURN_REFUND: Words("退货退款", "Return and refund"),
}
STATES: Mapping[str, Badge] = {
    State.ASKED: Badge(Words("待处理", "To be answered"), "orange"),
    State.APPROVED: Badge(Words("待买家寄回", "Buyer sends it back"), "blue"),
    State.SENT_BACK: Badge(Words("待收货", "On its way back"), "orange"),
    State.RECEIVED: Badge(Words("已收到退货", "Received"), "blue"),
    State.REFUNDING: Badge(Words("退款中", "Being refunded"), "blue"),
    State.REFUNDED: Badge(Words("已退款", "Refunded"), "green"),
    State.REFUSED: Badge(Words("已拒绝", "Refused"), "secondary"),
    State.WITHDRAWN: Badge(Words("买家已撤销", "Withdrawn"), "secondary"),
}
STEPS: Mapping[State, Words] = {
    State.ASKED: Words("提交申请", "Asked"),
    State.APPROVED: Words("同意申请", "Agreed"),
    State.SENT_BACK: Words("寄回商品", "Sent back"),
    State.RECEIVED: Words("收到退货", "Received"),
    State.REFUNDING: Words("开始退款", "Refund begun"),
    State.REFUNDED: Words("退款到账", "The money is back"),
    State.REFUSED: Words("拒绝申请", "Refused"),
    State.WITHDRAWN: Words("撤销申请", "Withdrawn"),
}
REASONS: Mapping[str, Words] = {
    Reason.CANCELLED: Words("不想要了", "No longer wanted"),
    Reason.DAMAGED: Words("商品破损", "It is damaged"),
    Reason.WRONG_ITEM: Words("发错商品", "Wrong item"),
    Reason.NOT_AS_DESCRIBED: Words("与描述不符", "Not as described"),
    Reason.MISSING: Words("少发、漏发", "Something is missing"),
    Reason.TOO_LATE: Words("迟迟未收到", "It came too late"),
    Reason.OTHER: Words("其他原因", "Another reason"),
}
