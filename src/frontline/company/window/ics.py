"""Calendars (.ics, RFC 5545): sign-ups read out of one, and our windows written as one.

An event is a sign-up: it begins when that opens and ends when that closes; one without an end is
the moment at which it closes. Days without a clock are the shop's, and end with the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from icalendar import Calendar, Event

from frontline.company.window.book import Window
from frontline.company.window.messages import Facts, WindowId
from frontline.kernel.ids import named
from frontline.kernel.text import Words

EVENTS_MAX = 200
BYTES_MAX = 2**20
TITLE_MAX, CONDITIONS_MAX, URL_MAX = 200, 2_000, 500
_OURS = "@window.frontline"
_YEARS = 2000, 2199

WITHOUT_ID = Words("没有编号（UID）", "It has no UID")
WITHOUT_TITLE = Words("没有标题", "It has no title")
UNREADABLE = Words("时间读不出来", "Its times cannot be read")
RECURRING = Words(
    "周期重复的日程不导入，请把每一期单独录入", "It recurs: enter each occurrence by itself"
)
CALLED_OFF = Words("平台已取消", "It was called off")
BACKWARDS = Words("截止早于开始", "It closes before it opens")
CLOSED = Words("报名已截止", "It has closed")


class CalendarUnreadable(Exception):
    """Says why, in both languages."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One event: what is taken of it, or why it is left."""

    title: str
    window_id: WindowId | None = None
    facts: Facts | None = None
    called_off: WindowId | None = None  # What it was, had it been imported before.
    left: Words | None = None


def read(content: bytes, platform: str, timezone: str, now: datetime) -> tuple[Read, ...]:
    """The events of a calendar, the soonest to close first. Raises CalendarUnreadable."""
    events = [event for calendar in _calendars(content) for event in calendar.walk("VEVENT")]
    if not events:
        raise CalendarUnreadable(Words("日历里没有日程", "There are no events in the calendar"))
    latest: dict[str, Any] = {}
    for event in events:  # The same event twice: the later edition of it.
        key = str(event.get("UID", "")) or str(id(event))
        if key not in latest or _edition(event) >= _edition(latest[key]):
            latest[key] = event
    found = [_read(event, platform, ZoneInfo(timezone), now) for event in latest.values()]
    taken = sum(one.left is None for one in found)
    if taken > EVENTS_MAX:  # What is over does not count: a year's calendar is taken.
        raise CalendarUnreadable(
            Words(
                f"还没截止的有 {taken} 个，一次最多导入 {EVENTS_MAX} 个，请分开导出",
                f"{taken} events are still to close; at most {EVENTS_MAX} are taken at once",
            )
        )
    last = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(found, key=lambda one: one.facts.closes_at if one.facts else last))


def _calendars(content: bytes) -> list[Any]:
    if len(content) > BYTES_MAX:
        raise CalendarUnreadable(
            Words("日历文件太大，最大 1 MB", "The calendar is too large; 1 MB at most")
        )
    try:
        return list(Calendar.from_ical(content, multiple=True))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise CalendarUnreadable(
            Words("这不是能读的日历文件（.ics）", "This is no calendar (.ics) that can be read")
        ) from error


def _edition(event: Any) -> int:
    try:
        return int(event.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        return 0


def _read(event: Any, platform: str, zone: ZoneInfo, now: datetime) -> Read:
    uid, title = str(event.get("UID", "")).strip(), _text(event, "SUMMARY", TITLE_MAX)
    if not uid:
        return Read(title=title, left=WITHOUT_ID)
    if not title:
        return Read(title=uid[:TITLE_MAX], left=WITHOUT_TITLE)
    if any(event.get(name) for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return Read(title=title, left=RECURRING)
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return Read(title=title, called_off=_window_id(uid), left=CALLED_OFF)
    times = _times(event, zone)
    if times is None:
        return Read(title=title, left=UNREADABLE)
    opens_at, closes_at = times
    if opens_at is not None and opens_at > closes_at:
        return Read(title=title, left=BACKWARDS)
    facts = Facts(
        platform=platform,
        title=title,
        closes_at=closes_at,
        opens_at=opens_at,
        conditions=_text(event, "DESCRIPTION", CONDITIONS_MAX),
        url=_address(_text(event, "URL", URL_MAX)),
    )
    if closes_at <= now:
        return Read(title=title, facts=facts, left=CLOSED)
    return Read(title=title, window_id=_window_id(uid), facts=facts)


def _window_id(uid: str) -> WindowId:
    """Of one of ours that was written out, the window itself."""
    own = uid.removesuffix(_OURS)
    if own != uid:
        try:
            return WindowId(UUID(own))
        except ValueError:
            pass
    return WindowId(named("window", uid))


def _times(event: Any, zone: ZoneInfo) -> tuple[datetime | None, datetime] | None:
    """When it opens and closes; None: that cannot be read."""
    if event.errors:  # Broken properties raise whatever they are asked.
        return None
    begins, ends = _when(event, "DTSTART"), _when(event, "DTEND")
    lasts = getattr(event.get("DURATION"), "dt", None)
    if begins is None:
        return None
    if ends is None and isinstance(lasts, timedelta):
        ends = begins + lasts
    try:
        if ends is None:  # A day, or a moment: the deadline itself.
            return None, _moment(begins, zone, days=1)
        return _moment(begins, zone), _moment(ends, zone)
    except (OverflowError, ValueError):
        return None


def _when(event: Any, name: str) -> date | None:
    """A day or a moment (which is a day as well, to Python)."""
    when = getattr(event.get(name), "dt", None)
    if not isinstance(when, date) or not _YEARS[0] <= when.year <= _YEARS[1]:
        return None
    return when


def _moment(when: date, zone: ZoneInfo, *, days: int = 0) -> datetime:
    """Without a clock: the first moment of the day, so many days later; else as it is."""
    if not isinstance(when, datetime):
        when = datetime.combine(when + timedelta(days=days), time.min)
    return (when if when.tzinfo is not None else when.replace(tzinfo=zone)).astimezone(UTC)


def _text(event: Any, name: str, characters_max: int) -> str:
    value = event.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    text = "" if value is None else str(value).replace("\0", "").strip()
    return text[:characters_max]


def _address(text: str) -> str:
    return text if text.startswith(("https://", "http://")) else ""


# -- Written out ------------------------------------------------------------------------------


def written(windows: Iterable[Window], name: str) -> bytes:
    """A calendar of these windows, which other programs read."""
    calendar = Calendar()
    calendar.add("prodid", "-//Frontline//windows//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for window in windows:
        facts = window.facts
        event = Event()
        event.add("uid", f"{window.id}{_OURS}")
        event.add("dtstamp", window.put_at)
        event.add("dtstart", (facts.opens_at or facts.closes_at).astimezone(UTC))
        if facts.opens_at is not None:
            event.add("dtend", facts.closes_at.astimezone(UTC))
        event.add("summary", facts.title)
        event.add("categories", [facts.platform])
        if facts.conditions:
            event.add("description", facts.conditions)
        if facts.url:
            event.add("url", facts.url)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
