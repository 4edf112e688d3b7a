"""Frozen money: what was paid or bought and cannot be used yet, each sum with a way there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from frontline.kernel.text import Words
from frontline.kernel.words import Fen
from frontline.shop.ledger.book import Account
from frontline.shop.ledger.figures import owed
from frontline.shop.order.figures import NONE_OPEN, paid_and_open
from frontline.shop.order.states import State
from frontline.shop.payment.figures import under_way
from frontline.shop.stock.figures import idle
from frontline.web.pages import DeskVisit, Tile, View

IDLE_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Sum:
    label: Words
    note: Words
    amount: Fen
    url: str


async def frozen(visit: DeskVisit) -> View | None:
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        orders = await paid_and_open(transaction)
        refunds = await under_way(transaction)
        stray = await owed(transaction, Account.SUSPENSE)
        still = await idle(transaction, now - IDLE_FOR)
    held = orders.get(State.PAID, NONE_OPEN)
    to_send = [orders.get(state, NONE_OPEN) for state in (State.TO_SHIP, State.PART_SHIPPED)]
    unsent = sum(one.count for one in to_send)
    unpriced = still.without_cost
    sums = (
        Sum(
            Words("拼团未成，已付", "Paid, team not full"),
            Words(f"{held.count} 单", f"{held.count} orders"),
            held.total,
            "/desk/orders?state=paid",
        ),
        Sum(
            Words("已付，还没发", "Paid, not sent"),
            Words(f"{unsent} 单", f"{unsent} orders"),
            Fen(sum(one.total for one in to_send)),
            "/desk/orders?state=to_ship",
        ),
        Sum(
            Words("退款在途", "Refunds under way"),
            Words(f"{refunds.count} 笔", f"{refunds.count} refunds"),
            refunds.amount,
            "/desk/payments/refunds",
        ),
        Sum(
            Words("挂账（无主款）", "Suspense"),
            Words("没有对应订单的钱", "money that belongs to no order"),
            stray,
            "/desk/payments/suspense",
        ),
        Sum(
            Words(f"{IDLE_FOR.days} 天没卖动的库存", f"Stock unsold for {IDLE_FOR.days} days"),
            Words(
                f"{still.units} 件，按成本" + (f"；{unpriced} 款没填成本" if unpriced else ""),
                f"{still.units} units at cost"
                + (f"; {unpriced} without a cost" if unpriced else ""),
            ),
            still.cost,
            "/desk/stock",
        ),
    )
    shown = [one for one in sums if one.amount]
    if not shown and not still.units:
        return None
    values = {"sums": shown or sums[-1:], "total": sum(one.amount for one in shown)}
    return View("owner/tile_frozen.html", Words("压住的钱", "Frozen money"), values, bare=True)


TILES = (Tile(place=50, act=frozen),)
