"""Windows of platforms, signed up for in time or not; and what departments ask of each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from frontline.company.request.messages import (
    AskDepartment,
    DeclineRequest,
    DepartmentId,
    KeepRequest,
    PromiseRequest,
    RequestId,
)
from frontline.company.window.messages import Facts, PutWindow, SignUp, SkipWindow, WindowId
from frontline.demo.year.trade import often
from frontline.kernel.authority import Action
from frontline.kernel.words import Fen

if TYPE_CHECKING:
    from frontline.demo.year.acting import Acting

_HOUR = timedelta(hours=1)
_PLATFORMS = ("抖音商城", "小红书商城", "视频号小店", "快手小店", "有赞商城")
_EVENTS = ("好物节", "零食会场", "下午茶专场", "送礼季", "宠粉日", "开学季", "新品首发")
_WANTS = (
    *("补拍新品主图", "核对上月优惠券核销", "大促前备货 300 盒", "破损率太高，换气泡膜"),
    *("三天内回复平台质检函", "生日会定制样品", "退款到账延迟，请查", "下周直播排班"),
)
_WHY_NOT = ("毛利不够，这次不去", "库存备不出来", "时间太赶，下次提前说", "人手排不开")


def window(acting: Acting, closes_at: datetime) -> None:
    random, by = acting.random, acting.random.choice(acting.staff)
    put_at = acting.in_hours(closes_at - timedelta(days=random.uniform(2, 9)))
    margin = Fen(random.randrange(80, 900) * 10_000)
    facts = Facts(
        platform=random.choice(_PLATFORMS),
        title=f"{closes_at.month} 月{random.choice(_EVENTS)}",
        closes_at=closes_at,
        conditions="近 30 天好评率 98% 以上，活动价为近 30 天最低",
        places=random.choice((None, 20, 50)),
        starts_on=(closes_at + timedelta(days=3)).date(),
        ends_on=(closes_at + timedelta(days=6)).date(),
        expected_margin=margin,
        margin_how="按上次同类活动的毛利",
    )
    put = PutWindow(id=acting.id(put_at), staff_id=by, facts=facts)
    window_id = WindowId(put.id)
    acting.windows[window_id] = facts
    acting.stage.at(put_at, put)
    at = put_at + _HOUR * random.uniform(1, 30)
    if closes_at > acting.deeds.now or often(random, 0.08):  # Still open, or forgotten.
        return
    if often(random, 0.12):
        reason = random.choice(_WHY_NOT)
        skip = SkipWindow(id=acting.id(at), window_id=window_id, staff_id=by, reason=reason)
        acting.stage.at(at, skip)
        return
    sign_up = SignUp(
        id=acting.id(at),
        window_id=window_id,
        staff_id=by,
        discount_bp=random.choice((1_000, 1_500, 2_000)),
        stock_units=random.randrange(10, 60) * 10,
        cost=Fen(acting.beyond(by, Action.CAMPAIGN, at, random.randrange(20, 90) * 10_000)),
        note="毛利够，库存够，名额少",
    )
    acting.stage.at(at, sign_up)


def request(acting: Acting, at: datetime) -> None:
    random = acting.random
    department_id = DepartmentId(random.choice(sorted(acting.seen.departments.rows())))
    inside = [who for who in acting.staff if acting.place(who) == department_id]
    by = random.choice([who for who in acting.staff if who not in inside] or acting.staff)
    answers = random.choice(inside or [acting.owner])
    wanted_by = at + timedelta(days=random.uniform(1, 7))
    asked = AskDepartment(
        id=acting.id(at),
        staff_id=by,
        department_id=department_id,
        what=random.choice(_WANTS),
        wanted_by=wanted_by,
    )
    acting.stage.at(at, asked)
    request_id = RequestId(asked.id)
    how = random.random()
    soon = at + _HOUR * random.uniform(0.5, 20)
    if how < 0.06:  # noqa: PLR2004
        why = random.choice(_WHY_NOT)
        acting.stage.at(
            soon,
            DeclineRequest(id=acting.id(soon), request_id=request_id, staff_id=answers, reason=why),
        )
        return
    promised = wanted_by
    if how < 0.85:  # noqa: PLR2004
        promised = max(wanted_by, soon + _HOUR) + timedelta(days=random.choice((0, 0, 1)))
        promise = PromiseRequest(
            id=acting.id(soon), request_id=request_id, staff_id=answers, by=promised
        )
        acting.stage.at(soon, promise)
    kept_at = promised + _HOUR * random.uniform(-20, 6)  # Sometimes too late.
    kept = KeepRequest(id=acting.id(at), request_id=request_id, staff_id=answers)
    acting.stage.at(max(kept_at, soon + _HOUR / 2), kept)
