"""A hundred thousand proposals: every list and page reads by index, and little of it."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from company.decision.firm import firm
from databases import connect, owner
from shopping import NINE, SHOP, house, run

from frontline.company.decision.views import about, advice, latency, lists
from frontline.company.decision.views.lists import Scope, listed
from frontline.kernel.authority import Action
from frontline.store.database import compiled

waiting: Any = import_module("frontline.company.decision.views.waiting")

MANY = 100_000
OPEN = 200  # Of them.


async def _fill(sql: Any, by: Any, on: Any, position_id: Any) -> None:
    """A proposal every five minutes, the last 200 open; each was waited for by one person."""
    await sql.execute(
        """
        INSERT INTO proposal (shop_id, id, action, amount, allowed, by_id, position_id, subject_id,
            command, wish, title, evidence, window_id, asked_at, deadline, owner_at, reviews_by,
            parallel, on_deadline, worth, worth_how, state, decider_id, decider_asked_at,
            decider_reminded, owner_asked_at, owner_reminded, decided_at, decided_by, reason, cap,
            accepted_at, executed, outcome, questions)
        SELECT 1, gen_random_uuid(),
            (ARRAY['refund', 'discount', 'ad_spend', 'campaign'])[1 + n % 4], n, 0, CAST($1 AS uuid),
            CAST($3 AS uuid),
            gen_random_uuid(), '[]', 0, '申请 ' || n, '', NULL, at, at + interval '2 days',
            at + interval '1 day', at + interval '1 day', true, 'lapse', n, '["",""]',
            CASE WHEN n < CAST($4 AS int) THEN 'open' WHEN n % 50 = 0 THEN 'lapsed' ELSE 'approved' END,
            NULL, NULL, false, NULL, false,
            CASE WHEN n >= $4 THEN at + interval '9 hours' END,
            CASE WHEN n >= $4 AND n % 50 <> 0 THEN CAST($2 AS uuid) END, '', NULL, NULL, 'no', '', 0
        FROM generate_series(0, CAST($5 AS int) - 1) AS n,
             LATERAL (SELECT CAST($6 AS timestamptz) - n * interval '5 minutes' AS at) AS a
        """,
        by, on, position_id, OPEN, MANY, NINE,
    )  # fmt: skip
    await sql.execute(
        """
        INSERT INTO proposal_wait (shop_id, id, proposal_id, staff_id, part, kind, action, since,
                                   due_at, until, ended)
        SELECT 1, gen_random_uuid(), id, CAST($1 AS uuid), 'decide', NULL, action, asked_at, deadline,
               decided_at, CASE WHEN state = 'open' THEN NULL WHEN state = 'lapsed' THEN 'lapsed'
                           ELSE 'answered' END
        FROM proposal
        """,
        on,
    )
    await sql.execute("ANALYZE proposal, proposal_wait")


def test_every_list_reads_by_index(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await _fill(at.sql, of.shop, of.owner, of.shop_position)
            sql = await connect(owner(database))  # No policies: plans are told plainly.
            try:
                await sql.execute("SET plan_cache_mode = force_custom_plan")
                rows = await sql.fetch("SELECT subject_id FROM proposal LIMIT 20")
                things = [row["subject_id"] for row in rows]
                beside = {
                    "staff_id": of.shop,
                    "now": NINE,
                    "since": NINE - about.TOLD_FOR,
                    "doing": NINE - about.DOING_FOR,
                    "rows_max": 50,
                }
                far = {"at": NINE - timedelta(days=1), "id": of.shop, "rows_max": 21}
                for scope, statement in lists._STATEMENTS.items():
                    for action in (None, "refund"):
                        asked = {**far, "action": action, "staff_id": of.owner}
                        plan, read = await _plan(sql, statement, asked)
                        assert not re.search(r"Seq Scan on proposal(_wait)?\b", plan), plan
                        # Of one action, every fourth row is shown.
                        assert read <= (OPEN if scope in {Scope.MINE, Scope.OPEN} else 1_000), plan
                for statement, asked in (
                    (waiting._WAITING, {"staff_id": of.owner, "now": NINE, "rows_max": 5}),
                    (waiting._COUNT, {"staff_id": of.owner}),
                    (about._MARKED, {"now": NINE, "ids": things}),
                    (about._ABOUT, {**beside, "ids": things, "actions": []}),
                    (about._ABOUT, {**beside, "ids": [], "actions": ["discount", "ad_spend"]}),
                    (waiting._STUCK, {"now": NINE, "rows_max": 50}),
                    (waiting._DECIDED, {"staff_id": of.owner, "since": NINE - timedelta(days=1)}),
                    (latency._DESKS, {"since": NINE - timedelta(days=7), "before": NINE}),
                    (
                        latency._MISSED,
                        {"since": NINE - timedelta(days=7), "before": NINE, "rows_max": 200},
                    ),
                ):
                    plan, read = await _plan(sql, statement, asked)
                    assert not re.search(r"Seq Scan on proposal(_wait)?\b", plan), plan
                    assert read <= 2_500, plan  # A week has 2,016 of them.
            finally:
                await sql.close()
            async with at.opened.database.transaction(SHOP) as t:
                seen: list[Any] = []
                after = None
                while True:  # Pages follow each other without a gap.
                    lines, after = await listed(
                        t, of.owner, scope=Scope.OPEN, action=Action.REFUND, after=after, limit=20
                    )
                    seen += [one.id for one in lines]
                    if after is None:
                        break
                assert len(seen) == len(set(seen)) == OPEN // 4
                assert len(await waiting.waiting(t, of.owner, NINE)) == 50
                assert await waiting.waiting_count(t, of.owner) == 100
                advised = await advice.advice(t, NINE)
                assert len(advised) == 4  # Lapsed ones were nobody's decision, so no no.

    run(story())


async def _plan(sql: Any, statement: Any, values: dict[str, Any]) -> tuple[str, int]:
    """As told by EXPLAIN ANALYZE, and the most rows that any step of it has read."""
    text, names = compiled(statement)
    rows = await sql.fetch(
        f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {text}",
        *[{"shop_id": SHOP, **values}[name] for name in names],
    )
    plan = "\n".join(row[0] for row in rows)
    found = [
        float(count) * float(loops)
        for count, loops in re.findall(r"actual rows=([\d.]+) loops=(\d+)", plan)
    ]
    removed = [int(count) for count in re.findall(r"Rows Removed by Filter: (\d+)", plan)]
    return plan, int(max([*found, *removed, 0]))


@pytest.mark.parametrize("worth", [None, 1_000])
def test_what_an_hour_costs(worth: int | None) -> None:
    hours = timedelta(hours=26)
    cost = waiting.per_hour(worth, NINE, NINE + hours)
    assert cost == (None if worth is None else round(worth / 26))
