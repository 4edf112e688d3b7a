"""The tree of categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec

from frontline.kernel.seen import Facts, seen_of
from frontline.kernel.text import Words
from frontline.shop.catalog.messages import (
    TEXTS,
    AddCategory,
    CategoryPut,
    ChangeCategory,
    Refused,
)
from frontline.shop.catalog.seen import category_facts
from frontline.shop.catalog.views import desk
from frontline.store.database import Transaction
from frontline.web.edits import Edited, Teller, edit, labelled
from frontline.web.pages import (
    Answer,
    DeskVisit,
    Done,
    Group,
    Invalid,
    Menu,
    Nothing,
    Page,
    View,
    action,
    page,
)

Position = Annotated[int, msgspec.Meta(ge=0, le=10**6)]


async def _tree(visit: DeskVisit, _form: Nothing) -> Answer:
    """All categories, each where it stands, with how many products are in it."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await desk.branches(transaction, counted=True)
    return View(
        "catalog/categories.html",
        Words("商品分类", "Categories"),
        {"branches": found, "parents": _parents(visit, found)},
    )


def _parents(visit: DeskVisit, branches: Sequence[desk.Branch]) -> list[tuple[str, str]]:
    return [
        ("", visit.t("顶级分类", "At the top")),
        *((str(one.id), " / ".join(one.path)) for one in branches),
    ]


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    """One category, to be renamed or moved."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await desk.branches(transaction)
    branch = next((one for one in found if one.id == form.id), None)
    if branch is None:
        return None
    elsewhere = [one for one in found if one.path[: branch.depth + 1] != branch.path]
    return View(
        "catalog/category.html",
        Words(branch.name, branch.name),
        {
            "branch": branch,
            "parents": _parents(visit, elsewhere),
            "seen": seen_of(category_facts(branch)),
        },
    )


class AddForm(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    parent: UUID | None = None
    position: Position = 0


async def _add(visit: DeskVisit, form: AddForm) -> Answer:
    wish = AddCategory(
        id=form.id,
        name=form.name,
        parent_id=form.parent,
        position=form.position,
        staff_id=visit.known.staff_id,
    )
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    return _answer(outcome, Words("分类已添加", "The category is added"))


class ChangeForm(Edited, frozen=True, kw_only=True):
    id: UUID
    category_id: UUID
    name: str
    parent: UUID | None = None
    position: Position = 0


async def _change(visit: DeskVisit, form: ChangeForm) -> Answer:
    def wish(facts: Facts) -> ChangeCategory:
        return ChangeCategory(
            id=form.id,
            category_id=form.category_id,
            **facts,
            staff_id=visit.known.staff_id,
            seen=form.basis,
        )

    async def look(transaction: Transaction) -> tuple[Facts, Teller]:
        known = {one.id: one for one in await desk.branches(transaction)}
        paths = {one.id: " / ".join(one.path) for one in known.values()}
        top = visit.t("顶级分类", "At the top")
        said = {"parent_id": lambda value: paths.get(value, top)}
        return category_facts(known.get(form.category_id)), labelled(visit, _LABELS, said)

    mine = {"name": form.name, "parent_id": form.parent, "position": form.position}
    outcome = await edit(visit, form, form.category_id, mine, wish=wish, look=look)
    return _answer(outcome, Words("分类已修改", "The category is changed"))


_LABELS = {
    "name": Words("名称", "Name"),
    "parent_id": Words("上级分类", "Within"),
    "position": Words("排序", "Place"),
}


def _answer(outcome: Any, said: Words) -> Answer:
    match outcome:
        case CategoryPut():
            return Done(said, go="/desk/categories")
        case Refused(refusal, field=field):
            text = TEXTS[refusal]
            return Invalid({field or "": Words(text.zh, text.en)})
        case _:
            return outcome


PAGES: tuple[Page, ...] = (
    page(
        "/desk/categories",
        Nothing,
        _tree,
        menu=Menu(group=Group.GOODS, label=Words("分类", "Categories"), icon="category", place=20),
    ),
    page("/desk/categories/show", ShowForm, _show),
    action("/desk/categories/add", AddForm, _add),
    action("/desk/categories/change", ChangeForm, _change),
)
