"""Coupons: what may be asked, and what is answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.authority import Held
from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Fen, MemberId, NoEffect, StaffId
from frontline.shop.member.messages import MEMBER_UNKNOWN

# -- Words ------------------------------------------------------------------------------

CouponId = NewType("CouponId", UUID)
ClaimId = NewType("ClaimId", UUID)


class Kind(StrEnum):
    AMOUNT = "amount"  # `value` minor units off.
    PERCENT = "percent"  # `value` basis points off, at most `cap` minor units.


class Scope(StrEnum):
    ALL = "all"
    PRODUCTS = "products"
    CATEGORIES = "categories"


class UseRefusal(StrEnum):
    """Why a claim does not lower the price of an order."""

    COUPON_UNKNOWN = "coupon_unknown"
    COUPON_USED = "coupon_used"
    COUPON_EXPIRED = "coupon_expired"
    COUPON_NOT_YET = "coupon_not_yet"
    COUPON_OUT_OF_SCOPE = "coupon_out_of_scope"
    COUPON_BELOW_THRESHOLD = "coupon_below_threshold"


USE_TEXTS: Texts = {
    UseRefusal.COUPON_UNKNOWN: Text("优惠券不存在", "There is no such coupon", 404),
    UseRefusal.COUPON_USED: Text("优惠券已被使用", "The coupon is used already"),
    UseRefusal.COUPON_EXPIRED: Text("优惠券已过期", "The coupon has expired"),
    UseRefusal.COUPON_NOT_YET: Text("优惠券还未到使用时间", "The coupon may not be used yet"),
    UseRefusal.COUPON_OUT_OF_SCOPE: Text(
        "优惠券不适用于所选商品", "The coupon is not for these products"
    ),
    UseRefusal.COUPON_BELOW_THRESHOLD: Text(
        "未达到优惠券的使用门槛", "Not enough for the coupon yet"
    ),
}


# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    COUPON_UNKNOWN = "coupon_unknown"
    CLAIM_NOT_YET = "claim_not_yet"
    CLAIM_ENDED = "claim_ended"
    COUPON_STOPPED = "coupon_stopped"
    COUPONS_GONE = "coupons_gone"
    CLAIM_LIMIT_REACHED = "claim_limit_reached"
    MEMBER_UNKNOWN = "member_unknown"
    COUPON_WORTH_INVALID = "coupon_worth_invalid"
    COUPON_SCOPE_INVALID = "coupon_scope_invalid"
    COUPON_WINDOW_INVALID = "coupon_window_invalid"


TEXTS: Texts = {
    Refusal.COUPON_UNKNOWN: Text("优惠券不存在", "There is no such coupon", 404),
    Refusal.CLAIM_NOT_YET: Text(
        "优惠券还没开始领取，请稍后再来", "It cannot be claimed yet; come back later"
    ),
    Refusal.CLAIM_ENDED: Text("优惠券领取已结束", "It can no longer be claimed"),
    Refusal.COUPON_STOPPED: Text("优惠券已停止发放", "It is no longer given out"),
    Refusal.COUPONS_GONE: Text("优惠券已被领完，下次早点来", "All of them are claimed"),
    Refusal.CLAIM_LIMIT_REACHED: Text(
        "您已领取过该优惠券，请在“我的优惠券”中查看", "You have claimed it; look among your coupons"
    ),
    Refusal.MEMBER_UNKNOWN: MEMBER_UNKNOWN,
    Refusal.COUPON_WORTH_INVALID: Text(
        "优惠设置有误：减免金额不能超过使用门槛，折扣不能超过 100%，封顶金额只用于折扣券",
        "No more off than the threshold, no more than 100 %, and a cap only with a percentage",
        400,
    ),
    Refusal.COUPON_SCOPE_INVALID: Text(
        "适用范围有误：指定商品或分类时请至少选择一个，全场通用时不用选择",
        "Name at least one product or category; for everything name none",
        400,
    ),
    Refusal.COUPON_WINDOW_INVALID: Text(
        "时间设置有误：开始要早于结束，领取结束不能晚于使用结束，使用结束要晚于现在",
        "Begin before the end, end claiming before using ends, and end using after now",
        400,
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class CouponCreated(msgspec.Struct, frozen=True, tag=True):
    coupon_id: CouponId


class CouponStopped(msgspec.Struct, frozen=True, tag=True):
    coupon_id: CouponId


class Claimed(msgspec.Struct, frozen=True, tag=True):
    claim_id: ClaimId
    coupon_id: CouponId


Outcome = CouponCreated | CouponStopped | Claimed | Refused | Held

# -- Asked ----------------------------------------------------------------------------


class CreateCoupon(Command[CouponCreated | Refused | Held], frozen=True, tag=True):
    """A new coupon, which takes the command's id. What it promises never changes."""

    name: str
    kind: Kind
    value: int  # Minor units off, or basis points off.
    cap: Fen | None
    threshold: Fen
    scope: Scope
    scope_ids: tuple[UUID, ...]
    issued_max: int | None
    per_member_max: int
    claim_from: datetime
    claim_until: datetime
    usable_from: datetime
    usable_until: datetime
    staff_id: StaffId


class StopCoupon(Command[CouponStopped | Refused], frozen=True, tag=True):
    coupon_id: CouponId


class ClaimCoupon(Command[Claimed | Refused], frozen=True, tag=True):
    """By the member. The claim takes the command's id."""

    coupon_id: CouponId
    member_id: MemberId


class GrantCoupon(Command[Claimed | Refused | Held], frozen=True, tag=True):
    """By staff: outside the claiming window and the member's limit, within the total."""

    coupon_id: CouponId
    member_id: MemberId
    staff_id: StaffId


Request = CreateCoupon | StopCoupon | ClaimCoupon | GrantCoupon
