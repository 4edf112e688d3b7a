"""The data folder, and the database of a shop: the embedded one, or the one of DATABASE_URL."""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

import frontline
from frontline.store import address, migration, server
from frontline.store.faults import (
    DatabaseAhead,
    DatabaseAway,
    DatabaseBehind,
    HomeInUse,
    HomeUnusable,
    NoShopYet,
    RoleRefused,
)
from frontline.store.server import Server

ATTACH_S_MAX = 60.0


@dataclass(frozen=True)
class Access:
    """How to reach a shop's database: as the owner of its tables, and as the application."""

    owner_url: str
    app_url: str
    server: Server | None = None
    """The embedded server, when it is ours to watch."""


def folder(named: str | Path | None = None) -> Path:
    """The data folder: the one named, FRONTLINE_HOME, or `.frontline` in the checkout."""
    if written := named or os.environ.get("FRONTLINE_HOME"):
        return Path(written).expanduser().absolute()
    checkout = Path(frontline.__file__).parents[2]
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / ".frontline"


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """The data folder is run by this process alone. Raises HomeInUse, HomeUnusable."""
    try:
        # The embedded server may be another user, who has to pass through.
        home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        lock = (home / "lock").open("a")
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        raise HomeUnusable(error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HomeInUse(home) from error
        yield


@contextmanager
def serving(home: Path) -> Iterator[Access]:
    """The database for a launcher that holds the lock; the embedded server runs meanwhile.

    The application's role may not exist before the migrations: see `admitted`.
    """
    if written := os.environ.get("DATABASE_URL"):
        url = address.owner_url(written)
        yield Access(url, url)
        return
    running = server.start(home / "postgres")
    try:
        yield Access(running.url("postgres"), running.url(migration.ROLE), running)
    finally:
        running.stop()


def admitted(access: Access) -> Access:
    """The same, with the application's role let in; after the migrations."""
    if access.server is not None:
        return access
    try:
        app_url = asyncio.run(address.admit(access.owner_url))
    except asyncpg.PostgresError as error:
        raise RoleRefused(migration.ROLE, error) from error
    return Access(access.owner_url, app_url)


@contextmanager
def opened(named: str | Path | None = None, *, in_step: bool = True) -> Iterator[Access]:
    """The database for a command beside the shop, which may be running or not.

    DATABASE_URL if set; else the embedded server of the data folder: the running one, or one
    started for as long as the command takes. Raises DatabaseAhead and DatabaseBehind, unless
    `in_step` is no matter, NoShopYet, and whatever a start may raise.
    """
    home = folder(named)
    if "DATABASE_URL" in os.environ:
        with serving(home) as access:
            if in_step:
                _require_step(access.owner_url)
            yield admitted(access) if in_step else access
        return
    if not server.exists(home / "postgres"):
        raise NoShopYet(home)
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(home))
        except HomeInUse:
            access = _attached(home)
        else:
            access = stack.enter_context(serving(home))
        if in_step:
            _require_step(access.owner_url)
        yield access


def _attached(home: Path) -> Access:
    """The server that a launcher runs; a launcher may be just starting it."""
    place = home / "postgres"
    access = Access(server.url(place, "postgres"), server.url(place, migration.ROLE))
    deadline = time.monotonic() + ATTACH_S_MAX
    while True:
        try:
            migration.status(access.owner_url)
        except DatabaseAway:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return access


def _require_step(owner_url: str) -> None:
    status = migration.status(owner_url)
    if status.unknown:
        raise DatabaseAhead(status.unknown)
    if status.pending:
        raise DatabaseBehind(len(status.pending))
