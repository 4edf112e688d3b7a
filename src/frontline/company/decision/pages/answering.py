"""Answering in place: one tap for yes, a reason for no, a cap or a condition for yes-but."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.company.authority.messages import ReviewKind
from frontline.company.decision import messages
from frontline.company.decision.messages import (
    TEXTS,
    AcceptCondition,
    AnswerQuestion,
    AnswerReview,
    AskQuestion,
    DecideProposal,
    Part,
    ProposalId,
    Refusal,
    Refused,
    WithdrawProposal,
)
from frontline.company.decision.pages.said import ANSWERS
from frontline.company.decision.views.one import Headline, headline
from frontline.kernel.authority import Action, Unit
from frontline.kernel.text import Words
from frontline.web import typed
from frontline.web.listing import Badge
from frontline.web.pages import Answer, DeskVisit, Done, Invalid, View, action

TEXT_MAX = 500
Text = Annotated[str, msgspec.Meta(max_length=TEXT_MAX)]
_FIELDS = {Refusal.REASON_MISSING: "reason", Refusal.CAP_INVALID: "cap"}
"""What is wrong with which field of the form."""
_CAP = Words("请填一个大于零的数", "A number above zero")


class AnswerForm(msgspec.Struct, frozen=True):
    id: UUID
    proposal_id: UUID
    part: Part  # REVIEW or DECIDE.
    answer: messages.Answer
    kind: ReviewKind | None = None  # Of a review.
    reason: Text = ""
    cap: Annotated[str, msgspec.Meta(max_length=20)] = ""  # In the action's unit, as typed.
    card: bool = False  # Answered on a card somewhere else, and not on its page.


async def _answer(visit: DeskVisit, form: AnswerForm) -> Answer:
    """Answer a review, or decide."""
    proposal_id, me = ProposalId(form.proposal_id), visit.known.staff_id
    async with visit.opened.database.transaction(visit.shop_id) as t:
        about = await headline(t, proposal_id)
    if about is None:
        return Refused(Refusal.PROPOSAL_UNKNOWN)
    command: AnswerReview | DecideProposal
    if form.part is Part.REVIEW:
        if form.kind is None:
            return Refused(Refusal.NOT_YOUR_REVIEW)
        command = AnswerReview(
            id=form.id,
            proposal_id=proposal_id,
            kind=form.kind,
            staff_id=me,
            answer=form.answer,
            reason=form.reason,
        )
    else:
        cap = None
        if form.cap and form.answer is messages.Answer.BUT:
            cap = _cap(form.cap, about.action, visit.shop.currency)
            if cap is None:
                return Invalid({"cap": _CAP})
        command = DecideProposal(
            id=form.id,
            proposal_id=proposal_id,
            staff_id=me,
            answer=form.answer,
            reason=form.reason,
            cap=cap,
        )
    outcome = await visit.opened.engine.submit(visit.shop_id, command)
    if (refusal := getattr(outcome, "refusal", None)) is not None:
        field = _FIELDS.get(refusal)
        return outcome if field is None else Invalid({field: Words(*TEXTS[refusal][:2])})
    said = ANSWERS[form.answer].words
    told = Words(f"{said.zh}：{about.title.zh}", f"{said.en}: {about.title.en}")
    if not form.card:
        return Done(told, go=_page(form.proposal_id))
    return Done(told, view=_card(about, ANSWERS[form.answer]))


def _card(about: Headline, badge: Badge) -> View:
    """What stands where it was answered; whatever else was typed on that page is left alone."""
    values = {"title": about.title, "answer": badge, "id": about.id}
    return View("decision/answered_card.html", about.title, values, bare=True)


def _cap(typed_: str, of: Action, currency: str) -> int | None:
    """In the action's unit; None: nothing that could be a cap."""
    try:
        match of.unit:
            case Unit.MONEY:
                return typed.amount(typed_, currency)
            case Unit.BASIS_POINTS:
                return int(Decimal(typed_.rstrip("%")) * 100)
            case Unit.UNITS | Unit.PEOPLE:
                return typed.whole(typed_)
    except (typed.Mistyped, InvalidOperation, ValueError):
        return None


def _page(proposal_id: UUID) -> str:
    return f"/desk/decisions/show?id={proposal_id}"


async def _submitted(visit: DeskVisit, command: Any, said: Words, *, card: bool = False) -> Answer:
    """`card`: said on a card somewhere else; else on its page."""
    outcome = await visit.opened.engine.submit(visit.shop_id, command)
    if getattr(outcome, "refusal", None) is not None:
        return outcome
    if not card:
        return Done(said, go=_page(command.proposal_id))
    async with visit.opened.database.transaction(visit.shop_id) as t:
        about = await headline(t, command.proposal_id)
    return None if about is None else Done(said, view=_card(about, Badge(said, "secondary")))


class AskForm(msgspec.Struct, frozen=True):
    id: UUID
    proposal_id: UUID
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_MAX)]


async def _ask(visit: DeskVisit, form: AskForm) -> Answer:
    """Ask the applicant something."""
    command = AskQuestion(
        id=form.id,
        proposal_id=ProposalId(form.proposal_id),
        staff_id=visit.known.staff_id,
        text=form.text,
    )
    return await _submitted(visit, command, Words("已提问", "Asked"))


class ReplyForm(msgspec.Struct, frozen=True):
    id: UUID
    proposal_id: UUID
    question_id: UUID
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_MAX)]


async def _reply(visit: DeskVisit, form: ReplyForm) -> Answer:
    """Answer a question about one's own proposal."""
    command = AnswerQuestion(
        id=form.id,
        proposal_id=ProposalId(form.proposal_id),
        question_id=form.question_id,
        staff_id=visit.known.staff_id,
        text=form.text,
    )
    return await _submitted(visit, command, Words("已回答", "Answered"))


class OwnForm(msgspec.Struct, frozen=True):
    id: UUID
    proposal_id: UUID
    card: bool = False


async def _withdraw(visit: DeskVisit, form: OwnForm) -> Answer:
    """Take back one's own proposal."""
    command = WithdrawProposal(
        id=form.id, proposal_id=ProposalId(form.proposal_id), staff_id=visit.known.staff_id
    )
    return await _submitted(visit, command, Words("已撤回", "Withdrawn"), card=form.card)


async def _accept(visit: DeskVisit, form: OwnForm) -> Answer:
    """Accept the condition: now it is done."""
    command = AcceptCondition(
        id=form.id, proposal_id=ProposalId(form.proposal_id), staff_id=visit.known.staff_id
    )
    said = Words("已接受条件，正在执行", "Accepted; it is being done")
    return await _submitted(visit, command, said, card=form.card)


PAGES = (
    action("/desk/decisions/answer", AnswerForm, _answer),
    action("/desk/decisions/ask", AskForm, _ask),
    action("/desk/decisions/reply", ReplyForm, _reply),
    action("/desk/decisions/withdraw", OwnForm, _withdraw),
    action("/desk/decisions/accept", OwnForm, _accept),
)
