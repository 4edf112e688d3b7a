"""Doors: logging in and out, the profile, the address book; staff looking for members."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from frontline.engine.engine import new_id
from frontline.kernel.words import MemberId
from frontline.shop.member import messages, views
from frontline.shop.member.codes import CodeNotSent, CodeSender, digest_of, new_code
from frontline.shop.member.messages import (
    AskCode,
    ChangeProfile,
    CodeMissed,
    CodeReady,
    Joined,
    LogIn,
    LogInByPhone,
    PreferAddress,
    PutAddress,
    Refusal,
    Refused,
    RemoveAddress,
    WaitForCode,
)
from frontline.web.door import Door, Visit, Who, command_door, get, post
from frontline.web.session import Caller, Role
from frontline.wechat.miniprogram import CodeRefusal, CodeRefused, MiniProgram
from frontline.wechat.provider import ProviderFault

_log = logging.getLogger(__name__)

# Something to read, on one line: not only spaces, and nothing that cannot be printed.
_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
_PHONE = r"^((\+86)?1[3-9][0-9]{9}|\+[1-9][0-9]{6,14})$"

Phone = Annotated[str, msgspec.Meta(pattern=_PHONE, max_length=16)]
"""Eleven digits of the mainland, or + and the number with its country code."""
Nickname = Annotated[str, msgspec.Meta(pattern=_LINE, max_length=32)]
Name = Annotated[str, msgspec.Meta(pattern=_LINE, max_length=64)]
Detail = Annotated[str, msgspec.Meta(pattern=_LINE, max_length=200)]
Region = Annotated[str, msgspec.Meta(pattern=rf"^$|{_LINE}", max_length=100)]
RegionCode = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{6})?$", max_length=6)]
Locale = Literal["zh", "en"]


class Nothing(msgspec.Struct, frozen=True):
    pass


def _normal(phone: str) -> str:
    """One way to write a number: the mainland's without country code."""
    phone = phone.strip()
    bare = phone.removeprefix("+86")
    return bare if len(bare) == 11 and bare.startswith("1") else phone  # noqa: PLR2004 - digits


# -- Logging in and out -------------------------------------------------------------------


class SignedIn(msgspec.Struct, frozen=True):
    token: str  # For the header `Authorization: Bearer <token>`; shown only here.
    member_id: UUID
    joined: bool  # Has become a member just now.


async def _sign_in(visit: Visit, member_id: MemberId, *, joined: bool) -> SignedIn:
    token = await visit.opened.sessions.open(visit.shop_id, member_id, Role.MEMBER)
    return SignedIn(token, member_id, joined)


class WeChatForm(msgspec.Struct, frozen=True):
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]  # Of `wx.login`.


_CODE_REFUSALS = {
    CodeRefusal.INVALID: Refusal.WECHAT_CODE_INVALID,
    CodeRefusal.OTHER_APP: Refusal.WECHAT_CODE_INVALID,
    CodeRefusal.RISKY_USER: Refusal.WECHAT_BLOCKED,
}


async def _by_wechat(visit: Visit, form: WeChatForm) -> SignedIn | Refused:
    """Log in with the code that WeChat gave the mini-program."""
    wechat: MiniProgram = visit.opened.services[MiniProgram]
    try:
        session = await wechat.code2session(form.code)
    except ProviderFault as fault:
        _log.warning("WeChat did not say who this is: %r", fault)
        return Refused(Refusal.WECHAT_AWAY)
    if isinstance(session, CodeRefused):
        return Refused(_CODE_REFUSALS[session.refusal])
    wish = LogIn(id=new_id(), openid=session.openid, locale=visit.language)
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    return await _sign_in(visit, outcome.member_id, joined=isinstance(outcome, Joined))


class AskForm(msgspec.Struct, frozen=True):
    phone: Phone


class CodeSent(msgspec.Struct, frozen=True):
    now: datetime
    expires_at: datetime
    shown_code: str | None  # In a demo, where no message comes: what the phone would show.


async def _ask_code(visit: Visit, form: AskForm) -> CodeSent | WaitForCode | Refused:
    """Have a code sent to this phone: one a minute, ten a day."""
    phone, code, code_id = _normal(form.phone), new_code(), new_id()
    wish = AskCode(id=code_id, phone=phone, digest=digest_of(code, code_id))
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    if not isinstance(outcome, CodeReady):
        return outcome
    sender: CodeSender = visit.opened.services[CodeSender]
    try:
        await sender.send(visit.shop_id, phone, code, visit.language)
    except CodeNotSent as fault:
        _log.warning("a login code was not sent: %r", fault)
        return Refused(Refusal.CODE_NOT_SENT)
    shown = code if sender.shows_codes else None
    return CodeSent(visit.opened.now(), outcome.expires_at, shown)


class PhoneForm(msgspec.Struct, frozen=True):
    phone: Phone
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$", max_length=6)]


