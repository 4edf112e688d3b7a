"""The sums of the owner's screen, against rows that are known."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from shop.aftersale.buying import Bank, bought, receive, ship
from shop.review.writing import reviewed
from shopping import NINE, SHOP, House, add_sku, house, run

from frontline.engine.engine import new_id
from frontline.games.groupbuy.views.running import running
from frontline.kernel.words import MemberId
from frontline.shop.aftersale import figures as aftersale
from frontline.shop.aftersale.messages import AskRefund, Kind, Reason
from frontline.shop.ledger.book import Account
from frontline.shop.ledger.figures import owed
from frontline.shop.order import figures as order
from frontline.shop.order.states import State
from frontline.shop.payment import figures as payment
from frontline.shop.review.figures import voices
from frontline.shop.stock.figures import idle

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHANGHAI = "Asia/Shanghai"


def test_takings_stand_in_the_hour_of_the_shop(database: str) -> None:
    async def look() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=10_000)
            await bought(at, [(sku_id, 1)], uuid4())
            await bought(at, [(sku_id, 2)], uuid4())
            at.later(hours=2)
            await bought(at, [(sku_id, 3)], uuid4())
            midnight = NINE - 9 * HOUR
            async with at.opened.database.transaction(SHOP) as t:
                today = await payment.taken(t, midnight, midnight + DAY, SHANGHAI)
                till_ten = await payment.taken(t, midnight, midnight + 10 * HOUR, SHANGHAI)
                before = await payment.taken(t, midnight - DAY, midnight, SHANGHAI)
            assert (today.count, today.amount) == (3, 60_000)
            assert (today.by_hour[9], today.by_hour[11]) == (30_000, 30_000)
            assert sum(today.by_hour) == 60_000
            assert (till_ten.count, till_ten.amount) == (2, 30_000)
            assert (before.count, before.amount, set(before.by_hour)) == (0, 0, {0})

    run(look())


def test_late_is_what_was_paid_and_not_sent_in_48_hours(database: str) -> None:
    async def look() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=10_000, title="黄油曲奇")
            first = await bought(at, [(sku_id, 2)], uuid4())
            at.later(hours=30)
            second = await bought(at, [(sku_id, 1)], uuid4())
            at.later(hours=17.5)
            assert (await _late(at, NINE)).count == 0
            at.later(hours=1)  # 48.5 hours after the first.
            found = await _late(at, NINE)
            assert (found.count, found.since) == (1, 1)
            (one,) = found.oldest
            assert (one.id, one.title, one.total) == (first, "黄油曲奇", 20_000)
            assert one.due_at == NINE + 48 * HOUR
            at.later(hours=30)
            found = await _late(at, NINE + 3 * DAY)  # The first was late before.
            assert (found.count, found.since) == (2, 1)
            assert [one.id for one in found.oldest] == [first, second]
            await ship(at, first)
            assert [one.id for one in (await _late(at, NINE)).oldest] == [second]

    run(look())


async def _late(at: House, since: object) -> order.Late:
    async with at.opened.database.transaction(SHOP) as t:
        return await order.late(t, at.clock[0], since)  # type: ignore[arg-type]


def test_frozen_money(database: str) -> None:
    async def look() -> None:
        bank = Bank()
        bank.pays = False
        async with house(database, services=bank.services()) as at:
            sku_id = await add_sku(at.sql, price=10_000)
            await bought(at, [(sku_id, 1)], uuid4())
            await bought(at, [(sku_id, 2)], uuid4())
            held = await bought(at, [(sku_id, 4)], uuid4())
            await at.sql.execute("UPDATE shop_order SET state = 'paid' WHERE id = $1", held)
            member_id = uuid4()
            back = await bought(at, [(sku_id, 3)], member_id)
            await _ask(at, back, member_id, Reason.OTHER)
            await at.sql.execute(
                "INSERT INTO refund VALUES (1, $1, $2, 'x', 30000, 30000, 'asked', '', $3, NULL)",
                uuid4(), back, NINE,
            )  # fmt: skip
            await at.sql.execute("INSERT INTO ledger_account VALUES (1, 'suspense', 100, 800)")
            async with at.opened.database.transaction(SHOP) as t:
                orders = await order.paid_and_open(t)
                refunds = await payment.under_way(t)
                stray = await owed(t, Account.SUSPENSE)
            assert orders[State.PAID] == order.Open(1, 40_000)
            assert orders[State.TO_SHIP] == order.Open(3, 60_000)
            assert (refunds.count, refunds.amount) == (1, 30_000)
            assert stray == 700

    run(look())


def test_stock_is_idle_when_nothing_of_it_was_sold_since(database: str) -> None:
    async def look() -> None:
        async with house(database) as at:
            dead, dear, sold, new = [await add_sku(at.sql, on_hand=5) for _ in range(4)]
            await at.sql.execute("UPDATE product SET created_at = $1", NINE - 90 * DAY)
            await at.sql.execute("UPDATE sku SET cost = 300 WHERE id = $1", dead)
            await at.sql.execute(
                "UPDATE product SET created_at = $1"
                " WHERE id = (SELECT product_id FROM sku WHERE id = $2)",
                NINE - DAY, new,
            )  # fmt: skip
            at.clock[0] = NINE - 70 * DAY
            await bought(at, [(dear, 1)], uuid4())
            at.clock[0] = NINE - 10 * DAY
            await bought(at, [(sold, 1)], uuid4())
            async with at.opened.database.transaction(SHOP) as t:
                found = await idle(t, NINE - 60 * DAY)
            assert (found.skus, found.units, found.cost) == (2, 5 + 4, 5 * 300)
            assert found.without_cost == 1

    run(look())


def test_cases_are_overdue_after_48_hours_and_reasons_are_counted(database: str) -> None:
    async def look() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=10_000)
            ids = []
            for reason in (Reason.DAMAGED, Reason.DAMAGED, Reason.TOO_LATE):
                member_id = uuid4()
                ids.append(await bought(at, [(sku_id, 1)], member_id))
                await _ask(at, ids[-1], member_id, reason)
                at.later(days=5)
            now = at.clock[0]  # 15, 10 and 5 days after they were asked.
            week = timedelta(days=7)
            async with at.opened.database.transaction(SHOP) as t:
                overdue = await aftersale.overdue(t, now, now - 4 * DAY)
                reasons = await aftersale.reasons(t, now - 2 * week, now - week, now)
                waiting = await aftersale.waiting(t)
            assert (overdue.count, overdue.since, waiting) == (3, 1, 3)
            assert [one.order_id for one in overdue.oldest] == ids
            assert overdue.oldest[0].due_at == NINE + 48 * HOUR
            assert [(one.reason, one.now, one.before, one.amount) for one in reasons] == [
                (Reason.TOO_LATE, 1, 0, 10_000),
                (Reason.DAMAGED, 0, 1, 0),
            ]

    run(look())


async def _ask(at: House, order_id: UUID, member_id: UUID, reason: Reason) -> None:
    await receive_if_sent(at, order_id, member_id)
    asked = await at.submit(
        AskRefund(
            id=new_id(),
            order_id=order_id,  # type: ignore[arg-type]
            member_id=MemberId(member_id),
            kind=Kind.REFUND_ONLY,
            reason=reason,
        )
    )
    assert not hasattr(asked, "refusal"), asked


async def receive_if_sent(at: House, order_id: UUID, member_id: UUID) -> None:
    if await at.sql.fetchval("SELECT state FROM shop_order WHERE id = $1", order_id) == "shipped":
        await receive(at, order_id, member_id)  # type: ignore[arg-type]


def test_low_ratings_come_first_then_who_has_something_to_tell(database: str) -> None:
    async def look() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, title="手工蛋卷")
            long = "给宝宝周岁宴做的伴手礼，二十几家亲戚都来问在哪儿买的，明年满月酒还订。"
            await reviewed(at, sku_id, rating=1, text="很久以前")
            at.later(days=20)
            await reviewed(at, sku_id, rating=5, text="好吃")
            await reviewed(at, sku_id, rating=5, text=long)
            await reviewed(at, sku_id, rating=2, text="碎了一半")
            at.later(hours=1)
            await reviewed(at, sku_id, rating=3, text="偏甜")
            hidden = await reviewed(at, sku_id, rating=1, text="骂人")
            await at.sql.execute("UPDATE review SET hidden = 'x' WHERE id = $1", UUID(hidden))
            async with at.opened.database.transaction(SHOP) as t:
                found = await voices(t, at.clock[0] - 14 * DAY, low_max=3, telling_max=2)
            assert [one.text for one in found] == ["偏甜", "碎了一半", long]
            assert {one.product for one in found} == {"手工蛋卷"}

    run(look())


def test_a_game_costs_what_it_lets_off(database: str) -> None:
    async def look() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=10_000)
            live, over = uuid4(), uuid4()
            for id_, ends in ((live, NINE + DAY), (over, NINE - HOUR)):
                await at.sql.execute(
                    "INSERT INTO groupbuy_campaign (shop_id, id, state, name, cover, rule_text,"
                    " share_title, starts_at, ends_at, preview_hours, audience, size, life_hours,"
                    " pay_minutes, order_min, order_max, coupons, on_expiry, budget_cap,"
                    " worst_case) VALUES (1, $1, 'live', '两人拼', '', '规则', '来拼', $2, $3, 0,"
                    " 'all', 2, 24, 30, 1, 2, false, 'refund', 90000, 80000)",
                    id_, NINE - 2 * DAY, ends,
                )  # fmt: skip
                await at.sql.execute(
                    "INSERT INTO groupbuy_item VALUES (1, $1, $2, 1, 7500, NULL, 40, 6, true)",
                    id_, sku_id,
                )  # fmt: skip
            for state in ("open", "open", "complete"):
                await at.sql.execute(
                    "INSERT INTO groupbuy_team VALUES (1, $1, $2, $3, 2, 2, $4, $4)",
                    uuid4(), live, state, NINE,
                )  # fmt: skip
            async with at.opened.database.transaction(SHOP) as t:
                (one,) = await running(t, NINE)
            assert one.id == live
            assert (one.taken, one.quota, one.open_teams) == (6, 40, 2)
            assert (one.cost, one.cap, one.worst_case) == (6 * 2_500, 90_000, 80_000)

    run(look())
