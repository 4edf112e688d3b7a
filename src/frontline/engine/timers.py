"""Giving the commands whose time has come.

A timer is forgotten only after its commands were answered. Should we die in between, they
are given again under the same ids and get the same answers.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import text

from frontline.engine.engine import Engine
from frontline.kernel.words import ShopId
from frontline.store.database import Database

DUE_MAX = 20  # Rows; each holds the commands of one batch.
PAUSE = timedelta(minutes=1)  # Until one that failed is given again.

_log = logging.getLogger(__name__)

_DUE = text("""
    SELECT id, commands FROM timer
    WHERE shop_id = :shop_id AND due_at <= CAST(:now AS timestamptz)
    ORDER BY due_at LIMIT CAST(:due_max AS int)
""")
_POSTPONE = text("""
    UPDATE timer AS t SET due_at = p.due_at, failures = t.failures + 1
    FROM unnest(CAST(:ids AS uuid[]), CAST(:due_at AS timestamptz[])) AS p (id, due_at)
    WHERE t.shop_id = :shop_id AND t.id = p.id
""")
_FORGET = text("""
    DELETE FROM timer WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
""")


async def give_due(database: Database, engine: Engine, shop_id: ShopId, now: datetime) -> int:
    """Submit what is due, a page of it; how many commands that were.

    A timer one of whose commands failed stays and is given again, a while later: else as many
    as fill a page would keep all others waiting for ever.
    """
    async with database.transaction(shop_id) as transaction:
        due = await transaction.read(_DUE, now=now, due_max=DUE_MAX)
    given = await asyncio.gather(
        *(_give(engine, shop_id, row.commands) for row in due), return_exceptions=True
    )
    for result in given:
        if isinstance(result, BaseException):
            _log.error("a timer failed and stays: %r", result)
    done = [row.id for row, result in zip(due, given, strict=True) if isinstance(result, int)]
    failed = [row.id for row in due if row.id not in set(done)]
    async with database.transaction(shop_id) as transaction:
        await transaction.rows(_FORGET, ids=done)  # Another process may have been faster.
        await transaction.rows(_POSTPONE, ids=failed, due_at=[now + PAUSE] * len(failed))
    return sum(result for result in given if isinstance(result, int))


async def _give(engine: Engine, shop_id: ShopId, encoded: str) -> int:
    named = msgspec.json.decode(encoded, type=list[tuple[str, msgspec.Raw]])
    commands = [engine.command(name, raw) for name, raw in named]
    await asyncio.gather(*(engine.submit(shop_id, command) for command in commands))
    return len(commands)
