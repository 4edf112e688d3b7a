"""Five passwords in fifteen minutes, and a right one wipes the slate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.staff.book import TRIES_MAX, Tries, TriesBook, TriesKeys
from frontline.shop.staff.messages import (
    CountTry,
    ForgetTries,
    Outcome,
    Refusal,
    Refused,
    Request,
    TriesForgotten,
    TryCounted,
)

TRIES_WITHIN = timedelta(minutes=15)


async def gather(batch: Sequence[Request], load: Load) -> TriesBook:
    return await load(TriesKeys({command.slot for command in batch}))


def decide(book: TriesBook, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    return Decision(tuple(_answer(book, command, moment.now) for command in batch), Notes())


def _answer(book: TriesBook, command: Request, now: datetime) -> Outcome:
    tries = book.tries.get(command.slot) or Tries(now, 0)
    match command:
        case CountTry():
            if now >= tries.since + TRIES_WITHIN or tries.count == 0:
                tries = Tries(now, 0)
            if tries.count >= TRIES_MAX:
                wait = tries.since + TRIES_WITHIN - now
                return Refused(Refusal.LOGIN_TOO_OFTEN, ceil(wait.total_seconds()))
            book.tries[command.slot] = Tries(tries.since, tries.count + 1)
            return TryCounted()
        case ForgetTries():
            book.tries[command.slot] = Tries(tries.since, 0)
            return TriesForgotten()
