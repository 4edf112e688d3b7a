"""What buyers and staff see of orders, and that no list reads the whole table."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from databases import connect, new_database
from shop.aftersale.buying import Bank, bought, receive, ship
from shopping import House, add_sku, house, run
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from frontline.engine.engine import new_id
from frontline.kernel.words import MemberId
from frontline.shop.aftersale import views as case_views
from frontline.shop.order import views
from frontline.shop.order.messages import PlaceOrder, Wanted
from frontline.shop.order.states import State
from frontline.shop.order.views import STATES, Group
from frontline.web.cursor import LATEST
from frontline.web.session import Role


async def pages(at: House, path: str, token: str, **query: Any) -> list[str]:
    """The ids in all pages of a list."""
    seen: list[str] = []
    while True:
        answer = (await at.get(path, token, **query)).json()
        assert len(answer["items"]) <= int(query.get("limit", 20))
        seen += [one["id"] for one in answer["items"]]
        if answer["after"] is None:
            return seen
        query["after"] = answer["after"]


async def place(at: House, sku_id: UUID, member_id: UUID) -> str:
    wish = PlaceOrder(
        id=new_id(), member_id=MemberId(member_id), wanted=(Wanted(sku_id, 1),), note="轻放"
    )  # type: ignore[arg-type]
    assert not hasattr(await at.submit(wish), "refusal")
    return str(wish.id)


def test_groups_cover_every_state_once() -> None:
    states = [state for group, of in STATES.items() if group is not Group.ALL for state in of]
    assert sorted(states) == sorted(State)


def test_my_orders_by_group_the_newest_first(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, sku_id = uuid4(), await add_sku(at.sql)
            mine, other = await at.token(Role.MEMBER, me), await at.token(Role.MEMBER)
            unpaid = []
            for _ in range(5):
                unpaid.append(await place(at, sku_id, me))
                at.later(seconds=1)
            paid = str(await bought(at, [(sku_id, 1)], me))
            sent = await bought(at, [(sku_id, 1)], me)
            await ship(at, sent)
            path = "/api/orders/list"
            newest = [*sorted([paid, str(sent)], reverse=True), *unpaid[::-1]]
            assert await pages(at, path, mine, limit=2) == newest
            assert await pages(at, path, mine, limit=7) == newest
            assert await pages(at, path, mine, group="to_pay", limit=3) == unpaid[::-1]
            assert await pages(at, path, mine, group="to_ship") == [paid]
            assert await pages(at, path, mine, group="to_receive") == [str(sent)]
            assert await pages(at, path, mine, group="finished") == []
            assert await pages(at, path, other) == []
            for bad in ({"group": "x"}, {"after": "x"}, {"limit": 51}, {"limit": 0}):
                assert (await at.get(path, mine, **bad)).status_code == 400

    run(story())


def test_one_order_with_all_that_happened(database: str) -> None:
    async def story() -> None:
        bank = Bank()
        async with house(database, services=bank.services()) as at:
            me, sku_id = uuid4(), await add_sku(at.sql, price=500)
            mine, other = await at.token(Role.MEMBER, me), await at.token(Role.MEMBER)
            order_id = await bought(at, [(sku_id, 2), (sku_id, 1)], me)
            await ship(at, order_id, (1, 2))
            wish = {"id": str(new_id()), "order_id": str(order_id), "kind": "refund_only"}
            asked = await at.post(
                "/api/aftersale/ask", mine, **wish, lines=[{"number": 2, "quantity": 1}]
            )
            yes = {"id": str(new_id()), "case_id": asked.json()["case_id"]}
            await at.post("/api/staff/aftersale/approve", await at.token(Role.OWNER), **yes)
            await at.turn()
            await receive(at, order_id, me)

            shown = (await at.get("/api/orders/show", mine, id=order_id)).json()
            order = shown["order"]
            assert (order["state"], order["total"]) == ("received", 1500)
            assert [(line["shipped"], line["returned"]) for line in order["lines"]] == [
                (2, 0),
                (0, 1),
            ]
            assert [(step["state"], step["who"]) for step in shown["history"]] == [
                ("created", "buyer"), ("paying", "buyer"), ("paid", "money"), ("to_ship", "money"),
                ("part_shipped", "staff"), ("shipped", "staff"), ("received", "buyer"),
            ]  # fmt: skip
            assert not any("actor_id" in step for step in shown["history"])
            assert [parcel["contents"] for parcel in shown["parcels"]] == [[[1, 2]]]
            assert (shown["payment"]["state"], shown["payment"]["refunded"]) == ("paid", 500)
            assert [(one["amount"], one["state"]) for one in shown["refunds"]] == [(500, "done")]
            assert (shown["address"], shown["note"]) == (None, "")

            assert (await at.get("/api/orders/show", other, id=order_id)).status_code == 404
            assert (await at.get("/api/orders/show", mine, id=uuid4())).status_code == 404
            assert (await at.get("/api/staff/orders/show", mine, id=order_id)).status_code == 403
            to_staff = await at.get("/api/staff/orders/show", await at.token(), id=order_id)
            assert to_staff.json()["history"][0]["actor_id"] == str(me)

    run(story())


def test_staff_see_all_orders(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, you, sku_id = uuid4(), uuid4(), await add_sku(at.sql)
            orders = []
            for member_id in (me, you, me, you, me):
                orders.append(str(await bought(at, [(sku_id, 1)], member_id)))
                at.later(seconds=1)
            unpaid = await place(at, sku_id, you)
            staff, path = await at.token(), "/api/staff/orders/list"
            assert await pages(at, path, staff, limit=2) == [unpaid, *orders[::-1]]
            assert await pages(at, path, staff, state="to_ship", limit=2) == orders[::-1]
            assert await pages(at, path, staff, member_id=me, limit=2) == orders[::-2]
            both = {"member_id": you, "state": "to_ship"}
            assert await pages(at, path, staff, **both) == orders[3::-2]
            assert await pages(at, path, staff, state="paid") == []
            assert (await at.get(path, staff, state="done")).status_code == 400
            assert (await at.get(path, await at.token(Role.MEMBER, me))).status_code == 403

    run(story())


# -- At scale ---------------------------------------------------------------------------------

ROWS = 30_000
FILL = f"""
    INSERT INTO shop_order (shop_id, id, member_id, state, total, freight, note, placed_at,
                            pay_until, reason)
    SELECT 1, md5(n::text)::uuid, md5((n % 1000)::text)::uuid,
           (ARRAY['done', 'done', 'done', 'to_ship', 'shipped', 'done', 'paying', 'received',
                  'part_shipped', 'refunding'])[1 + n % 10],
           100, 0, '', now() - n * interval '1 minute', now(), NULL
    FROM generate_series(1, {ROWS}) AS n;
    INSERT INTO order_line (shop_id, order_id, number, sku_id, title, quantity, price, paid, limited)
    SELECT 1, md5(n::text)::uuid, 1, md5(n::text)::uuid, 'x', 1, 100, 100, false
    FROM generate_series(1, {ROWS}) AS n;
    INSERT INTO order_step (shop_id, order_id, state, at, who)
    SELECT 1, md5(n::text)::uuid, 'paid', now(), 'money' FROM generate_series(1, {ROWS}) AS n;
    INSERT INTO order_parcel SELECT 1, md5(n::text)::uuid, md5(n::text)::uuid, '', '', '', now()
    FROM generate_series(1, {ROWS}) AS n;
    INSERT INTO payment (shop_id, order_id, state, asked, currency, channel, refunded, confirmed,
                         refunds, asked_at)
    SELECT 1, md5(n::text)::uuid, 'pending', 100, 'CNY', 'h5', 0, 0, 0, now()
    FROM generate_series(1, {ROWS}) AS n;
    INSERT INTO refund (shop_id, id, order_id, out_trade_no, payment_total, amount, state, reason,
                        asked_at)
    SELECT 1, md5(n::text)::uuid, md5(n::text)::uuid, '', 100, 100, 'asked', '', now()
    FROM generate_series(1, {ROWS}) AS n;
    INSERT INTO aftersale (shop_id, id, order_id, member_id, kind, state, units, amount, freight,
                           reason, note, answer, carrier, tracking, asked_at, overdue)
    SELECT 1, md5(n::text)::uuid, md5(n::text)::uuid, md5((n % 1000)::text)::uuid, 'refund_only',
           (ARRAY['refunded', 'asked', 'withdrawn'])[1 + n % 3], '[[1, 1]]', 100, 0, 'other', '',
           '', '', '', now() - n * interval '1 minute', false
    FROM generate_series(1, {ROWS}) AS n;
    INSERT INTO aftersale_step (shop_id, case_id, state, at, who)
    SELECT 1, md5(n::text)::uuid, 'approved', now(), 'staff' FROM generate_series(1, {ROWS}) AS n;
    ANALYZE;
