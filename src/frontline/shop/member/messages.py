"""Members: what may be asked, and what is answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, MemberId, NoEffect

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    WECHAT_CODE_INVALID = "wechat_code_invalid"
    WECHAT_BLOCKED = "wechat_blocked"
    WECHAT_AWAY = "wechat_away"
    CODE_TOO_SOON = "code_too_soon"
    CODE_TOO_OFTEN = "code_too_often"
    CODE_NOT_SENT = "code_not_sent"
    CODE_VOID = "code_void"
    CODE_WRONG = "code_wrong"
    MEMBER_UNKNOWN = "member_unknown"
    ADDRESS_UNKNOWN = "address_unknown"
    ADDRESSES_FULL = "addresses_full"
    REGION_UNKNOWN = "region_unknown"
    REGION_NEEDED = "region_needed"


ADDRESS_UNKNOWN = Text(
    "收货地址不存在，请重新选择", "There is no such address; choose another", 404
)
MEMBER_UNKNOWN = Text("会员不存在", "There is no such member", 404)

TEXTS: Texts = {
    Refusal.WECHAT_CODE_INVALID: Text(
        "微信登录已失效，请重新进入小程序", "This WeChat code is spent; please sign in again", 400
    ),
    Refusal.WECHAT_BLOCKED: Text(
        "微信提示该账号存在风险，暂时无法登录，请在微信中解除后再试",
        "WeChat holds this account back; solve it in WeChat, then try again",
        403,
    ),
    Refusal.WECHAT_AWAY: Text(
        "微信暂时没有回应，请稍后再试，或用手机号登录",
        "WeChat did not answer; try again in a moment, or sign in by phone",
        503,
    ),
    Refusal.CODE_TOO_SOON: Text(
        "验证码发送太频繁，请一分钟后再试", "A code was just sent; wait a minute", 429
    ),
    Refusal.CODE_TOO_OFTEN: Text(
        "该手机号今天的验证码次数已用完，请明天再试",
        "No more codes to this phone today; try tomorrow",
        429,
    ),
    Refusal.CODE_NOT_SENT: Text(
        "短信没有发出去，请一分钟后再试", "The code could not be sent; try again in a minute", 503
    ),
    Refusal.CODE_VOID: Text(
        "验证码已失效，请重新获取", "The code is no longer good; ask for a new one", 400
    ),
    Refusal.CODE_WRONG: Text("验证码不正确，请重新输入", "Wrong code; look again", 400),
    Refusal.MEMBER_UNKNOWN: MEMBER_UNKNOWN,
    Refusal.ADDRESS_UNKNOWN: ADDRESS_UNKNOWN,
    Refusal.ADDRESSES_FULL: Text(
        "收货地址最多 50 个，请先删除不用的", "At most 50 addresses; remove one first"
    ),
    Refusal.REGION_UNKNOWN: Text(
        "所在地区不正确，请重新选择到区县", "No such district; choose again", 400
    ),
    Refusal.REGION_NEEDED: Text("请填写所在地区", "Say in which region this is", 400),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class WaitForCode(NoEffect, frozen=True, tag=True):
    """A code was sent a moment ago, or too many were sent today."""

    refusal: Refusal
    wait_s: int


class CodeReady(msgspec.Struct, frozen=True, tag=True):
    """May be sent now."""

    expires_at: datetime


class CodeMissed(msgspec.Struct, frozen=True, tag=True):
    """Looks like a refusal and is not one: the try counts."""

    tries_left: int
    refusal: Refusal = Refusal.CODE_WRONG


class Joined(msgspec.Struct, frozen=True, tag=True):
    member_id: MemberId


class PhoneProved(msgspec.Struct, frozen=True, tag=True):
    """The code was right and is used up; the member was one before."""

    member_id: MemberId


class Recognised(NoEffect, frozen=True, tag=True):
    member_id: MemberId


class ProfileChanged(msgspec.Struct, frozen=True, tag=True):
    nickname: str
    locale: str
    member_id: MemberId  # Whose answer this is, should it ever have to be forgotten.


class AddressPut(msgspec.Struct, frozen=True, tag=True):
    address_id: UUID
    region: str


class AddressRemoved(msgspec.Struct, frozen=True, tag=True):
    address_id: UUID


class AddressPreferred(msgspec.Struct, frozen=True, tag=True):
    address_id: UUID


LoginOutcome = Joined | PhoneProved | Recognised | CodeReady | CodeMissed | WaitForCode | Refused
Outcome = ProfileChanged | AddressPut | AddressRemoved | AddressPreferred | Refused

# -- Asked ----------------------------------------------------------------------------


class LogIn(Command[Joined | Recognised], frozen=True, tag=True):
    """WeChat has said who this is. Who was not a member becomes one, with the command's id."""

    openid: str
    locale: str


class AskCode(Command[CodeReady | WaitForCode], frozen=True, tag=True):
    """Let a code be sent to this phone. Its digest is salted with the command's id."""

    phone: str
    digest: bytes


class LogInByPhone(Command[Joined | PhoneProved | CodeMissed | Refused], frozen=True, tag=True):
    """Somebody holds this phone. Who was not a member becomes one, with the command's id."""

    phone: str
    digest: bytes  # Of the code that was entered, salted with the id of the one that was sent.
    locale: str


class ChangeProfile(Command[ProfileChanged | Refused], frozen=True, tag=True):
    member_id: MemberId
    nickname: str | None = None
    locale: str | None = None


class PutAddress(Command[AddressPut | Refused], frozen=True, tag=True):
    """Write an address down, or change one. A new one takes the command's id."""

    member_id: MemberId
    address_id: UUID | None
    name: str
    phone: str
    region_code: str  # A district of China, or "" outside.
    region: str  # Outside China; inside, the text follows from the code.
    detail: str
    preferred: bool


class RemoveAddress(Command[AddressRemoved | Refused], frozen=True, tag=True):
    member_id: MemberId
    address_id: UUID


class PreferAddress(Command[AddressPreferred | Refused], frozen=True, tag=True):
    member_id: MemberId
    address_id: UUID


LoginRequest = LogIn | AskCode | LogInByPhone
Request = ChangeProfile | PutAddress | RemoveAddress | PreferAddress
