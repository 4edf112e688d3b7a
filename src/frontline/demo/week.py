"""The last days at the till of the demo shop: what was bought, what is late, what went wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from frontline.demo.company import ZONE, written
from frontline.demo.people import CARRIER, Demo, pay_all
from frontline.demo.story import Deed
from frontline.kernel.words import MemberId, OrderId
from frontline.shop.aftersale.messages import AskRefund, Kind, Reason
from frontline.shop.order.messages import PlaceOrder, ReceiveOrder, ShipOrder, Wanted
from frontline.shop.review.messages import WriteReview
from frontline.shop.search.messages import Asked, RecordSearches

SENT_AFTER = timedelta(hours=20)
RECEIVED_AFTER = timedelta(days=2, hours=20)
_LATEST = timedelta(minutes=10)  # Nothing is bought in the very moment of the start.

Bought = dict[int, tuple[OrderId, MemberId]]
"""By the place of the row."""


def deeds(demo: Demo, today: datetime) -> Iterator[Deed]:
    bought: Bought = {}
    for place, row in enumerate(written()["week"]["rows"]):
        days, hour, _, _, _, fate = row
        day = today.astimezone(ZONE).date() - timedelta(days=days)
        at = datetime.combine(day, time(hour, (place * 17) % 60), ZONE)
        if at > today - _LATEST:
            continue
        yield Deed(at, partial(_buy, demo, bought, place, row), heard=False)
        if fate in {"sent", "received"}:
            yield Deed(at + SENT_AFTER, partial(_send, demo, bought, place), heard=False)
        if fate == "received":
            yield Deed(at + RECEIVED_AFTER, partial(_receive, demo, bought, place), heard=False)
    for one in written()["after"]:
        at = today - timedelta(hours=one["hours_ago"])
        yield Deed(at, partial(_ask_back, demo, bought, one), heard=False)
    for one in written()["said"]:
        at = today - timedelta(hours=one["hours_ago"])
        yield Deed(at, partial(_say, demo, bought, one), heard=False)
    yield from _searches(demo, today)


def _searches(demo: Demo, today: datetime) -> Iterator[Deed]:
    """Each day's at once; the same people come again."""
    rows = [
        (word, found, people)
        for kind, found in (("found", True), ("in_vain", False))
        for word, people in written()["searched"][kind]
    ]
    for place in range(len(rows[0][2])):
        at = today - timedelta(days=len(rows[0][2]) - 1 - place, minutes=5)
        words = tuple(
            Asked(word, people[place], 0 if found else people[place], _searchers(people[place]))
            for word, found, people in rows
        )
        wish = RecordSearches(
            id=demo.id(),
            day=at.astimezone(ZONE).date(),
            searches=sum(one.searches for one in words),
            without=sum(one.without for one in words),
            words=words,
        )
        yield Deed(at, partial(demo.do, wish), heard=False)


def _searchers(count: int) -> tuple[str, ...]:
    return tuple(f"somebody {number}" for number in range(count))


async def _buy(demo: Demo, bought: Bought, place: int, row: list[Any]) -> None:
    _, _, who, handle, units, _ = row
    member_id, address_id = demo.people[who]
    order = PlaceOrder(
        id=demo.id(),
        member_id=member_id,
        wanted=(Wanted(demo.sku(handle), units),),
        address_id=address_id,
    )
    await pay_all(demo, [order])
    bought[place] = OrderId(order.id), member_id


async def _send(demo: Demo, bought: Bought, place: int) -> None:
    order_id, _ = bought[place]
    await demo.do(
        ShipOrder(
            id=demo.id(),
            order_id=order_id,
            staff_id=demo.staff_id,
            carrier=CARRIER,
            tracking=f"SF{order_id.int % 10**13:013}",
        )
    )


async def _receive(demo: Demo, bought: Bought, place: int) -> None:
    order_id, member_id = bought[place]
    await demo.do(ReceiveOrder(id=demo.id(), order_id=order_id, member_id=member_id))


async def _ask_back(demo: Demo, bought: Bought, one: Mapping[str, Any]) -> None:
    order_id, member_id = bought[one["row"]]
    await demo.do(
        AskRefund(
            id=demo.id(),
            order_id=order_id,
            member_id=member_id,
            kind=Kind.REFUND_ONLY,
            reason=Reason(one["reason"]),
            note=one["note"],
        )
    )


async def _say(demo: Demo, bought: Bought, one: Mapping[str, Any]) -> None:
    order_id, member_id = bought[one["row"]]
    await demo.do(
        WriteReview(
            id=demo.id(),
            member_id=member_id,
            order_id=order_id,
            line_number=1,
            rating=one["stars"],
            text=one["text"],
            pictures=(),
            anonymous=False,
        )
    )
