"""The schema of all features can be sharded by shop."""

from __future__ import annotations

import asyncio

import citus
import pytest
from databases import connect, new_database, owner

REFERENCE = ("shop", "shop_host")
"""Of no shop: copied to every node."""
LOCAL = ("alembic_version",)

BAD = {
    "T1": "CREATE TABLE bad (shop_id int NOT NULL, id bigint, PRIMARY KEY (shop_id, id))",
    "T2": "CREATE UNIQUE INDEX bad ON good (id)",
    "T3": "CREATE TABLE bad (shop_id bigint NOT NULL, id bigint)",
    "F1": "CREATE TABLE bad (shop_id bigint, id bigint, PRIMARY KEY (shop_id, id),"
    " CONSTRAINT k FOREIGN KEY (shop_id, id) REFERENCES good (id, shop_id))",
    "F2": "ALTER TABLE region ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES good (shop_id, id)",
    "F3": "CREATE TABLE bad (shop_id bigint, id bigint, other bigint, PRIMARY KEY (shop_id, id),"
    " FOREIGN KEY (shop_id, other) REFERENCES good (shop_id, id) ON DELETE SET NULL (other))",
    "G1": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
    " CREATE TRIGGER t BEFORE INSERT ON good FOR EACH ROW EXECUTE FUNCTION f()",
    "G2": "CREATE RULE r AS ON INSERT TO good DO ALSO NOTHING",
    "S1": "ALTER TABLE good ADD COLUMN n int GENERATED ALWAYS AS IDENTITY",
    "P1": "CREATE TABLE bad (shop_id bigint, id bigint, PRIMARY KEY (shop_id, id))"
    " PARTITION BY RANGE (id); CREATE TABLE worse PARTITION OF bad FOR VALUES FROM (0) TO (9)"
    " PARTITION BY RANGE (id)",
    "I1": "CREATE TABLE bad (PRIMARY KEY (shop_id, id)) INHERITS (good)",
    "V1": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
    " CREATE VIEW bad AS SELECT * FROM good; CREATE TRIGGER t INSTEAD OF INSERT ON bad"
    " FOR EACH ROW EXECUTE FUNCTION f()",
    "R1": "ALTER TABLE good NO FORCE ROW LEVEL SECURITY",
    "C1": "ALTER TABLE good SET UNLOGGED",
}


def test_the_schema_can_be_sharded(database: str) -> None:
    assert citus.failures(owner(database), REFERENCE, LOCAL) == {}


@pytest.fixture(scope="module")
def small(server_url: str) -> str:
    return owner(asyncio.run(new_database(server_url, source="template0")))


@pytest.mark.parametrize("code", [name[:2] for name in citus.CHECKS])
def test_each_check_can_fail(small: str, code: str) -> None:
    asyncio.run(_lay(small))
    assert citus.failures(small, ["region"], [], "toys") == {}
    asyncio.run(_lay(small, BAD[code]))
    assert code in citus.failures(small, ["region"], [], "toys")


async def _lay(url: str, bad: str = "") -> None:
    connection = await connect(url)
    await connection.execute(f"""
        DROP SCHEMA IF EXISTS toys CASCADE; CREATE SCHEMA toys; SET search_path = toys;
        CREATE TABLE region (id bigint PRIMARY KEY, a bigint, b bigint);
        CREATE TABLE good (shop_id bigint, id bigint, region bigint REFERENCES region,
            PRIMARY KEY (shop_id, id), UNIQUE (id, shop_id));
        ALTER TABLE good ENABLE ROW LEVEL SECURITY; ALTER TABLE good FORCE ROW LEVEL SECURITY;
        CREATE POLICY own_shop ON good
            USING (shop_id = CAST(current_setting('app.shop_id') AS bigint));
        {bad}
    """)
    await connection.close()
