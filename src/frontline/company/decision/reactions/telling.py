"""Whoever is waited for hears of it; whoever waits hears of the answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from frontline.company.decision.messages import (
    Executed,
    Part,
    PersonAsked,
    ProposalClosed,
    ProposalExecuted,
    ProposalId,
    QuestionAnswered,
    State,
    Why,
)
from frontline.company.decision.views.one import Headline, headline
from frontline.company.decision.views.waiting import PART_WORDS
from frontline.company.notice.notifier import Message, tell
from frontline.engine.feature import Outside
from frontline.kernel.ids import named
from frontline.kernel.text import Words
from frontline.kernel.words import ShopId, StaffId

_URGENT = frozenset({Why.SUBSTITUTE, Why.OWNER, Why.REMINDED})
_WHY = {
    Why.ASKED: Words("请您{part}", "{part} wanted"),
    Why.REMINDED: Words("提醒：还在等您{part}", "Reminder: still waiting for your {part}"),
    Why.SUBSTITUTE: Words("请您代为{part}", "Stand in, please: {part}"),
    Why.OWNER: Words("时间不多了，请您拍板", "Time is running out: your decision is needed"),
}
_CLOSED = {
    State.APPROVED: Words("已同意", "Approved"),
    State.APPROVED_BUT: Words("有条件同意", "Approved on a condition"),
    State.REFUSED: Words("没有同意", "Refused"),
    State.LAPSED: Words("到期无人决定，已作废", "Lapsed: nobody decided in time"),
    State.WITHDRAWN: Words("已撤回", "Withdrawn"),
}


async def tell_asked(outside: Outside, shop_id: ShopId, event: PersonAsked) -> None:
    about = await _about(outside, shop_id, event.proposal_id)
    part = PART_WORDS[event.kind or event.part]
    why = _WHY[event.why]
    due = _clock(event.due_at, about.timezone)
    await _tell(
        outside,
        shop_id,
        event.to,
        about,
        f"{event.part} {event.kind} {event.why} {event.question_id}",
        Words(why.zh.format(part=part.zh), why.en.format(part=part.en)),
        Words(
            f"{about.by_name}申请：{about.title.zh}。请在 {due} 前答复。",
            f"{about.by_name} proposes: {about.title.en}. Please answer before {due}.",
        ),
        urgent=event.why in _URGENT or event.part is Part.ANSWER,
    )


async def tell_answered(outside: Outside, shop_id: ShopId, event: QuestionAnswered) -> None:
    about = await _about(outside, shop_id, event.proposal_id)
    await _tell(
        outside,
        shop_id,
        event.to,
        about,
        f"answered {event.question_id}",
        Words("您的问题有了回答", "Your question was answered"),
        about.title,
    )


async def tell_closed(outside: Outside, shop_id: ShopId, event: ProposalClosed) -> None:
    about = await _about(outside, shop_id, event.proposal_id)
    reason = f"：{about.reason}" if about.reason else ""
    reason_en = f": {about.reason}" if about.reason else ""
    await _tell(
        outside,
        shop_id,
        event.to,
        about,
        "closed",
        _CLOSED[event.state],
        Words(f"{about.title.zh}{reason}", f"{about.title.en}{reason_en}"),
        urgent=event.state is not State.REFUSED,
    )


async def tell_executed(outside: Outside, shop_id: ShopId, event: ProposalExecuted) -> None:
    """Only what went wrong: that it was done, the applicant sees where it was done."""
    if event.executed is Executed.FAILED:
        about = await _about(outside, shop_id, event.proposal_id)
        await _tell(
            outside,
            shop_id,
            event.to,
            about,
            "failed",
            Words("已同意，但没有执行成功", "Approved, but it could not be done"),
            about.title,
            urgent=True,
        )


async def _about(outside: Outside, shop_id: ShopId, proposal_id: ProposalId) -> Headline:
    async with outside.database.transaction(shop_id) as t:
        about = await headline(t, proposal_id)
    assert about is not None, "told of a proposal that is not there"
    return about


async def _tell(  # noqa: PLR0913, PLR0917 - to whom, of what, in which words
    outside: Outside,
    shop_id: ShopId,
    to: StaffId,
    about: Headline,
    happened: str,
    title: Words,
    text: Words,
    *,
    urgent: bool = False,
) -> None:
    message = Message(
        id=_id(about.id, happened),
        title=title,
        text=text,
        url=f"/desk/decisions/show?id={about.id}",
        urgent=urgent,
    )
    await tell(outside.engine, shop_id, to, message)


def _id(proposal_id: ProposalId, happened: str) -> UUID:
    return named("decision notice", f"{proposal_id} {happened}")


def _clock(at: datetime, timezone: str) -> str:
    return f"{at.astimezone(ZoneInfo(timezone)):%m-%d %H:%M}"