"""
AT, ID = LATEST
SOME = UUID("c4ca4238a0b923820dcc509a6f75849b")  # md5 of "1".
PAGE = {"at": AT, "id": ID, "rows_max": 21}
STATEMENTS = {
    "my orders": (views._OF_MEMBER, {"member_id": SOME, "states": sorted(State), **PAGE}),
    "my orders to pay": (views._OF_MEMBER, {"member_id": SOME, "states": ["paying"], **PAGE}),
    "orders to ship": (views._IN_STATE, {"state": "to_ship", **PAGE}),
    "orders being refunded": (views._IN_STATE, {"state": "refunding", **PAGE}),
    "all orders": (views._ALL, {"id": ID, "rows_max": 21}),
    "one order": (views._ONE, {"order_id": SOME}),
    "lines": (views._LINES, {"order_ids": [SOME, ID]}),
    "steps": (views._STEPS, {"order_id": SOME}),
    "parcels": (views._PARCELS, {"order_id": SOME}),
    "payment": (views._PAYMENT, {"order_id": SOME}),
    "refunds": (views._REFUNDS, {"order_id": SOME}),
    "my cases": (case_views._MINE, {"member_id": SOME, "order_id": None, **PAGE}),
    "cases to answer": (
        case_views._OLDEST,
        {"state": "asked", **PAGE, "at": AT.replace(year=2000), "id": UUID(int=0)},
    ),
    "cases refunded": (case_views._NEWEST, {"state": "refunded", **PAGE}),
    "cases of an order": (case_views._OF_ORDER, {"order_id": SOME, "rows_max": 20}),
    "one case": (case_views._ONE, {"case_id": SOME}),
    "steps of a case": (case_views._STEPS, {"case_id": SOME}),
}
ROWS_READ_MAX = 100  # Of 30,000; a member has 30.


@pytest.fixture(scope="module")
def plans(server_url: str) -> dict[str, Any]:
    """What PostgreSQL does for each statement, as the application, and how many rows it reads."""

    async def explain() -> dict[str, Any]:
        url = await new_database(server_url)
        async with house(url) as at:
            await at.sql.execute(FILL)
        found = {}
        sql = await connect(url)
        await sql.execute("SET app.shop_id = '1'; SET plan_cache_mode = force_custom_plan")
        for name, (statement, values) in STATEMENTS.items():
            compiled = statement.compile(dialect=PGDialect_asyncpg())
            given = {"shop_id": 1, **values}
            plan = await sql.fetchval(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled}",
                *(given[key] for key in compiled.positiontup),
            )
            found[name] = json.loads(plan)[0]["Plan"]
        await sql.close()
        return found

    return run(explain())


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_list_reads_the_whole_table(plans: dict[str, Any], name: str) -> None:
    seen: list[Any] = [plans[name]]
    for node in seen:
        seen += node.get("Plans", [])
        big = node.get("Relation Name") not in {None, "sku", "picture"}
        assert not (big and node["Node Type"] == "Seq Scan"), node
        read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        assert read * node["Actual Loops"] <= ROWS_READ_MAX, node
