"""Who comes on which day: what has to be known before a day can be told by itself."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from random import Random

from frontline.demo.year.people import NEW, buyers
from frontline.demo.year.seasons import DAYS, moments, orders_by_day
from frontline.demo.year.trade import Plan, Trade, Visit

GUESTS = 0.3
"""So many of those who join never buy, to one who does."""
_GUESTS_FROM = 500_000_000  # Their numbers; those of buyers are smaller.
_QUIET_S = 2_400  # In the last minutes there are only those who have not paid yet.
_UNPAID_S = 1_500


def plans(trade: Trade, orders: int) -> Iterator[Plan]:
    """Days in their order, the last one ends now."""
    random = Random(trade.seed)  # noqa: S311 - made-up people
    span = trade.span
    unpaid = min(orders // 10, max(8, orders // 20_000))
    counts = orders_by_day(span, orders - unpaid)
    counts[-1] += unpaid
    joined = array("q")
    for place, numbers in enumerate(buyers(random, counts)):
        midnight_s = span.midnight_s(place)
        fresh = unpaid if place == DAYS - 1 else 0
        until_s = span.now_s - _QUIET_S if fresh else span.now_s
        seconds = moments(random, len(numbers) - fresh, midnight_s, until_s)
        begin_s = span.now_s - _UNPAID_S
        seconds += sorted(begin_s + random.randrange(_UNPAID_S - 60) for _ in range(fresh))
        visits: list[Visit] = []
        for second, number in zip(seconds, numbers, strict=True):
            first = number == len(joined)
            if first:
                joined.append(second - random.randrange(90, 1_800))
            late = second > begin_s - 1 and bool(fresh)
            visits.append(Visit(second, number, joined[number], first, late))
        yield Plan(place, tuple(visits), _guests(random, place, len(visits), midnight_s, trade))


def _guests(
    random: Random, place: int, visits: int, midnight_s: int, trade: Trade
) -> tuple[tuple[int, int], ...]:
    count = int(visits * NEW * GUESTS)
    seconds = moments(random, count, midnight_s, trade.span.now_s)
    begin = _GUESTS_FROM + place * 1_000_000
    return tuple((begin + number, second) for number, second in enumerate(seconds))
