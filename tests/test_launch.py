"""What a newcomer does: start, stop, start again; and what goes wrong, said in one sentence.

Under root, pytest's folders are closed to the user that PostgreSQL runs as, as /root is.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest
from databases import connect, new_database, owner
from launching import descendants, launched, lives, named, refused, until

from frontline.store import home as homes

MARK = """INSERT INTO shop VALUES (77, 'mark', 'kept', 'CNY', 'zh-CN', 'Asia/Shanghai', now())"""
FIND = "SELECT name FROM shop WHERE code = 'mark'"

pytestmark = pytest.mark.xdist_group("launch")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that several starts share; its name is longer than a socket's may be."""
    return tmp_path_factory.mktemp("data") / ("长 folder, with: odd&names " + "x" * 80)


def ask(url: str, sql: str):
    async def fetch():
        connection = await connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def test_a_second_start_finds_what_the_first_one_kept(home: Path) -> None:
    with launched(home) as shop:
        assert shop.get("/readyz") == 200
        with homes.opened(home) as access:  # A command beside the running shop.
            ask(access.owner_url, MARK)
        assert "Another Frontline runs on" in refused(home, "--port", "0")
        assert shop.stop() == 0
        assert "Traceback" not in shop.process.stderr.read()
    with launched(home) as shop:
        with homes.opened(home) as access:
            assert ask(access.app_url, FIND) == "kept"
        shop.process.terminate()
        assert shop.process.wait(60) == 0
    with homes.opened(home) as access:  # The same command starts the database when nothing runs.
        assert ask(access.app_url, FIND) == "kept"


def test_nothing_outlives_a_killed_launcher_and_the_next_start_works_at_once(home: Path) -> None:
    with launched(home) as shop:
        parts = descendants(shop.process.pid)
        for program in ("postgres", "granian", "simulator"):
            assert named(parts, program), program
        shop.process.kill()
        shop.process.wait()
        with launched(home) as again:
            assert again.get("/readyz") == 200
        until(lambda: not any(map(lives, parts)))


@pytest.mark.parametrize("program", ["granian", "simulator", "postgres"])
def test_when_a_part_ends_the_rest_is_stopped(home: Path, program: str) -> None:
    with launched(home) as shop:
        parts = descendants(shop.process.pid)
        os.kill(named(parts, program)[0], signal.SIGKILL)
        assert shop.process.wait(60) == 1
        told = shop.process.stderr.read()
        assert "Traceback" not in told
        assert '"zh"' in told
        until(lambda: not any(map(lives, parts)))


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = refused(tmp_path / "home", FRONTLINE_PORT=port)
    assert told.count("\n") == 2
    assert f"Port {port} is in use" in told
    assert f"端口 {port} 已被" in told
    assert not (tmp_path / "home" / "postgres").exists()


def test_any_server_serves_in_place_of_the_embedded_one(server_url: str, tmp_path: Path) -> None:
    url = owner(asyncio.run(new_database(server_url, source="template0")))
    written = url.replace("postgresql+asyncpg", "postgres")
    with launched(tmp_path, "--no-demo", DATABASE_URL=written) as shop:
        assert shop.get("/readyz") == 200
        working = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'frontline_app'"
        assert ask(url, working + " AND datname = current_database()") > 0
        assert ask(url, "SELECT count(*) FROM shop") == 0
    assert not (tmp_path / "postgres").exists()
    ask(url, "INSERT INTO alembic_version VALUES ('future_0001')")
    told = refused(tmp_path, DATABASE_URL=written)
    assert told.count("\n") == 2
    assert "ahead of this Frontline (it has future_0001)" in told
    assert "数据库比当前程序新" in told


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    away = f"postgresql://owner:secret@/shop?host={tmp_path}"
    told = refused(tmp_path / "home", DATABASE_URL=away)
    assert told.count("\n") == 2
    assert "does not answer" in told
    assert "secret" not in told


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    assert "cannot be used" in refused(tmp_path / "home")
