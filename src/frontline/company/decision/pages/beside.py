"""On the page of a thing: what waits about it, with whom, until when; and what came of one's wish.

Whoever may open the page may read that. Whoever may answer does so right there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from frontline.company.authority.book import How
from frontline.company.authority.messages import ACTION_WORDS
from frontline.company.authority.views import Company
from frontline.company.authority.views import read as read_company
from frontline.company.decision.messages import Executed, Part, State
from frontline.company.decision.pages.said import amount
from frontline.company.decision.pages.show import why_not_done
from frontline.company.decision.views.about import Asked, OfThing, about, marked
from frontline.company.decision.views.waiting import PART_WORDS
from frontline.kernel.text import Words
from frontline.kernel.words import StaffId
from frontline.web.listing import Badge
from frontline.web.pages import About, Beside, DeskVisit, View

SHOWN_MAX = 3
JUST_NOW = timedelta(minutes=10)
AREA = "decision"
MARK = Words("待审批", "Decision pending")
_CAME_TO = {
    State.OPEN: Badge(MARK, "orange"),
    State.APPROVED: Badge(Words("已同意", "Approved"), "green"),
    State.APPROVED_BUT: Badge(Words("有条件同意", "Yes, but"), "teal"),
    State.REFUSED: Badge(Words("未同意", "Refused"), "red"),
    State.LAPSED: Badge(Words("到期作废", "Lapsed"), "red"),
}
_DONE = Badge(Words("已同意，已执行", "Approved and done"), "green")
_DOING = Badge(Words("已同意，正在执行", "Approved, being done"), "green")
_FAILED = Badge(Words("已同意，没有执行成功", "Approved, but it could not be done"), "red")


class Card(NamedTuple):
    it: OfThing
    badge: Badge
    action: Words
    amount: Words
    mine: bool
    asked: tuple[tuple[str, Words], ...]  # Whom we wait for, and for what.
    answers: tuple[str, str] | None  # What the reader may answer here: part and kind of review.
    accepts: bool  # The reader's word is what is missing.
    cap: Words | None
    why: str  # It was not done.
    fresh: bool  # It was done just now: the page below may still stand as it was.


async def beside(visit: DeskVisit, of: About) -> Beside:
    now, me = visit.opened.now(), visit.known.staff_id
    acts = visit.known.may(AREA, act=True)
    async with visit.opened.database.transaction(visit.shop_id) as t:
        marks = await marked(t, of.rows, now) if of.rows else set()
        found = await about(t, of.ids, of.makes, staff_id=me, now=now) if _asks(of) else []
        answerable = acts and any(one.open and one.by_id != me for one in found)
        company = await read_company(t) if answerable else None
    found.sort(key=lambda one: not _concerns(one, me))
    cards = [_card(visit, one, company) for one in found[:SHOWN_MAX]]
    title = Words("审批", "Decisions")
    values = {
        "cards": cards,
        "more": len(found) - len(cards),
        "acts": acts,
        "looks": visit.known.may(AREA, act=False),
    }
    view = View("decision/about.html", title, values, bare=True) if cards else None
    return Beside(view, dict.fromkeys(marks, MARK))


def _asks(of: About) -> bool:
    return bool(of.ids or of.makes)


def _concerns(one: OfThing, staff_id: StaffId) -> bool:
    """They asked for it, or are asked: what concerns nobody here comes after it."""
    return one.by_id == staff_id or any(who.staff_id == staff_id for who in one.asked)


def _card(visit: DeskVisit, one: OfThing, company: Company | None) -> Card:
    me, currency = visit.known.staff_id, visit.shop.currency
    conditional = one.state is State.APPROVED_BUT and one.cap is None and one.accepted_at is None
    return Card(
        it=one,
        badge=_badge(one),
        action=ACTION_WORDS[one.action],
        amount=amount(one.action, one.amount, currency),
        mine=me == one.by_id,
        asked=tuple((who.name, PART_WORDS[who.kind or who.part]) for who in one.asked),
        answers=None if company is None else _answers(visit, one, company),
        accepts=conditional and me == one.by_id,
        cap=None if one.cap is None else amount(one.action, one.cap, currency),
        why=why_not_done(visit, one.outcome),
        fresh=one.executed is Executed.DONE
        and one.decided_at is not None
        and visit.opened.now() - one.decided_at < JUST_NOW,
    )


def _badge(one: OfThing) -> Badge:
    if one.executed is Executed.DONE:
        return _DONE
    if one.executed is Executed.FAILED:
        return _FAILED
    if one.state is State.APPROVED or one.accepted_at is not None:
        return _DOING
    return _CAME_TO[one.state]


def _answers(visit: DeskVisit, one: OfThing, company: Company) -> tuple[str, str] | None:
    """A decision, where that is theirs now; else a review that they are asked for."""
    me, now = visit.known.staff_id, visit.opened.now()
    if not one.open or me == one.by_id:
        return None
    deciders = company.deciders(one.action, one.amount, now, but=one.by_id)
    through = {each.staff_id: each.through for each in deciders}.get(me)
    if through is How.OWNER or (through is not None and not one.unreviewed):
        return Part.DECIDE, ""
    return next((_review(who) for who in one.asked if _is_review(who, visit)), None)


def _is_review(who: Asked, visit: DeskVisit) -> bool:
    return who.staff_id == visit.known.staff_id and who.part is Part.REVIEW


def _review(who: Asked) -> tuple[str, str]:
    assert who.kind is not None
    return Part.REVIEW, who.kind
