"""On the owner's screen: what waits for her and what each hour costs; who is stuck on whom."""

from __future__ import annotations

from frontline.company.authority.messages import ACTION_WORDS
from frontline.company.decision.messages import Part
from frontline.company.decision.pages.said import PRE_ANSWERS, amount, per_hour
from frontline.company.decision.views import stuck, waiting, waiting_count
from frontline.company.decision.views.waiting import PART_WORDS
from frontline.kernel.text import Words
from frontline.web.pages import DeskVisit, Tile, View
from frontline.web.shell import money

SHOWN_MAX = 5
ADDED_UP_MAX = 100  # As far as `waiting_count` counts.


async def _waiting(visit: DeskVisit) -> View | None:
    me, now = visit.known.staff_id, visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as t:
        found = await waiting(t, me, now, ADDED_UP_MAX)
        count = await waiting_count(t, me)
    if not found:
        return None
    currency = visit.shop.currency
    cards = [
        {
            "it": one,
            "title": one.title or ACTION_WORDS[one.action].in_(visit.language),
            "action": ACTION_WORDS[one.action],
            "amount": amount(one.action, one.amount, currency),
            "cost": per_hour(one.cost_per_hour, currency),
            "what": PART_WORDS[one.review_kind or one.part],
            "pre_answer": None if one.pre_answer is None else PRE_ANSWERS[one.pre_answer],
            "decides": one.part is Part.DECIDE,
            "answers": one.part is Part.ANSWER,
        }
        for one in found[:SHOWN_MAX]
    ]
    by_hour = sum(one.cost_per_hour or 0 for one in found)
    values = {
        "cards": cards,
        "count": count,
        "by_hour": by_hour,
        "more": count - len(cards),
    }
    title = Words("等您拍板", "Waiting for you")
    return View("decision/tile_waiting.html", title, values, bare=True)


async def _stuck(visit: DeskVisit) -> View | None:
    async with visit.opened.database.transaction(visit.shop_id) as t:
        found = await stuck(t, visit.opened.now())
    if not found:
        return None
    rows = [
        (one, None if one.cost_per_hour is None else money(one.cost_per_hour, visit.shop.currency))
        for one in found[:SHOWN_MAX]
    ]
    title = Words("卡在谁那里", "Stuck on whom")
    return View("decision/tile_stuck.html", title, {"rows": rows}, bare=True)


TILES = (Tile(place=10, act=_waiting), Tile(place=70, act=_stuck))
