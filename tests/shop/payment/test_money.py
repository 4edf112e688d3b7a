"""Money between the shop's doors and the simulated WeChat, with everything that goes wrong there.

The shop and WeChat are whole; only the wire between them is in memory, and both clocks are ours.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from catalog_samples import sell
from litestar import Litestar
from litestar.datastructures import State
from shopping import NINE, SHOP, House, house, run

from frontline.audit.run import audited
from frontline.kernel.words import Fen
from frontline.shop.payment.http import ROUTES
from frontline.shop.payment.providers import Providers
from frontline.web.door import Opened
from frontline.web.session import Role
from frontline.wechat.provider import Channel, Prepay
from frontline.wechat.settings import Settings, load
from frontline.wechat.simulator.app import Simulator
from frontline.wechat.simulator.home import open_home

WECHAT = "http://wechat.test"
SHOP_URL = "https://shop.test"


@pytest.fixture(scope="session")
def wechat_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wechat-home")
    open_home(folder, NINE)
    return folder


class Wire(httpx.AsyncBaseTransport):
    """From WeChat to the shop's door for notices; the shop may be down for a while."""

    def __init__(self) -> None:
        self.opened: Opened | None = None
        self.down = 0  # So many more attempts find nobody.
        self.heard: list[int] = []  # What the shop answered.

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            self.down -= 1
            raise httpx.ConnectError("the shop is down", request=request)
        app = Litestar(ROUTES, state=State({"opened": self.opened}), openapi_config=None)
        answer = await httpx.ASGITransport(app).handle_async_request(request)  # type: ignore[arg-type]
        self.heard.append(answer.status_code)
        return answer


@dataclass
class Town:
    """The shop, WeChat, a member who buys, and staff."""

    shop: House
    simulator: Simulator
    wire: Wire
    phone: httpx.AsyncClient
    member: str
    staff: str
    sku_id: UUID

    async def order(self) -> UUID:
        order_id = uuid4()
        lines = [{"sku_id": str(self.sku_id), "quantity": 2}]
        placed = await self.shop.post(
            "/api/orders/place", self.member, id=str(order_id), lines=lines
        )
        assert placed.status_code == 200, placed.text
        return order_id

    async def ask_to_pay(self, order_id: UUID) -> httpx.Response:
        pay = {"id": str(uuid4()), "order_id": str(order_id), "channel": "jsapi"}
        return await self.shop.post("/api/orders/pay", self.member, **pay)

    async def pay(self, order_id: UUID) -> None:
        """As the phone does: the sheet is opened with what the shop said, and confirmed."""
        answer = await self.ask_to_pay(order_id)
        assert answer.status_code == 200, answer.text
        sheet = {"request_payment": answer.json()["parameters"]["request_payment"]}
        paid = await self.phone.post("/simulator/pay", json=sheet)
        assert paid.status_code == 200, paid.text
        await self.simulator.notifier.idle()

    async def arm(self, fault: str, call: str, **more: Any) -> None:
        armed = await self.phone.post(
            "/simulator/faults", json={"fault": fault, "call": call, **more}
        )
        assert armed.status_code == 200, armed.text

    async def state(self, order_id: UUID) -> str:
        shown = await self.shop.get("/api/orders/show", self.member, id=str(order_id))
        assert shown.status_code == 200, shown.text
        return str(shown.json()["order"]["state"])

    async def late_prepay(self, order_id: UUID) -> None:
        """What was on its way to WeChat arrives now, and is paid."""
        provider = self.shop.opened.services[Providers].of(SHOP)
        parameters = await provider.prepare(
            Prepay(
                out_trade_no=order_id.hex,
                amount=Fen(1000),
                description="Demo",
                channel=Channel.JSAPI,
                payer="oBuyer",
                expires_at=self.shop.clock[0] + timedelta(minutes=30),
            )
        )
        paid = await self.phone.post(
            "/simulator/pay", json={"request_payment": parameters.request_payment}
        )
        assert paid.status_code == 200, paid.text
        await self.simulator.notifier.idle()

    async def turn(self) -> None:
        """What happens by itself: in the shop, at WeChat, and in the shop again."""
        await self.shop.turn()
        await self.simulator.notifier.idle()
        await self.shop.turn()

    async def steps(self, order_id: UUID) -> list[str]:
        rows = await self.shop.sql.fetch(
            "SELECT state FROM order_step WHERE order_id = $1 ORDER BY id", order_id
        )
        return [row["state"] for row in rows]

    async def prove(self, *, received: int, refunded: int, left: int) -> None:
        """WeChat's books, the shop's ledger, the shelf, and all invariants."""
        totals = (await self.phone.get("/simulator/books")).json()["totals"]
        assert totals == {"received": received, "refunded": refunded}
        ledger = await self.shop.sql.fetchrow(
            "SELECT debited, credited FROM ledger_account WHERE account = 'provider'"
        )
        assert (ledger["debited"], ledger["credited"]) == (received, refunded)
        stock = await self.shop.sql.fetchrow("SELECT on_hand, reserved FROM stock")
        assert (stock["on_hand"], stock["reserved"]) == (left, 0)
        findings = await audited(self.shop.opened.database, SHOP, self.shop.clock[0])
        assert [one for one in findings if one.violations] == []
        assert self.shop.halvings() == 0


