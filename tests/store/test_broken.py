"""A server that goes away is a fault that says so, whatever the driver makes of it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url, text

from frontline.kernel.words import ShopId
from frontline.store.database import Database, Unreachable

SHOP = ShopId(1)
ONE = text("SELECT 1 AS one WHERE :shop_id = 1")
NAME = ".s.PGSQL.5432"
WORDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0"
FAREWELL = b"E" + (len(WORDS) + 4).to_bytes(4, "big") + WORDS


class Between:
    """Between the application and PostgreSQL: passes everything on, and can speak for the server."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._clients: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward, outward = await asyncio.open_unix_connection(str(self._server))
        self._clients.append(writer)
        for source, sink in ((reader, outward), (onward, writer)):
            self._tasks.add(asyncio.create_task(_pass_on(source, sink)))

    def farewell(self, *, hang_up: bool) -> None:
        for writer in self._clients:
            writer.write(FAREWELL)
            if hang_up:
                writer.close()

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while part := await source.read(65_536):
            sink.write(part)
    sink.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A socket's name may not be longer than a hundred bytes, so none of pytest's."""
    path = Path(tempfile.mkdtemp(prefix="fl-"))
    yield path
    shutil.rmtree(path)


@asynccontextmanager
async def between(url: str, folder: Path) -> AsyncIterator[tuple[Between, Database]]:
    parsed = make_url(url)
    other = Between(Path(str(parsed.query["host"])) / f".s.PGSQL.{parsed.port or 5432}")
    async with await asyncio.start_unix_server(other.serve, folder / NAME):
        moved = parsed.set(port=5432).update_query_dict({"host": str(folder)})
        database = Database(moved.render_as_string(hide_password=False), connections_max=1)
        yield other, database
        await database.close()
        other.close()


@pytest.mark.parametrize("hang_up", [False, True])
def test_a_farewell_between_two_statements(database: str, folder: Path, hang_up: bool) -> None:
    async def go() -> None:
        async with between(database, folder) as (server, store):
            with pytest.raises(Unreachable) as told:
                async with store.transaction(SHOP) as transaction:
                    await transaction.read(ONE)
                    server.farewell(hang_up=hang_up)
                    await asyncio.sleep(0.05)
                    await transaction.read(ONE)
            if not hang_up:
                assert isinstance(told.value.__cause__, asyncpg.InternalClientError)
            async with store.transaction(SHOP) as transaction:  # On a connection of its own.
                assert await transaction.read(ONE)

    asyncio.run(go())
