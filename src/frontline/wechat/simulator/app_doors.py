"""The mini-program's server side: login codes, the access token, phone numbers, page codes."""

from __future__ import annotations

import base64
import hashlib
import io
import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import msgspec
import segno

from frontline.wechat.clock import Clock
from frontline.wechat.simulator.exchange import Answer, Request, told
from frontline.wechat.simulator.home import Home

_CODE_LIFE = timedelta(minutes=5)
_TOKEN_LIFE = timedelta(hours=2)
_TOKEN_OVERLAP = timedelta(minutes=5)
_OPENID_LENGTH = 28
_SCENE_LENGTH_MAX = 32
_SCENE_LETTERS = frozenset(string.ascii_letters + string.digits + "!#$&'()*+,/:;=?@-._~")

_INVALID_TOKEN = {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid"}
_INVALID_CODE = {"errcode": 40029, "errmsg": "invalid code"}
_USED_CODE = {"errcode": 40163, "errmsg": "code been used"}
_INVALID_SCENE = {"errcode": 40129, "errmsg": "invalid scene"}
_INVALID_PAGE = {"errcode": 41030, "errmsg": "invalid page"}
_RISKY = {"errcode": 40226, "errmsg": "code blocked"}


@dataclass(slots=True)
class _Code:
    openid: str
    expires_at: datetime
    risky: bool = False
    phone_number: str = ""
    appid: str = ""
    used: bool = False


class LoginWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    nickname: str | None = None
    """The same nickname is the same person; none is somebody new."""
    openid: str | None = None
    risky: bool = False


class PhoneWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    phone_number: str = "13800138000"
    appid: str | None = None
    """Another app's, to rehearse the watermark check."""


class _TokenWish(msgspec.Struct, frozen=True):
    grant_type: str
    appid: str
    secret: str
    force_refresh: bool = False


class _CodeWish(msgspec.Struct, frozen=True):
    code: str


class _PageCodeWish(msgspec.Struct, frozen=True):
    scene: str
    page: str = "pages/index/index"
    check_path: bool = True
    env_version: str = "release"


class AppDoors:
    def __init__(self, home: Home, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._logins: dict[str, _Code] = {}
        self._phones: dict[str, _Code] = {}
        self._tokens: dict[str, datetime] = {}

    # -- What the phone does -------------------------------------------------------------

    async def login(self, request: Request) -> Answer:
        """What `wx.login` does on a phone."""
        wish = request.read(LoginWish)
        openid = wish.openid or self.openid_of(wish.nickname)
        self._forget()
        code = secrets.token_hex(16)
        expires_at = self._clock() + _CODE_LIFE
        self._logins[code] = _Code(openid, expires_at, risky=wish.risky)
        return told({"code": code, "openid": openid})

    async def give_phone(self, request: Request) -> Answer:
        """What the phone-number button does on a phone."""
        wish = request.read(PhoneWish)
        self._forget()
        code = secrets.token_hex(16)
        self._phones[code] = _Code(
            "",
            self._clock() + _CODE_LIFE,
            phone_number=wish.phone_number,
            appid=wish.appid or self._home.appid,
        )
        return told({"code": code})

    def openid_of(self, nickname: str | None) -> str:
        if nickname is None:
            nickname = secrets.token_hex(16)
        digest = hashlib.sha256(f"{self._home.appid}\n{nickname}".encode()).digest()
        return "o" + base64.urlsafe_b64encode(digest).decode()[: _OPENID_LENGTH - 1]

    # -- What the shop's server asks -----------------------------------------------------

    async def code2session(self, request: Request) -> Answer:
        query = request.query()
        wrong = self._wrong_app(query.get("appid"), query.get("secret"))
        if wrong is not None:
            return told(wrong)
        spent = self._spend(self._logins, query.get("js_code", ""))
        if isinstance(spent, dict):
            return told(spent)
        if spent.risky:
            return told(_RISKY)
        session_key = base64.b64encode(secrets.token_bytes(16)).decode()
        return told({"openid": spent.openid, "session_key": session_key})

    async def stable_token(self, request: Request) -> Answer:
        wish = request.read(_TokenWish)
        wrong = self._wrong_app(wish.appid, wish.secret)
        if wrong is not None:
            return told(wrong)
        now = self._clock()
        if wish.force_refresh:
            self._tokens.clear()
        fresh = [token for token, end in self._tokens.items() if end - now > _TOKEN_OVERLAP]
        if not fresh:
            fresh = [f"{len(self._tokens)}_{secrets.token_urlsafe(96)}"]
            self._tokens[fresh[0]] = now + _TOKEN_LIFE
        seconds = int((self._tokens[fresh[0]] - now).total_seconds())
        return told({"access_token": fresh[0], "expires_in": seconds})

    async def page_code(self, request: Request) -> Answer:
        """A QR code of the page and the scene, where WeChat draws a round code of its own."""
        if self._void_token(request):
            return told(_INVALID_TOKEN)
        wish = request.read(_PageCodeWish)
        visible = _SCENE_LETTERS.issuperset(wish.scene)
        if not visible or not 0 < len(wish.scene) <= _SCENE_LENGTH_MAX:
            return told(_INVALID_SCENE)
        if wish.page.startswith("/") or not wish.page or "?" in wish.page:
            return told(_INVALID_PAGE)
        drawn = io.BytesIO()
        segno.make_qr(f"weixin:{self._home.appid}/{wish.page}?scene={wish.scene}").save(
            drawn, kind="png", scale=10, border=3
        )
        return Answer(HTTPStatus.OK, drawn.getvalue(), "image/png")

    async def phone_number(self, request: Request) -> Answer:
        if self._void_token(request):
            return told(_INVALID_TOKEN)
        spent = self._spend(self._phones, request.read(_CodeWish).code)
        if isinstance(spent, dict):
            return told(spent)
        watermark = {"timestamp": int(self._clock().timestamp()), "appid": spent.appid}
        phone_info = {
            "phoneNumber": spent.phone_number,
            "purePhoneNumber": spent.phone_number,
            "countryCode": "86",
            "watermark": watermark,
        }
        return told({"errcode": 0, "errmsg": "ok", "phone_info": phone_info})

    # -- Inside --------------------------------------------------------------------------

    def _void_token(self, request: Request) -> bool:
        expires_at = self._tokens.get(request.query().get("access_token", ""))
        return expires_at is None or self._clock() >= expires_at

    def _wrong_app(self, appid: str | None, secret: str | None) -> dict[str, Any] | None:
        if appid != self._home.appid:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if not secrets.compare_digest((secret or "").encode(), self._home.app_secret.encode()):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        return None

    def _spend(self, codes: dict[str, _Code], code: str) -> _Code | dict[str, Any]:
        found = codes.get(code)
        if found is None or self._clock() >= found.expires_at:
            return _INVALID_CODE
        if found.used:
            return _USED_CODE
        found.used = True
        return found

    def _forget(self) -> None:
        now = self._clock()
        for codes in (self._logins, self._phones):
            # Insertion order is order of expiry, so the old ones stand first.
            while codes and next(iter(codes.values())).expires_at <= now:
                del codes[next(iter(codes))]
