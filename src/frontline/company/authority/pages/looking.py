"""Asked of authority: who can say yes, what may I, what is wrong with it, who changed it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.company.authority import views
from frontline.company.authority.messages import ACTION_WORDS
from frontline.company.authority.pages.matrix import Money, Most, Share, typed
from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.kernel.words import StaffId
from frontline.web.pages import Answer, DeskVisit, Group, Menu, Nothing, View, page
from frontline.web.session import EVERYWHERE, Role


class WhoForm(msgspec.Struct, frozen=True):
    """Of the amounts one is filled in: that of the action's unit."""

    action: Action | None = None
    money: Money | None = None
    rate: Share | None = None
    count: Most | None = None

    @property
    def amount(self) -> int | None:
        """None: without bound."""
        if self.action is None:
            return None
        return typed(self.action.unit, self.money, self.rate, self.count)


async def _who(visit: DeskVisit, form: WhoForm) -> Answer:
    """Tell who can say yes to this, now."""
    values: dict[str, Any] = {
        "tab": "who",
        "action": form.action,
        "amount": form.amount,
        "actions": ACTION_WORDS,
        "deciders": None,
        "me": visit.known.staff_id,
    }
    if form.action is not None:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            values["deciders"] = await views.deciders(
                transaction, form.action, form.amount, visit.opened.now()
            )
    return View("authority/who.html", Words("谁能批准", "Who can say yes"), values)


class LimitsForm(msgspec.Struct, frozen=True):
    staff_id: UUID | None = None  # None: mine.


async def _mine(visit: DeskVisit, form: LimitsForm) -> Answer:
    """What somebody may do alone, and what is left of it; owners look at everybody's."""
    others = form.staff_id is not None and visit.known.role is Role.OWNER
    staff_id = StaffId(form.staff_id) if others and form.staff_id else visit.known.staff_id
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        company = await views.read(transaction)
    who = company.person(staff_id, now)
    if who is None:
        return None
    return View(
        "authority/mine.html",
        Words("我的额度", "What I may do alone")
        if staff_id == visit.known.staff_id
        else Words(f"{who.name} 的额度", f"What {who.name} may do alone"),
        {
            "who": who,
            "limits": company.limits_of(staff_id, now),
            "actions": ACTION_WORDS,
        },
    )


async def _findings(visit: DeskVisit, _form: Nothing) -> Answer:
    """Gaps and overlaps, as the machine sees them."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        company = await views.read(transaction)
    now = visit.opened.now()
    return View(
        "authority/findings.html",
        Words("缺口与重叠", "Gaps and overlaps"),
        {
            "tab": "findings",
            "gaps": list(views.gaps_of(company, now)),
            "overlaps": list(views.overlaps_of(company, now)),
        },
    )


class HistoryForm(msgspec.Struct, frozen=True):
    before: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None


async def _history(visit: DeskVisit, form: HistoryForm) -> Answer:
    """Who changed what, and what it was before."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        told = await views.history(transaction, before=form.before)
    return View(
        "authority/history.html",
        Words("授权变更记录", "History of authority"),
        {"tab": "history", "edits": told.edits, "next_before": told.next_before},
    )


MINE = Menu(group=Group.FRONT, label=Words("我的额度", "My limits"), icon="gauge", place=80)
PAGES = (
    page("/desk/authority/who", WhoForm, _who, area=EVERYWHERE),
    page("/desk/authority/mine", LimitsForm, _mine, area=EVERYWHERE, menu=MINE),
    page("/desk/authority/findings", Nothing, _findings),
    page("/desk/authority/history", HistoryForm, _history),
)
