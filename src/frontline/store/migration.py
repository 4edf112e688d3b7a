"""Migrations: one branch of revisions per feature, forward only.

A feature keeps its revisions in `migrations/NNNN_name.py` beside its code, and they are found by
walking the folders. Each says

    revision = "stock_0001"
    down_revision = None
    branch_labels = ("stock",)
    depends_on = ("store_0001",)

    def upgrade() -> None:
        apply("CREATE TABLE stock (...)")
        confine("stock")

There is no `env.py` of Alembic's: it is handed the folders found here and a connection.
There is no downgrade: a change is expanded, filled and contracted in steps that the code before
and after it can both live with, and what went wrong is put right by the next revision.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from frontline.store.faults import DatabaseAhead, DatabaseAway, TablesBusy, sqlstate

ROLE = "frontline_app"
"""The role the application works as: it owns nothing, so no policy can be passed by."""

LOCK_MS_MAX = 5_000
"""How long a migration waits for a table before it gives way to the shop's own work."""

_ROOT = Path(__file__).parents[1]
_QUEUE = 0x66726F6E  # Advisory lock: starts of several processes migrate one after another.

_AWAY = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
)

Report = Callable[[str], None]
"""Hears the name of each revision that was applied."""


@dataclass(frozen=True)
class Status:
    """What the database has and what the code knows."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]
    unknown: tuple[str, ...]
    """Revisions of a newer Frontline."""


def apply(sql: str) -> None:
    """Run SQL as it stands, one statement or many; neither `:` nor `%` means anything."""
    connection = op.get_bind()
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_MS_MAX}")
    driver: Any = connection.connection.dbapi_connection
    driver.run_async(lambda raw: raw.execute(sql))


def confine(*tables: str) -> None:
    """Confine tables to the shop of the transaction, and let the application work in them.

    Without a shop the setting is missing or empty, and reading it is an error. The owner, for
    whom migrations and audits work, sees all shops whether it is a superuser or not; any other
    role sees none.
    """
    for table in tables:
        apply(f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY own_shop ON {table} TO {ROLE}
                USING (shop_id = CAST(current_setting('app.shop_id') AS bigint));
            CREATE POLICY all_shops ON {table} TO CURRENT_USER USING (true);
            GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE};
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE}
        """)


def share(*tables: str, rights: str = "SELECT") -> None:
    """Let the application work in reference tables, which belong to no shop."""
    for table in tables:
        apply(f"GRANT {rights} ON {table} TO {ROLE}")


def upgrade(owner_url: str, report: Report | None = None, folders: list[Path] | None = None) -> int:
    """Bring the database to the code's revisions; how many were applied.

    Each revision is one transaction, so what was applied stays when a later one fails.
    Raises DatabaseAhead, DatabaseAway, TablesBusy.
    """
    return asyncio.run(_upgrade(owner_url, report or (lambda _: None), _scripts(folders)))


def status(owner_url: str, folders: list[Path] | None = None) -> Status:
    """Raises DatabaseAway."""
    return asyncio.run(_status(owner_url, _scripts(folders)))


def revision_files() -> list[Path]:
    """All revisions of all features, in the order of their paths."""
    return sorted(path for folder in _folders() for path in folder.glob("[0-9]*.py"))


def _folders() -> list[Path]:
    return sorted([*_ROOT.glob("*/migrations"), *_ROOT.glob("*/*/migrations")])


def _scripts(folders: list[Path] | None) -> ScriptDirectory:
    locations = [str(folder) for folder in folders or _folders()]
    return ScriptDirectory(str(_ROOT), version_locations=locations)


async def _upgrade(url: str, report: Report, scripts: ScriptDirectory) -> int:
    applied: list[str] = []

    def heard(step: Any, **_: Any) -> None:
        applied.append(step.up_revision_id)
        report(step.up_revision_id)

    def run(connection: Connection) -> None:
        context = MigrationContext.configure(
            connection,
            opts={
                # What alembic's own `upgrade` command hands over; it has no public name.
                "fn": lambda heads, _: scripts._upgrade_revs("heads", heads),  # noqa: SLF001
                "transaction_per_migration": True,
                "on_version_apply": [heard],
            },
        )
        with Operations.context(context):
            context.run_migrations()

    async with _connected(url) as queue:
        await queue.exec_driver_sql(f"SELECT pg_advisory_lock({_QUEUE})")
        async with _connected(url) as connection:
            known = await connection.run_sync(lambda it: _compare(it, scripts))
        if known.unknown:
            raise DatabaseAhead(known.unknown)
        if known.pending:
            async with _connected(url) as connection:
                await connection.run_sync(run)
    return len(applied)


async def _status(url: str, scripts: ScriptDirectory) -> Status:
    async with _connected(url) as connection:
        return await connection.run_sync(lambda it: _compare(it, scripts))


def _compare(connection: Connection, scripts: ScriptDirectory) -> Status:
    """What stands in the version table are heads: what they stand on was applied as well."""
    heads = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision: script for script in scripts.walk_revisions()}
    standing = [head for head in heads if head in known]
    applied = (
        {
            script.revision
            for script in scripts.revision_map.iterate_revisions(
                tuple(standing), "base", inclusive=True, assert_relative_length=False
            )
        }
        if standing
        else set()
    )
    return Status(
        applied=tuple(sorted(applied)),
        pending=tuple(sorted(known.keys() - applied)),
        unknown=tuple(sorted(set(heads) - known.keys())),
    )


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url, poolclass=NullPool)
    connection = engine.connect()
    try:
        await connection.start()
    except _AWAY as error:
        raise DatabaseAway(error) from error
    try:
        yield connection
    except (asyncpg.PostgresError, DBAPIError) as error:
        if sqlstate(error) != asyncpg.LockNotAvailableError.sqlstate:
            raise
        raise TablesBusy from error
    finally:
        await connection.close()
        await engine.dispose()
