"""Transactions of one shop.

Every statement gets `:shop_id`, and the transaction is confined to that shop by row-level
security as well, so a forgotten condition finds nothing rather than a neighbour's rows.

Statements are SQLAlchemy's, compiled once; they run on asyncpg itself: SQLAlchemy's own execution
costs three times as much, and an order is made of fifteen statements (decision 0021).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from frontline.kernel.words import ShopId
from frontline.store import address

ROOM_S_MAX = 30.0  # So long somebody waits for a connection.

_RUN_AGAIN = frozenset({"40001", "40P01", "23505"})  # serialization, deadlock, unique key
_STARTING = frozenset({"57P01", "57P02", "57P03", "53300"})  # going down, starting, full
_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_STATEMENTS_MAX = 2_000
_PARAMETER = re.compile(r"\$(\d+)")
# A plan frozen while a table was small would serve for ever; planning is paid per batch.
_SETTINGS = {"plan_cache_mode": "force_custom_plan", "application_name": "frontline"}


class Fault(Exception):
    """The database did not do what was asked; nothing of the transaction is certain."""


class TryAgain(Fault):
    """Somebody else came first, or the connection broke: the same batch may be run again."""


class Unreachable(TryAgain):
    """The database is away, starting, or has no connection left."""


class Row(asyncpg.Record):  # type: ignore[misc]  # asyncpg has no types
    """A tuple whose columns have names."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def _asdict(self) -> dict[str, Any]:
        return dict(self.items())

    _mapping = property(_asdict)


class _Write(NamedTuple):
    sql: str
    arguments: list[Any]
    wanted: int  # Rows.


class Transaction:
    """Set-based statements of one shop: columns go in, rows come out."""

    def __init__(self, connection: asyncpg.Connection, shop_id: ShopId) -> None:
        self._connection = connection
        self._shop_id = shop_id
        self._waiting: list[_Write] = []

    async def read(self, statement: TextClause, **values: Any) -> Sequence[Any]:
        """Rows for these values, whatever they are."""
        await self.flush()
        sql, arguments = self._said(statement, values)
        rows: Sequence[Any] = await self._connection.fetch(sql, *arguments)
        return rows

    async def rows(self, statement: TextClause, **columns: Iterable[Any]) -> Sequence[Any]:
        """Rows for these keys; without keys, no rows and no statement."""
        lists = _lists(columns)
        return await self.read(statement, **lists) if lists else ()

    async def write(self, statement: TextClause, **columns: Iterable[Any]) -> None:
        """Write one row per element of the columns; fewer means a guard did not hold."""
        if any(columns.values()):
            await self.flush()
            self.write_later(statement, **columns)
            await self.flush()

    def write_later(self, statement: TextClause, **columns: Iterable[Any]) -> None:
        """The same, before the next read or `write` and together with what else waits until then.

        All that waits goes to the server as one statement, for the way there and back is most of
        what a small one costs. So none of it sees what the rest of it did, nor may it change a row
        that the rest of it wrote: the count would tell.
        """
        if lists := _lists(columns):
            wanted = len(next(iter(lists.values())))
            sql, arguments = self._said(statement, lists)
            self._waiting.append(_Write(sql, arguments, wanted))

    async def flush(self) -> None:
        """Write what waits. Raises TryAgain."""
        if not self._waiting:
            return
        writes, self._waiting = self._waiting, []
        if len(writes) == 1:
            told: str = await self._connection.execute(writes[0].sql, *writes[0].arguments)
            written = [int(told.rpartition(" ")[2])]  # As "INSERT 0 12".
        else:
            sql = _joined(tuple((one.sql, len(one.arguments)) for one in writes))
            arguments = [argument for one in writes for argument in one.arguments]
            written = list(await self._connection.fetchrow(sql, *arguments))
        if written != (wanted := [one.wanted for one in writes]):
            message = f"{written} rows written where {wanted} were decided"
            raise TryAgain(message)

    async def freeze(self) -> None:
        """Before any other statement: all of them see the same moment, and none may write."""
        await self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def _said(self, statement: TextClause, values: dict[str, Any]) -> tuple[str, list[Any]]:
        sql, names = compiled(statement)
        values["shop_id"] = self._shop_id
        return sql, [values[name] for name in names]


