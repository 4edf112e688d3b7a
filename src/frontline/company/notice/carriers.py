"""How a notice travels outside the desk: by mail, to the company's group chat, through WeChat.

All three keep one protocol, `Notifier`. What went wrong and may go right later is raised as it
is; what never will is an `Undeliverable`.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum
from html import escape
from http import HTTPStatus
from typing import Protocol
from uuid import UUID

import aiosmtplib
import httpx
import msgspec

from frontline.wechat.miniprogram import MiniProgram
from frontline.wechat.provider import OutcomeUnknown, ProviderRefused, Throttled
from frontline.wechat.wire import exchange, http_code

MAIL_TIMEOUT_S = 15.0
GROUP_BYTES_MAX = 2_048  # Of a text message, by WeCom's rules.
THING_MAX = 20  # Characters of a `thing` in a subscribed message, by WeChat's rules.
_TOO_OFTEN = 45009
_BUSY = -1
_PERMANENT = 500  # From here on a mail server does not want to see the letter again.


class Undeliverable(Exception):
    """It will never arrive this way; says why, without secrets."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A notice on its way, in the language of whom it is for."""

    id: UUID
    name: str  # Of whom it is for.
    mail: str
    openid: str
    title: str
    text: str
    url: str  # The whole address.
    at: datetime  # In the shop's time zone.


class Notifier(Protocol):
    async def send(self, letter: Letter) -> None:
        """At least once: a notice may arrive twice when an answer was lost."""


@dataclass(frozen=True, slots=True)
class Notifiers:
    """Those that were set up; found among the services of the application."""

    public_url: str = ""
    mail: Notifier | None = None
    group: Notifier | None = None
    wechat: Notifier | None = None


# -- Mail -----------------------------------------------------------------------------------


class Security(StrEnum):
    TLS = "tls"  # From the first byte; port 465.
    STARTTLS = "starttls"  # Port 587.
    NONE = "none"  # A server on this machine.


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    host: str
    port: int
    sender: str
    security: Security = Security.TLS
    username: str = ""
    password: str = field(default="", repr=False)


class MailNotifier:
    def __init__(self, server: MailServer, *, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls

    async def send(self, letter: Letter) -> None:
        mail = EmailMessage()
        mail["From"] = self._server.sender
        mail["To"] = letter.mail
        mail["Subject"] = letter.title
        domain = self._server.sender.rpartition("@")[2].strip(">")
        mail["Message-ID"] = f"<{letter.id.hex}@{domain}>"  # The same again: kept once.
        mail["Date"] = letter.at
        mail.set_content("\n\n".join(filter(None, (letter.text, letter.url))))
        mail.add_alternative(_html(letter), subtype="html")
        server = self._server
        try:
            await aiosmtplib.send(
                mail,
                hostname=server.host,
                port=server.port,
                username=server.username or None,
                password=server.password or None,
                use_tls=server.security is Security.TLS,
                start_tls=server.security is Security.STARTTLS,
                tls_context=self._tls,
                timeout=MAIL_TIMEOUT_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(one.code >= _PERMANENT for one in error.recipients):
                raise Undeliverable("the mail server refuses the address") from error
            raise
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= _PERMANENT:
                raise Undeliverable(f"the mail server said {error.code}") from error
            raise


def _html(letter: Letter) -> str:
    """The same lines, without any style: mail programs have their own."""
    lines = "<br>\n".join(escape(line) for line in letter.text.splitlines())
    url = escape(letter.url)
    return f'<h2>{escape(letter.title)}</h2>\n<p>{lines}</p>\n<p><a href="{url}">{url}</a></p>\n'


# -- The company's group chat -----------------------------------------------------------------


class _Said(msgspec.Struct, frozen=True):
    errcode: int = 0
    errmsg: str = ""


class GroupNotifier:
    """A robot in a group of WeCom (企业微信群机器人): its address holds its key."""

    def __init__(self, http: httpx.AsyncClient, path: str, key: str) -> None:
        self._http = http
        self._path = path
        self._key = key

    async def send(self, letter: Letter) -> None:
        lines = (f"[{letter.name}] {letter.title}", letter.text, letter.url)
        wish = {"msgtype": "text", "text": {"content": _cut("\n".join(filter(None, lines)))}}
        request = self._http.build_request("POST", self._path, params={"key": self._key}, json=wish)
        response = await exchange(self._http, request)
        if response.status_code != HTTPStatus.OK:
            raise OutcomeUnknown(http_code(response))
        said = msgspec.json.decode(response.content, type=_Said)
        if said.errcode == _TOO_OFTEN:
            raise Throttled(str(said.errcode))
        if said.errcode == _BUSY:
            raise OutcomeUnknown(str(said.errcode))
        if said.errcode:
            raise Undeliverable(f"the group chat said {said.errcode}")


def _cut(text: str) -> str:
    """No longer than may be, and no character broken."""
    return text.encode()[:GROUP_BYTES_MAX].decode(errors="ignore")


# -- WeChat -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A subscribed message that the mini program was given; names of its fields."""

    id: str
    title: str  # Such as `thing1`.
    text: str
    time: str  # Such as `time3`.


class WeChatNotifier:
    """A subscribed message (订阅消息) of the shop's mini program, to who agreed to one."""

    def __init__(self, miniprogram: MiniProgram, template: Template) -> None:
        self._miniprogram = miniprogram
        self._template = template

    async def send(self, letter: Letter) -> None:
        fields = {
            self._template.title: letter.title[:THING_MAX],
            self._template.text: (letter.text or letter.title)[:THING_MAX],
            self._template.time: f"{letter.at:%Y-%m-%d %H:%M}",
        }
        try:
            await self._miniprogram.subscribed(letter.openid, self._template.id, fields)
        except ProviderRefused as error:
            raise Undeliverable(f"WeChat said {error.code}") from error
