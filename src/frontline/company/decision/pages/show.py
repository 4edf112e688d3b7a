"""The page of one proposal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from frontline.company.authority.messages import ACTION_WORDS, REVIEW_WORDS, OnDeadline
from frontline.company.decision.book import Review
from frontline.company.decision.messages import Executed, Part, State
from frontline.company.decision.pages.said import (
    ANSWERS,
    EXECUTED,
    PRE_ANSWERS,
    STATES,
    amount,
    per_hour,
)
from frontline.company.decision.views.one import Told, Whole, whole
from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.kernel.words import StaffId
from frontline.web.pages import Answer, DeskVisit, View, page

DEEDS = {
    "opened": Words("提交申请", "asked"),
    "asked": Words("请其答复", "was asked"),
    "reminded": Words("提醒", "was reminded"),
    "substitute": Words("请其代为答复", "was asked to stand in"),
    "owner": Words("时间不多，请老板拍板", "was asked: time is running out"),
    "reviewed": Words("评审", "reviewed"),
    "decided": Words("决定", "decided"),
    "accepted": Words("接受条件", "accepted the condition"),
    "question": Words("提问", "asked a question"),
    "answer": Words("回答", "answered"),
    "withdrawn": Words("撤回申请", "withdrew it"),
    "lapsed": Words("到期无人决定", "the deadline passed"),
    "executed": Words("执行", "was carried out"),
}
_SAID = {
    "reviewed": {str(answer): badge.words for answer, badge in ANSWERS.items()},
    "decided": {str(answer): badge.words for answer, badge in ANSWERS.items()},
    "executed": {str(executed): badge.words for executed, badge in EXECUTED.items()},
}
_CODED = frozenset({"asked", "reminded", "substitute", "reviewed", "decided", "executed"})
_KINDS = {str(kind): said for kind, said in REVIEW_WORDS.items()}
_AT_THE_END = {
    OnDeadline.LAPSE: Words("到期无人决定：自动作废，不执行", "Undecided by then: it lapses"),
    OnDeadline.REFUSE: Words("到期无人决定：视为不同意", "Undecided by then: it is refused"),
}


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


class Reviewing(NamedTuple):
    """A review against the clock."""

    review: Review
    title: Words
    who: str
    behind: str  # The substitute, once asked or not.
    spent: int  # Minutes of the time meant for it.
    of: int
    late: bool
    mine: bool


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    """A proposal: facts, reviews, questions, history, and who can say yes now."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as t:
        found = await whole(t, form.id, now)
    if found is None:
        return None
    return View("decision/show.html", found.title, values(visit, found, now))


def values(visit: DeskVisit, found: Whole, now: datetime) -> dict[str, Any]:
    me, one, currency = visit.known.staff_id, found.proposal, visit.shop.currency
    open_ = one.state is State.OPEN and now < one.deadline
    missing = [review for review in found.reviews if review.answer is None]
    able = {decider.staff_id: decider for decider in found.deciders}
    owner = me in able and str(able[me].through) == "owner"
    conditional = one.state is State.APPROVED_BUT and one.cap is None and one.accepted_at is None
    return {
        "it": one,
        "found": found,
        "action": ACTION_WORDS[one.action],
        "amount": amount(one.action, one.amount, currency),
        "allowed": None if one.allowed is None else amount(one.action, one.allowed, currency),
        "cap": None if one.cap is None else amount(one.action, one.cap, currency),
        "cost": per_hour(found.cost_per_hour, currency),
        "state": STATES[one.state],
        "executed": EXECUTED[one.executed] if one.executed is not Executed.NO else None,
        "outcome": why_not_done(visit, one.outcome),
        "at_the_end": _AT_THE_END[one.on_deadline],
        "open": open_,
        "reviews": [_reviewing(review, found, me, now, open_=open_) for review in found.reviews],
        "pre_answers": PRE_ANSWERS,
        "answers": ANSWERS,
        "may_decide": open_ and me in able and (owner or not missing),
        "waits_for_reviews": open_ and me in able and bool(missing),
        "mine": me == one.by_id,
        "may_accept": conditional and me == one.by_id,
        "part": Part,
        "history": [(step.name, _told(visit, step, one.action), step.at) for step in found.history],
        "unit": one.action.unit,
        "clock": _minutes(now - one.asked_at),
        "clock_of": _minutes(one.deadline - one.asked_at),
    }


def _reviewing(
    review: Review, found: Whole, me: StaffId, now: datetime, *, open_: bool
) -> Reviewing:
    spent, of = timedelta(0), timedelta(0)
    if review.asked_at is not None and review.due_at is not None:
        of = review.due_at - review.asked_at
        spent = min(of, (review.answered_at or now) - review.asked_at)
    answerable = open_ and review.answer is None and review.asked_at is not None
    return Reviewing(
        review,
        REVIEW_WORDS[review.kind],
        found.name(review.reviewer_id),
        found.name(review.substitute_id),
        _minutes(spent),
        _minutes(of),
        review.answer is None and review.due_at is not None and now > review.due_at,
        answerable and me in {review.reviewer_id, review.substitute_id},
    )


def _told(visit: DeskVisit, step: Told, of: Action) -> str:
    """A step in words. What rules have put down in codes comes first, between single spaces."""
    deed, language = DEEDS[step.deed].in_(visit.language), visit.language
    if not step.said:
        return deed
    codes = _KINDS | _SAID.get(step.deed, {})
    parts = step.said.split(" ", 2) if step.deed in _CODED else [step.said]
    told = [codes[part].in_(language) if part in codes else part for part in parts]
    if step.deed == "decided" and len(parts) > 1 and parts[1].isdecimal():
        cap = amount(of, int(parts[1]), visit.shop.currency)
        told[1] = visit.t(f"（到 {cap.zh}）", f"(up to {cap.en})")
    return visit.t("：", ": ").join((deed, " ".join(part for part in told if part)))


def why_not_done(visit: DeskVisit, refusal: str) -> str:
    """Why the shop did not do what was approved."""
    if not refusal:
        return ""
    if refusal == "held":
        return visit.t("申请人的权限变了，需要重新申请", "Authority has changed; propose it again")
    said = visit.opened.replies.texts.get(refusal)
    return refusal if said is None else visit.t(said.zh, said.en)


def _minutes(length: timedelta) -> int:
    return int(length / timedelta(minutes=1))


PAGES = (page("/desk/decisions/show", ShowForm, _show),)