@asynccontextmanager
async def town(database: str, home: Path) -> AsyncIterator[Town]:
    clock = [NINE]
    wire = Wire()
    simulator = Simulator(
        home,
        base_url=WECHAT,
        notify=httpx.AsyncClient(transport=wire),
        clock=lambda: clock[0],
        retry_scale=0.0,
        keeps=False,
    )
    settings: Settings = load(simulator.merchant_file)
    http = httpx.AsyncClient(base_url=WECHAT, transport=simulator.transport())
    providers = Providers(
        lambda shop_id: settings.provider(
            f"{SHOP_URL}/wechat/notice/{shop_id}", http=http, clock=lambda: clock[0]
        )
    )
    async with house(database, services={Providers: providers}) as shop:
        shop.clock = clock
        shop.opened.engine.now = lambda: clock[0]
        object.__setattr__(shop.opened, "now", lambda: clock[0])
        wire.opened = shop.opened
        member_id = uuid4()
        await shop.sql.execute(
            "INSERT INTO member (shop_id, id, openid, nickname, locale, joined_at)"
            " VALUES (1, $1, 'oBuyer', '小满', 'zh', now())",
            member_id,
        )
        yield Town(
            shop,
            simulator,
            wire,
            httpx.AsyncClient(base_url=WECHAT, transport=simulator.transport()),
            await shop.token(Role.MEMBER, member_id),
            await shop.token(Role.OWNER),
            await sell(shop.opened.database, SHOP, price=500, stock=10),
        )
        await simulator.close()


def test_paid_and_told(database: str, wechat_home: Path) -> None:
    async def go() -> None:
        async with town(database, wechat_home) as it:
            order_id = await it.order()
            assert await it.state(order_id) == "created"
            await it.pay(order_id)
            assert await it.state(order_id) == "to_ship"
            assert await it.steps(order_id) == ["paying", "paid", "to_ship"]
            assert it.wire.heard == [204]
            again = await it.ask_to_pay(order_id)
            assert (again.status_code, again.json()["refusal"]) == (409, "not_payable")
            await it.prove(received=1000, refunded=0, left=8)

    run(go())


def test_ten_notices_at_once_have_one_effect(database: str, wechat_home: Path) -> None:
    async def go() -> None:
        async with town(database, wechat_home) as it:
            order_id = await it.order()
            await it.arm("duplicate", "payment_notice", copies=9)
            await it.pay(order_id)
            assert it.wire.heard == [204] * 10
            assert await it.steps(order_id) == ["paying", "paid", "to_ship"]
            await it.prove(received=1000, refunded=0, left=8)

    run(go())


@pytest.mark.parametrize("how", ["poller", "return"])
def test_a_notice_that_never_comes_is_found_by_asking(
    database: str, wechat_home: Path, how: str
) -> None:
    async def go() -> None:
        async with town(database, wechat_home) as it:
            order_id = await it.order()
            await it.arm("never_notify", "payment_notice")
            await it.pay(order_id)
            await it.turn()
            assert await it.state(order_id) == "paying"
            if how == "return":
                back = await it.shop.post("/api/orders/paid", it.member, order_id=str(order_id))
                assert back.json() == {"paid": True}
            else:
                it.shop.later(seconds=31)
                await it.turn()
            assert await it.state(order_id) == "to_ship"
            assert it.wire.heard == []
            await it.prove(received=1000, refunded=0, left=8)

    run(go())


def test_a_notice_that_finds_the_shop_down_succeeds_later(database: str, wechat_home: Path) -> None:
    async def go() -> None:
        async with town(database, wechat_home) as it:
            order_id = await it.order()
            it.wire.down = 3
            await it.pay(order_id)
            for _ in range(100):  # The waits between attempts are none, but they are waits.
                if it.wire.heard:
                    break
                await asyncio.sleep(0.02)
            assert (it.wire.down, it.wire.heard) == (0, [204])
            assert await it.state(order_id) == "to_ship"
            await it.prove(received=1000, refunded=0, left=8)

    run(go())


def test_forged_and_probing_notices_have_no_effect(database: str, wechat_home: Path) -> None:
    async def go() -> None:
        async with town(database, wechat_home) as it:
            for fault in ("forge", "signtest"):
                it.wire.heard.clear()
                order_id = await it.order()
                await it.arm(fault, "payment_notice")
                await it.pay(order_id)
                assert Counter(it.wire.heard) == {401: 1, 204: 1}
                assert await it.state(order_id) == "to_ship"
            await it.prove(received=2000, refunded=0, left=6)

    run(go())


