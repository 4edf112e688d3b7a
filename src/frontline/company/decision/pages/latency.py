"""Decision latency by week, what was missed and what it cost; and what could be delegated."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.company.authority.messages import ACTION_WORDS, PositionId, SetLimit
from frontline.company.decision.pages.said import amount, span
from frontline.company.decision.views.advice import advice, raised
from frontline.company.decision.views.latency import Latency, latency
from frontline.company.decision.views.waiting import PART_WORDS
from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.web.door import Who
from frontline.web.pages import (
    Answer,
    DeskVisit,
    Done,
    Group,
    Menu,
    Nothing,
    View,
    action,
    page,
)
from frontline.web.shell import WHOLE

WEEK = timedelta(days=7)
TREND_WEEKS = 12
_HOUR = timedelta(hours=1)


class LatencyForm(msgspec.Struct, frozen=True):
    week: date | None = None  # Any day of it; None: this week.


async def _latency(visit: DeskVisit, form: LatencyForm) -> Answer:
    """How long decisions took in a week, and what waiting has cost."""
    shop, now = visit.shop, visit.opened.now()
    today = shop.day(now)
    day = form.week or today
    monday = day - timedelta(days=day.weekday())
    since, before = shop.begins(monday), shop.begins(monday + WEEK)
    trend_since = shop.begins(monday - (TREND_WEEKS - 1) * WEEK)
    async with visit.opened.database.transaction(visit.shop_id) as t:
        found = await latency(t, since, before, trend_since, shop.timezone)
    this = next((one for one in found.weeks if one.monday == monday), None)
    values = {
        "found": found,
        "this": this,
        "monday": monday,
        "sunday": monday + WEEK - timedelta(days=1),
        "earlier": monday - WEEK,
        "later": monday + WEEK if monday + WEEK <= today else None,
        "span": span,
        "steps": PART_WORDS,
        "actions": ACTION_WORDS,
        **_trend(visit, found, monday),
    }
    return View("decision/latency.html", Words("决策时延", "Decision latency"), values)


def _trend(visit: DeskVisit, found: Latency, monday: date) -> dict[str, object]:
    """Twelve weeks; one without a decision took no time, which is not the same as none at all."""
    weeks = [monday - number * WEEK for number in reversed(range(TREND_WEEKS))]
    known = {one.monday: one for one in found.weeks}
    minor = 1 if visit.shop.currency in WHOLE else 100

    def hours(name: str) -> list[float | None]:
        return [
            round(getattr(known[week], name) / _HOUR, 1) if week in known else None
            for week in weeks
        ]

    return {
        "labels": [f"{week:%m-%d}" for week in weeks],
        "median": hours("median"),
        "p90": hours("p90"),
        "lost": [known[week].lost / minor if week in known else 0 for week in weeks],
    }


# -- Delegating -------------------------------------------------------------------------------


async def _advice(visit: DeskVisit, _: Nothing) -> Answer:
    """Which limits could be higher, going by what was decided."""
    async with visit.opened.database.transaction(visit.shop_id) as t:
        found = await advice(t, visit.opened.now())
    currency = visit.shop.currency
    rows = [
        {
            "it": one,
            "action": ACTION_WORDS[one.action],
            "now": amount(one.action, one.now_max, currency),
            "up_to": amount(one.action, one.up_to, currency),
            "median": span(one.median),
            "saves": span(one.saves),
        }
        for one in found
    ]
    return View(
        "decision/advice.html",
        Words("授权建议", "What to delegate"),
        {"rows": rows},
    )


class AdoptForm(msgspec.Struct, frozen=True):
    id: UUID
    position_id: UUID
    action: Action
    alone_max: Annotated[int, msgspec.Meta(ge=1, le=10**12)]


async def _adopt(visit: DeskVisit, form: AdoptForm) -> Answer:
    """Raise the limit as advised."""
    async with visit.opened.database.transaction(visit.shop_id) as t:
        day_max, month_max = await raised(t, form.position_id, form.action, form.alone_max)
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        SetLimit(
            id=form.id,
            position_id=PositionId(form.position_id),
            action=form.action,
            alone_max=form.alone_max,
            day_max=day_max,
            month_max=month_max,
            staff_id=visit.known.staff_id,
        ),
    )
    if getattr(outcome, "refusal", None) is not None:
        return outcome
    said = amount(form.action, form.alone_max, visit.shop.currency)
    return Done(
        Words(f"已授权：{said.zh} 以内不用再申请", f"Delegated: up to {said.en} without asking"),
        go="/desk/decisions/advice",
    )


PAGES = (
    page(
        "/desk/decisions/latency",
        LatencyForm,
        _latency,
        menu=Menu(
            group=Group.COMPANY,
            label=Words("决策时延", "Decision latency"),
            icon="hourglass",
            place=30,
        ),
    ),
    page(
        "/desk/decisions/advice",
        Nothing,
        _advice,
        who=Who.OWNER,
        menu=Menu(
            group=Group.COMPANY,
            label=Words("授权建议", "What to delegate"),
            icon="bulb",
            place=31,
        ),
    ),
    action("/desk/decisions/advice/adopt", AdoptForm, _adopt, who=Who.OWNER),
)
