"""COPY, over two connections at once: each writes its own tables, and the day's in their order."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import asyncpg

from frontline.demo.year.sheets import COLUMNS
from frontline.store import address
from frontline.store.database import Row

_SECOND = frozenset(
    {
        *("order_step", "order_parcel", "payment", "refund", "ledger_transfer"),
        *("stock_movement", "recommend_counted"),
    }
)
"""Tables of the second connection: none points at one of the first's, and it is half the work."""
_BYTES_MAX = 8_000_000  # Gathered before they are copied.

Rows = dict[str, tuple[int, bytes]]
"""By table: how many, and their bytes."""


class Writer:
    """Keeps everything or nothing: each connection is one transaction."""

    def __init__(self, connections: list[asyncpg.Connection]) -> None:
        self.connections = connections
        self.rows = 0
        self._gathered: list[defaultdict[str, list[bytes]]] = [defaultdict(list), defaultdict(list)]
        self._bytes = [0, 0]
        self._copying: list[asyncio.Task[None] | None] = [None, None]

    @classmethod
    @asynccontextmanager
    async def opened(cls, owner_url: str, shop_id: int) -> AsyncIterator[Self]:
        """As the owner of the tables, who may COPY into what is confined to a shop.

        An owner who is no superuser is held to the policies as well, and PostgreSQL takes no COPY
        under a policy; so it lets itself off them meanwhile. The application stays confined.
        """
        connections = [await address.connect(owner_url, record_class=Row) for _ in range(2)]
        try:
            held = not await connections[0].fetchval(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
            if held:
                await _force(connections[0], "NO FORCE")
            try:
                for connection in connections:
                    await connection.execute(f"BEGIN; SET LOCAL app.shop_id = '{shop_id:d}'")
                yield cls(connections)
                for connection in connections:
                    await connection.execute("COMMIT")
            finally:
                if held:
                    await connections[0].execute("ROLLBACK")
                    await connections[1].execute("ROLLBACK")
                    await _force(connections[0], "FORCE")
        finally:
            for connection in connections:
                connection.terminate()

    async def write(self, rows: Rows) -> None:
        for table, (count, encoded) in rows.items():
            side = int(table in _SECOND)
            self.rows += count
            self._gathered[side][table].append(encoded)
            self._bytes[side] += len(encoded)
        for side in (0, 1):
            if self._bytes[side] > _BYTES_MAX:
                await self._copy(side)

    async def drain(self) -> None:
        for side in (0, 1):
            await self._copy(side)
        for side in (0, 1):
            await self._copied(side)

    async def _copy(self, side: int) -> None:
        """Begin to, once what is being copied is there."""
        await self._copied(side)
        gathered, self._gathered[side] = self._gathered[side], defaultdict(list)
        self._bytes[side] = 0
        self._copying[side] = asyncio.create_task(_copy_all(self.connections[side], gathered))

    async def _copied(self, side: int) -> None:
        if (copying := self._copying[side]) is not None:
            self._copying[side] = None
            await copying


async def _copy_all(connection: asyncpg.Connection, gathered: dict[str, list[bytes]]) -> None:
    for table, columns in COLUMNS.items():
        if chunks := gathered.get(table):
            await connection.copy_to_table(
                table,
                columns=["shop_id", *(name.strip() for name in columns.split(","))],
                source=_each(chunks),
            )


async def _each(chunks: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def _force(connection: asyncpg.Connection, how: str) -> None:
    for table in COLUMNS:
        await connection.execute(f"ALTER TABLE {table} {how} ROW LEVEL SECURITY")
