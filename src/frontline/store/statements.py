"""Keeping the statements in the code in step with the tables that the migrations lay.

Every `text()` found in a module of ours is prepared and planned, which is not running it:
PostgreSQL looks up its tables, columns, types and functions, and the application's rights.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import pkgutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

import frontline
from frontline.store import address, migration, server

_NOT_OURS = ("frontline.testing",)
_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


def found() -> Iterator[tuple[str, TextClause]]:
    """All statements that stand in modules, by the name they have there."""
    for module in pkgutil.walk_packages(frontline.__path__, "frontline."):
        if module.name.startswith(_NOT_OURS) or module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            for statement in _statements(value):
                yield f"{module.name}:{name}", statement


async def check(url: str, statements: Iterable[tuple[str, TextClause]]) -> list[str]:
    """What is wrong with which statement, asked of a migrated database as the application."""
    wrong = []
    connection = await address.connect(url)
    try:
        await connection.execute("SET app.shop_id = '1'")  # Planning looks at the policies.
        for name, statement in statements:
            sql = str(statement.compile(dialect=_DIALECT))
            try:
                await connection.prepare(sql)
                # Without arguments only the simple protocol is used, where $1 may stay open.
                await connection.execute(f"EXPLAIN (GENERIC_PLAN) {sql}")
            except asyncpg.PostgresError as error:
                wrong.append(f"{name}: {error}")
    finally:
        await connection.close()
    return wrong


def check_freshly(home: Path) -> tuple[int, list[str]]:
    """Lay the tables in a database of their own and check: how many statements, what is wrong."""
    statements = list(found())
    logging.getLogger("alembic").setLevel(logging.WARNING)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="check-", dir=home) as folder:
        Path(folder).chmod(0o711)  # The server may be another user.
        running = server.start(Path(folder) / "postgres", [*server.SETTINGS, "fsync=off"])
        try:
            migration.upgrade(running.url("postgres"))
            return len(statements), asyncio.run(check(running.url(migration.ROLE), statements))
        finally:
            running.stop()


def _statements(value: object) -> Iterator[TextClause]:
    if isinstance(value, TextClause):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _statements(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _statements(each)