def test_unpaid_it_is_closed_at_wechat_before_its_goods_are_free(
    database: str, wechat_home: Path
) -> None:
    async def go() -> None:
        async with town(database, wechat_home) as it:
            order_id = await it.order()
            answer = await it.ask_to_pay(order_id)
            await it.arm("500", "close")  # WeChat does not say; so nothing is freed.
            it.shop.later(minutes=31)
            await it.turn()
            assert await it.state(order_id) == "paying"
            it.shop.later(seconds=3)
            await it.turn()
            assert await it.state(order_id) == "cancelled"
            sheet = {"request_payment": answer.json()["parameters"]["request_payment"]}
            assert (await it.phone.post("/simulator/pay", json=sheet)).status_code == 409
            stock = await it.shop.sql.fetchrow("SELECT on_hand, reserved FROM stock")
            assert (stock["on_hand"], stock["reserved"]) == (10, 0)

    run(go())


def test_paid_in_the_last_moment_it_is_kept(database: str, wechat_home: Path) -> None:
    """The notice is lost and the time is over: asking before closing finds the money."""

    async def go() -> None:
        async with town(database, wechat_home) as it:
            order_id = await it.order()
            await it.arm("never_notify", "payment_notice")
            await it.pay(order_id)
            it.shop.later(minutes=31)
            await it.turn()
            assert await it.state(order_id) == "to_ship"
            await it.prove(received=1000, refunded=0, left=8)

    run(go())


def test_paid_after_it_was_closed_the_money_goes_back(database: str, wechat_home: Path) -> None:
    """WeChat had never heard of the order when it was closed, and prepared it later."""

    async def go() -> None:
        async with town(database, wechat_home) as it:
            order_id = await it.order()
            await it.arm("drop", "prepay")
            assert (await it.ask_to_pay(order_id)).json()["refusal"] == "provider_away"
            cancel = {"id": str(uuid4()), "order_id": str(order_id)}
            cancelled = await it.shop.post("/api/orders/cancel", it.member, **cancel)
            assert cancelled.json()["type"] == "Cancelling"
            await it.turn()
            assert await it.state(order_id) == "cancelled"
            await it.late_prepay(order_id)
            await it.turn()
            assert await it.state(order_id) == "cancelled"
            await it.prove(received=1000, refunded=1000, left=10)
            entry = await it.shop.sql.fetchrow("SELECT reason, amount FROM suspense")
            assert (entry["reason"], entry["amount"]) == ("paid after it was closed", 1000)

    run(go())


@pytest.mark.parametrize("fault", ["500_but_done", "lose_answer", "500", "429", "drop"])
def test_a_refund_is_asked_for_until_it_is_done_once(
    database: str, wechat_home: Path, fault: str
) -> None:
    async def go() -> None:
        async with town(database, wechat_home) as it:
            order_id = await it.order()
            await it.pay(order_id)
            await it.arm(fault, "refund")
            cancel = {"id": str(uuid4()), "order_id": str(order_id)}
            answer = await it.shop.post("/api/staff/orders/cancel", it.staff, **cancel)
            assert (answer.status_code, answer.json()["amount"]) == (200, 1000)
            for _ in range(4):
                it.shop.later(seconds=31)
                await it.turn()
            assert await it.state(order_id) == "refunded"
            await it.prove(received=1000, refunded=1000, left=10)

    run(go())


def test_a_refund_that_wechat_cannot_make_waits_for_somebody(
    database: str, wechat_home: Path
) -> None:
    async def go() -> None:
        async with town(database, wechat_home) as it:
            order_id = await it.order()
            await it.pay(order_id)
            await it.arm("abnormal_refund", "refund")
            cancel = {"id": str(uuid4()), "order_id": str(order_id)}
            await it.shop.post("/api/staff/orders/cancel", it.staff, **cancel)
            for _ in range(3):
                it.shop.later(seconds=31)
                await it.turn()
            assert await it.state(order_id) == "refunding"  # Accepted is not refunded.
            row = await it.shop.sql.fetchrow("SELECT state FROM refund")
            assert row["state"] == "abnormal"

    run(go())


def test_double_taps_on_pay_make_one_payment(database: str, wechat_home: Path) -> None:
    async def go() -> None:
        async with town(database, wechat_home) as it:
            order_id = await it.order()
            answers = await asyncio.gather(*(it.ask_to_pay(order_id) for _ in range(5)))
            assert {answer.status_code for answer in answers} == {200}
            await it.pay(order_id)
            await it.prove(received=1000, refunded=0, left=8)

    run(go())


def test_junk_at_the_door_for_notices(database: str, wechat_home: Path) -> None:
    async def go() -> None:
        async with town(database, wechat_home) as it:
            client = httpx.AsyncClient(transport=it.wire, base_url=SHOP_URL)
            for body in (b"", b"{", b"{}", b"x" * 1_048_576):
                answer = await client.post("/wechat/notice/1", content=body)
                assert answer.status_code in {400, 401, 413}, answer.text
            for path in ("/wechat/notice/2", "/wechat/notice/0", f"/wechat/notice/{2**64}"):
                assert (await client.post(path, content=b"{}")).status_code in {400, 404}
            for table in ("payment", "suspense", "refund", "ledger_transfer"):
                assert await it.shop.sql.fetchval(f"SELECT count(*) FROM {table}") == 0

    run(go())
