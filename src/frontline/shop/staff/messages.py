"""Staff logging in: what may be asked, and what is answered."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, NoEffect

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public."""

    LOGIN_WRONG = "login_wrong"
    LOGIN_TOO_OFTEN = "login_too_often"
    SECOND_CODE_NEEDED = "second_code_needed"
    SECOND_CODE_WRONG = "second_code_wrong"


TEXTS: Texts = {
    Refusal.LOGIN_WRONG: Text(
        "用户名或密码不正确，请重新输入", "Wrong name or password; look again", 403
    ),
    Refusal.LOGIN_TOO_OFTEN: Text(
        "密码错误次数过多，请稍后再试", "Too many wrong passwords; try again later", 429
    ),
    Refusal.SECOND_CODE_NEEDED: Text(
        "您已开启两步验证，请同时输入动态验证码",
        "Two-step sign-in is on: enter the code of your authenticator as well",
        403,
    ),
    Refusal.SECOND_CODE_WRONG: Text(
        "动态验证码不正确或已用过，请输入新的验证码",
        "The code is wrong or was used; enter a new one",
        403,
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal
    wait_s: int | None = None


class TryCounted(msgspec.Struct, frozen=True, tag=True):
    """The password may be looked at."""


class TriesForgotten(msgspec.Struct, frozen=True, tag=True):
    """The password was right."""


Outcome = TryCounted | TriesForgotten | Refused

# -- Asked ----------------------------------------------------------------------------


class CountTry(Command[TryCounted | Refused], frozen=True, tag=True):
    """Somebody is about to try a password.

    A try is counted before the password is looked at, so a thousand at the same moment are
    counted as well.
    """

    slot: int


class ForgetTries(Command[TriesForgotten], frozen=True, tag=True):
    slot: int


Request = CountTry | ForgetTries
