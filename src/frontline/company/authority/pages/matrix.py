"""The matrix: positions by actions, each limit edited where it stands."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.company.authority import views
from frontline.company.authority.messages import (
    ACTION_WORDS,
    PositionId,
    Refused,
    SetLimit,
)
from frontline.kernel.authority import Action, Unit
from frontline.kernel.text import Words
from frontline.web.door import Who
from frontline.web.pages import (
    Amount,
    Answer,
    DeskVisit,
    Done,
    Group,
    Menu,
    Nothing,
    Rate,
    View,
    action,
    page,
)

AMOUNT_MAX = 10**13
SAVED = Words("额度已保存", "The limit is saved")

Most = Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MAX)]
Money = Annotated[Amount, msgspec.Meta(ge=0, le=AMOUNT_MAX)]
Share = Annotated[Rate, msgspec.Meta(ge=0, le=AMOUNT_MAX)]


async def _matrix(visit: DeskVisit, _form: Nothing) -> Answer:
    """What each position may do alone."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        company = await views.read(transaction)
    now = visit.opened.now()
    return View(
        "authority/matrix.html",
        Words("授权矩阵", "Authority"),
        {
            "tab": "matrix",
            "departments": company.departments(now),
            "actions": ACTION_WORDS,
            "limits": company.book.limits.rows(),
            "edits": visit.known.role == "owner",
            "gaps": len(list(views.gaps_of(company, now))),
            "overlaps": len(list(views.overlaps_of(company, now))),
        },
    )


class CellForm(msgspec.Struct, frozen=True):
    position_id: UUID
    action: Action


async def _edit(visit: DeskVisit, form: CellForm) -> Answer:
    """One limit, to be typed."""
    return await _cell(visit, form, "authority/limit_form.html")


async def _show(visit: DeskVisit, form: CellForm) -> Answer:
    """One limit, as it stands."""
    return await _cell(visit, form, "authority/limit.html")


async def _cell(visit: DeskVisit, form: CellForm, template: str) -> View | None:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        book = (await views.read(transaction)).book
    position_id = PositionId(form.position_id)
    place = book.positions.get(position_id)
    if place is None:
        return None
    values = {
        "position_id": position_id,
        "position": place.name,
        "action": form.action,
        "words": ACTION_WORDS[form.action],
        "limit": book.limits.get((position_id, form.action)),
        "edits": visit.known.role == "owner",
    }
    return View(template, ACTION_WORDS[form.action], values, bare=True)


class TypedForm(msgspec.Struct, frozen=True, kw_only=True):
    """Of the three kinds of fields one is filled in: that of the action's unit."""

    id: UUID
    position_id: UUID
    action: Action
    money_once: Money | None = None
    money_day: Money | None = None
    money_month: Money | None = None
    rate_once: Share | None = None
    rate_day: Share | None = None
    rate_month: Share | None = None
    count_once: Most | None = None
    count_day: Most | None = None
    count_month: Most | None = None

    def steps(self) -> tuple[int | None, int | None, int | None]:
        """At once, by the day, by the month, in the unit of the action."""
        unit = self.action.unit
        return (
            typed(unit, self.money_once, self.rate_once, self.count_once),
            typed(unit, self.money_day, self.rate_day, self.count_day),
            typed(unit, self.money_month, self.rate_month, self.count_month),
        )


def typed(unit: Unit, money: Amount | None, rate: Rate | None, count: int | None) -> int | None:
    """What was typed into the field of this unit, as a plain number."""
    value = {Unit.MONEY: money, Unit.BASIS_POINTS: rate}.get(unit, count)
    return None if value is None else int(value)


async def _type(visit: DeskVisit, form: TypedForm) -> Answer:
    """Save a limit that was typed where it stands."""
    once, day, month = form.steps()
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        SetLimit(
            id=form.id,
            position_id=PositionId(form.position_id),
            action=form.action,
            alone_max=once or 0,
            day_max=day,
            month_max=month,
            staff_id=visit.known.staff_id,
        ),
    )
    if isinstance(outcome, Refused):
        return outcome
    cell = CellForm(form.position_id, form.action)
    return Done(SAVED, view=await _cell(visit, cell, "authority/limit.html"))


MENU = Menu(group=Group.COMPANY, label=Words("授权", "Authority"), icon="shield-check", place=40)
PAGES = (
    page("/desk/authority", Nothing, _matrix, menu=MENU),
    page("/desk/authority/limits/edit", CellForm, _edit, who=Who.OWNER),
    page("/desk/authority/limits/show", CellForm, _show),
    action("/desk/authority/limits/set", TypedForm, _type, who=Who.OWNER),
)
