"""Those whom a request concerns hear of what became of it. It may be done again."""

from __future__ import annotations

from frontline.company.notice.notifier import Message, tell
from frontline.company.request import views
from frontline.company.request.messages import RequestDue, RequestMoved, State
from frontline.engine.feature import Outside
from frontline.kernel.ids import named
from frontline.kernel.text import Words
from frontline.kernel.words import ShopId, StaffId

TITLES = {
    State.ASKED: Words("{asker} 请 {department} 协作", "{asker} asks {department} for help"),
    State.PROMISED: Words("{by} 答应了您的请求", "{by} has promised what you asked for"),
    State.DECLINED: Words("{by} 婉拒了您的请求", "{by} has declined your request"),
    State.KEPT: Words("您请求的事办好了", "What you asked for is done"),
    State.BROKEN: Words("{department} 的承诺已过期", "{department} has not kept its word"),
    State.WITHDRAWN: Words("{asker} 撤回了请求", "{asker} has withdrawn a request"),
}
CONTESTABLE = frozenset({State.ASKED, State.PROMISED, State.BROKEN})
CONTESTED = Words("{asker} 说事情还没办好", "{asker} says that it is not done")
DUE = Words("{department} 的协作即将到期", "A request to {department} is due soon")


async def told(outside: Outside, shop_id: ShopId, event: RequestMoved) -> None:
    async with outside.database.transaction(shop_id) as transaction:
        whole = await views.one(transaction, event.request_id)
        assert whole is not None
        request = whole.row.request
        people = await views.concerned(transaction, request.department_id)
    promiser = () if request.promiser is None else (request.promiser,)
    concerned: dict[State, tuple[StaffId, ...]] = {
        State.ASKED: people,
        State.WITHDRAWN: promiser or people,
        State.BROKEN: (request.asked_by, *(promiser or people)),
        State.KEPT: (request.asked_by, *promiser),
    }
    contested = event.step > 1 and event.by == request.asked_by and event.state in CONTESTABLE
    title = CONTESTED if contested else TITLES[event.state]
    to = promiser or people if contested else concerned.get(event.state, (request.asked_by,))
    by = next((step.name for step in whole.steps if step.step.number == event.step), "")
    message = Message(
        id=named(f"request {request.id}", str(event.step)),
        title=_title(whole.row, title, by),
        text=Words(request.what, request.what),
        url=f"/desk/requests/show?id={request.id}",
        urgent=event.state is State.BROKEN,
    )
    for staff_id in dict.fromkeys(to):
        if staff_id != event.by:
            await tell(outside.engine, shop_id, staff_id, message)


async def reminded(outside: Outside, shop_id: ShopId, event: RequestDue) -> None:
    """Whoever promised; before that, everybody in the department; without anybody, the owners."""
    async with outside.database.transaction(shop_id) as transaction:
        whole = await views.one(transaction, event.request_id)
        assert whole is not None
        request = whole.row.request
        people = await views.concerned(transaction, request.department_id)
    if request.due_at != event.due_at or request.state not in {State.ASKED, State.PROMISED}:
        return
    message = Message(
        id=named(f"request {request.id}", f"due {event.due_at.isoformat()}"),
        title=_title(whole.row, DUE, ""),
        text=Words(request.what, request.what),
        url=f"/desk/requests/show?id={request.id}",
        urgent=True,
    )
    for staff_id in people if request.promiser is None else (request.promiser,):
        await tell(outside.engine, shop_id, staff_id, message)


def _title(row: views.RequestRow, title: Words, by: str) -> Words:
    names = {"asker": row.asker, "department": row.department, "by": by}
    return Words(title.zh.format(**names), title.en.format(**names))
