"""Notices: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Event, NoEffect, StaffId

NoticeId = NewType("NoticeId", UUID)


class Wants(StrEnum):
    """What somebody wants to hear of outside the desk."""

    ALL = "all"
    URGENT = "urgent"
    NOTHING = "nothing"


# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public."""

    NOTICE_UNKNOWN = "notice_unknown"
    MAIL_MALFORMED = "mail_malformed"


TEXTS: Texts = {
    Refusal.NOTICE_UNKNOWN: Text("消息不存在", "There is no such notice", 404),
    Refusal.MAIL_MALFORMED: Text(
        "邮箱地址格式不对，请检查", "That is not a mail address; look again", 400
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class NoticePut(msgspec.Struct, frozen=True, tag=True):
    notice_id: NoticeId


class NoticesRead(msgspec.Struct, frozen=True, tag=True):
    count: int


class ReachSet(msgspec.Struct, frozen=True, tag=True):
    pass


Outcome = NoticePut | NoticesRead | ReachSet | Refused

# -- Asked ----------------------------------------------------------------------------


class PutNotice(Command[NoticePut], frozen=True, tag=True):
    """Tell somebody. Use `notifier.tell`. The notice takes the command's id."""

    to: StaffId
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    url: str
    urgent: bool


class ReadNotices(Command[NoticesRead | Refused], frozen=True, tag=True):
    """Some of one's own are no longer new."""

    staff_id: StaffId
    notice_ids: tuple[NoticeId, ...]


class SetReach(Command[ReachSet | Refused], frozen=True, tag=True):
    """How somebody is reached outside the desk; empty: not that way."""

    staff_id: StaffId
    mail: str
    openid: str  # Of the shop's mini program, for subscribed messages.
    language: str
    wants: Wants


Request = PutNotice | ReadNotices | SetReach

# -- Announced ------------------------------------------------------------------------


class ToMail(Event, frozen=True, kw_only=True, tag=True):
    notice_id: NoticeId
    put_at: datetime


class ToGroup(Event, frozen=True, kw_only=True, tag=True):
    """To the company's group chat: what is urgent, with the name of whom it concerns."""

    notice_id: NoticeId
    put_at: datetime


class ToWeChat(Event, frozen=True, kw_only=True, tag=True):
    notice_id: NoticeId
    put_at: datetime
