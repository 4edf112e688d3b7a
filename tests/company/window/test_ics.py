"""Calendars read and written: time zones, days without a clock, what is left and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from frontline.company.window import ics
from frontline.company.window.book import Window
from frontline.company.window.messages import Facts, WindowId
from frontline.kernel.words import StaffId

NOW = datetime(2026, 11, 11, 1, 0, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"


def calendar(*events: str, before: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//x\n{before}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*events: str, before: str = "") -> tuple[ics.Read, ...]:
    return ics.read(calendar(*events, before=before), "抖音", SHANGHAI, NOW)


def times(event: str, before: str = "") -> tuple[datetime | None, datetime]:
    (one,) = read(event, before=before)
    assert one.facts is not None, one.left
    return one.facts.opens_at, one.facts.closes_at


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("lines", "opens_at", "closes_at"),
    [
        ("DTSTART:20261112T020000Z\nDTEND:20261113T100000Z", utc(2026, 11, 12, 2), utc(2026, 11, 13, 10)),
        (
            "DTSTART;TZID=America/New_York:20261112T100000\nDTEND;TZID=America/New_York:20261112T180000",
            utc(2026, 11, 12, 15), utc(2026, 11, 12, 23),
        ),
        ("DTSTART:20261112T100000\nDTEND:20261113T180000", utc(2026, 11, 12, 2), utc(2026, 11, 13, 10)),
        ("DTSTART:20261112T100000\nDURATION:PT26H", utc(2026, 11, 12, 2), utc(2026, 11, 13, 4)),
        ("DTSTART:20261112T100000", None, utc(2026, 11, 12, 2)),
        ("DTSTART;VALUE=DATE:20261112\nDTEND;VALUE=DATE:20261114", utc(2026, 11, 11, 16), utc(2026, 11, 13, 16)),
        ("DTSTART;VALUE=DATE:20261112", None, utc(2026, 11, 12, 16)),
    ],
    ids=["utc", "zone", "floating is the shop's", "lasting", "a moment", "days", "a day"],
)  # fmt: skip
def test_when(lines: str, opens_at: datetime | None, closes_at: datetime) -> None:
    assert times(f"UID:a\nSUMMARY:大促\n{lines}") == (opens_at, closes_at)


def test_a_zone_that_the_calendar_defines() -> None:
    """As Outlook names them."""
    zone = (
        "BEGIN:VTIMEZONE\nTZID:China Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
        "TZOFFSETFROM:+0800\nTZOFFSETTO:+0800\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    event = "UID:a\nSUMMARY:x\nDTSTART;TZID=China Standard Time:20261112T100000"
    assert times(event, before=zone) == (None, utc(2026, 11, 12, 2))


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("SUMMARY:x\nDTSTART:20261112T100000", ics.WITHOUT_ID),
        ("UID:a\nDTSTART:20261112T100000", ics.WITHOUT_TITLE),
        ("UID:a\nSUMMARY:x", ics.UNREADABLE),
        ("UID:a\nSUMMARY:x\nDTSTART:20260231T100000", ics.UNREADABLE),
        ("UID:a\nSUMMARY:x\nDTSTART:99991231T235959\nDURATION:P9D", ics.UNREADABLE),
        ("UID:a\nSUMMARY:x\nDTSTART:20261112T100000\nRRULE:FREQ=WEEKLY", ics.RECURRING),
        ("UID:a\nSUMMARY:x\nDTSTART:20261112T100000\nRECURRENCE-ID:20261105T100000", ics.RECURRING),
        ("UID:a\nSUMMARY:x\nDTSTART:20261112T100000\nSTATUS:CANCELLED", ics.CALLED_OFF),
        ("UID:a\nSUMMARY:x\nDTSTART:20261113T100000\nDTEND:20261112T100000", ics.BACKWARDS),
        ("UID:a\nSUMMARY:x\nDTSTART:20261101T100000", ics.CLOSED),
    ],
)
def test_what_is_left_is_told_why(event: str, why: object) -> None:
    (one,) = read(event)
    assert one.left == why
    assert one.window_id is None


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT", calendar(), b"x" * (2**20 + 1)],
    ids=["empty", "text", "bytes", "cut off", "no events", "too large"],
)  # fmt: skip
def test_what_is_no_calendar_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ics.CalendarUnreadable) as told:
        ics.read(content, "抖音", SHANGHAI, NOW)
    assert told.value.words.zh
    assert told.value.words.en


def test_no_more_than_so_many_events() -> None:
    events = [f"UID:{n}\nSUMMARY:x\nDTSTART:20261112T100000" for n in range(ics.EVENTS_MAX + 1)]
    assert len(read(*events[:-1])) == ics.EVENTS_MAX
    over = [f"UID:o{n}\nSUMMARY:x\nDTSTART:20260101T100000" for n in range(300)]
    year = read(*over, *events[:-1])  # What is over does not count.
    assert sum(one.left is None for one in year) == ics.EVENTS_MAX
    with pytest.raises(ics.CalendarUnreadable, match="201 events"):
        read(*events)


def test_the_later_edition_of_an_event_counts() -> None:
    first = "UID:a\nSUMMARY:旧\nSEQUENCE:1\nDTSTART:20261112T100000"
    second = "UID:a\nSUMMARY:新\nSEQUENCE:2\nDTSTART:20261112T120000"
    for order in ((first, second), (second, first)):
        (one,) = read(*order)
        assert one.title == "新"


def test_the_same_event_is_the_same_window() -> None:
    (one,) = read("UID:a\nSUMMARY:x\nDTSTART:20261112T100000")
    (again,) = read("UID:a\nSUMMARY:y\nDTSTART:20261113T100000")
    (other,) = read("UID:b\nSUMMARY:x\nDTSTART:20261112T100000")
    assert one.window_id == again.window_id != other.window_id


def test_only_addresses_that_a_browser_opens() -> None:
    (good,) = read("UID:a\nSUMMARY:x\nURL:https://x.cn/1\nDTSTART:20261112T100000")
    (bad,) = read("UID:a\nSUMMARY:x\nURL:javascript:alert(1)\nDTSTART:20261112T100000")
    assert good.facts is not None
    assert bad.facts is not None
    assert (good.facts.url, bad.facts.url) == ("https://x.cn/1", "")


def test_what_is_written_is_read_again() -> None:
    """Folded lines, commas, line breaks; and it is the same window, not a second one."""
    facts = Facts(
        platform="抖音",
        title="双十二, 主会场; " + "很长的名字" * 20,
        closes_at=NOW + timedelta(hours=26),
        opens_at=NOW - timedelta(hours=1),
        conditions="满 199\n评分 4.8, 以上",
        url="https://x.cn/a?b=1,2",
        starts_on=date(2026, 12, 12),
    )
    window = Window(id=WindowId(uuid4()), facts=facts, put_by=StaffId(uuid4()), put_at=NOW)
    (one,) = ics.read(ics.written([window], "报名"), "抖音", SHANGHAI, NOW)
    assert one.window_id == window.id
    assert one.facts is not None
    kept = (facts.title, facts.opens_at, facts.closes_at, facts.conditions, facts.url)
    told = one.facts
    assert (told.title, told.opens_at, told.closes_at, told.conditions, told.url) == kept
