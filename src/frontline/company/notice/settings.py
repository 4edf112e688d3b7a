"""Reading `notice.json`: by which ways notices leave the desk.

Each part may be left out. Secrets stay in files of their own, so that the file can be shown to
someone; paths are relative to its folder.

    {
      "mail": {"host": "smtp.example.com", "port": 465, "security": "tls",
               "sender": "店铺 <desk@example.com>",
               "username": "desk@example.com", "password_path": "mail_password.txt"},
      "group": {"base_url": "https://qyapi.weixin.qq.com", "path": "/cgi-bin/webhook/send",
                "key_path": "group_key.txt"},
      "wechat": {"template_id": "...", "title": "thing1", "text": "thing2", "time": "time3"}
    }
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from frontline.company.notice.carriers import (
    GroupNotifier,
    MailNotifier,
    MailServer,
    Notifiers,
    Security,
    Template,
    WeChatNotifier,
)
from frontline.wechat.miniprogram import MiniProgram
from frontline.wechat.wire import client


class NoticeSettingsInvalid(Exception):
    """Says what is wrong with the file; never shows a secret."""


class _Mail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: str
    port: int
    sender: str
    security: Security = Security.TLS
    username: str = ""
    password_path: str = ""


class _Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key_path: str
    base_url: str = "https://qyapi.weixin.qq.com"
    path: str = "/cgi-bin/webhook/send"


class _WeChat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    template_id: str
    title: str = "thing1"
    text: str = "thing2"
    time: str = "time3"


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    mail: _Mail | None = None
    group: _Group | None = None
    wechat: _WeChat | None = None


def load(path: Path, public_url: str, miniprogram: MiniProgram) -> Notifiers:
    """The ways that `path` names. Raises NoticeSettingsInvalid."""
    try:
        told = msgspec.json.decode(path.read_bytes(), type=_File)
        return Notifiers(
            public_url,
            None if told.mail is None else _mail(told.mail, path.parent),
            None if told.group is None else _group(told.group, path.parent),
            None if told.wechat is None else _wechat(told.wechat, miniprogram),
        )
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise NoticeSettingsInvalid(f"{path}: {error}") from error


def _mail(told: _Mail, folder: Path) -> MailNotifier:
    password = (folder / told.password_path).read_text().strip() if told.password_path else ""
    if password and told.security is Security.NONE:
        raise NoticeSettingsInvalid("a password may not travel without encryption")
    return MailNotifier(
        MailServer(
            host=told.host,
            port=told.port,
            sender=told.sender,
            security=told.security,
            username=told.username,
            password=password,
        )
    )


def _group(told: _Group, folder: Path) -> GroupNotifier:
    key = (folder / told.key_path).read_text().strip()
    return GroupNotifier(client(told.base_url), told.path, key)


def _wechat(told: _WeChat, miniprogram: MiniProgram) -> WeChatNotifier:
    template = Template(id=told.template_id, title=told.title, text=told.text, time=told.time)
    return WeChatNotifier(miniprogram, template)
