"""Who wants the digest, when, and which one was the last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import StaffId

HOURS = 24


class Setting(msgspec.Struct, frozen=True):
    hour: int | None  # Of the day in the shop; None: not at all.
    timezone: str
    awaits: UUID | None  # The turn that counts; those of earlier settings do not.
    sent_on: date | None  # The last day that had its digest.


@dataclass(slots=True)
class DigestBook(Book):
    settings: Page[StaffId, Setting]

    def check(self) -> None:
        for one in self.settings.rows().values():
            assert one.hour is None or 0 <= one.hour < HOURS
            assert (one.hour is None) == (one.awaits is None)


@dataclass(frozen=True, slots=True)
class DigestKeys(Keys[DigestBook]):
    staff_ids: Iterable[StaffId]
