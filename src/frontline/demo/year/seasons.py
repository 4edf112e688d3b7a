"""When people buy: over the year, the week and the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from random import Random
from zoneinfo import ZoneInfo

DAYS = 365
DAY_S = 86_400
MINUTES = 1_440

GROWTH = 0.7
"""So much more is sold at the end of the year than at its beginning."""
_WEEK = (0.95, 0.94, 0.96, 1.0, 1.08, 1.16, 1.12)  # From Monday.
_HOURS = (
    *(0.9, 0.4, 0.2, 0.1, 0.1, 0.2, 0.5, 1.0, 1.6, 2.0, 2.3, 2.6),
    *(3.0, 2.5, 2.1, 2.0, 2.1, 2.3, 2.7, 3.4, 4.5, 4.8, 3.9, 2.2),
)
_EVERY_MINUTE = tuple(accumulate(weight for weight in _HOURS for _ in range(60)))

_PEAKS = ((6, 18, 4.0), (11, 11, 5.0))
"""The two campaigns of the year: month, day, and how many times as much is sold."""
_AROUND = {1: 0.45, 2: 0.25, 3: 0.15}  # Days from a peak: part of what the peak adds.


@dataclass(frozen=True, slots=True)
class Span:
    """The year that ends now: local days, each from its midnight on. Seconds are UNIX time."""

    now_s: int
    offset_s: int  # What local time is ahead of UTC.

    @classmethod
    def until(cls, now: datetime, timezone: str) -> Span:
        ahead = now.astimezone(ZoneInfo(timezone)).utcoffset() or timedelta(0)
        return cls(int(now.timestamp()), int(ahead.total_seconds()))

    @property
    def last(self) -> date:
        return date(1970, 1, 1) + timedelta(days=(self.now_s + self.offset_s) // DAY_S)

    def day(self, place: int) -> date:
        return self.last - timedelta(days=DAYS - 1 - place)

    def midnight_s(self, place: int) -> int:
        return (self.day(place) - date(1970, 1, 1)).days * DAY_S - self.offset_s


def orders_by_day(span: Span, orders: int) -> list[int]:
    """How many of the year's orders are placed on each of its days; together all of them."""
    weights = [_weight(span.day(place), place) for place in range(DAYS)]
    weights[-1] *= (span.now_s - span.midnight_s(DAYS - 1)) / DAY_S
    reached = [0.0, *accumulate(weights)]
    marks = [round(orders * part / reached[-1]) for part in reached]
    return [after - before for before, after in pairwise(marks)]


def _weight(day: date, place: int) -> float:
    weight = (1 + GROWTH * place / DAYS) * _WEEK[day.weekday()]
    for month, number, times in _PEAKS:
        distance = abs((day - date(day.year, month, number)).days)
        weight *= 1 + (times - 1) * (1.0 if distance == 0 else _AROUND.get(distance, 0.0))
    return weight


def moments(random: Random, count: int, midnight_s: int, until_s: int) -> list[int]:
    """So many seconds of a day before `until_s`, rising: most of them in the evening."""
    last = min(MINUTES, max(1, (until_s - midnight_s) // 60))
    minutes = random.choices(range(last), cum_weights=_EVERY_MINUTE[:last], k=count)
    return sorted(midnight_s + minute * 60 + random.randrange(60) for minute in minutes)
