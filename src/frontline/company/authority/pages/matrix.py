"""The matrix: positions by actions, each limit edited where it stands."""

from __future__ import annotations

from decimal import Decimal
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
from frontline.company.authority.seen import limit_facts, limit_id
from frontline.kernel.authority import Action, Unit
from frontline.kernel.seen import Facts, seen_of
from frontline.kernel.text import Words
from frontline.store.database import Transaction
from frontline.web.door import Who
from frontline.web.edits import Clash, Edited, Teller, edit, labelled
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
from frontline.web.typed import written

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
        "seen": seen_of(limit_facts(book, position_id, form.action)),
        "limit": book.limits.get((position_id, form.action)),
        "edits": visit.known.role == "owner",
    }
    return View(template, ACTION_WORDS[form.action], values, bare=True)


class TypedForm(Edited, frozen=True, kw_only=True):
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


_STEPS = {
    "alone_max": Words("单次", "At once"),
    "day_max": Words("每日合计", "A day"),
    "month_max": Words("每月合计", "A month"),
}


def told(visit: DeskVisit, action: Action, value: int | None) -> str:
    """A limit as it is typed, with its unit; "" of none."""
    if value is None:
        return ""
    match action.unit:
        case Unit.MONEY:
            return f"{written(value, visit.shop.currency)} {visit.money_unit}"
        case Unit.BASIS_POINTS:
            return f"{Decimal(value) / 100:f}%"
        case _:
            return str(value)


async def _type(visit: DeskVisit, form: TypedForm) -> Answer:
    """Save a limit that was typed where it stands."""
    once, day, month = form.steps()
    position_id, action = PositionId(form.position_id), form.action

    def wish(facts: Facts) -> SetLimit:
        return SetLimit(
            id=form.id,
            position_id=position_id,
            action=action,
            **facts,
            staff_id=visit.known.staff_id,
            seen=form.basis,
        )

    async def look(transaction: Transaction) -> tuple[Facts, Teller]:
        book = (await views.read(transaction)).book
        said = dict.fromkeys(_STEPS, lambda value: told(visit, action, value))
        return limit_facts(book, position_id, action), labelled(visit, _STEPS, said)

    mine = {"alone_max": once or 0, "day_max": day, "month_max": month}
    thing_id = limit_id(position_id, action)
    outcome = await edit(visit, form, thing_id, mine, wish=wish, look=look)
    if isinstance(outcome, Refused | Clash):
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
