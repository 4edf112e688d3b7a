"""Plans at the desk: asked, given, achieved, and what the review says first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from company.firm import again
from shopping import NINE, House, house, run

from frontline.company.plan import views
from frontline.kernel.words import ShopId
from frontline.web.session import Role

SHOP = ShopId(1)
PLAN = {
    "name": "双十二", "kind": "campaign", "first": "2026-11-11", "last": "2026-11-13",
    "revenue": "1000", "orders": "10", "new_customers": "3",
    "budget": "500", "stock_units": "300", "people": "4", "authority": "单笔 500 元内自己定",
}  # fmt: skip


async def put(desk: Any, **told: str) -> str:
    answer = await desk.post("/desk/plans/put", **(PLAN | told))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["go"]).rpartition("=")[2]


async def sold(
    at: House, member_id: UUID, days: float, *, total: int = 10_000, back: int = 0
) -> None:
    """An order paid so many days after nine o'clock; part of it given back an hour later."""
    order_id, when = uuid4(), NINE + timedelta(days=days)
    await at.sql.execute(
        "INSERT INTO shop_order (shop_id, id, member_id, state, total, freight, note, placed_at,"
        " pay_until) VALUES (1, $1, $2, 'to_ship', $3, 0, '', $4, $4)",
        order_id, member_id, total, when,
    )  # fmt: skip
    await at.sql.execute(
        "INSERT INTO order_first AS f VALUES (1, $1, $2) ON CONFLICT (shop_id, member_id)"
        " DO UPDATE SET placed_at = least(f.placed_at, excluded.placed_at)",
        member_id, when,
    )  # fmt: skip
    await at.sql.execute(
        "INSERT INTO payment (shop_id, order_id, state, asked, currency, channel, refunded,"
        " confirmed, refunds, transaction_id, paid_at, asked_at)"
        " VALUES (1, $1, 'paid', $2, 'CNY', 'h5', 0, 0, 0, $3, $4, $4)",
        order_id, total, order_id.hex, when,
    )  # fmt: skip
    if back:
        await at.sql.execute(
            "INSERT INTO refund (shop_id, id, order_id, out_trade_no, payment_total, amount, state,"
            " reason, asked_at) VALUES (1, $1, $2, '', $3, $4, 'asked', '', $5)",
            uuid4(), order_id, total, back, when + timedelta(hours=1),
        )  # fmt: skip


async def year(at: House) -> None:
    """Within the three days: four orders of three people, two of whom had never bought before."""
    old, new, newer, late = (uuid4() for _ in range(4))
    await sold(at, old, -30)
    await sold(at, old, 0.1)
    await sold(at, new, 0.2, back=4_000)
    await sold(at, new, 1)
    await sold(at, newer, 2.5)
    await sold(at, late, 2.7)  # After midnight of the shop: one day too late.


