"""Databases for tests: one server for the session, a migrated template, a copy for each test."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from frontline.store import server
from frontline.store.migration import ROLE, revision_files, upgrade

SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=200",
    "shared_buffers=128MB",
    "autovacuum=off",  # It would go round a thousand databases, and change plans meanwhile.
)
"""No test here outlives a power cut; those of the launcher start servers with real settings."""

_numbers = itertools.count(1)


def start_server(root: Path) -> server.Server:
    return server.start(root / "postgres", SETTINGS)


def open_url(running: server.Server) -> str:
    """Its URL with {role} and {database} left open."""
    return (
        running.url("ROLE", "DATABASE").replace("ROLE", "{role}").replace("DATABASE", "{database}")
    )


async def template(server_url: str) -> str:
    """The name of a database with all revisions applied; made once, whoever asks first.

    Its name tells the revisions' content, so that a server used again never serves an old one.
    """
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in revision_files()))
    name = f"template_{digest.hexdigest()[:12]}"
    admin = await _connect(server_url)
    try:
        await admin.execute("SELECT pg_advisory_lock(1)")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await admin.execute("DROP DATABASE IF EXISTS template_unfinished WITH (FORCE)")
            await admin.execute("CREATE DATABASE template_unfinished TEMPLATE template0")
            url = server_url.format(role="postgres", database="template_unfinished")
            await asyncio.to_thread(upgrade, url)
            await admin.execute(f"ALTER DATABASE template_unfinished RENAME TO {name}")
    finally:
        await admin.close()
    return name


async def new_database(server_url: str, *broken: str, source: str = "") -> str:
    """A fresh database with all tables; `broken` is SQL that takes a guard out.

    With `source="template0"` it is empty. Its URL, as the role the application works as; `owner(url)` is the same as its owner.
    """
    source = source or await template(server_url)
    name = f"test_{os.getpid()}_{next(_numbers)}"
    admin = await _connect(server_url)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy")
    finally:
        await admin.close()
    if broken:
        connection = await _connect(server_url, name)
        try:
            for sql in broken:
                await connection.execute(sql)
        finally:
            await connection.close()
    return server_url.format(role=ROLE, database=name)


def owner(url: str) -> str:
    """The URL of the same database as the role that owns its tables."""
    return make_url(url).set(username="postgres").render_as_string(hide_password=False)


async def connect(url: str) -> asyncpg.Connection:
    """A plain asyncpg connection to a URL of this module."""
    return await asyncpg.connect(url.replace("+asyncpg", ""))


async def _connect(server_url: str, database: str = "postgres") -> asyncpg.Connection:
    return await connect(server_url.format(role="postgres", database=database))
