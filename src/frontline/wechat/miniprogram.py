"""The mini-program's server side: who logs in, and codes that lead to its pages.

WeChat answers 200 whatever happened and says so in `errcode`. A code that is not good is an
outcome of the shopper's making and comes back as a `CodeRefused`; what went wrong between the
servers is raised as a `ProviderFault`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
import msgspec

from frontline.wechat.clock import Clock, system_clock
from frontline.wechat.provider import UNREADABLE_ANSWER, OutcomeUnknown, ProviderRefused, Throttled
from frontline.wechat.wire import exchange, http_code

SCENE_PATTERN = r"^[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{1,32}$"
"""What a page may be told by a code: WeChat takes no other letters, and no more of them."""
PAGE_PATTERN = r"^[0-9A-Za-z_-]+(/[0-9A-Za-z_-]+)*$"
"""Of the mini program, without a slash before it and without a query."""

_BUSY = -1
_TOKEN_INVALID = frozenset({40001, 40014, 42001})
_TOO_OFTEN = frozenset({45009, 45011})
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff")  # How a PNG and a JPEG begin.
_REFRESH_EARLY = timedelta(minutes=5)
"""WeChat keeps the old token good for five minutes after it hands out a new one."""


class CodeRefusal(StrEnum):
    INVALID = "invalid"  # 40029, 40163: made up, older than five minutes, or used before.
    RISKY_USER = "risky_user"  # 40226: WeChat blocks this user.
    OTHER_APP = "other_app"  # The phone number was given to another app than ours.


_REFUSALS = {
    40029: CodeRefusal.INVALID,
    40163: CodeRefusal.INVALID,
    40226: CodeRefusal.RISKY_USER,
}


class CodeRefused(msgspec.Struct, frozen=True):
    refusal: CodeRefusal


@dataclass(frozen=True, slots=True)
class Session:
    openid: str
    unionid: str | None
    session_key: str = field(repr=False)
    """Never leaves the server."""


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    country_code: str
    number: str = field(repr=False)
    """Without country code."""


@dataclass(frozen=True, slots=True)
class Token:
    value: str = field(repr=False)
    expires_at: datetime


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    errcode: int = 0
    errmsg: str = ""


class _SessionAnswer(_Answer, frozen=True, kw_only=True):
    openid: str = ""
    session_key: str = ""
    unionid: str | None = None


class _TokenAnswer(_Answer, frozen=True, kw_only=True):
    access_token: str = ""
    expires_in: int = 0  # Seconds.


class _Watermark(msgspec.Struct, frozen=True):
    appid: str


class _PhoneInfo(msgspec.Struct, frozen=True, rename="camel"):
    pure_phone_number: str
    country_code: str
    watermark: _Watermark


class _PhoneAnswer(_Answer, frozen=True, kw_only=True):
    phone_info: _PhoneInfo | None = None


AnswerT = TypeVar("AnswerT", bound=_Answer)


class MiniProgram:
    """One app's line to `api.weixin.qq.com`, and the holder of its access token.

    The token is of the stable kind: asked twice, WeChat answers the same one, so every process
    may hold its own copy without making another's void.
    """

    def __init__(
        self, http: httpx.AsyncClient, appid: str, secret: str, *, clock: Clock = system_clock
    ) -> None:
        self._http = http
        self._appid = appid
        self._secret = secret
        self._clock = clock
        self._token: Token | None = None
        self._refreshing = asyncio.Lock()

    async def code2session(self, code: str) -> Session | CodeRefused:
        """Spend the code of `wx.login`."""
        query = {
            "appid": self._appid,
            "secret": self._secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        request = self._http.build_request("GET", "/sns/jscode2session", params=query)
        answer = await self._ask(_SessionAnswer, request)
        if answer.errcode in _REFUSALS:
            return CodeRefused(_REFUSALS[answer.errcode])
        _require_ok(answer)
        if not answer.openid or not answer.session_key:
            raise OutcomeUnknown(UNREADABLE_ANSWER, "jscode2session")
        return Session(answer.openid, answer.unionid, answer.session_key)

    async def phone_number(self, code: str) -> PhoneNumber | CodeRefused:
        """Spend the code of the phone-number button. Every call costs the merchant money."""
        answer = await self._with_token(
            _PhoneAnswer, "/wxa/business/getuserphonenumber", {"code": code}
        )
        if answer.errcode in _REFUSALS:
            return CodeRefused(_REFUSALS[answer.errcode])
        _require_ok(answer)
        if answer.phone_info is None:
            raise OutcomeUnknown(UNREADABLE_ANSWER, "getuserphonenumber")
        if answer.phone_info.watermark.appid != self._appid:
            return CodeRefused(CodeRefusal.OTHER_APP)
        return PhoneNumber(answer.phone_info.country_code, answer.phone_info.pure_phone_number)

    async def subscribed(self, openid: str, template_id: str, fields: Mapping[str, str]) -> None:
        """Send a subscribed message (订阅消息). Raises ProviderRefused when she did not agree."""
        wish = {
            "touser": openid,
            "template_id": template_id,
            "data": {name: {"value": value} for name, value in fields.items()},
        }
        _require_ok(await self._with_token(_Answer, "/cgi-bin/message/subscribe/send", wish))

    async def code_picture(self, scene: str, page: str) -> bytes:
        """A mini-program code that opens `page` with this `scene`: a PNG or JPEG of 430 px.

        Good for ever, and there may be as many as one likes. Raises ValueError for a scene or page
        that WeChat would not take.
        """
        if re.fullmatch(SCENE_PATTERN, scene) is None or re.fullmatch(PAGE_PATTERN, page) is None:
            message = f"no code can say {scene!r} to {page!r}"
            raise ValueError(message)
        # Unchecked: else nothing could be shared until WeChat has published the mini program.
        wish = {"scene": scene, "page": page, "check_path": False, "env_version": "release"}
        picture, answer = await self._picture("/wxa/getwxacodeunlimit", wish)
        if answer.errcode in _TOKEN_INVALID:
            picture, answer = await self._picture("/wxa/getwxacodeunlimit", wish)
        _require_ok(answer)
        if not picture.startswith(_PICTURES):
            raise OutcomeUnknown(UNREADABLE_ANSWER, "getwxacodeunlimit")
        return picture

    async def _picture(self, path: str, wish: Mapping[str, Any]) -> tuple[bytes, _Answer]:
        """Bytes, or else what WeChat says about it; a void token is forgotten."""
        token = await self.token()
        query = {"access_token": token.value}
        content = await self._send(self._http.build_request("POST", path, params=query, json=wish))
        if content.startswith(_PICTURES):
            return content, _Answer()
        answer = _read(_Answer, content)
        if answer.errcode in _TOKEN_INVALID and self._token is token:
            self._token = None
        return b"", answer

    async def token(self) -> Token:
        """The access token, fetched or refreshed when it is about to end."""
        if not self._is_good(self._token):
            async with self._refreshing:
                if not self._is_good(self._token):
                    self._token = await self._fetch_token()
        assert self._token is not None
        return self._token

    def _is_good(self, token: Token | None) -> bool:
        return token is not None and self._clock() < token.expires_at - _REFRESH_EARLY

    async def _fetch_token(self) -> Token:
        wish = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": self._secret,
            "force_refresh": False,
        }
        asked_at = self._clock()
        request = self._http.build_request("POST", "/cgi-bin/stable_token", json=wish)
        answer = await self._ask(_TokenAnswer, request)
        _require_ok(answer)
        if not answer.access_token:
            raise OutcomeUnknown(UNREADABLE_ANSWER, "stable_token")
        return Token(answer.access_token, asked_at + timedelta(seconds=answer.expires_in))

    async def _with_token(
        self, shape: type[AnswerT], path: str, wish: Mapping[str, Any]
    ) -> AnswerT:
        """Ask; once more with a fresh token when ours was void, for nothing was done then."""
        token = await self.token()
        answer = await self._ask_with(token, shape, path, wish)
        if answer.errcode in _TOKEN_INVALID:
            if self._token is token:  # Else somebody has fetched a newer one already.
                self._token = None
            answer = await self._ask_with(await self.token(), shape, path, wish)
        return answer

    async def _ask_with(
        self, token: Token, shape: type[AnswerT], path: str, wish: Mapping[str, Any]
    ) -> AnswerT:
        query = {"access_token": token.value}
        return await self._ask(
            shape, self._http.build_request("POST", path, params=query, json=wish)
        )

    async def _ask(self, shape: type[AnswerT], request: httpx.Request) -> AnswerT:
        return _read(shape, await self._send(request))

    async def _send(self, request: httpx.Request) -> bytes:
        response = await exchange(self._http, request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise Throttled(http_code(response))
        if response.status_code != HTTPStatus.OK:
            raise OutcomeUnknown(http_code(response))
        return response.content


def _read(shape: type[AnswerT], content: bytes) -> AnswerT:
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.MsgspecError, ValueError) as error:
        # The decoder's words name fields and types, never their values.
        raise OutcomeUnknown(UNREADABLE_ANSWER, str(error)) from error


def _require_ok(answer: _Answer) -> None:
    if answer.errcode == 0:
        return
    code = str(answer.errcode)
    if answer.errcode == _BUSY:
        raise OutcomeUnknown(code, answer.errmsg)
    if answer.errcode in _TOO_OFTEN:
        raise Throttled(code, answer.errmsg)
    raise ProviderRefused(code, answer.errmsg)
