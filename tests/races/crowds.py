"""Crowds: several processes with commands of their own at one shop, all let go at once.

And guards taken out of them, to see that somebody notices: `Without` replaces a part of one
statement, in the crowd's processes only.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from random import Random
from typing import Any

from databases import connect, new_database, owner
from races.process import SHOP, WAIT_S_MAX, Heard, Waves, run, submitting
from scenery import GOODS
from shop.stock.story import world as stocked
from stories import CAST, lay

from frontline.audit.run import audited
from frontline.kernel.words import SkuId
from frontline.store.database import Database
from frontline.testing.story import BEGIN

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["frontline.app"])  # Which puts the house together, once for all.


def crowd(url: str, waves: Waves, now: datetime = BEGIN) -> Heard:
    """A crowd in this process."""
    return asyncio.run(submitting(url, waves, now, lambda: None))


def race(url: str, crowds: Sequence[Waves], *removed: Any, now: datetime = BEGIN) -> list[Heard]:
    """One process per crowd, all connected before the first command is given."""
    start = FORKS.Barrier(len(crowds))
    pipes, processes = [], []
    for waves in crowds:
        hear, tell = FORKS.Pipe(duplex=False)
        arguments = (url, waves, removed, now, start, tell)
        processes.append(FORKS.Process(target=run, args=arguments, daemon=True))
        pipes.append(hear)
    for process in processes:
        process.start()
    heard = []
    for pipe in pipes:
        assert pipe.poll(WAIT_S_MAX), "a crowd went silent"
        heard.append(pipe.recv())
    for process in processes:
        process.join(WAIT_S_MAX)
    return heard


# -- The shop they meet in ------------------------------------------------------------------


def shop(server_url: str, free: dict[SkuId, int], *broken: str) -> str:
    """A shop with so much of each SKU, in a database of its own; its URL."""

    async def go() -> str:
        url = await new_database(server_url, *broken)
        others = (part.lay(Random(1)) for part in CAST.parts if part.name != "stock")
        stock = stocked({sku_id: free.get(sku_id, 0) for sku_id in GOODS})
        await lay(url, SHOP, reduce(or_, others, stock))
        return url

    return asyncio.run(go())


def broken_claims(url: str, now: datetime = BEGIN) -> dict[str, int]:
    """What the audits find, by name."""

    async def go() -> dict[str, int]:
        database = Database(url, connections_max=1)
        try:
            findings = await audited(database, SHOP, now)
        finally:
            await database.close()
        return {one.name: one.violations for one in findings if one.violations}

    return asyncio.run(go())


def value(url: str, sql: str, *arguments: Any) -> Any:
    """One value, as the owner of the tables sees it."""

    async def go() -> Any:
        connection = await connect(owner(url))
        try:
            await connection.execute(f"SET app.shop_id = '{SHOP:d}'")
            return await connection.fetchval(sql, *arguments)
        finally:
            await connection.close()

    return asyncio.run(go())


def told(heard: Sequence[Heard]) -> Counter[str]:
    """How many were told what; a refusal by its reason."""
    return Counter(
        str(getattr(outcome, "refusal", type(outcome).__name__))
        for one in heard
        for outcome in one.outcomes
    )


def troubles(heard: Sequence[Heard]) -> int:
    """Batches that had to be halved and commands that failed: an alarm, and none in peace."""
    return sum(one.halvings + len(one.failures) for one in heard)
