"""Once a day, at the hour that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from frontline.company.digest.book import DigestBook, DigestKeys, Setting
from frontline.company.digest.messages import (
    DigestDue,
    DigestPassed,
    DigestSent,
    DigestSet,
    NotDue,
    Outcome,
    Request,
    SendDigest,
    SetDigest,
)
from frontline.kernel.ids import following, named
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes, StaffId


async def gather(batch: Sequence[Request], load: Load) -> DigestBook:
    return await load(DigestKeys({command.staff_id for command in batch}))


def decide(book: DigestBook, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    outcomes = tuple(_answer(book, command, moment, notes) for command in batch)
    return Decision(outcomes, notes)


def _answer(book: DigestBook, command: Request, moment: Moment, notes: Notes) -> Outcome:
    match command:
        case SetDigest():
            return _set(book, command, moment, notes)
        case SendDigest():
            return _send(book, command, moment, notes)


def _set(book: DigestBook, command: SetDigest, moment: Moment, notes: Notes) -> DigestSet:
    old = book.settings.get(command.staff_id)
    sent_on = None if old is None else old.sent_on
    awaits = None if command.hour is None else following(command.id, "digest")
    book.settings[command.staff_id] = Setting(command.hour, command.timezone, awaits, sent_on)
    if command.hour is not None and awaits is not None:
        _await(command.staff_id, awaits, _next(moment.now, command.hour, command.timezone), notes)
    return DigestSet(command.hour)


def _send(
    book: DigestBook, command: SendDigest, moment: Moment, notes: Notes
) -> DigestSent | DigestPassed | NotDue:
    setting = book.settings.get(command.staff_id)
    if setting is None or setting.hour is None or setting.awaits != command.turn:
        return NotDue()
    today = moment.now.astimezone(ZoneInfo(setting.timezone)).date()
    # Not `following`, which of the one after the next makes the first again.
    turn = named("digest", str(command.turn))
    _await(command.staff_id, turn, _next(moment.now, setting.hour, setting.timezone), notes)
    book.settings[command.staff_id] = msgspec.structs.replace(setting, awaits=turn, sent_on=today)
    if setting.sent_on is not None and setting.sent_on >= today:
        return DigestPassed(today)
    notes.announce(DigestDue(digest_id=command.id, staff_id=command.staff_id, day=today))
    return DigestSent(today)


def _await(staff_id: StaffId, turn: UUID, due_at: datetime, notes: Notes) -> None:
    notes.wake(due_at, SendDigest(id=following(turn, "send"), staff_id=staff_id, turn=turn))


def _next(now: datetime, hour: int, timezone: str) -> datetime:
    """The next time that it is this hour in the shop."""
    zone = ZoneInfo(timezone)
    here = now.astimezone(zone)
    at = datetime.combine(here.date(), time(hour), zone)
    if at <= here:
        at = datetime.combine(here.date() + timedelta(days=1), time(hour), zone)
    return at.astimezone(UTC)
