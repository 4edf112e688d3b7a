"""The payment page of a demo, at the shop's own address, as a phone on the same network sees it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from shop.payment.test_money import WECHAT, Town, town
from shopping import NINE, run

from frontline.shop.payment.http import ROUTES
from frontline.wechat.sheet import Sheet
from frontline.wechat.simulator.home import open_home

HOST = "192.168.1.7:8000"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wechat-home")
    open_home(folder, NINE)
    return folder


@asynccontextmanager
async def demo(database: str, home: Path) -> AsyncIterator[tuple[Town, httpx.AsyncClient]]:
    """A shop whose provider is the simulator, and a phone that reaches only the shop."""
    async with town(database, home) as it:
        near = Sheet(httpx.AsyncClient(base_url=WECHAT, transport=it.simulator.transport()))
        services = {**it.shop.opened.services, Sheet: near}
        object.__setattr__(it.shop.opened, "services", services)
        app = Litestar(ROUTES, state=State({"opened": it.shop.opened}), openapi_config=None)
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(base_url=f"http://{HOST}", transport=transport) as phone:
            yield it, phone


async def begin(it: Town, order_id: UUID) -> str:
    pay = {"id": str(uuid4()), "order_id": str(order_id), "channel": "h5"}
    answer = await it.shop.post("/api/orders/pay", it.member, **pay)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["now"], told["pay_until"]) == ("2026-11-11T01:00:00Z", "2026-11-11T01:30:00Z")
    return str(told["parameters"]["h5_url"])


def form(page: httpx.Response, action: str) -> dict[str, str]:
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    return {**dict(hidden), "action": action}


def test_paying_at_the_shops_own_address(database: str, home: Path) -> None:
    async def go() -> None:
        async with demo(database, home) as (it, phone):
            order_id = await it.order()
            url = await begin(it, order_id)
            assert url.startswith("/simulator/h5/pay?prepay_id=")
            page = await phone.get(
                f"{url}&redirect_url=/m/pages/pay/done?id=1", headers={"accept-language": "en"}
            )
            assert page.status_code == 200
            assert "¥10.00" in page.text
            assert "Demo" in page.text  # Who is paid.
            assert "Pay now" in page.text
            assert "default-src 'none'" in page.headers["content-security-policy"]
            paid = await phone.post("/simulator/h5/pay", data=form(page, "pay"))
            assert (paid.status_code, paid.headers["location"]) == (303, "/m/pages/pay/done?id=1")
            await it.simulator.notifier.idle()
            assert await it.state(order_id) == "to_ship"
            again = await phone.post("/simulator/h5/pay", data=form(page, "pay"))
            assert again.status_code == 303  # Pressed twice, paid once.
            await it.prove(received=1000, refunded=0, left=8)

    run(go())


def test_cancelling_leads_back_and_pays_nothing(database: str, home: Path) -> None:
    async def go() -> None:
        async with demo(database, home) as (it, phone):
            order_id = await it.order()
            url = await begin(it, order_id)
            page = await phone.get(f"{url}&redirect_url=http://{HOST}/m/")
            left = await phone.post("/simulator/h5/pay", data=form(page, "cancel"))
            assert left.headers["location"] == f"http://{HOST}/m/"
            assert await it.state(order_id) == "paying"

    run(go())


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "javascript:alert(1)",
        "/%0d%0aX:1",
        "m",
    ],
)
def test_it_leads_nowhere_else(database: str, home: Path, away: str) -> None:
    async def go() -> None:
        async with demo(database, home) as (it, phone):
            url = await begin(it, await it.order())
            page = await phone.get(f"{url}&redirect_url={away}")
            assert 'name="redirect_url" value=""' in page.text
            wish = {**form(page, "cancel"), "redirect_url": httpx.QueryParams(f"a={away}")["a"]}
            left = await phone.post("/simulator/h5/pay", data=wish)
            assert left.status_code == 200
            assert "evil" not in left.text

    run(go())


def test_nothing_else_of_the_simulator_can_be_reached(database: str, home: Path) -> None:
    async def go() -> None:
        async with demo(database, home) as (_, phone):
            for path in (
                "/simulator/books",
                "/simulator/h5/../books",
                "/simulator/h5/pay/../../books",
            ):
                assert (await phone.get(path)).status_code == 404
            assert (await phone.post("/simulator/pay", json={})).status_code == 404
            assert (await phone.post("/simulator/h5/pay", content=b"a" * 20_000)).status_code == 413

    run(go())


def test_where_wechat_is_real_there_is_no_such_page(database: str, home: Path) -> None:
    async def go() -> None:
        async with town(database, home) as it:
            assert (await begin(it, await it.order())).startswith(f"{WECHAT}/")
            app = Litestar(ROUTES, state=State({"opened": it.shop.opened}), openapi_config=None)
            transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
            async with httpx.AsyncClient(base_url=f"http://{HOST}", transport=transport) as phone:
                assert (await phone.get("/simulator/h5/pay?prepay_id=wx")).status_code == 404

    run(go())


def test_the_simulator_may_be_away(database: str, home: Path) -> None:
    async def go() -> None:
        async with demo(database, home) as (it, phone):

            def gone(request: httpx.Request) -> httpx.Response:
                raise httpx.ConnectError("gone", request=request)

            away = Sheet(httpx.AsyncClient(base_url=WECHAT, transport=httpx.MockTransport(gone)))
            object.__setattr__(it.shop.opened, "services", {Sheet: away})
            answer = await phone.get("/simulator/h5/pay?prepay_id=wx")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")

    run(go())
