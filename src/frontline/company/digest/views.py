"""Yesterday and today, as the digest tells them. No locks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import text

from frontline.company.contact.views import last_contact
from frontline.company.decision.views import Waiting
from frontline.company.decision.views import waiting as waiting_for
from frontline.company.plan.views import today_plan
from frontline.company.request.views import Broken, broken_since
from frontline.company.window.views import Terms, open_windows
from frontline.kernel.words import Fen, StaffId
from frontline.shop.aftersale.figures import Overdue, ReasonCount, overdue, reasons
from frontline.shop.order.figures import Late, late
from frontline.shop.payment.figures import Refunds, Takings, refunded, taken
from frontline.shop.review.figures import Voice, voices
from frontline.store.database import Transaction
from frontline.web.shops import Shop

DAY, WEEK = timedelta(days=1), timedelta(days=7)
LOW_MAX, TELLING_MAX = 2, 1


class Money(msgspec.Struct, frozen=True):
    """Of one day in the shop."""

    day: date
    taken: Takings
    refunded: Refunds
    plan: Fen | None  # The day's share of the plans; None: there is none.
    week_before: Fen  # Taken on the same weekday.


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    day: date
    now: datetime
    money: Money  # Of yesterday.
    waiting: tuple[Waiting, ...]  # What costs most by the hour first.
    due_today: tuple[Waiting, ...]  # Of those.
    late: Late
    overdue: Overdue
    broken: tuple[Broken, ...]
    voices: tuple[Voice, ...]
    reasons: tuple[ReasonCount, ...]
    windows: tuple[Terms, ...]  # Undecided, closing before tomorrow is over.
    spoke_at: datetime | None  # When the reader last spoke with a customer.


class Wish(msgspec.Struct, frozen=True):
    """What somebody has set."""

    hour: int | None
    sent_on: date | None


_WISH = text("""
    SELECT hour, sent_on FROM digest
    WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid)
""")


async def wish(transaction: Transaction, staff_id: StaffId) -> Wish:
    rows = await transaction.read(_WISH, staff_id=staff_id)
    return Wish(*rows[0]) if rows else Wish(None, None)


async def money(transaction: Transaction, shop: Shop, day: date) -> Money:
    begin, end = shop.begins(day), shop.begins(day + DAY)
    before = await taken(
        transaction, shop.begins(day - WEEK), shop.begins(day - WEEK + DAY), shop.timezone
    )
    return Money(
        day,
        await taken(transaction, begin, end, shop.timezone),
        await refunded(transaction, begin, end),
        await today_plan(transaction, day),
        before.amount,
    )


async def digest(transaction: Transaction, shop: Shop, staff_id: StaffId, now: datetime) -> Digest:
    """For this reader, on the day that it is in the shop."""
    today = shop.day(now)
    yesterday, tomorrow = shop.begins(today - DAY), shop.begins(today + DAY)
    waiting = await waiting_for(transaction, staff_id, now)
    windows = await open_windows(transaction, now)
    return Digest(
        day=today,
        now=now,
        money=await money(transaction, shop, today - DAY),
        waiting=tuple(waiting),
        due_today=tuple(one for one in waiting if one.deadline < tomorrow),
        late=await late(transaction, now, yesterday),
        overdue=await overdue(transaction, now, yesterday),
        broken=tuple(await broken_since(transaction, yesterday)),
        voices=await voices(transaction, yesterday, low_max=LOW_MAX, telling_max=TELLING_MAX),
        reasons=await reasons(transaction, now - 2 * WEEK, now - WEEK, now),
        windows=tuple(one for one in windows if one.closes_at < tomorrow + DAY),
        spoke_at=await last_contact(transaction, staff_id),
    )
