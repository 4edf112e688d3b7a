"""The morning digest: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from frontline.kernel.words import Command, Event, NoEffect, StaffId

# -- Answered -------------------------------------------------------------------------


class DigestSet(msgspec.Struct, frozen=True, tag=True):
    hour: int | None


class DigestSent(msgspec.Struct, frozen=True, tag=True):
    day: date


class DigestPassed(msgspec.Struct, frozen=True, tag=True):
    """That day has had its digest; the next one is awaited."""

    day: date


class NotDue(NoEffect, frozen=True, tag=True):
    """It is another one that is awaited, or none: the setting was changed."""


Outcome = DigestSet | DigestSent | DigestPassed | NotDue

# -- Asked ----------------------------------------------------------------------------


class SetDigest(Command[DigestSet], frozen=True, tag=True):
    """When somebody wants it every day."""

    staff_id: StaffId
    hour: int | None  # Of the day in the shop, 0 to 23; None: not at all.
    timezone: str  # Of the shop.


class SendDigest(Command[DigestSent | DigestPassed | NotDue], frozen=True, tag=True):
    """A timer's: once a day, however many processes hear the clock strike."""

    staff_id: StaffId
    turn: UUID  # The one that the setting awaits counts.


Request = SetDigest | SendDigest

# -- Announced ------------------------------------------------------------------------


class DigestDue(Event, frozen=True, kw_only=True, tag=True):
    digest_id: UUID
    staff_id: StaffId
    day: date
