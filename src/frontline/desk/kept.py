"""Keeping what a list is filtered by, under a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import msgspec

from frontline.desk.frame import may
from frontline.kernel.text import Words
from frontline.web import saved
from frontline.web.pages import DeskVisit, Done, Invalid, Page, Undo, action
from frontline.web.session import EVERYWHERE, Role

KEEP, DROP = "/desk/views/keep", "/desk/views/drop"


class KeepForm(msgspec.Struct, frozen=True):
    id: UUID
    list: Annotated[str, msgspec.Meta(max_length=100)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=saved.NAME_CHARACTERS_MAX)]
    query: Annotated[str, msgspec.Meta(max_length=saved.QUERY_CHARACTERS_MAX)]
    shared: bool = False


class DropForm(msgspec.Struct, frozen=True):
    id: UUID
    view_id: UUID


def kept_of(pages: Iterable[Page]) -> tuple[Page, ...]:
    """The actions, for these lists."""
    lists = {one.path: one for one in pages if one.method == "GET"}

    async def keep(visit: DeskVisit, form: KeepForm) -> Done | Invalid | None:
        page = lists.get(form.list)
        if page is None or not may(visit.known, page):
            return None
        query = urlencode(parse_qsl(form.query))  # As the list itself writes it.
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            done = await saved.keep(
                transaction,
                visit.known.staff_id,
                id=form.id,
                list=form.list,
                shared=form.shared,
                name=form.name,
                query=query[: saved.QUERY_CHARACTERS_MAX],
            )
        if not done:
            return Invalid({"name": Words("最多保存 30 个视图", "At most 30 views can be kept")})
        url = f"{form.list}?{query}" if query else form.list
        return Done(Words("视图已保存", "The view is kept"), go=url)

    async def drop(visit: DeskVisit, form: DropForm) -> Done | None:
        owner = visit.known.role is Role.OWNER
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            gone = await saved.drop(transaction, visit.known.staff_id, form.view_id, any_of=owner)
        if gone is None:
            return None
        fields = {"list": gone.list, "name": gone.name, "query": gone.query}
        if gone.shared:
            fields["shared"] = "on"
        return Done(Words("视图已删除", "The view is gone"), go=gone.list, undo=Undo(KEEP, fields))

    return (
        action(KEEP, KeepForm, keep, area=EVERYWHERE),
        action(DROP, DropForm, drop, area=EVERYWHERE),
    )
