"""Taking over a platform's calendar: looked at first, then taken."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.company.window import ics, views
from frontline.company.window.book import retold
from frontline.company.window.messages import (
    Imported,
    ImportWindows,
    State,
    WindowsImported,
)
from frontline.kernel.text import Words
from frontline.web.pages import (
    DeskVisit,
    Done,
    Invalid,
    Nothing,
    Upload,
    View,
    action,
    page,
)

ITEM_MAX = 16_384  # Bytes of one event, as the form sends it back.
TITLE = Words("导入日历", "Import a calendar")

NEW = Words("新增", "new")
CHANGED = Words("更新", "changed")
SAME = Words("没有变化", "unchanged")
DECIDED = Words("已有结论，保持不变", "decided already; it stays as it is")


async def ask(_visit: DeskVisit, _form: Nothing) -> View:
    return View("window/import.html", TITLE, {"events_max": ics.EVENTS_MAX})


class LookForm(msgspec.Struct, frozen=True):
    id: UUID
    platform: Annotated[str, msgspec.Meta(pattern=r"\S", max_length=50)]
    calendar: Upload


async def look(visit: DeskVisit, form: LookForm) -> Any:
    """What will be taken of the calendar, and what not, and why."""
    try:
        events = ics.read(
            form.calendar.content, form.platform, visit.shop.timezone, visit.opened.now()
        )
    except ics.CalendarUnreadable as error:
        return Invalid({"calendar": error.words})
    meant = [one.window_id or one.called_off for one in events]
    ids = [one for one in meant if one is not None]
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        known = await views.known(transaction, ids)
    takes: list[tuple[Any, ...]] = []
    for one in events:
        if one.window_id is None or one.facts is None:
            continue
        before = known.get(one.window_id)
        item = msgspec.json.encode(Imported(one.window_id, one.facts)).decode()
        if before is None:
            takes.append((one.facts, item, NEW, "green"))
        elif before.state is not State.OPEN:
            takes.append((one.facts, "", DECIDED, "secondary"))
        else:
            same = retold(before.facts, one.facts) == before.facts
            takes.append(
                (one.facts, item, SAME if same else CHANGED, "secondary" if same else "blue")
            )
    still_open = [
        known[one.called_off]
        for one in events
        if one.called_off in known and known[one.called_off].state is State.OPEN
    ]
    values = {
        "takes": takes,
        "count": sum(bool(item) for _, item, _, _ in takes),
        "called_off": still_open,
        "closed": sum(one.left is ics.CLOSED for one in events),
        "left": [(one.title, one.left) for one in events if one.left not in {None, ics.CLOSED}],
    }
    view = View("window/preview.html", TITLE, values, bare=True)
    return Done(Words("已读出日历，请核对", "The calendar was read; look it over"), view=view)


class TakeForm(msgspec.Struct, frozen=True):
    id: UUID
    take: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=ITEM_MAX)], ...],
        msgspec.Meta(max_length=ics.EVENTS_MAX),
    ] = ()


async def take(visit: DeskVisit, form: TakeForm) -> Any:
    if not form.take:
        return Invalid({"": Words("请至少勾选一个", "Choose at least one")})
    try:
        items = tuple(msgspec.json.decode(one, type=Imported) for one in form.take)
    except msgspec.MsgspecError:
        return Invalid({"": Words("日历内容读不出来，请重新上传", "Unreadable; upload it again")})
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        ImportWindows(id=form.id, staff_id=visit.known.staff_id, items=items),
    )
    if not isinstance(outcome, WindowsImported):
        return outcome
    said = Words(
        f"新增 {outcome.added} 个，更新 {outcome.changed} 个，没有变化 {outcome.same} 个",
        f"{outcome.added} new, {outcome.changed} changed, {outcome.same} unchanged",
    )
    if outcome.left:
        said = Words(
            f"{said.zh}，{outcome.left} 个已截止或已有结论",
            f"{said.en}, {outcome.left} closed or decided already",
        )
    return Done(said, go="/desk/windows")


PAGES = (
    page("/desk/windows/import", Nothing, ask),
    action("/desk/windows/import/look", LookForm, look),
    action("/desk/windows/import/take", TakeForm, take),
)
