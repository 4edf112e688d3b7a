"""Where staff begin: what waits for them, of what they are let into."""

from __future__ import annotations

from dataclasses import dataclass

from frontline.company.decision.views import waiting_count
from frontline.company.request.views import open_for
from frontline.kernel.text import Words
from frontline.shop.aftersale import figures as aftersale
from frontline.shop.order.figures import NONE_OPEN, paid_and_open
from frontline.shop.order.states import State
from frontline.store.database import Transaction
from frontline.web.pages import DeskVisit, View


@dataclass(frozen=True, slots=True)
class Waits:
    label: Words
    count: int
    icon: str
    url: str


async def start(visit: DeskVisit) -> View:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await _waiting(visit, transaction)
    values = {"waits": [one for one in found if one.count]}
    return View("owner/start.html", Words("工作台", "My desk"), values)


async def _waiting(visit: DeskVisit, transaction: Transaction) -> list[Waits]:
    me, may = visit.known.staff_id, visit.known.may
    found = [
        Waits(
            Words("等我评审或回答", "For me to review or answer"),
            await waiting_count(transaction, me),
            "gavel",
            "/desk/decisions?scope=mine",
        ),
        Waits(
            Words("请我们部门做的事", "Requests to my department"),
            len(await open_for(transaction, me)),
            "mail-question",
            "/desk/requests",
        ),
    ]
    if may("order", act=True):
        orders = await paid_and_open(transaction)
        states = (State.TO_SHIP, State.PART_SHIPPED)
        unsent = sum(orders.get(state, NONE_OPEN).count for state in states)
        label = Words("等着发货的订单", "Orders to be sent")
        found.append(Waits(label, unsent, "truck-delivery", "/desk/orders?state=to_ship"))
    if may("aftersale", act=True):
        cases = await aftersale.waiting(transaction)
        label = Words("等着处理的售后", "After-sale to be answered")
        found.append(Waits(label, cases, "receipt-refund", "/desk/aftersale?state=asked"))
    return found
