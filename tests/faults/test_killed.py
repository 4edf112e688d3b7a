"""kill -9 under load, over HTTP, on a disk that is synced: what was acknowledged is there.

The launcher, the database, the application and the simulator of WeChat are those that a newcomer
starts; buyers order and pay all the while, and ask again, with the same ids, until they are told.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest
from databases import connect
from launching import Shop, descendants, launched, named
from scenery import GOODS, PLAIN
from shop.stock.story import world as stocked
from stories import CAST, lay

from frontline.audit.run import audited
from frontline.kernel.words import ShopId
from frontline.store import home as homes
from frontline.store.database import Database

BUYERS = 12
DEEDS = 25  # Acknowledged orders before the kill, and as many after it.
DEADLINE_S = 60
SHOP = ShopId(1)


@dataclass
class Told:
    """What buyers were told, so what must be true for ever."""

    placed: set[str] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)


@dataclass
class Buyer:
    addresses: dict[str, str]
    told: Told
    stopped: Callable[[], bool]

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=10) as self.http:
            wechat = self.addresses["simulator"]
            login = (
                await self.http.post(f"{wechat}/simulator/login", json={"nickname": "n"})
            ).json()
            signed = await self.ask("/api/login/wechat", code=login["code"])
            if signed is not None:
                self.http.headers["authorization"] = f"Bearer {signed['token']}"
            while not self.stopped():
                await self.buy()

    async def buy(self) -> None:
        order_id = str(uuid4())
        lines = [{"sku_id": str(PLAIN), "quantity": 1}]
        if await self.ask("/api/orders/place", id=order_id, lines=lines) is None:
            return
        self.told.placed.add(order_id)
        pay = {"id": str(uuid4()), "order_id": order_id, "channel": "jsapi"}
        if (payable := await self.ask("/api/orders/pay", **pay)) is None:
            return
        sheet = {"request_payment": payable["parameters"]["request_payment"]}
        url = f"{self.addresses['simulator']}/simulator/pay"
        (await self.http.post(url, json=sheet)).raise_for_status()
        back = await self.ask("/api/orders/paid", order_id=order_id)
        if back is not None and back["paid"]:
            self.told.paid.add(order_id)

    async def ask(self, path: str, **body: Any) -> Any:
        """The same wish until it is answered; None if we stop before that."""
        while not self.stopped():
            try:
                answer = await self.http.post(self.addresses["shop"] + path, json=body)
            except httpx.TransportError:
                await asyncio.sleep(0.05)  # Nobody is there, or went away in the middle of it.
                continue
            if answer.status_code == httpx.codes.OK:
                return answer.json()
            assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
            await asyncio.sleep(0.05)
        return None


async def rush(shop: Shop, told: Told, kill: Callable[[], None], *, ends: bool) -> None:
    """Buyers buy; then the kill; then, unless the shop `ends` with it, they go on buying."""
    stopped = asyncio.Event()

    async def until_paid(count: int) -> None:
        enough = len(told.paid) + count
        while len(told.paid) < enough:
            assert not any(task.done() for task in buyers), [task.exception() for task in buyers]
            await asyncio.sleep(0.01)

    buyers = [
        asyncio.create_task(Buyer(shop.addresses, told, stopped.is_set).run())
        for _ in range(BUYERS)
    ]
    async with asyncio.timeout(DEADLINE_S):
        await until_paid(DEEDS)
        kill()
        if ends:
            await asyncio.to_thread(shop.process.wait)
        else:
            await until_paid(DEEDS)
        stopped.set()
        await asyncio.gather(*buyers, return_exceptions=ends)


def killed(pids: list[int]) -> None:
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


async def settled(access: homes.Access) -> None:
    """Until every event was heard, and no notice of the payments made is still to come."""
    connection = await connect(access.owner_url)
    async with asyncio.timeout(DEADLINE_S):
        while await connection.fetchval(
            "SELECT EXISTS (SELECT FROM outbox WHERE NOT done AND next_at <= now())"
        ):
            await asyncio.sleep(0.05)
    await connection.close()


async def proved(access: homes.Access, told: Told) -> None:
    """What was told is true, and everything adds up."""
    connection = await connect(access.owner_url)
    rows = await connection.fetch("SELECT id, state FROM shop_order")
    await connection.close()
    states = {str(row["id"]): row["state"] for row in rows}
    assert told.placed <= states.keys()
    assert {states[order_id] for order_id in told.paid} == {"to_ship"}
    database = Database(access.app_url, connections_max=1)
    findings = await audited(database, SHOP, datetime.now(UTC))
    await database.close()
    assert [one for one in findings if one.violations] == []


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with a shop in it, well stocked."""
    folder = tmp_path_factory.mktemp("killed")
    with launched(folder, "--no-demo"), homes.opened(folder) as access:
        goods = next(part for part in CAST.parts if part.name == "goods")
        stock = stocked({sku_id: 100_000 for sku_id in GOODS})
        asyncio.run(lay(access.app_url, SHOP, goods.lay(Random(0)) | stock, {"goods", "stock"}))
    yield folder


def test_the_application_is_killed_under_load(home: Path) -> None:
    """Its workers die in the middle of requests; others take their place, and buyers go on."""
    told = Told()
    with launched(home, "--no-demo") as shop:
        master = named(descendants(shop.process.pid), "granian")[0]

        def kill() -> None:
            killed(sorted(descendants(master)))

        asyncio.run(rush(shop, told, kill, ends=False))
        with homes.opened(home) as access:
            asyncio.run(settled(access))
            asyncio.run(proved(access, told))


def test_the_database_is_killed_under_load(home: Path) -> None:
    """Every process of it at once; the launcher ends, says so, and starts again from the log."""
    told = Told()
    with launched(home, "--no-demo") as shop:

        def kill() -> None:
            killed(named(descendants(shop.process.pid), "postgres"))

        asyncio.run(rush(shop, told, kill, ends=True))
        assert shop.process.returncode == 1
    with launched(home, "--no-demo") as shop, homes.opened(home) as access:
        asyncio.run(settled(access))
        asyncio.run(proved(access, told))
        more = Told()
        asyncio.run(rush(shop, more, lambda: None, ends=False))
        asyncio.run(settled(access))
        asyncio.run(proved(access, more))
