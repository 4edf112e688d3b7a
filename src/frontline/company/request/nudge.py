"""Nudging whoever owes a deed: by whoever waits for it, once a day and person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from frontline.company.notice.notifier import Message, tell
from frontline.company.request import views
from frontline.company.request.messages import Refusal, Refused, State
from frontline.kernel.ids import named
from frontline.kernel.text import Words
from frontline.web.pages import DeskVisit, Done, action
from frontline.web.session import Role

OPEN = frozenset({State.ASKED, State.PROMISED, State.BROKEN})


class NudgeForm(msgspec.Struct, frozen=True):
    id: UUID
    request_id: UUID


async def nudge(visit: DeskVisit, form: NudgeForm) -> Any:
    """Tell whoever has promised, else the department, that it is waited for."""
    me, today = visit.known.staff_id, visit.shop.day(visit.opened.now())
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        whole = await views.one(transaction, form.request_id)
        if whole is None:
            return Refused(Refusal.REQUEST_UNKNOWN)
        request = whole.row.request
        people = await views.concerned(transaction, request.department_id)
    if visit.known.role is not Role.OWNER and me != request.asked_by:
        return Refused(Refusal.NOT_YOUR_REQUEST)
    if request.state not in OPEN:
        return Refused(Refusal.REQUEST_MOVED_ON)
    by = (
        Words(whole.row.asker, whole.row.asker)
        if me == request.asked_by
        else Words("老板", "The owner")
    )
    message = Message(
        id=named(f"request {request.id}", f"nudge {me} {today}"),  # More often is not heard.
        title=Words(
            f"{by.zh} 在催：{request.what[:40]}", f"{by.en} waits for: {request.what[:40]}"
        ),
        text=Words(request.what, request.what),
        url=f"/desk/requests/show?id={request.id}",
        urgent=True,
    )
    for staff_id in people if request.promiser is None else (request.promiser,):
        await tell(visit.opened.engine, visit.shop_id, staff_id, message)
    who = whole.row.promiser or whole.row.department
    said = Words(f"已催 {who}，一天催一次", f"{who} was told; once a day is enough")
    return Done(said, go=f"/desk/requests/show?id={request.id}")


PAGES = (action("/desk/requests/nudge", NudgeForm, nudge, area="*"),)
