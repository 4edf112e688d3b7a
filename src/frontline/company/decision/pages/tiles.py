"""On the owner's screen: what waits for her and what each hour costs; who is stuck on whom."""

from __future__ import annotations

import msgspec

from frontline.company.authority.messages import ACTION_WORDS, REVIEW_WORDS
from frontline.company.decision.messages import Part, ProposalId
from frontline.company.decision.pages.said import ANSWERS, PRE_ANSWERS, amount, per_hour
from frontline.company.decision.views import (
    Reviewed,
    Waiting,
    reviewed,
    stuck,
    waiting,
    waiting_count,
)
from frontline.company.decision.views.waiting import PART_WORDS
from frontline.kernel.text import Words
from frontline.kernel.words import StaffId
from frontline.web.pages import DeskVisit, Tile, View
from frontline.web.session import Role
from frontline.web.shell import money

SHOWN_MAX = 5
ADDED_UP_MAX = 100  # As far as `waiting_count` counts.


async def _waiting(visit: DeskVisit) -> View | None:
    me, now = visit.known.staff_id, visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as t:
        found = await waiting(t, me, now, ADDED_UP_MAX)
        count = await waiting_count(t, me)
        if visit.known.role is Role.OWNER:
            found = _decided_at_once(found, me)
        shown = found[:SHOWN_MAX]
        said = await reviewed(t, [one.id for one in shown])
    if not found:
        return None
    costs = {one.id: one.cost_per_hour or 0 for one in found}  # Once, whatever is asked of it.
    values = {
        "cards": [_card(visit, one, said.get(one.id, [])) for one in shown],
        "count": count,
        "by_hour": sum(costs.values()),
        "more": count - len({one.id for one in shown}),
    }
    title = Words("等您拍板", "Waiting for you")
    return View("decision/tile_waiting.html", title, values, bare=True)


def _decided_at_once(found: list[Waiting], me: StaffId) -> list[Waiting]:
    """An owner may decide what she was only asked to review: one card, one tap, and it is over."""
    cards: dict[ProposalId, Waiting] = {}
    for one in found:
        decides = one.part is Part.REVIEW and one.asked_by != me
        cards.setdefault(
            one.id, msgspec.structs.replace(one, part=Part.DECIDE, review_kind=None)
            if decides
            else one,
        )  # fmt: skip
    return list(cards.values())


def _card(visit: DeskVisit, one: Waiting, said: list[Reviewed]) -> dict[str, object]:
    currency = visit.shop.currency
    return {
        "it": one,
        "title": one.title or ACTION_WORDS[one.action].in_(visit.language),
        "amount": amount(one.action, one.amount, currency),
        "cost": per_hour(one.cost_per_hour, currency),
        "what": PART_WORDS[one.review_kind or one.part],
        "reviews": [
            (
                REVIEW_WORDS[review.kind],
                review,
                PRE_ANSWERS[review.pre_answer] if review.answer is None else ANSWERS[review.answer],
            )
            for review in said
        ],
        "answers": one.part is Part.ANSWER,
    }


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
