"""Telling staff something, and who wants to hear of it where."""

from __future__ import annotations

import re
from collections.abc import Sequence

from frontline.company.notice.book import Notice, NoticeBook, NoticeKeys, Reach
from frontline.company.notice.messages import (
    NoticeId,
    NoticePut,
    NoticesRead,
    Outcome,
    PutNotice,
    ReachSet,
    ReadNotices,
    Refusal,
    Refused,
    Request,
    SetReach,
    ToGroup,
    ToMail,
    ToWeChat,
)
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes

_MAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]+")


async def gather(batch: Sequence[Request], load: Load) -> NoticeBook:
    put = [one for one in batch if isinstance(one, PutNotice)]
    read = [id_ for one in batch if isinstance(one, ReadNotices) for id_ in one.notice_ids]
    people = {one.to for one in put} | {one.staff_id for one in batch if isinstance(one, SetReach)}
    return await load(NoticeKeys({*read, *(NoticeId(one.id) for one in put)}, people))


def decide(book: NoticeBook, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(tuple(_answer(book, one, moment, notes) for one in batch), notes)


def _answer(book: NoticeBook, command: Request, moment: Moment, notes: Notes) -> Outcome:
    match command:
        case PutNotice():
            return _put(book, command, moment, notes)
        case ReadNotices():
            return _read(book, command, moment)
        case SetReach():
            if command.mail and _MAIL.fullmatch(command.mail) is None:
                return Refused(Refusal.MAIL_MALFORMED)
            book.reaches[command.staff_id] = Reach(
                mail=command.mail,
                openid=command.openid,
                language=command.language,
                wants=command.wants,
            )
            return ReachSet()


def _put(book: NoticeBook, command: PutNotice, moment: Moment, notes: Notes) -> NoticePut:
    notice = Notice(
        id=NoticeId(command.id),
        to=command.to,
        title_zh=command.title_zh,
        title_en=command.title_en,
        text_zh=command.text_zh,
        text_en=command.text_en,
        url=command.url,
        urgent=command.urgent,
        at=moment.now,
    )
    book.put(notice)
    reach = book.reaches.get(command.to) or Reach()
    heard = reach.hears(urgent=command.urgent)
    if reach.mail and heard:
        notes.announce(ToMail(notice_id=notice.id, put_at=moment.now))
    if reach.openid and heard:
        notes.announce(ToWeChat(notice_id=notice.id, put_at=moment.now))
    if command.urgent:
        notes.announce(ToGroup(notice_id=notice.id, put_at=moment.now))
    return NoticePut(notice.id)


def _read(book: NoticeBook, command: ReadNotices, moment: Moment) -> NoticesRead | Refused:
    found = [book.notices.get(id_) for id_ in dict.fromkeys(command.notice_ids)]
    own = [one for one in found if one is not None and one.to == command.staff_id]
    if len(own) < len(found):
        return Refused(Refusal.NOTICE_UNKNOWN)
    fresh = [one for one in own if one.read_at is None]
    for notice in fresh:
        book.read(notice, moment.now)
    return NoticesRead(len(fresh))
