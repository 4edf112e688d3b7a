"""Authority: how the matrix is edited, and what is answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.authority import Action
from frontline.kernel.seen import ChangedSince
from frontline.kernel.text import Text, Texts, Words
from frontline.kernel.words import Command, NoEffect, StaffId

DepartmentId = NewType("DepartmentId", UUID)
PositionId = NewType("PositionId", UUID)
AbsenceId = NewType("AbsenceId", UUID)


class DepartmentKind(StrEnum):
    ECOMMERCE = "ecommerce"
    PURCHASING = "purchasing"
    PRODUCTION = "production"
    MARKETING = "marketing"
    FINANCE = "finance"
    SERVICE = "service"
    WAREHOUSE = "warehouse"


class ReviewKind(StrEnum):
    DISCOUNT = "discount"
    STOCK = "stock"
    FINANCE = "finance"
    LAW = "law"


class OnDeadline(StrEnum):
    """What becomes of a proposal that nobody decided in time. Silence is never a yes."""

    LAPSE = "lapse"
    REFUSE = "refuse"


ACTION_WORDS = {
    Action.DISCOUNT: Words("优惠让利", "Discount"),
    Action.PRICE_CHANGE: Words("商品改价", "Price change"),
    Action.CAMPAIGN: Words("活动投入", "Campaign"),
    Action.STOCK_CLAIM: Words("占用库存", "Stock claim"),
    Action.REFUND: Words("退款", "Refund"),
    Action.COMPENSATION: Words("客户补偿", "Compensation"),
    Action.AD_SPEND: Words("广告投放", "Ad spend"),
    Action.PURCHASE: Words("采购", "Purchase"),
    Action.HIRE: Words("用人", "Hire"),
}
DEPARTMENT_WORDS = {
    DepartmentKind.ECOMMERCE: Words("电商", "E-commerce"),
    DepartmentKind.PURCHASING: Words("采购", "Purchasing"),
    DepartmentKind.PRODUCTION: Words("生产研发", "Production and R&D"),
    DepartmentKind.MARKETING: Words("市场", "Marketing"),
    DepartmentKind.FINANCE: Words("财务", "Finance"),
    DepartmentKind.SERVICE: Words("客服", "Customer service"),
    DepartmentKind.WAREHOUSE: Words("仓库", "Warehouse"),
}
REVIEW_WORDS = {
    ReviewKind.DISCOUNT: Words("折扣审核", "Discount review"),
    ReviewKind.STOCK: Words("库存审核", "Stock review"),
    ReviewKind.FINANCE: Words("财务审核", "Finance review"),
    ReviewKind.LAW: Words("合规审核", "Legal review"),
}

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public."""

    OWNERS_ONLY = "owners_only"
    DEPARTMENT_UNKNOWN = "department_unknown"
    POSITION_UNKNOWN = "position_unknown"
    STAFF_UNKNOWN = "staff_unknown"
    ABSENCE_UNKNOWN = "absence_unknown"
    NAME_TAKEN = "name_taken"
    ABSENCE_TIMES = "absence_times"
    OWN_SUBSTITUTE = "own_substitute"
    LIMITS_UNORDERED = "limits_unordered"
    OWNER_DECIDES_ABOVE = "owner_decides_above"
    REVIEWED_TWICE = "reviewed_twice"
    RESERVE_TOO_LONG = "reserve_too_long"


