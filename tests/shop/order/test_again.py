"""Coming back to an order: buying it again, and being reminded to pay for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from shopping import add_sku, house, run

from frontline.engine.engine import new_id
from frontline.kernel.words import OrderId, ShopId
from frontline.shop.order.messages import PaymentDue, RemindOrder, Unchanged
from frontline.shop.order.notifier import Notifier
from frontline.web.session import Role


@dataclass
class Told:
    """Carries reminders; the first of them it drops."""

    reminders: list[PaymentDue] = field(default_factory=list)
    drops: int = 0

    async def remind(self, shop_id: ShopId, due: PaymentDue) -> None:
        if self.drops:
            self.drops -= 1
            raise ConnectionError
        self.reminders.append(due)


async def place(at: Any, token: str, *wanted: tuple[UUID, int]) -> str:
    id_ = str(new_id())
    lines = [{"sku_id": str(sku_id), "quantity": units} for sku_id, units in wanted]
    answer = await at.post("/api/orders/place", token, id=id_, lines=lines)
    assert answer.status_code == 200, answer.text
    return id_


def test_buying_again_takes_what_there_is(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = await at.token(Role.MEMBER)
            good, few, off, gone = [
                await add_sku(at.sql, title=title, on_hand=10)
                for title in ("曲奇", "蛋糕", "旧款", "售罄")
            ]
            order_id = await place(at, token, (good, 1), (few, 5), (off, 1), (good, 2), (gone, 1))
            await at.sql.execute("UPDATE stock SET on_hand = reserved + 3 WHERE sku_id = $1", few)
            await at.sql.execute("UPDATE stock SET on_hand = reserved WHERE sku_id = $1", gone)
            await at.sql.execute("UPDATE product SET on_sale = false WHERE title = '旧款'")
            told = (await at.get("/api/orders/again", token, order_id=order_id)).json()
            assert told == {
                "lines": [
                    {"sku_id": str(good), "quantity": 3},
                    {"sku_id": str(few), "quantity": 3},
                ],
                "gone": ["旧款", "售罄"],
            }
            checked = await at.post("/api/orders/checkout", token, lines=told["lines"])
            assert checked.json()["quote"]["total"] == 60_000
            other = await at.token(Role.MEMBER)
            assert (await at.get("/api/orders/again", other, order_id=order_id)).status_code == 404

    run(story())


def test_the_newest_unpaid_order_is_recalled_until_its_time_is_over(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = await at.token(Role.MEMBER)
            sku_id = await add_sku(at.sql, price=1_250)

            async def unpaid() -> Any:
                told = (await at.get("/api/orders/unpaid", token)).json()
                assert told["now"] == at.clock[0].isoformat().replace("+00:00", "Z")
                return told["order"]

            assert await unpaid() is None
            await place(at, token, (sku_id, 1))
            at.later(minutes=5)
            newest = await place(at, token, (sku_id, 2))
            assert await unpaid() == {
                "id": newest, "pay_until": "2026-11-11T01:35:00Z", "total": 2_500, "title": "曲奇",
                "picture": None, "units": 2, "game": None, "game_id": None,
            }  # fmt: skip
            page = (await at.get("/api/orders/show", token, id=newest)).json()
            assert page["now"] == (await at.get("/api/orders/list", token)).json()["now"]
            assert page["now"] == "2026-11-11T01:05:00Z"
            cancel = {"id": str(uuid4()), "order_id": newest}
            await at.post("/api/orders/cancel", token, **cancel)
            assert (await unpaid())["units"] == 1
            at.later(minutes=25)
            assert await unpaid() is None  # However late its timer.

    run(story())


def test_its_buyer_is_reminded_ten_minutes_before(database: str) -> None:
    async def story() -> None:
        told = Told(drops=1)
        async with house(database, services={Notifier: told}) as at:
            me = uuid4()
            token = await at.token(Role.MEMBER, me)
            sku_id = await add_sku(at.sql, price=1_250)
            order_id = await place(at, token, (sku_id, 1))
            cancelled = await place(at, token, (sku_id, 1))
            await at.post("/api/orders/cancel", token, id=str(uuid4()), order_id=cancelled)
            at.later(minutes=19, seconds=59)
            await at.turn()
            assert told.drops == 1  # Nobody was told anything yet.
            at.later(seconds=1)
            await at.turn()
            assert (told.drops, told.reminders) == (0, [])  # To be tried again.
            at.later(seconds=10)
            await at.turn()
            (due,) = told.reminders
            assert (str(due.order_id), due.member_id, due.total) == (order_id, me, 1_250)
            again = await at.submit(RemindOrder(id=uuid4(), order_id=OrderId(UUID(cancelled))))
            assert isinstance(again, Unchanged)
            at.later(minutes=10)
            await at.turn()
            assert len(told.reminders) == 1
            state = await at.sql.fetchval(
                "SELECT reason FROM shop_order WHERE id = $1", UUID(order_id)
            )
            assert state == "timeout"
            assert await at.sql.fetchval("SELECT count(*) FROM timer") == 0

    run(story())


def test_nobody_is_reminded_of_what_is_over(database: str) -> None:
    """The shop was closed when the time came: the order ends, and nobody is told to pay."""

    async def story() -> None:
        told = Told()
        async with house(database, services={Notifier: told}) as at:
            token = await at.token(Role.MEMBER)
            sku_id = await add_sku(at.sql)
            await place(at, token, (sku_id, 1))
            at.later(hours=1)
            await at.turn()
            assert told.reminders == []
            assert await at.sql.fetchval("SELECT reason FROM shop_order") == "timeout"
            assert await at.sql.fetchval("SELECT reserved FROM stock") == 0

    run(story())
