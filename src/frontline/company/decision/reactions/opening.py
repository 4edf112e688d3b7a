"""A command was held: it becomes a proposal, with what the facts say to it."""

from __future__ import annotations

from typing import Any

import msgspec

from frontline.company.authority.book import executing
from frontline.company.authority.views import read as read_company
from frontline.company.decision.messages import TEXTS as WHY_NOT
from frontline.company.decision.messages import Commit, OpenProposal, Refused
from frontline.company.decision.views.facts import findings
from frontline.company.notice.notifier import Message, tell
from frontline.company.window.messages import SignUp
from frontline.company.window.views import terms
from frontline.engine.feature import Outside
from frontline.kernel.authority import ActionHeld
from frontline.kernel.ids import following
from frontline.kernel.text import Words
from frontline.kernel.words import Command, ShopId, wish_of

_NAMED = ("what", "name", "title")  # Fields by which commands call what they are about.
_SAID = ("evidence", "note", "reason", "answer")
TITLE_MAX = 120


async def open_proposal(outside: Outside, shop_id: ShopId, event: ActionHeld) -> None:
    name, raw = msgspec.json.decode(event.command, type=tuple[str, msgspec.Raw])
    command = outside.engine.command(name, raw)
    async with outside.database.transaction(shop_id) as t:
        policy = (await read_company(t)).book.policy(event.action)
        found = await findings(
            t, policy.reviews, event.action, event.amount, command, outside.now()
        )
        window = await terms(t, command.window_id) if isinstance(command, SignUp) else None
    wish = OpenProposal(
        id=event.proposal_id,
        action=event.action,
        amount=event.amount,
        limit=event.limit,
        by=event.by,
        subject_id=event.subject_id,
        command=event.command,
        wish=wish_of(executing(command, event.proposal_id)),
        title=_first(command, _NAMED)[:TITLE_MAX],
        evidence=_first(command, _SAID),
        findings=found,
    )
    if window is not None:
        wish = msgspec.structs.replace(
            wish,
            title=f"报名 {window.platform}《{window.title}》"[:TITLE_MAX],
            window_id=window.id,
            deadline=window.closes_at,
            worth=window.expected_margin,
            worth_how=Words(
                f"窗口的预计毛利：{window.margin_how}",
                f"Expected margin of the window: {window.margin_how}",
            ),
        )
    elif isinstance(command, Commit):
        wish = msgspec.structs.replace(
            wish,
            deadline=command.deadline,
            worth=command.worth,
            worth_how=Words("申请人估计", "As the applicant reckons"),
        )
    outcome = await outside.engine.submit(shop_id, wish)
    if isinstance(outcome, Refused):
        why = WHY_NOT[outcome.refusal]
        message = Message(
            id=following(event.proposal_id, "not opened"),
            title=Words("申请没有提交成功", "Your proposal was not opened"),
            text=Words(why.zh, why.en),
            url="/desk/decisions",
        )
        await tell(outside.engine, shop_id, event.by, message)


def _first(command: Command[Any], names: tuple[str, ...]) -> str:
    """What the command says of itself in the first of these fields."""
    said = (getattr(command, name, "") for name in names)
    return next((one for one in said if isinstance(one, str) and one), "")