TEXTS: Texts = {
    Refusal.OWNERS_ONLY: Text(
        "只有店主可以调整授权，请联系店主", "Only an owner may change authority; ask one", 403
    ),
    Refusal.DEPARTMENT_UNKNOWN: Text(
        "部门不存在，请重新选择", "There is no such department; choose another", 404
    ),
    Refusal.POSITION_UNKNOWN: Text(
        "岗位不存在，请重新选择", "There is no such position; choose another", 404
    ),
    Refusal.STAFF_UNKNOWN: Text(
        "员工不存在或已离职，请重新选择", "There is no such colleague; choose another", 404
    ),
    Refusal.ABSENCE_UNKNOWN: Text("请假记录不存在", "There is no such absence", 404),
    Refusal.NAME_TAKEN: Text("已有同名的，请换个名称", "This name is taken; choose another"),
    Refusal.ABSENCE_TIMES: Text(
        "结束时间要晚于开始时间和现在", "It must end after its start and after now", 400
    ),
    Refusal.OWN_SUBSTITUTE: Text(
        "不能由本人代理本人，请选择其他同事", "Nobody stands in for himself; choose another", 400
    ),
    Refusal.LIMITS_UNORDERED: Text(
        "单次额度不能大于每日额度，每日额度不能大于每月额度",
        "What is allowed at once must not be above the day's, nor that above the month's",
        400,
    ),
    Refusal.OWNER_DECIDES_ABOVE: Text(
        "额度超过了须由店主决定的金额，请调低额度，或先调高该金额",
        "Above what is reserved for the owner; lower the limit, or raise the reserve first",
    ),
    Refusal.RESERVE_TOO_LONG: Text(
        "留给店主的时间要短于审批时限",
        "The owner's reserve must be shorter than the time to decide",
        400,
    ),
    Refusal.REVIEWED_TWICE: Text("同一种审核只能选一次", "Choose each review once", 400),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class Arranged(msgspec.Struct, frozen=True, tag=True):
    """The matrix is now so; `id` is of what was put."""

    id: UUID


class Unchanged(NoEffect, frozen=True, tag=True):
    """It was so already."""


Kept = Arranged | Unchanged | Refused
Outcome = Kept | ChangedSince

# -- Asked: by an owner -------------------------------------------------------------------


class PutDepartment(Command[Kept], frozen=True, tag=True):
    """A new one, which takes the command's id, or one there is."""

    department_id: DepartmentId | None
    name: str
    kind: DepartmentKind
    staff_id: StaffId


class PutPosition(Command[Kept], frozen=True, tag=True):
    """A new one, which takes the command's id, or one there is."""

    position_id: PositionId | None
    department_id: DepartmentId
    name: str
    staff_id: StaffId


class PutPerson(Command[Outcome], frozen=True, tag=True):
    """Somebody takes a position, or leaves it; and who is asked when they are silent."""

    person_id: StaffId
    position_id: PositionId | None
    deputy_id: StaffId | None
    staff_id: StaffId
    seen: str = ""  # `kernel.seen`; "": whatever it is now.


class PutAbsence(Command[Arranged | Refused], frozen=True, tag=True):
    """Somebody will be away; meanwhile the substitute has their authority. Takes the id."""

    person_id: StaffId
    starts_at: datetime
    ends_at: datetime
    substitute_id: StaffId | None
    staff_id: StaffId


class EndAbsence(Command[Kept], frozen=True, tag=True):
    """They are back, or never left."""

    absence_id: AbsenceId
    staff_id: StaffId


class SetLimit(Command[Outcome], frozen=True, tag=True):
    """What a position may decide alone, in the unit of the action. 0 at once: nothing."""

    position_id: PositionId
    action: Action
    alone_max: int
    day_max: int | None  # None: no more than at once, as often as need be.
    month_max: int | None
    staff_id: StaffId
    seen: str = ""


class SetPolicy(Command[Outcome], frozen=True, tag=True):
    """What happens to what goes beyond a limit."""

    action: Action
    reviews: tuple[ReviewKind, ...]
    parallel: bool
    delegated: bool  # False: an owner decides all of it.
    decider_id: PositionId | None  # Asked first, if they may; None: whoever may just about.
    reserve_hours: int  # So long before the deadline an owner is asked.
    answer_hours: int  # Time to decide, where nothing outside sets a deadline.
    owner_above: int | None  # More than this no limit may reach. None: no such bound.
    on_deadline: OnDeadline
    staff_id: StaffId
    seen: str = ""


class SetReviewer(Command[Kept], frozen=True, tag=True):
    kind: ReviewKind
    position_id: PositionId
    staff_id: StaffId


Request = (
    PutDepartment
    | PutPosition
    | PutPerson
    | PutAbsence
    | EndAbsence
    | SetLimit
    | SetPolicy
    | SetReviewer
)
