"""A year of the demo shop, made up: for looking at the desk, and measuring it, with many orders.

The rows go in by COPY, past rules and engine. What the rules would have seen to is seen to here,
and `frontline audit` is the proof. What is left out: answers to commands (an order is its own),
the outbox of what was done long ago, and the funnel's marks of single visitors.

Each day is told by itself (`days`), in processes of their own; this one copies what they tell,
day after day, over two connections. The same seed, the same year.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime

from frontline.demo.year import days
from frontline.demo.year.company import decided
from frontline.demo.year.days import Told
from frontline.demo.year.plans import plans
from frontline.demo.year.totals import Totals
from frontline.demo.year.trade import Plan, Trade
from frontline.demo.year.trading import laid_out, trade_of
from frontline.demo.year.writing import Writer
from frontline.kernel.words import ShopId
from frontline.store import address

SEED = 20_260_618
_AHEAD = 2  # Days told beyond those that are being copied, for each process.

Report = Callable[[int, int], None]
"""Hears how many orders and how many rows there are."""


async def has_orders(owner_url: str, shop_id: ShopId) -> bool:
    connection = await address.connect(owner_url)
    try:
        found: bool = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM shop_order WHERE shop_id = $1)", shop_id
        )
        return found
    finally:
        await connection.close()


async def fill(  # noqa: PLR0913 - a year has this many sides
    owner_url: str,
    shop_id: ShopId,
    orders: int,
    now: datetime,
    report: Report = lambda _orders, _rows: None,
    *,
    seed: int = SEED,
) -> int:
    """So many orders over the 365 days before `now`; how many rows that were in all.

    The shop has its goods and staff already. Nothing is kept of a year that was not finished.
    """
    async with Writer.opened(owner_url, shop_id) as writer:
        trade = await trade_of(writer.connections[0], shop_id, seed, now)
        await laid_out(writer.connections[0], trade)
        totals = await Totals.begun(writer.connections[1], trade)
        written = 0
        async for plan, told in _told(trade, orders):
            rows, sums = told
            await writer.write(totals.stocked(plan.place, sums))
            await writer.write(rows)
            totals.add(plan.place, sums)
            written += len(plan.visits)
            report(written, writer.rows)
        await writer.write(totals.rest())
        await writer.drain()
        await totals.write(*writer.connections)
        await decided(writer.connections[0], trade, orders, now)
    await _looked_through(owner_url)
    return writer.rows


async def _looked_through(owner_url: str) -> None:
    """PostgreSQL learns what the tables hold now, before the first question is asked."""
    connection = await address.connect(owner_url)
    try:
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


async def _told(trade: Trade, orders: int) -> AsyncIterator[tuple[Plan, Told]]:
    """Day after day, in their order; some are told ahead."""
    loop = asyncio.get_running_loop()
    processes = os.cpu_count() or 1
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        waiting: deque[tuple[Plan, asyncio.Future[Told]]] = deque()
        try:
            for plan in plans(trade, orders):
                waiting.append((plan, loop.run_in_executor(pool, days.tell, trade, plan)))
                if len(waiting) > processes * _AHEAD:
                    first, told = waiting.popleft()
                    yield first, await told
            while waiting:
                first, told = waiting.popleft()
                yield first, await told
        finally:
            pool.shutdown(cancel_futures=True)
