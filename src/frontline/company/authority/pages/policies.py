"""What happens to what goes beyond the limits: reviews, who decides, and until when."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.company.authority import views
from frontline.company.authority.messages import (
    ACTION_WORDS,
    REVIEW_WORDS,
    OnDeadline,
    PositionId,
    Refused,
    ReviewKind,
    SetPolicy,
    SetReviewer,
)
from frontline.company.authority.pages.matrix import Money, Most, Share, told, typed
from frontline.company.authority.seen import policy_facts, policy_id
from frontline.kernel.authority import Action
from frontline.kernel.seen import Facts, seen_of
from frontline.kernel.text import Words
from frontline.store.database import Transaction
from frontline.web.door import Who
from frontline.web.edits import Clash, Edited, Teller, edit, labelled
from frontline.web.pages import Answer, DeskVisit, Done, View, action, page

HOURS_MAX = 720
DEADLINES = {
    OnDeadline.LAPSE: Words("作废，申请人可以重新申请", "It lapses; it may be asked for again"),
    OnDeadline.REFUSE: Words("视为不同意", "It is refused"),
}
SAVED = Words("流程已保存", "Saved")

Hours = Annotated[int, msgspec.Meta(ge=1, le=HOURS_MAX)]


class PoliciesForm(msgspec.Struct, frozen=True):
    action: Action = Action.DISCOUNT


async def _policies(visit: DeskVisit, form: PoliciesForm) -> Answer:
    """How proposals of each action are answered."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        company = await views.read(transaction)
    positions = [
        (position.id, f"{department.name}·{position.name}")
        for department in company.departments(visit.opened.now())
        for position in department.positions
    ]
    return View(
        "authority/policies.html",
        Words("审批流程", "How proposals are answered"),
        {
            "tab": "policies",
            "action": form.action,
            "actions": ACTION_WORDS,
            "policy": company.book.policy(form.action),
            "reviews": list(REVIEW_WORDS.items()),
            "reviewers": company.book.reviewers.rows(),
            "deadlines": list(DEADLINES.items()),
            "positions": positions,
            "edits": visit.known.role == "owner",
            "seen": seen_of(policy_facts(company.book, form.action)),
        },
    )


class PolicyForm(Edited, frozen=True, kw_only=True):
    id: UUID
    action: Action
    reviews: tuple[ReviewKind, ...] = ()
    parallel: bool = False
    delegated: bool = False
    decider_id: UUID | None = None
    reserve_hours: Hours
    answer_hours: Hours
    money_above: Money | None = None
    rate_above: Share | None = None
    count_above: Most | None = None
    on_deadline: OnDeadline

    @property
    def owner_above(self) -> int | None:
        return typed(self.action.unit, self.money_above, self.rate_above, self.count_above)


async def _policy(visit: DeskVisit, form: PolicyForm) -> Answer:
    def wish(facts: Facts) -> SetPolicy:
        return SetPolicy(
            id=form.id,
            action=form.action,
            **facts,
            staff_id=visit.known.staff_id,
            seen=form.basis,
        )

    async def look(transaction: Transaction) -> tuple[Facts, Teller]:
        company = await views.read(transaction)
        return policy_facts(company.book, form.action), _telling(visit, form.action, company)

    mine = {name: getattr(form, name) for name in _LABELS}
    outcome = await edit(visit, form, policy_id(form.action), mine, wish=wish, look=look)
    return outcome if isinstance(outcome, Refused | Clash) else Done(SAVED)


_LABELS = {
    "reviews": Words("先由谁审核", "Reviewed before"),
    "parallel": Words("几项审核同时进行", "Reviews run at the same time"),
    "delegated": Words("额度够的同事可以批准", "Colleagues whose limit suffices may approve"),
    "decider_id": Words("先问哪个岗位", "Who is asked first"),
    "reserve_hours": Words("截止前多久交给店主（小时）", "The owner is asked before (hours)"),
    "answer_hours": Words("多久内要有结果（小时）", "Time to decide (hours)"),
    "owner_above": Words("超过多少必须店主决定", "Only the owner above"),
    "on_deadline": Words("到截止时间没人决定", "Nobody decided by the deadline"),
}


def _telling(visit: DeskVisit, action: Action, company: views.Company) -> Teller:
    language = visit.language
    said = {
        "reviews": lambda those: "、".join(REVIEW_WORDS[one].in_(language) for one in those),
        "decider_id": company.position,
        "owner_above": lambda value: told(visit, action, value),
        "on_deadline": lambda value: DEADLINES[value].in_(language),
    }
    return labelled(visit, _LABELS, said)


class ReviewerForm(msgspec.Struct, frozen=True):
    id: UUID
    kind: ReviewKind
    position_id: UUID


async def _reviewer(visit: DeskVisit, form: ReviewerForm) -> Answer:
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        SetReviewer(
            id=form.id,
            kind=form.kind,
            position_id=PositionId(form.position_id),
            staff_id=visit.known.staff_id,
        ),
    )
    return outcome if isinstance(outcome, Refused) else Done(SAVED)


PAGES = (
    page("/desk/authority/policies", PoliciesForm, _policies),
    action("/desk/authority/policies/set", PolicyForm, _policy, who=Who.OWNER),
    action("/desk/authority/reviewers/set", ReviewerForm, _reviewer, who=Who.OWNER),
)
