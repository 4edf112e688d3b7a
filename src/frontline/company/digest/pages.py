"""The morning digest at the desk, and when it is sent."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.company.authority.messages import ACTION_WORDS
from frontline.company.digest import views
from frontline.company.digest.book import HOURS
from frontline.company.digest.messages import SetDigest
from frontline.company.digest.suggestion import suggested
from frontline.kernel.text import Words
from frontline.web.door import Who
from frontline.web.pages import DeskVisit, Done, Group, Menu, Nothing, View, action, page


class HourForm(msgspec.Struct, frozen=True):
    id: UUID
    hour: Annotated[int, msgspec.Meta(ge=0, lt=HOURS)] | None = None  # None: not at all.


async def show(visit: DeskVisit, _: Nothing) -> View:
    now, me = visit.opened.now(), visit.known.staff_id
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        digest = await views.digest(transaction, visit.shop, me, now)
        wish = await views.wish(transaction, me)
    advice, way = suggested(digest)
    values = {
        "digest": digest,
        "wish": wish,
        "advice": advice,
        "way": way,
        "actions": ACTION_WORDS,
        "choices": [
            ("", Words("不发", "Not at all")),
            *((hour, f"{hour}:00") for hour in range(HOURS)),
        ],
    }
    return View("digest/digest.html", Words("晨报", "Morning digest"), values)


async def set_hour(visit: DeskVisit, form: HourForm) -> Done:
    command = SetDigest(
        id=form.id,
        staff_id=visit.known.staff_id,
        hour=form.hour,
        timezone=visit.shop.timezone,
    )
    await visit.opened.engine.submit(visit.shop_id, command)
    if form.hour is None:
        return Done(Words("已关闭每天的晨报", "The digest is not sent any more"), go="/desk/digest")
    said = Words(f"每天 {form.hour}:00 发给您", f"It is sent to you every day at {form.hour}:00")
    return Done(said, go="/desk/digest")


PAGES = (
    page(
        "/desk/digest",
        Nothing,
        show,
        who=Who.OWNER,
        menu=Menu(group=Group.FRONT, label=Words("晨报", "Digest"), icon="sunrise", place=20),
    ),
    action("/desk/digest/hour", HourForm, set_hour, who=Who.OWNER),
)
