"""A year made up by COPY: the books agree as if every command had been given, and it is the same
year for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from databases import connect, new_database, owner
from shopping import SHOP, run

from frontline.audit.run import audited
from frontline.demo import open_demo, year
from frontline.demo.cli import seed
from frontline.demo.year.seasons import DAYS, Span, orders_by_day
from frontline.engine.engine import clock
from frontline.shop.order.states import State
from frontline.store.database import Database

ORDERS = 2_000
OPEN_FOR = timedelta(days=366)

_OWN = "placed_at < $1 AND note IS NOT NULL"


@pytest.fixture(scope="module")
def seeded(server_url: str) -> tuple[str, datetime]:
    """A demo shop with a year before now, and when that was."""

    async def go() -> tuple[str, datetime]:
        url = await new_database(server_url)
        shop_id = await open_demo(owner(url), "the owner's password", open_for=OPEN_FOR)
        now = clock()
        await year.fill(owner(url), shop_id, ORDERS, now)
        return url, now

    return run(go())


def test_the_books_agree(seeded: tuple[str, datetime]) -> None:
    async def go() -> None:
        url, now = seeded
        database = Database(url, connections_max=1)
        found = {one.name: one for one in await audited(database, SHOP, now)}
        await database.close()
        assert [one for one in found.values() if one.violations] == []
        for name in ("cases paid back", "coupons used", "group-buy seats", "reviews bought"):
            assert found[name].checked > 20, name
        assert found["order totals"].checked >= ORDERS

    run(go())


def test_it_is_a_whole_year_of_everything(seeded: tuple[str, datetime]) -> None:
    async def go() -> None:
        sql = await connect(owner(seeded[0]))
        count = sql.fetchval
        assert await count("SELECT count(DISTINCT date(placed_at)) FROM shop_order") > 350
        states = {row[0] for row in await sql.fetch("SELECT DISTINCT state FROM shop_order")}
        few = {State.PART_SHIPPED, State.REFUNDING, State.PAID}  # At any time, of so few orders.
        assert states >= set(State) - few
        again = "SELECT member_id FROM shop_order GROUP BY 1 HAVING count(*) > 2"
        assert await count(f"SELECT count(*) FROM ({again}) AS a") > 50
        for table in ("refund", "aftersale_step", "coupon_claim", "groupbuy_team", "review",
                      "share_bind", "funnel_day", "recommend_pair", "order_parcel"):  # fmt: skip
            assert await count(f"SELECT count(*) FROM {table}") > 20, table
        # Who could look for it finds it: PostgreSQL knows how much there is.
        assert await count("SELECT reltuples FROM pg_class WHERE relname = 'shop_order'") >= ORDERS
        await sql.close()

    run(go())


def test_open_orders_are_waited_for(seeded: tuple[str, datetime]) -> None:
    """What the clock will do with an order that is not finished stands among the timers."""

    async def go() -> None:
        sql = await connect(owner(seeded[0]))
        named = "commands LIKE '%' || o.id || '%' AND commands LIKE '%' || $1 || '%'"
        for state, command in (("created", "Order"), ("shipped", "ReceiveOrder")):
            lost = await sql.fetchval(
                f"SELECT count(*) FROM shop_order AS o WHERE state = $2 AND NOT EXISTS"
                f" (SELECT FROM timer WHERE {named})", command, state)  # fmt: skip
            assert lost == 0, state
        await sql.close()

    run(go())


_DIGEST = """
    SELECT md5(string_agg(o::text, ',' ORDER BY id)) || md5((
        SELECT string_agg(l::text, ',' ORDER BY order_id, number) FROM order_line AS l))
        || md5((SELECT string_agg(a::text, ',' ORDER BY account) FROM ledger_account AS a))
        || md5((SELECT string_agg(concat(sku_id, at, kind, quantity, cause_id), ',' ORDER BY id)
                FROM stock_movement WHERE kind <> 'adjustment'))
    FROM shop_order AS o
"""


def test_the_same_seed_makes_the_same_year(server_url: str) -> None:
    now = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)

    async def digest(source: str, chance: int) -> str:
        url = await new_database(server_url, source=source)
        await year.fill(owner(url), SHOP, 200, now, seed=chance)
        sql = await connect(owner(url))
        found: str = await sql.fetchval(_DIGEST)
        await sql.close()
        return found

    async def go() -> None:
        goods = await new_database(server_url)
        await open_demo(owner(goods), "the owner's password", open_for=OPEN_FOR)
        source = goods.rpartition("/")[2].partition("?")[0]
        first, same, other = [await digest(source, chance) for chance in (1, 1, 2)]
        assert first == same
        assert first != other

    run(go())


def test_a_shop_that_has_orders_is_left_alone(
    seeded: tuple[str, datetime], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url, _ = seeded
    monkeypatch.setenv("DATABASE_URL", owner(url))
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path))

    async def orders() -> int:
        sql = await connect(owner(url))
        try:
            return int(await sql.fetchval("SELECT count(*) FROM shop_order"))
        finally:
            await sql.close()

    before = run(orders())
    told = CliRunner().invoke(seed, ["--orders", "10"])
    assert told.exit_code == 1
    assert "has orders already" in told.output
    assert "已有订单" in told.output
    assert run(orders()) == before


def test_an_owner_who_is_held_to_the_policies_may_fill_it(server_url: str) -> None:
    """COPY is refused under row-level security; afterwards the tables are confined as before."""

    async def go() -> None:
        url = await new_database(server_url)
        await open_demo(owner(url), "the owner's password", open_for=OPEN_FOR)
        sql = await connect(owner(url))
        await sql.execute("""
            DO $$ BEGIN CREATE ROLE plain_owner LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
            DO $$ DECLARE one record; BEGIN
                FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                    EXECUTE format('ALTER TABLE %I OWNER TO plain_owner', one.tablename);
                    EXECUTE format('DROP POLICY IF EXISTS all_shops ON %I', one.tablename);
                END LOOP;
                FOR one IN SELECT tablename FROM pg_policies WHERE policyname = 'own_shop' LOOP
                    EXECUTE format('CREATE POLICY all_shops ON %I TO plain_owner USING (true)', one.tablename);
                END LOOP;
            END $$;
        """)
        plain = owner(url).replace("postgres@", "plain_owner@", 1)
        assert await year.fill(plain, SHOP, 50, clock()) > 500
        assert await sql.fetchval(
            "SELECT bool_and(relforcerowsecurity) FROM pg_class JOIN pg_policies ON relname = tablename"
        )
        await sql.close()

    run(go())


@pytest.mark.parametrize(
    "now", [datetime(2026, 3, 1, 0, 5, tzinfo=UTC), datetime(2026, 11, 23, 15, tzinfo=UTC)]
)
def test_every_order_has_its_day(now: datetime) -> None:
    span = Span.until(now, "Asia/Shanghai")
    counts = orders_by_day(span, 100_000)
    assert len(counts) == DAYS
    assert sum(counts) == 100_000
    by_day = {span.day(place): count for place, count in enumerate(counts)}
    singles = next(count for day, count in by_day.items() if (day.month, day.day) == (11, 11))
    assert singles > 3 * sorted(counts)[DAYS // 2] / 1.5
    assert min(counts[:-1]) > 0
