"""To bind the company by hand: advertising, purchases, people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.company.authority.messages import ACTION_WORDS
from frontline.company.authority.views import limits_of
from frontline.company.decision.messages import COMMITTED, Commit
from frontline.company.decision.pages.said import amount
from frontline.kernel.authority import Action, Unit
from frontline.kernel.text import Words
from frontline.kernel.words import Fen
from frontline.web import typed
from frontline.web.pages import (
    About,
    Amount,
    Answer,
    DeskVisit,
    Done,
    Invalid,
    Nothing,
    View,
    action,
    page,
)

MONEY_MAX = 10**12
_CHOICES = tuple((one.value, ACTION_WORDS[one]) for one in Action if one in COMMITTED)


async def _new(visit: DeskVisit, _: Nothing) -> Answer:
    """A commitment to fill in; beyond one's authority it becomes a proposal."""
    async with visit.opened.database.transaction(visit.shop_id) as t:
        own = await limits_of(t, visit.known.staff_id, visit.opened.now())
    limits = [
        (ACTION_WORDS[one.action], amount(one.action, one.at_once, visit.shop.currency))
        for one in own
        if one.action in COMMITTED
    ]
    values = {"choices": _CHOICES, "limits": limits}
    title = Words("新的申请", "New proposal")
    return View("decision/new.html", title, values, about=About(makes=tuple(COMMITTED)))


class NewForm(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    action: Action
    amount: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    what: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    evidence: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    deadline: datetime | None = None
    worth: Annotated[Amount, msgspec.Meta(ge=0, le=MONEY_MAX)] | None = None


async def _commit(visit: DeskVisit, form: NewForm) -> Answer:
    """Bind the company, or propose it."""
    if form.action not in COMMITTED:
        return Invalid({"action": Words("请选择", "Choose one")})
    try:
        value = (
            typed.amount(form.amount, visit.shop.currency)
            if form.action.unit is Unit.MONEY
            else typed.whole(form.amount)
        )
    except typed.Mistyped:
        return Invalid({"amount": Words("请填一个大于零的数", "A number above zero")})
    if not 0 < value <= MONEY_MAX:
        return Invalid({"amount": Words("请填一个大于零的数", "A number above zero")})
    if form.deadline is not None and form.deadline <= visit.opened.now():
        return Invalid({"deadline": Words("截止时间要在现在之后", "It lies in the past")})
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        Commit(
            id=form.id,
            staff_id=visit.known.staff_id,
            action=form.action,
            amount=value,
            what=form.what,
            evidence=form.evidence,
            deadline=form.deadline,
            worth=None if form.worth is None else Fen(int(form.worth)),
        ),
    )
    if hasattr(outcome, "commitment_id"):
        return Done(
            Words("在您的权限内，已记录，可以去办", "Within your authority: recorded, go ahead"),
            go="/desk/decisions",
        )
    return outcome


PAGES = (
    page("/desk/decisions/new", Nothing, _new),
    action("/desk/decisions/commit", NewForm, _commit),
)
