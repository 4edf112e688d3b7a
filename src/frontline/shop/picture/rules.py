"""Keeping pictures: so many a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.picture.book import (
    MEMBER_A_DAY_MAX,
    STAFF_A_DAY_MAX,
    Content,
    File,
    PictureBook,
    PictureKeys,
    Upload,
)
from frontline.shop.picture.messages import (
    Outcome,
    PictureId,
    PictureKept,
    Refusal,
    Refused,
    Request,
)


async def gather(batch: Sequence[Request], load: Load) -> PictureBook:
    return await load(PictureKeys({one.hash for one in batch}, {one.actor_id for one in batch}))


def decide(book: PictureBook, batch: Sequence[Request], moment: Moment) -> Decision[Outcome]:
    return Decision(tuple(_keep(book, command, moment.now) for command in batch), Notes())


def a_day_max(*, by_staff: bool) -> int:
    return STAFF_A_DAY_MAX if by_staff else MEMBER_A_DAY_MAX


def _keep(book: PictureBook, command: Request, now: datetime) -> Outcome:
    if book.used(command.actor_id, now) >= a_day_max(by_staff=command.by_staff):
        return Refused(Refusal.TOO_MANY_PICTURES_TODAY)
    picture_id = PictureId(command.id)
    book.keep(
        Upload(picture_id, command.actor_id, command.hash, now),
        File(command.hash, command.width, command.height),
        Content(command.hash, command.large, command.middle, command.small),
    )
    return PictureKept(picture_id, command.hash, command.width, command.height)
