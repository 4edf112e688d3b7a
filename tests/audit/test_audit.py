"""The audits: silent about every story, and loud when a row is changed behind the rules' back."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from random import Random

import pytest
from click.testing import CliRunner, Result
from databases import new_database, owner
from scenery import GOODS
from stories import CAST, REACTING, lay

from frontline.audit.cli import audit
from frontline.audit.run import audited, finding, found
from frontline.kernel.words import ShopId
from frontline.store import address
from frontline.store.database import Database, Row, Transaction
from frontline.testing.laws import storing
from frontline.testing.story import BEGIN


SHOPS = [ShopId(number) for number in range(1, 17)]

ENGINE_BREAKS = {
    "answers": "INSERT INTO answer SELECT * FROM answer",
    "timers in time": "UPDATE timer SET due_at = '2000-01-01'",
    "events in time": "UPDATE outbox SET next_at = '2000-01-01', done = false",
}
BREAKS: Mapping[str, str] = {
    **ENGINE_BREAKS,
    **{name: sql for part in CAST.parts for name, sql in part.breaks.items()},
}

NO_CONSTRAINTS = """
    DO $$ DECLARE one record; BEGIN
        FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
                   WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u')
                   ORDER BY contype = 'p'
        LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', one.place, one.conname);
        END LOOP;
    END $$
"""


@pytest.fixture(scope="module")
def url(server_url: str) -> str:
    """Shops that much has happened in, each in its own way."""

    async def go() -> str:
        url = await new_database(server_url)
        database = Database(url, connections_max=1)
        for shop_id in SHOPS:
            story = CAST.tell(Random(shop_id), chapters_min=80, chapters_max=80)
            await lay(url, shop_id, story.start)
            await storing(CAST, story, database, shop_id, REACTING)
        await database.close()
        return url

    return asyncio.run(go())


def test_stories_that_kept_the_laws_are_found_in_order(url: str) -> None:
    async def go() -> None:
        database = Database(url, connections_max=1)
        checked: Counter[str] = Counter()
        for shop_id in SHOPS:
            findings = await audited(database, shop_id, BEGIN)
            assert [one for one in findings if one.violations] == []
            checked.update({one.name: one.checked for one in findings})
        await database.close()
        assert [name for name in found() if not checked[name]] == []

    asyncio.run(go())


def test_every_audit_has_its_break() -> None:
    assert set(BREAKS) == set(found())


@pytest.mark.parametrize("name", sorted(found()))
def test_an_audit_finds_what_is_broken(url: str, name: str) -> None:
    """With all constraints out of the way, in a transaction that is rolled back."""

    async def go() -> None:
        connection = await address.connect(owner(url), record_class=Row)
        await connection.execute(f"BEGIN; {NO_CONSTRAINTS}; {BREAKS[name]}")
        told = [await finding(Transaction(connection, shop_id), name, BEGIN) for shop_id in SHOPS]
        await connection.close()  # Without COMMIT.
        loud = [one for one in told if one.violations]
        assert loud
        assert all(0 < len(one.ids) <= min(20, one.violations) for one in loud)

    asyncio.run(go())


# -- The command ----------------------------------------------------------------------------


@pytest.fixture
def shops(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two shops, in one of which something is wrong."""
    monkeypatch.setenv("DATABASE_URL", owner(database))

    async def go() -> None:
        for shop_id in SHOPS[:2]:
            story = CAST.tell(Random(1), chapters_min=5, chapters_max=5)
            await lay(database, shop_id, story.start)
        connection = await address.connect(owner(database))
        await connection.execute("UPDATE stock SET on_hand = on_hand + 1 WHERE shop_id = 2")
        await connection.close()

    asyncio.run(go())
    return database


def audit_of(*flags: str) -> Result:
    return CliRunner().invoke(audit, flags)


def test_the_command_tells_what_is_wrong_in_which_shop(shops: str) -> None:
    told = audit_of("--json")
    assert told.exit_code == 1, told.output
    by_shop = json.loads(told.stdout)
    wrong = {
        shop: {one["name"]: one["violations"] for one in findings if one["violations"]}
        for shop, findings in by_shop.items()
    }
    count = len(GOODS)
    assert wrong == {"shop-1": {}, "shop-2": {"stock moved": count}}
    assert all(one["checked"] >= 0 for findings in by_shop.values() for one in findings)
    told = audit_of()
    assert told.exit_code == 1
    assert f"BROKEN  {found()['stock moved'][0]}: {count} of {count} rows" in told.stdout


def test_the_command_looks_at_one_shop_when_asked(shops: str) -> None:
    told = audit_of("--shop", "shop-1", "--json")
    assert told.exit_code == 0, told.output
    assert list(json.loads(told.stdout)) == ["shop-1"]
    assert audit_of("--shop", "nowhere").exit_code == 2