async def _by_phone(visit: Visit, form: PhoneForm) -> SignedIn | CodeMissed | Refused:
    """Log in with the code that was sent to this phone: good for five minutes, five tries."""
    phone = _normal(form.phone)
    salt = await views.code_id(visit.opened.database, visit.shop_id, phone)
    if salt is None:
        return Refused(Refusal.CODE_VOID)
    wish = LogInByPhone(
        id=new_id(), phone=phone, digest=digest_of(form.code, salt), locale=visit.language
    )
    outcome = await visit.opened.engine.submit(visit.shop_id, wish)
    if isinstance(outcome, CodeMissed | Refused):
        return outcome
    return await _sign_in(visit, outcome.member_id, joined=isinstance(outcome, Joined))


class SignedOut(msgspec.Struct, frozen=True):
    pass


async def _log_out(visit: Visit, _form: Nothing) -> SignedOut:
    """Log out: the token is worth nothing from now on."""
    await visit.opened.sessions.close(visit.authorization)
    return SignedOut()


# -- Profile ------------------------------------------------------------------------------


async def _me(visit: Visit, _form: Nothing) -> views.Me | None:
    """Who I am to this shop."""
    return await views.me(visit.opened.database, visit.shop_id, visit.known.member_id)


class ChangeForm(msgspec.Struct, frozen=True):
    id: UUID
    nickname: Nickname | None = None
    locale: Locale | None = None


def _change(caller: Caller, form: ChangeForm) -> ChangeProfile:
    """Change my nickname or my language; what is left out stays."""
    return ChangeProfile(
        id=form.id,
        member_id=caller.member_id,
        nickname=None if form.nickname is None else form.nickname.strip(),
        locale=form.locale,
    )


# -- Address book ---------------------------------------------------------------------------


class PutForm(msgspec.Struct, frozen=True):
    id: UUID
    name: Name
    phone: Phone
    region_code: RegionCode  # A district of GET /api/regions; "" outside China.
    detail: Detail
    address_id: UUID | None = None  # None: a new one, which takes `id`.
    region: Region = ""  # Outside China only.
    preferred: bool = False


class AddressForm(msgspec.Struct, frozen=True):
    id: UUID
    address_id: UUID


async def _addresses(visit: Visit, _form: Nothing) -> views.OwnAddresses:
    """My address book."""
    return await views.addresses(visit.opened.database, visit.shop_id, visit.known.member_id)


def _put(caller: Caller, form: PutForm) -> PutAddress:
    """Write an address down, or change one; at most 50."""
    return PutAddress(
        id=form.id,
        member_id=caller.member_id,
        address_id=form.address_id,
        name=form.name.strip(),
        phone=_normal(form.phone),
        region_code=form.region_code.strip(),
        region=form.region.strip(),
        detail=form.detail.strip(),
        preferred=form.preferred,
    )


def _remove(caller: Caller, form: AddressForm) -> RemoveAddress:
    """Strike an address out; orders that went there keep their copy."""
    return RemoveAddress(id=form.id, member_id=caller.member_id, address_id=form.address_id)


def _prefer(caller: Caller, form: AddressForm) -> PreferAddress:
    """Offer this address first."""
    return PreferAddress(id=form.id, member_id=caller.member_id, address_id=form.address_id)


# -- For staff ------------------------------------------------------------------------------


class SearchForm(msgspec.Struct, frozen=True):
    phone: Annotated[str, msgspec.Meta(pattern=r"^\+?[0-9]*$", max_length=16)] = ""
    nickname: Annotated[str, msgspec.Meta(pattern=rf"^$|{_LINE}", max_length=32)] = ""
    before: UUID | None = None


async def _members(visit: Visit, form: SearchForm) -> views.FoundMembers:
    """Members, the newest first: by the beginning of a phone, by a part of a nickname."""
    return await views.members(
        visit.opened.database,
        visit.shop_id,
        phone=form.phone.strip(),
        nickname=form.nickname.strip(),
        before=form.before,
    )


DOORS: tuple[Door, ...] = (
    post("/api/login/wechat", WeChatForm, _by_wechat, SignedIn, who=Who.ANYONE),
    post("/api/login/phone/ask", AskForm, _ask_code, CodeSent, who=Who.ANYONE),
    post("/api/login/phone", PhoneForm, _by_phone, SignedIn, who=Who.ANYONE),
    post("/api/logout", Nothing, _log_out, SignedOut, who=Who.MEMBER),
    get("/api/me", Nothing, _me, views.Me, who=Who.MEMBER),
    command_door("/api/me/change", ChangeForm, _change, messages.ProfileChanged),
    get("/api/addresses", Nothing, _addresses, views.OwnAddresses, who=Who.MEMBER),
    command_door("/api/addresses/put", PutForm, _put, messages.AddressPut),
    command_door("/api/addresses/remove", AddressForm, _remove, messages.AddressRemoved),
    command_door("/api/addresses/prefer", AddressForm, _prefer, messages.AddressPreferred),
    get("/api/staff/members", SearchForm, _members, views.FoundMembers, who=Who.STAFF),
)