class Database:
    def __init__(self, url: str, *, connections_max: int) -> None:
        self._url = url
        self._room = asyncio.Semaphore(connections_max)
        self._idle: list[asyncpg.Connection] = []

    @asynccontextmanager
    async def transaction(self, shop_id: ShopId) -> AsyncIterator[Transaction]:
        """One shop's transaction: committed on leaving, rolled back on any error.

        Raises TryAgain when the database says that running again may help, also when the
        connection broke and nobody knows whether the COMMIT arrived.
        """
        async with self._connection() as connection:
            await connection.execute(f"BEGIN; SET LOCAL app.shop_id = '{shop_id:d}'")
            transaction = Transaction(connection, shop_id)
            yield transaction
            await transaction.flush()
            told = await connection.execute("COMMIT")
            assert told == "COMMIT", "an error of a statement was passed over"

    @asynccontextmanager
    async def snapshot(self, shop_id: ShopId) -> AsyncIterator[Transaction]:
        """One shop as it stands at one moment, however many statements ask; nothing is written."""
        async with self.transaction(shop_id) as transaction:
            await transaction.freeze()
            yield transaction

    async def shared(self, sql: str, **values: Any) -> Sequence[Any]:
        """Rows of the reference tables, which belong to no shop."""
        statement, names = _compile(text(sql))
        async with self._connection() as connection:
            rows: Sequence[Any] = await connection.fetch(statement, *[values[it] for it in names])
            return rows

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection of ours for a while. What goes wrong with it is told as a Fault."""
        try:
            async with asyncio.timeout(ROOM_S_MAX):
                await self._room.acquire()
        except TimeoutError as error:
            raise Unreachable from error
        connection = None
        try:
            connection = await self._taken()
            yield connection
        except asyncpg.InternalClientError as error:
            # The server's farewell came between two statements: asyncpg has lost the thread, and
            # the connection with it.
            if connection is not None:
                connection.terminate()
            raise Unreachable from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            state = getattr(error, "sqlstate", None)
            broken = isinstance(error, asyncpg.PostgresConnectionError) or state in _STARTING
            if broken or (connection is not None and connection.is_closed()):
                raise Unreachable from error
            # A statement was prepared before a migration; asyncpg has forgotten it by now.
            stale = isinstance(error, asyncpg.InvalidCachedStatementError)
            if stale or state in _RUN_AGAIN:
                raise TryAgain from error
            raise
        except (OSError, TimeoutError) as error:
            raise Unreachable from error
        finally:
            try:
                if connection is not None:
                    await self._give_back(connection)
            finally:
                self._room.release()

    async def _taken(self) -> asyncpg.Connection:
        while self._idle:  # The last one given back: its statements are prepared.
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await address.connect(self._url, record_class=Row, server_settings=_SETTINGS)

    async def _give_back(self, connection: asyncpg.Connection) -> None:
        """For the next one, with nothing left open; else it is closed."""
        if connection.is_closed():
            return
        try:
            if connection.is_in_transaction():
                await connection.execute("ROLLBACK")
        except (
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,
            OSError,
        ):
            connection.terminate()
        except BaseException:  # Cancelled: what it is in the middle of, nobody knows.
            connection.terminate()
            raise
        if not connection.is_closed():
            self._idle.append(connection)


def _compile(statement: TextClause) -> tuple[str, tuple[str, ...]]:
    """As PostgreSQL reads it, and the names of its parameters in their order."""
    sql = statement.compile(dialect=_DIALECT)
    return str(sql), tuple(sql.positiontup or ())


compiled = lru_cache(_STATEMENTS_MAX)(_compile)


@lru_cache(_STATEMENTS_MAX)
def _joined(writes: tuple[tuple[str, int], ...]) -> str:
    """Writes, each with the number of its parameters, as one that tells their counts of rows."""
    parts: list[str] = []
    counts: list[str] = []
    before = 0
    for number, (sql, parameters) in enumerate(writes):
        parts.append(f"write_{number} AS ({_renumbered(sql, before)} RETURNING 1)")
        counts.append(f"(SELECT count(*) FROM write_{number})")  # noqa: S608 - a number
        before += parameters
    return f"WITH {', '.join(parts)} SELECT {', '.join(counts)}"


def _renumbered(sql: str, before: int) -> str:
    return _PARAMETER.sub(lambda it: f"${int(it[1]) + before}", sql)


def _lists(columns: dict[str, Iterable[Any]]) -> dict[str, Any]:
    lists = {name: list(column) for name, column in columns.items()}
    return lists if any(lists.values()) else {}
