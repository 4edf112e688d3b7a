"""What staff were told, and how each of them is reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from frontline.company.notice.messages import NoticeId, Wants
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import StaffId


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    id: NoticeId
    to: StaffId
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    url: str
    urgent: bool
    at: datetime
    read_at: datetime | None = None


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody is reached outside the desk; empty: not that way."""

    mail: str = ""
    openid: str = ""
    language: str = "zh"
    wants: Wants = Wants.URGENT

    def hears(self, *, urgent: bool) -> bool:
        return self.wants is Wants.ALL or (urgent and self.wants is Wants.URGENT)


@dataclass(slots=True)
class NoticeBook(Book):
    notices: Page[NoticeId, Notice]
    reaches: Page[StaffId, Reach]

    def put(self, notice: Notice) -> None:
        assert self.notices.get(notice.id) is None
        self.notices[notice.id] = notice

    def read(self, notice: Notice, at: datetime) -> None:
        self.notices[notice.id] = msgspec.structs.replace(notice, read_at=at)

    def check(self) -> None:
        for notice in self.notices.rows().values():
            assert notice.title_zh
            assert notice.title_en
            assert notice.url.startswith("/desk")
            assert notice.read_at is None or notice.read_at >= notice.at


@dataclass(frozen=True, slots=True)
class NoticeKeys(Keys[NoticeBook]):
    notice_ids: Iterable[NoticeId]
    staff_ids: Iterable[StaffId]  # How they are reached.
