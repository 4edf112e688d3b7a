"""The funnel at the desk: how many came how far, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.shop.funnel import views
from frontline.shop.funnel.messages import Refusal, Refused, Step
from frontline.web.pages import Answer, DeskVisit, Group, Menu, Page, View, page

STEPS = {
    Step.OPEN: Words("打开店铺", "Opened the shop"),
    Step.PRODUCT: Words("看过商品", "Looked at a product"),
    Step.CHECKOUT: Words("进入结算", "Came to the checkout"),
    Step.PLACED: Words("提交订单", "Placed an order"),
    Step.PAID: Words("完成付款", "Paid"),
}


class FunnelForm(msgspec.Struct, frozen=True):
    first: date | None = None  # None: 30 days before `last`.
    last: date | None = None  # Included. None: today.
    product: UUID | None = None  # None: the whole shop.


async def _funnel(visit: DeskVisit, form: FunnelForm) -> Answer:
    """How many visitors took which step: each once a day."""
    days = visit.shop.period(form.first, form.last, visit.opened.now())
    if days is None:
        return Refused(Refusal.PERIOD_INVALID)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await views.funnel_in(transaction, *days, form.product)
        by_day = await views.by_day(transaction, *days, form.product)
        product = form.product and await views.title_of(transaction, form.product)
    if form.product is not None and product is None:
        return None
    every = [days[0] + timedelta(days=n) for n in range((days[1] - days[0]).days + 1)]
    shown = (found.steps[0].step, Step.PLACED, Step.PAID)
    return View(
        "funnel/funnel.html",
        Words("转化漏斗", "Funnel"),
        {
            "found": found,
            "asked": form,
            "product": product,
            "names": {step: words.in_(visit.language) for step, words in STEPS.items()},
            "days": [f"{day:%m-%d}" for day in every],
            "lines": [
                (
                    STEPS[step].in_(visit.language),
                    [by_day.get(day, {}).get(step, 0) for day in every],
                )
                for step in shown
            ],
        },
    )


PAGES: tuple[Page, ...] = (
    page(
        "/desk/funnel",
        FunnelForm,
        _funnel,
        menu=Menu(group=Group.PLAY, label=Words("转化漏斗", "Funnel"), icon="filter", place=80),
    ),
)
