"""Everybody's own pages: password, second proof, sessions, and how the desk looks."""

from __future__ import annotations

from typing import Annotated

import msgspec
from markupsafe import Markup

from frontline.engine.engine import new_id
from frontline.kernel.text import Words
from frontline.shop.staff import people, second
from frontline.shop.staff.login import PASSWORD_CHARACTERS_MAX, slot_of, verifier
from frontline.shop.staff.messages import CountTry, ForgetTries, Refusal, Refused
from frontline.web.pages import DeskVisit, Done, Go, Invalid, Nothing, Page, View, action, page
from frontline.web.session import EVERYWHERE, digest

ME, SECOND = "/desk/me", "/desk/me/second"
_BROWSERS = (
    ("Edg/", "Edge"),
    ("MicroMessenger", "微信"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
_SECURITY = Words("账号与安全", "Account and security")

Password = Annotated[str, msgspec.Meta(min_length=1, max_length=PASSWORD_CHARACTERS_MAX)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


async def _me(visit: DeskVisit, _form: Nothing) -> View:
    me, mine = visit.known.staff_id, digest(_token(visit))
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        sessions = await visit.opened.sessions.of_actor(transaction, me)
        second_since = await second.since(transaction, me)
        papers = await second.paper_left(transaction, me)
    values = {
        "sessions": [
            {
                "digest": one.digest.hex(),
                "what": browser_of(one.agent),
                "created_at": one.created_at,
                "seen_at": one.seen_at,
                "mine": one.digest == mine,
            }
            for one in sessions
        ],
        "second_since": second_since,
        "papers": papers,
        "password_min": people.PASSWORD_CHARACTERS_MIN,
    }
    return View("desk/me.html", _SECURITY, values)


def browser_of(agent: str) -> str:
    """`Chrome · Windows`, as far as the browser's own words can be believed."""
    found = [
        next((name for sign, name in signs if sign in agent), "") for signs in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(each for each in found if each) or agent[:40] or "—"


# -- Password ---------------------------------------------------------------------------------


class PasswordForm(msgspec.Struct, frozen=True):
    old_password: Password
    new_password: Password
    new_password_again: Password


async def _password(visit: DeskVisit, form: PasswordForm) -> Done | Invalid | Refused | None:
    me = visit.known.staff_id
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        known = await people.known_by(transaction, me)
    if known is None:
        return None
    if form.new_password != form.new_password_again:
        words = Words("两次输入的密码不一致", "The two passwords differ")
        return Invalid({"new_password_again": words})
    if people.too_weak(form.new_password, known[0]):
        return Invalid({"new_password": weak_words()})
    if (no := await _asked_for_password(visit, *known, form.old_password)) is not None:
        return no
    password_hash = await verifier.hashed(form.new_password)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        but = digest(_token(visit))
        sessions = visit.opened.sessions
        await people.change_password(transaction, sessions, me, password_hash, but=but)
    said = Words("密码已修改，其他设备已退出登录", "Changed; other devices are signed out")
    return Done(said, go=ME)


def weak_words() -> Words:
    least = people.PASSWORD_CHARACTERS_MIN
    return Words(
        f"密码至少 {least} 个字符，不能过于简单，也不要包含用户名",
        f"At least {least} characters, not all alike, and without your name",
    )


async def _asked_for_password(
    visit: DeskVisit, name: str, password_hash: str, password: str
) -> Invalid | Refused | None:
    """Who sits there must know it, and may not try for ever."""
    slot = slot_of(name)
    counted = await visit.opened.engine.submit(visit.shop_id, CountTry(id=new_id(), slot=slot))
    if isinstance(counted, Refused):
        return counted
    if not await verifier.matches(password, password_hash):
        return Invalid({"old_password": Words("当前密码不正确", "This is not your password")})
    await visit.opened.engine.submit(visit.shop_id, ForgetTries(id=new_id(), slot=slot))
    return None


# -- Second proof -----------------------------------------------------------------------------


async def _second(visit: DeskVisit, _form: Nothing) -> View | Go:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        secret = await second.begin(
            transaction, visit.known.staff_id, name=visit.name, shop=visit.shop.name
        )
    if secret is None:
        return Go(ME)
    values = {
        "typed": " ".join(secret.typed[at : at + 4] for at in range(0, len(secret.typed), 4)),
        "picture": Markup(secret.picture),  # noqa: S704 - drawn here
    }
    return View("desk/second.html", Words("开启两步验证", "Turn on two-step sign-in"), values)


class CodeForm(msgspec.Struct, frozen=True):
    code: Code


async def _set_up(visit: DeskVisit, form: CodeForm) -> View | Invalid:
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        codes = await second.set_up(transaction, visit.known.staff_id, form.code, now)
    if codes is None:
        words = Words(
            "验证码不正确，请核对手机时间后输入新的验证码",
            "Wrong code: check the clock of your phone and enter a new one",
        )
        return Invalid({"code": words})
    return _paper(codes)


class SureForm(msgspec.Struct, frozen=True):
    old_password: Password
    code: Code


async def _new_paper(visit: DeskVisit, form: CodeForm) -> View | Refused:
    now, me = visit.opened.now(), visit.known.staff_id
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        if not await second.use(transaction, me, form.code, now):
            return Refused(Refusal.SECOND_CODE_WRONG)
        return _paper(await second.paper(transaction, me))


def _paper(codes: object) -> View:
    title = Words("恢复码", "Recovery codes")
    return View("desk/paper.html", title, {"codes": codes})


async def _turn_off(visit: DeskVisit, form: SureForm) -> Done | Invalid | Refused | None:
    me = visit.known.staff_id
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        known = await people.known_by(transaction, me)
    if known is None:
        return None
    if (no := await _asked_for_password(visit, *known, form.old_password)) is not None:
        return no
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        if not await second.use(transaction, me, form.code, visit.opened.now()):
            return Refused(Refusal.SECOND_CODE_WRONG)
        await second.forget(transaction, me)
    return Done(Words("两步验证已关闭", "Two-step sign-in is off"), go=ME)


# -- Sessions ---------------------------------------------------------------------------------


class EndForm(msgspec.Struct, frozen=True):
    session: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None
    """None: all but this one."""


async def _end(visit: DeskVisit, form: EndForm) -> Done:
    only = None if form.session is None else bytes.fromhex(form.session)
    but = digest(_token(visit)) if form.session is None else None
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        ended = await visit.opened.sessions.end(
            transaction, visit.known.staff_id, only=only, but=but
        )
    said = Words(f"已退出 {ended} 个设备", f"{ended} signed out")
    return Done(said, go=ME)


def _token(visit: DeskVisit) -> bytes:
    return visit.authorization.removeprefix(b"Bearer ")


PAGES: tuple[Page, ...] = (
    page(ME, Nothing, _me, area=EVERYWHERE),
    action(f"{ME}/password", PasswordForm, _password, area=EVERYWHERE),
    action(f"{ME}/end", EndForm, _end, area=EVERYWHERE),
    page(SECOND, Nothing, _second, area=EVERYWHERE),
    action(f"{SECOND}/on", CodeForm, _set_up, area=EVERYWHERE),
    action(f"{SECOND}/off", SureForm, _turn_off, area=EVERYWHERE),
    action(f"{SECOND}/paper", CodeForm, _new_paper, area=EVERYWHERE),
)