@pytest.mark.parametrize("language", ["zh", "en"])
def test_asked_given_achieved_side_by_side(database: str, language: str) -> None:
    """The example of the README: what was not given is said first."""

    async def story() -> None:
        async with house(database) as at:
            staff = await at.desk(Role.STAFF, language=language)
            owner = await at.desk(Role.OWNER, language=language)
            assert (await staff.get("/desk/plans/edit")).status_code == 200
            plan_id = await put(staff)
            assert (await staff.get("/desk/plans/edit", id=plan_id)).status_code == 200
            await at.turn()
            assert await at.sql.fetchval("SELECT to_id FROM notice") == owner.staff_id
            no = await staff.post("/desk/plans/give", plan_id=plan_id, budget="300")
            assert no.status_code == 403
            given = await owner.post(
                "/desk/plans/give", plan_id=plan_id, budget="300", stock_units="300", people="2"
            )
            assert given.status_code == 200, given.text
            early = await staff.post("/desk/plans/review", plan_id=plan_id, learned="x")
            assert early.json()["refusal"] == "plan_still_runs"
            await year(at)
            at.later(days=3)
            await at.turn()
            await again(at, staff)
            assert await at.sql.fetchval("SELECT ended FROM company_plan")
            page = (await staff.get("/desk/plans/show", id=plan_id)).text
            said = (
                ("要了没给的", "只给了 50%") if language == "zh" else ("not given", "came to 50%")
            )
            assert page.index(said[0]) < page.index('id="sides"')
            assert said[1] in page
            assert "360.00" in page  # 400.00 paid, 40.00 given back.
            assert "36%" in page.replace("36.00%", "36%")
            done = await staff.post("/desk/plans/review", plan_id=plan_id, learned="人手要提前")
            assert done.status_code == 200, done.text
            row = await at.sql.fetchrow("SELECT state, achieved, learned FROM company_plan")
            assert tuple(row) == (
                "reviewed", '{"revenue":36000,"orders":4,"new_customers":2}', "人手要提前",
            )  # fmt: skip
            await sold(at, uuid4(), 1.5)  # What comes to light later changes no review.
            page = (await staff.get("/desk/plans/show", id=plan_id)).text
            assert "360.00" in page
            assert "人手要提前" in page
            assert (await staff.get("/desk/plans")).status_code == 200

    run(story())


def test_the_day_is_a_part_of_the_plans(database: str) -> None:
    """A campaign is a part of its quarter: the larger of the two counts; parts sum exactly."""

    async def story() -> None:
        async with house(database) as at:
            staff = await at.desk()
            quarter = {"kind": "quarter", "first": "2026-10-01", "last": "2026-12-31"}
            async with at.opened.database.transaction(SHOP) as transaction:
                assert await views.today_plan(transaction, date(2026, 11, 11)) is None
            await put(staff, **quarter, revenue="9200.01")
            days = [date(2026, 10, 1) + timedelta(days=n) for n in range(92)]
            async with at.opened.database.transaction(SHOP) as transaction:
                parts = [await views.today_plan(transaction, day) for day in days]
                assert sum(part or 0 for part in parts) == 920_001
                assert await views.today_plan(transaction, date(2027, 1, 1)) is None
            await put(staff, revenue="600")
            await put(staff, name="另一个", revenue="60")
            await put(staff, name="没有销售目标", revenue="")
            async with at.opened.database.transaction(SHOP) as transaction:
                assert await views.today_plan(transaction, date(2026, 11, 11)) == 22_000
                assert await views.today_plan(transaction, date(2026, 11, 14)) == 10_000

    run(story())


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"last": "2026-11-10"}, "plan_days_wrong"),
        ({"last": "2028-11-10"}, "plan_days_wrong"),
        ({"revenue": "", "orders": "", "new_customers": ""}, "plan_without_target"),
        ({"plan_id": str(uuid4())}, "plan_unknown"),
    ],
)
def test_what_is_no_plan(database: str, told: dict[str, str], refusal: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            answer = await (await at.desk()).post("/desk/plans/put", **(PLAN | told))
            assert answer.json()["refusal"] == refusal

    run(story())


def test_what_was_given_is_not_asked_anew_nor_withdrawn(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            staff, owner = await at.desk(), await at.desk(Role.OWNER)
            plan_id, other = await put(staff), await put(staff, name="撤回的")
            await owner.post("/desk/plans/give", plan_id=plan_id, budget="500")
            for path, told in (("put", PLAN), ("withdraw", {})):
                no = await staff.post(f"/desk/plans/{path}", plan_id=plan_id, **told)
                assert no.json()["refusal"] == "plan_moved_on"
            more = await owner.post("/desk/plans/give", plan_id=plan_id, budget="600")
            assert more.status_code == 200
            await staff.post("/desk/plans/withdraw", plan_id=other)
            state = await at.sql.fetchval(
                "SELECT state FROM company_plan WHERE id = $1", UUID(other)
            )
            assert state == "withdrawn"

    run(story())
