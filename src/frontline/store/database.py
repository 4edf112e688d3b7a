"""Transactions of one shop.

Every statement gets `:shop_id`, and the transaction is confined to that shop by row-level
security as well, so a forgotten condition finds nothing rather than a neighbour's rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import CursorResult, TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from frontline.kernel.words import ShopId

_RUN_AGAIN = frozenset({"40001", "40P01", "23505"})  # serialization, deadlock, unique key
_STARTING = frozenset({"57P01", "57P02", "57P03", "53300"})  # going down, starting, full


class Fault(Exception):
    """The database did not do what was asked; nothing of the transaction is certain."""


class TryAgain(Fault):
    """Somebody else came first, or the connection broke: the same batch may be run again."""


class Unreachable(TryAgain):
    """The database is away, starting, or has no connection left."""


class Transaction:
    """Set-based statements of one shop: columns go in, rows come out."""

    def __init__(self, connection: AsyncConnection, shop_id: ShopId) -> None:
        self._connection = connection
        self._shop_id = shop_id

    async def read(self, statement: TextClause, **values: Any) -> Sequence[Any]:
        """Rows for these values, whatever they are."""
        return (await self._run(statement, values)).all()

    async def rows(self, statement: TextClause, **columns: Iterable[Any]) -> Sequence[Any]:
        """Rows for these keys; without keys, no rows and no statement."""
        lists = _lists(columns)
        if not lists:
            return ()
        result = await self._run(statement, lists)
        return result.all() if result.returns_rows else ()

    async def write(self, statement: TextClause, **columns: Iterable[Any]) -> None:
        """Write one row per element of the columns; fewer means a guard did not hold."""
        if not (lists := _lists(columns)):
            return
        wanted = len(next(iter(lists.values())))
        if (written := (await self._run(statement, lists)).rowcount) != wanted:
            message = f"{written} rows written where {wanted} were decided"
            raise TryAgain(message)

    async def freeze(self) -> None:
        """Before any other statement: all of them see the same moment, and none may write."""
        await self._connection.exec_driver_sql(
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        )

    async def _run(self, statement: TextClause, values: dict[str, Any]) -> CursorResult[Any]:
        return await self._connection.execute(statement, {"shop_id": self._shop_id, **values})


class Database:
    def __init__(self, url: str, *, connections_max: int) -> None:
        # A plan frozen while a table was small would serve for ever; planning is paid per batch.
        settings = {"plan_cache_mode": "force_custom_plan", "application_name": "frontline"}
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=connections_max,
            max_overflow=0,
            connect_args={"server_settings": settings},
        )

    @asynccontextmanager
    async def transaction(self, shop_id: ShopId) -> AsyncIterator[Transaction]:
        """One shop's transaction: committed on leaving, rolled back on any error.

        Raises TryAgain when the database says that running again may help, also when the
        connection broke and nobody knows whether the COMMIT arrived.
        """
        try:
            async with self._engine.begin() as connection:
                await connection.exec_driver_sql(f"SET LOCAL app.shop_id = '{shop_id:d}'")
                yield Transaction(connection, shop_id)
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            if error.connection_invalidated or state in _STARTING:
                raise Unreachable from error
            if state in _RUN_AGAIN:
                raise TryAgain from error
            raise
        except (OSError, TimeoutError) as error:
            raise Unreachable from error

    @asynccontextmanager
    async def snapshot(self, shop_id: ShopId) -> AsyncIterator[Transaction]:
        """One shop as it stands at one moment, however many statements ask; nothing is written."""
        async with self.transaction(shop_id) as transaction:
            await transaction.freeze()
            yield transaction

    async def shared(self, sql: str, **values: Any) -> Sequence[Any]:
        """Rows of the reference tables, which belong to no shop."""
        try:
            async with self._engine.connect() as connection:
                return (await connection.execute(text(sql), values)).all()
        except (DBAPIError, OSError, TimeoutError) as error:
            raise Unreachable from error

    async def close(self) -> None:
        await self._engine.dispose()


def _lists(columns: dict[str, Iterable[Any]]) -> dict[str, list[Any]]:
    lists = {name: list(column) for name, column in columns.items()}
    return lists if any(lists.values()) else {}
