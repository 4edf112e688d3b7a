"""Windows of platforms: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.authority import Held
from frontline.kernel.seen import ChangedSince
from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Event, Fen, NoEffect, StaffId

WindowId = NewType("WindowId", UUID)


class State(StrEnum):
    OPEN = "open"  # Nothing is decided yet; also before it opens.
    SIGNED_UP = "signed_up"
    MISSED = "missed"  # It closed, and nobody had decided.
    SKIPPED = "skipped"  # Somebody decided against it, and said why.


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a platform says of a sign-up, and what we expect of it."""

    platform: str
    title: str
    closes_at: datetime
    opens_at: datetime | None = None  # None: it is open.
    conditions: str = ""
    places: int | None = None  # None: not said.
    starts_on: date | None = None  # Of the campaign itself, in the shop's days.
    ends_on: date | None = None
    expected_margin: Fen | None = None  # None: nobody has reckoned it.
    margin_how: str = ""  # How that was reckoned.
    url: str = ""


# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public."""

    WINDOW_UNKNOWN = "window_unknown"
    WINDOW_DECIDED = "window_decided"
    WINDOW_CLOSED = "window_closed"
    WINDOW_NOT_SKIPPED = "window_not_skipped"
    WINDOW_DAYS_WRONG = "window_days_wrong"
    MARGIN_UNEXPLAINED = "margin_unexplained"


TEXTS: Texts = {
    Refusal.WINDOW_UNKNOWN: Text("报名窗口不存在", "There is no such sign-up window", 404),
    Refusal.WINDOW_DECIDED: Text(
        "这个报名窗口已有结论，请刷新后再看",
        "This window is decided already; reload and look again",
    ),
    Refusal.WINDOW_CLOSED: Text(
        "报名已截止，不能再操作", "The sign-up has closed; nothing can be done any more"
    ),
    Refusal.WINDOW_NOT_SKIPPED: Text(
        "只有已放弃的报名可以恢复", "Only a window that was skipped can be taken up again"
    ),
    Refusal.WINDOW_DAYS_WRONG: Text(
        "时间先后不对：开始不能晚于截止或结束，请检查",
        "The times do not follow each other: look at the begin and the end again",
    ),
    Refusal.MARGIN_UNEXPLAINED: Text(
        "请写明预期毛利是怎么估算的", "Say how the expected margin was reckoned"
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class WindowPut(msgspec.Struct, frozen=True, tag=True):
    window_id: WindowId


class WindowsImported(msgspec.Struct, frozen=True, tag=True):
    added: int
    changed: int
    same: int
    left: int  # Decided already, or closed: left as they are.


class SignedUp(msgspec.Struct, frozen=True, tag=True):
    window_id: WindowId


class WindowSkipped(msgspec.Struct, frozen=True, tag=True):
    window_id: WindowId


class WindowReopened(msgspec.Struct, frozen=True, tag=True):
    window_id: WindowId


class WindowMarkedMissed(msgspec.Struct, frozen=True, tag=True):
    window_id: WindowId


class StillOpen(NoEffect, frozen=True, tag=True):
    """The timer came, and there was nothing to do."""


Outcome = (
    WindowPut
    | WindowsImported
    | SignedUp
    | WindowSkipped
    | WindowReopened
    | WindowMarkedMissed
    | StillOpen
    | ChangedSince
    | Held
    | Refused
)

# -- Asked ----------------------------------------------------------------------------


class PutWindow(Command[WindowPut | Refused | ChangedSince], frozen=True, tag=True):
    """Enter a window (it takes the command's id), or change one that is not decided."""

    staff_id: StaffId
    facts: Facts
    window_id: WindowId | None = None  # None: a new one.
    seen: str = ""  # `kernel.seen`, of its facts; "": whatever they are now.


class Imported(msgspec.Struct, frozen=True):
    """One event of a calendar."""

    window_id: WindowId  # Follows from its UID: the same event again changes the same window.
    facts: Facts


class ImportWindows(Command[WindowsImported | Refused], frozen=True, tag=True):
    """Take over the events of a calendar. What people added here by hand stays."""

    staff_id: StaffId
    items: tuple[Imported, ...]


class SignUp(Command[SignedUp | Held | Refused], frozen=True, tag=True):
    """Take part. Governed as CAMPAIGN by `cost`; `subject_id` of the ask is the window."""

    window_id: WindowId
    staff_id: StaffId
    discount_bp: int  # What we take off the price.
    stock_units: int  # What we set aside.
    cost: Fen  # The most that it may cost us: fees and discounts.
    note: str = ""


class SkipWindow(Command[WindowSkipped | Refused], frozen=True, tag=True):
    """Decide against it, and say why."""

    window_id: WindowId
    staff_id: StaffId
    reason: str


class ReopenWindow(Command[WindowReopened | Refused], frozen=True, tag=True):
    """Undo a SkipWindow, while there is time."""

    window_id: WindowId
    staff_id: StaffId


class MissWindow(Command[WindowMarkedMissed | StillOpen], frozen=True, tag=True):
    """A timer's: it has closed by now, unless it was given more time."""

    window_id: WindowId


OfWindow = SignUp | SkipWindow | ReopenWindow | MissWindow
Request = PutWindow | ImportWindows | OfWindow

# -- Announced ------------------------------------------------------------------------


class WindowSignedUp(Event, frozen=True, kw_only=True, tag=True):
    """Decided here: now it has to be entered at the platform."""

    window_id: WindowId
    staff_id: StaffId


class WindowMissed(Event, frozen=True, kw_only=True, tag=True):
    window_id: WindowId
    closed_at: datetime
    expected_margin: Fen | None
