"""Today's money: what came in by hour, against the plan and the same weekday."""

from __future__ import annotations

from datetime import timedelta

from frontline.company.plan.views import today_plan
from frontline.kernel.text import Words
from frontline.shop.payment.figures import HOURS, Takings, refunded, taken
from frontline.web.pages import DeskVisit, Tile, View
from frontline.web.shell import WHOLE

WEEK, DAY = timedelta(days=7), timedelta(days=1)


async def today(visit: DeskVisit) -> View:
    shop, now = visit.shop, visit.opened.now()
    day = shop.day(now)
    begin, end = shop.begins(day), shop.begins(day + DAY)
    week_before = shop.begins(day - WEEK), shop.begins(day - WEEK + DAY)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        so_far = await taken(transaction, begin, end, shop.timezone)
        before = await taken(transaction, *week_before, shop.timezone)
        by_then = await taken(transaction, week_before[0], now - WEEK, shop.timezone)
        back = await refunded(transaction, begin, end)
        plan = await today_plan(transaction, day)
    values = {
        "so_far": so_far,
        "before": before,
        "by_then": by_then,
        "back": back,
        "plan": plan,
        "hours": [f"{hour}:00" for hour in range(HOURS)],
        "today": _whole(visit, so_far),
        "week_ago": _whole(visit, before),
    }
    return View("owner/tile_money.html", Words("收款", "Takings"), values, bare=True)


def _whole(visit: DeskVisit, takings: Takings) -> list[float]:
    """By hour, in the currency itself, as the chart shows it."""
    minor = 1 if visit.shop.currency in WHOLE else 100
    return [amount / minor if amount % minor else amount // minor for amount in takings.by_hour]


TILES = (Tile(place=40, act=today),)
