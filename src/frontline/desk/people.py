"""Who works here: the owner hires, lets in, gives a new password, dismisses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.desk.account import weak_words
from frontline.desk.frame import entries_of
from frontline.kernel.text import Words
from frontline.shop.staff import people, second, views
from frontline.shop.staff.login import NAME_CHARACTERS_MAX, PASSWORD_CHARACTERS_MAX, verifier
from frontline.web.door import Who
from frontline.web.pages import (
    DeskVisit,
    Done,
    Go,
    Group,
    Invalid,
    Menu,
    Nothing,
    Page,
    View,
    action,
    page,
)
from frontline.web.session import EVERYWHERE, SEE, Role

STAFF = "/desk/staff"
AREAS_MAX = 100
_TITLE = Words("员工与权限", "Staff and permissions")

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARACTERS_MAX)]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=PASSWORD_CHARACTERS_MAX)]
Areas = Annotated[tuple[str, ...], msgspec.Meta(max_length=AREAS_MAX)]


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


class HireForm(msgspec.Struct, frozen=True):
    id: UUID
    name: Name
    password: Password
    role: Role
    everything: bool
    see: Areas = ()
    act: Areas = ()


class LetInForm(msgspec.Struct, frozen=True):
    staff_id: UUID
    everything: bool
    see: Areas = ()
    act: Areas = ()


class PasswordForm(msgspec.Struct, frozen=True):
    staff_id: UUID
    password: Password


class OneForm(msgspec.Struct, frozen=True):
    staff_id: UUID


def areas_of(pages: Iterable[Page]) -> dict[str, Words]:
    """The areas that staff can be let into, by what stands in the menu."""
    found: dict[str, list[Words]] = {}
    for entry in entries_of(pages):
        if entry.page.who is Who.STAFF and entry.page.area != EVERYWHERE:
            labels = found.setdefault(entry.page.area, [])
            if entry.menu.label not in labels:
                labels.append(entry.menu.label)
    return {
        area: Words("、".join(it.zh for it in those), ", ".join(it.en for it in those))
        for area, those in found.items()
    }


def people_of(pages: Sequence[Page]) -> tuple[Page, ...]:
    areas = areas_of(pages)
    desk = _People(areas)
    menu = Menu(group=Group.SHOP, label=_TITLE, icon="users", place=10)
    return (
        page(STAFF, Nothing, desk.list, who=Who.OWNER, area=EVERYWHERE, menu=menu),
        page(f"{STAFF}/new", Nothing, desk.new, who=Who.OWNER, area=EVERYWHERE),
        page(f"{STAFF}/show", ShowForm, desk.show, who=Who.OWNER, area=EVERYWHERE),
        action(f"{STAFF}/hire", HireForm, desk.hire, who=Who.OWNER, area=EVERYWHERE),
        action(f"{STAFF}/areas", LetInForm, desk.let_in, who=Who.OWNER, area=EVERYWHERE),
        action(f"{STAFF}/password", PasswordForm, desk.password, who=Who.OWNER, area=EVERYWHERE),
        action(f"{STAFF}/second/off", OneForm, desk.second_off, who=Who.OWNER, area=EVERYWHERE),
        action(f"{STAFF}/end", OneForm, desk.end, who=Who.OWNER, area=EVERYWHERE),
        action(f"{STAFF}/dismiss", OneForm, desk.dismiss, who=Who.OWNER, area=EVERYWHERE),
        action(f"{STAFF}/back", OneForm, desk.back, who=Who.OWNER, area=EVERYWHERE),
    )


class _People:
    def __init__(self, areas: Mapping[str, Words]) -> None:
        self._areas = areas

    async def list(self, visit: DeskVisit, _form: Nothing) -> View:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            those = await views.everybody(transaction)
        values = {"people": those, "let_in": {one.id: self._let_in(one, visit) for one in those}}
        return View("desk/staff.html", _TITLE, values)

    async def new(self, _visit: DeskVisit, _form: Nothing) -> View:
        values = {
            "areas": self._areas,
            "see": (),
            "act": (),
            "password_min": people.PASSWORD_CHARACTERS_MIN,
        }
        return View("desk/hire.html", Words("添加员工", "Hire somebody"), values)

    async def show(self, visit: DeskVisit, form: ShowForm) -> View | None:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            one = await views.one(transaction, form.id)
        if one is None:
            return None
        act = [area for area in self._areas if one.areas is None or area in one.areas]
        see = [area for area in self._areas if one.areas and area + SEE in one.areas]
        values = {
            "one": one,
            "areas": self._areas,
            "act": act,
            "see": see,
            "me": visit.known.staff_id,
            "password_min": people.PASSWORD_CHARACTERS_MIN,
        }
        return View("desk/person.html", Words(one.name, one.name), values)

    async def hire(self, visit: DeskVisit, form: HireForm) -> Done | Invalid:
        if form.role is Role.MEMBER:
            return Invalid({"role": Words("请选择身份", "Choose what they are")})
        if people.too_weak(form.password, form.name):
            return Invalid({"password": weak_words()})
        password_hash = await verifier.hashed(form.password)
        areas = None if form.role is Role.OWNER else self._chosen(form)
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            hired = await people.hire(
                transaction,
                form.id,
                name=form.name,
                password_hash=password_hash,
                role=form.role,
                areas=areas,
                now=visit.opened.now(),
            )
        if not hired:
            words = Words("已有同名员工，请换一个用户名", "Somebody has this name already")
            return Invalid({"name": words})
        return Done(Words(f"已添加 {form.name}", f"{form.name} is hired"), go=STAFF)

    async def let_in(self, visit: DeskVisit, form: LetInForm) -> Done | None:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            done = await people.let_in(
                transaction, visit.opened.sessions, form.staff_id, self._chosen(form)
            )
        return _done("权限已更新", "Permissions are changed", form.staff_id) if done else None

    async def password(self, visit: DeskVisit, form: PasswordForm) -> Done | Invalid | None:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            known = await people.known_by(transaction, form.staff_id)
        if known is None:
            return None
        if people.too_weak(form.password, known[0]):
            return Invalid({"password": weak_words()})
        password_hash = await verifier.hashed(form.password)
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            sessions = visit.opened.sessions
            await people.change_password(
                transaction, sessions, form.staff_id, password_hash, but=None
            )
        return _done("密码已重置，请告知本人", "The password is reset; tell them", form.staff_id)

    async def second_off(self, visit: DeskVisit, form: OneForm) -> Done | None:
        """For somebody who has lost phone and paper."""
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            if await views.one(transaction, form.staff_id) is None:
                return None
            await second.forget(transaction, form.staff_id)
            await visit.opened.sessions.end(transaction, form.staff_id)
        return _done("两步验证已关闭", "Two-step sign-in is off", form.staff_id)

    async def end(self, visit: DeskVisit, form: OneForm) -> Done | None:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            if await views.one(transaction, form.staff_id) is None:
                return None
            await visit.opened.sessions.end(transaction, form.staff_id)
        return _done("已全部退出登录", "Signed out everywhere", form.staff_id)

    async def dismiss(self, visit: DeskVisit, form: OneForm) -> Done | Invalid | None:
        if form.staff_id == visit.known.staff_id:
            return Invalid({"": Words("不能停用自己的账号", "You cannot dismiss yourself")})
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            if await views.one(transaction, form.staff_id) is None:
                return None
            if not await people.dismiss(transaction, visit.opened.sessions, form.staff_id):
                words = Words("店铺至少要有一位店主", "A shop needs an owner")
                return Invalid({"": words})
        return _done("账号已停用，并已退出登录", "Dismissed and signed out", form.staff_id)

    async def back(self, visit: DeskVisit, form: OneForm) -> Done | Go | None:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            if await views.one(transaction, form.staff_id) is None:
                return None
            await people.take_back(transaction, form.staff_id)
        return _done("账号已启用", "Taken back", form.staff_id)

    def _chosen(self, form: HireForm | LetInForm) -> set[str] | None:
        """What to act in holds what to see; a name that is none of ours opens nothing."""
        if form.everything:
            return None
        act = {area for area in form.act if area in self._areas}
        return act | {area + SEE for area in form.see if area in self._areas and area not in act}

    def _let_in(self, one: views.Member, visit: DeskVisit) -> str:
        if one.role is Role.OWNER or one.areas is None:
            return visit.t("全部", "Everything")
        act = [words for area, words in self._areas.items() if area in one.areas]
        see = [words for area, words in self._areas.items() if area + SEE in one.areas]
        parts = [words.in_(visit.language) for words in act]
        only = visit.t("（仅查看）", " (look only)")
        parts += [words.in_(visit.language) + only for words in see]
        return visit.t("；", "; ").join(parts) or visit.t("无", "Nothing")


def _done(zh: str, en: str, staff_id: UUID) -> Done:
    return Done(Words(zh, en), go=f"{STAFF}/show?id={staff_id}")
