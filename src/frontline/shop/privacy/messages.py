"""Personal data: what may be asked, what is answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, MemberId, NoEffect
from frontline.shop.member.messages import MEMBER_UNKNOWN

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    MEMBER_UNKNOWN = "member_unknown"
    ORDERS_OPEN = "orders_open"
    REFUNDS_OPEN = "refunds_open"


TEXTS: Texts = {
    Refusal.MEMBER_UNKNOWN: MEMBER_UNKNOWN,
    Refusal.ORDERS_OPEN: Text(
        "您还有未完成的订单：待付款的请先取消或付款，其他的请等收货后再注销",
        "Orders are open: pay or cancel what is unpaid, receive what is on its way; then erase",
    ),
    Refusal.REFUNDS_OPEN: Text(
        "您还有处理中的售后或退款，请等退款到账（或撤销售后申请）后再注销",
        "A refund is under way: wait until the money is back, or withdraw the case, then erase",
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal
    open: int | None = None  # How many orders, or cases and refunds.


class Erased(msgspec.Struct, frozen=True, tag=True):
    """The person is gone from the shop's records; all sessions end."""

    at: datetime


Outcome = Erased | Refused

# -- Asked ----------------------------------------------------------------------------


class EraseMember(Command[Erased | Refused], frozen=True, tag=True):
    """Forget who this member is. Orders and money stay, as books must."""

    member_id: MemberId


Request = EraseMember
