"""The database grows with the code, forward only, and never past it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from databases import connect, new_database, owner
from sqlalchemy import text

from frontline.store import migration, statements
from frontline.store.faults import DatabaseAhead, DatabaseAway, TablesBusy

STORE = Path(migration.__file__).with_name("migrations")

FIRST = '''
from frontline.store.migration import apply, confine
revision, down_revision, branch_labels, depends_on = "toy_0001", None, ("toy",), ("store_0001",)
def upgrade():
    apply("""CREATE TABLE toy (shop_id bigint, id bigint, name text DEFAULT ':no', PRIMARY KEY (shop_id, id));
        INSERT INTO toy VALUES (1, 1, '100%'), (2, 1, ':other')""")
    confine("toy")
'''
NEXT = """
from frontline.store.migration import apply
revision, down_revision, branch_labels, depends_on = "{name}_{number}", "{name}_{before}", None, None
def upgrade():
    apply("ALTER TABLE {table} ADD COLUMN colour text")
"""
BROKEN = """
from frontline.store.migration import apply
revision, down_revision, branch_labels, depends_on = "toy_0002", "toy_0001", None, None
def upgrade():
    apply("CREATE TABLE half (id bigint); CREATE TABLE toy (id bigint)")
"""


@pytest.fixture
def toys(tmp_path: Path) -> list[Path]:
    """The store's revisions and those of a feature `toy` that depends on them."""
    store, toy = tmp_path / "store", tmp_path / "toy"
    for folder in (store, toy):
        folder.mkdir()
    (store / "0001_shops.py").write_text((STORE / "0001_shops.py").read_text())
    (toy / "0001_toy.py").write_text(FIRST)
    return [store, toy]


@pytest.fixture
def empty(server_url: str) -> str:
    """The owner's URL of a database without any table."""
    return owner(asyncio.run(new_database(server_url, source="template0")))


def run(url: str, sql: str):
    async def fetch():
        connection = await connect(url)
        try:
            return await connection.fetch(sql)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def test_applying_twice_applies_once(database: str) -> None:
    assert migration.upgrade(owner(database)) == 0
    status = migration.status(owner(database))
    assert status.pending == status.unknown == ()
    assert len(status.applied) == len(migration.revision_files())


def test_each_branch_grows_by_itself(empty: str, toys: list[Path]) -> None:
    store, toy = toys
    assert migration.status(empty, toys).pending == ("store_0001", "toy_0001")
    names: list[str] = []
    assert migration.upgrade(empty, names.append, toys) == 2
    assert names == ["store_0001", "toy_0001"]
    (store / "0002.py").write_text(
        NEXT.format(name="store", number="0002", before="0001", table="shop")
    )
    (toy / "0002.py").write_text(NEXT.format(name="toy", number="0002", before="0001", table="toy"))
    assert migration.status(empty, toys).pending == ("store_0002", "toy_0002")
    assert migration.upgrade(empty, None, toys) == 2
    assert migration.status(empty, toys).pending == ()
    assert run(empty, "SELECT name, colour FROM toy ORDER BY shop_id")[0]["name"] == "100%"


def test_a_newer_database_is_left_alone(empty: str, toys: list[Path]) -> None:
    migration.upgrade(empty, None, toys)
    with pytest.raises(DatabaseAhead, match="toy_0001") as fault:
        migration.upgrade(empty, None, toys[:1])
    assert "数据库" in fault.value.zh
    assert migration.status(empty, toys[:1]).unknown == ("toy_0001",)


def test_a_failing_revision_leaves_nothing_of_itself(empty: str, toys: list[Path]) -> None:
    migration.upgrade(empty, None, toys[:1])
    (toys[1] / "0002.py").write_text(BROKEN)
    with pytest.raises(asyncpg.DuplicateTableError):
        migration.upgrade(empty, None, toys)
    assert migration.status(empty, toys).pending == ("toy_0002",)
    assert run(empty, "SELECT to_regclass('half') AS half")[0]["half"] is None


APPLY = """
import sys
from pathlib import Path
from frontline.store import migration
print("ready", flush=True)
sys.stdin.readline()
print(migration.upgrade(sys.argv[1], None, [Path(folder) for folder in sys.argv[2:]]))
"""


def test_starts_at_the_same_time_apply_once(empty: str, toys: list[Path]) -> None:
    first = toys[1] / "0001_toy.py"
    first.write_text(first.read_text() + '    apply("SELECT pg_sleep(0.5)")\n')
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", APPLY, empty, *map(str, toys)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]
    for start in starts:
        assert start.stdout.readline() == "ready\n"
    for start in starts:
        start.stdin.write("now\n")
        start.stdin.flush()
    counts = [start.communicate(timeout=60)[0].strip() for start in starts]
    assert sorted(counts) == ["0", "0", "2"]


def test_a_table_in_use_is_waited_for_only_so_long(
    empty: str, toys: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    migration.upgrade(empty, None, toys)
    (toys[1] / "0002.py").write_text(
        NEXT.format(name="toy", number="0002", before="0001", table="toy")
    )
    monkeypatch.setattr(migration, "LOCK_MS_MAX", 50)

    async def held() -> None:
        connection = await connect(empty)
        async with connection.transaction():
            await connection.execute("LOCK TABLE toy")
            with pytest.raises(TablesBusy):
                await asyncio.to_thread(migration.upgrade, empty, None, toys)
        await connection.close()

    asyncio.run(held())


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway):
        migration.upgrade(f"postgresql+asyncpg://postgres@/postgres?host={tmp_path}")


def test_a_confined_table_shows_one_shop_or_nothing(empty: str, toys: list[Path]) -> None:
    migration.upgrade(empty, None, toys)
    app = empty.replace("//postgres@", f"//{migration.ROLE}@")

    async def look() -> None:
        connection = await connect(app)
        with pytest.raises(asyncpg.UndefinedObjectError):
            await connection.fetch("SELECT * FROM toy")  # Never set in this session.
        async with connection.transaction():
            await connection.execute("SET LOCAL app.shop_id = '2'")
            assert [row["name"] for row in await connection.fetch("SELECT * FROM toy")] == [
                ":other"
            ]
            assert await connection.execute("UPDATE toy SET name = 'x'") == "UPDATE 1"
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                async with connection.transaction():
                    await connection.execute("INSERT INTO toy VALUES (1, 9)")
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await connection.fetch(
                "SELECT * FROM toy"
            )  # Set before, and gone with its transaction.
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("INSERT INTO shop VALUES (1)")  # Shared tables are only read.
        await connection.close()

    asyncio.run(look())


def test_every_statement_is_in_step_with_the_tables(database: str) -> None:
    found = list(statements.found())
    assert found
    assert asyncio.run(statements.check(database, found)) == []


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT nothing FROM shop WHERE shop_id = :shop_id", "does not exist"),
        ("SELECT code FROM shop WHERE shop_id = CAST(:id AS text)", "operator does not exist"),
        ("UPDATE shop SET shop = :a", "does not exist"),
        ("SELEC 1", "syntax error"),
        ("DELETE FROM shop WHERE shop_id = :shop_id", "permission denied"),
    ],
)
def test_a_statement_out_of_step_is_found(database: str, sql: str, why: str) -> None:
    wrong = asyncio.run(statements.check(database, [("here", text(sql))]))
    assert len(wrong) == 1
    assert wrong[0].startswith("here: ")
    assert why in wrong[0]
