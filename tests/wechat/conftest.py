"""A shop and a simulated WeChat in one process, with both clocks in the test's hand."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from frontline.kernel.words import Fen
from frontline.wechat.miniprogram import MiniProgram
from frontline.wechat.pay.provider import WeChatPayProvider
from frontline.wechat.provider import (
    Channel,
    PaymentNotice,
    PayParameters,
    Prepay,
    RefundNotice,
    RefundRequest,
)
from frontline.wechat.settings import Settings, load
from frontline.wechat.simulator.app import Simulator
from frontline.wechat.simulator.home import open_home

NOTIFY_URL = "https://shop.example/notices"
NOON = datetime(2026, 11, 11, 12, 0, tzinfo=UTC)


@dataclass
class HeldClock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Inbox:
    """Where notices arrive. Answers from `statuses` while there are any, then 204."""

    statuses: list[int] = field(default_factory=list)
    arrived: list[tuple[list[tuple[bytes, bytes]], bytes]] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.arrived.append((list(request.headers.raw), await request.aread()))
        status = self.statuses.pop(0) if self.statuses else 204
        return httpx.Response(status, json={"code": "FAIL"} if status >= 400 else None)


@dataclass
class World:
    simulator: Simulator
    settings: Settings
    provider: WeChatPayProvider
    miniprogram: MiniProgram
    phone: httpx.AsyncClient
    """The payer's hands and the fault panel."""
    inbox: Inbox
    clock: HeldClock

    def prepay(self, out_trade_no: str = "ORDER-1", **changes: object) -> Prepay:
        wish: dict[str, object] = {
            "out_trade_no": out_trade_no,
            "amount": Fen(1000),
            "description": "喜饼礼盒 × 2",
            "channel": Channel.JSAPI,
            "payer": "oPayer",
            "expires_at": self.clock.now + timedelta(minutes=15),
        }
        return Prepay(**(wish | changes))  # type: ignore[arg-type]

    def refund(self, out_refund_no: str = "R-1", **changes: object) -> RefundRequest:
        wish: dict[str, object] = {
            "out_trade_no": "ORDER-1",
            "out_refund_no": out_refund_no,
            "amount": Fen(400),
            "total": Fen(1000),
            "reason": "迟到",
        }
        return RefundRequest(**(wish | changes))  # type: ignore[arg-type]

    async def prepared(self, out_trade_no: str = "ORDER-1", **changes: object) -> PayParameters:
        return await self.provider.prepare(self.prepay(out_trade_no, **changes))

    async def pays(self, **how: object) -> httpx.Response:
        """The payer pays, and everything that follows of itself has happened."""
        response = await self.phone.post("/simulator/pay", json=how)
        await self.settled()
        return response

    async def paid(self, out_trade_no: str = "ORDER-1", **changes: object) -> None:
        await self.prepared(out_trade_no, **changes)
        assert (await self.pays(out_trade_no=out_trade_no)).status_code == 200

    async def settled(self) -> None:
        await self.simulator.notifier.idle()

    async def heard(self, index: int = -1) -> PaymentNotice | RefundNotice:
        return await self.provider.read_notice(*self.inbox.arrived[index])

    async def arms(self, fault: str, call: str | None = None, **more: object) -> None:
        response = await self.phone.post(
            "/simulator/faults", json={"fault": fault, "call": call} | more
        )
        assert response.status_code == 200, response.text

    def books(self) -> dict[str, object]:
        return {**self.simulator.books.trades, **self.simulator.books.refunds}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys are slow to make, so they are made once."""
    folder = tmp_path_factory.mktemp("wechat") / "home"
    open_home(folder, NOON - timedelta(hours=1))
    return folder


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_home, tmp_path / "home"))


@pytest.fixture
async def world(home: Path, anyio_backend: str):
    clock, inbox = HeldClock(), Inbox()
    simulator = Simulator(
        home,
        base_url="http://wechat.test",
        notify=httpx.AsyncClient(transport=httpx.MockTransport(inbox)),
        clock=clock,
        retry_scale=0.0,
    )
    settings = load(simulator.merchant_file)
    http = httpx.AsyncClient(base_url="http://wechat.test", transport=simulator.transport())
    yield World(
        simulator,
        settings,
        settings.provider(NOTIFY_URL, http=http, clock=clock),
        settings.miniprogram(http=http, clock=clock),
        httpx.AsyncClient(base_url="http://wechat.test", transport=simulator.transport()),
        inbox,
        clock,
    )
    await simulator.close()
    await asyncio.sleep(0)


@dataclass
class Process:
    """The simulator as the demo runs it."""

    popen: subprocess.Popen[str]
    folder: Path
    base_url: str
    merchant_file: Path

    def stop(self, *, kill: bool = False) -> None:
        (self.popen.kill if kill else self.popen.terminate)()
        self.popen.wait(30)


def start_process(folder: Path, *arguments: str) -> Process:
    popen = subprocess.Popen(
        [sys.executable, "-m", "frontline.wechat.simulator", "--home", folder, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    line = json.loads(popen.stdout.readline())
    return Process(popen, folder, line["base_url"], Path(line["merchant_file"]))


@pytest.fixture
def process(home: Path) -> Iterator[Process]:
    running = start_process(home, "--retry-scale", "0.00001")
    yield running
    running.stop()
