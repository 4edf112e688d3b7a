"""The simulator as its own process: real HTTP, restarts, and an end with its parent."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from frontline.kernel.words import Fen
from frontline.wechat.provider import (
    Channel,
    OutcomeUnknown,
    PaymentState,
    Prepay,
    RefundRequest,
    RefundState,
)
from frontline.wechat.settings import load

from .conftest import start_process

pytestmark = pytest.mark.anyio


def wish(number: str) -> Prepay:
    return Prepay(
        out_trade_no=number,
        amount=Fen(1000),
        description="喜饼礼盒",
        channel=Channel.JSAPI,
        payer="oPayer",
        expires_at=datetime.now(UTC) + timedelta(minutes=15),
    )


async def pay(process, number: str) -> None:
    async with httpx.AsyncClient(base_url=process.base_url, trust_env=False) as phone:
        paid = await phone.post("/simulator/pay", json={"out_trade_no": number})
        assert paid.status_code == 200, paid.text


async def test_a_notice_travels_over_real_http(process):
    heard: asyncio.Queue[tuple[list[tuple[str, str]], bytes]] = asyncio.Queue()

    async def shop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[1:-2]
        headers = [tuple(line.split(": ", 1)) for line in head]
        length = next(int(value) for name, value in headers if name.lower() == "content-length")
        await heard.put((headers, await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(shop, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    provider = load(process.merchant_file).provider(f"http://127.0.0.1:{port}/notices")
    await provider.prepare(wish("ORDER-1"))
    await pay(process, "ORDER-1")
    notice = await provider.read_notice(*await heard.get())
    assert notice.status == await provider.query("ORDER-1")
    server.close()


@pytest.mark.parametrize("kill", [False, True])
async def test_what_was_paid_outlives_the_process(home, kill):
    process = start_process(home)
    provider = load(process.merchant_file).provider("http://127.0.0.1:9/notices")
    for number in ("ORDER-1", "ORDER-2", "ORDER-3"):
        await provider.prepare(wish(number))
    await pay(process, "ORDER-1")
    await provider.close("ORDER-2")
    refund = RefundRequest(
        out_trade_no="ORDER-1", out_refund_no="R-1", amount=Fen(1), total=Fen(1000), reason="x"
    )
    await provider.refund(refund)
    process.stop(kill=kill)
    process = start_process(home, "--retry-scale", "0.00001")
    provider = load(process.merchant_file).provider("http://127.0.0.1:9/notices")
    states = [(await provider.query(f"ORDER-{number}")).state for number in (1, 2, 3)]
    assert states == [PaymentState.REFUNDED, PaymentState.CLOSED, PaymentState.UNPAID]
    assert (await provider.refund(refund)).state is RefundState.REFUNDED
    await pay(process, "ORDER-3")
    async with httpx.AsyncClient(base_url=process.base_url, trust_env=False) as phone:
        async with asyncio.timeout(60):
            attempts = {0}
            while attempts != {16}:  # Notices that nobody took are tried again after the restart.
                await asyncio.sleep(0.05)
                notices = (await phone.get("/simulator/books")).json()["notices"]
                attempts = {notice["attempts"] for notice in notices[:2]}
    process.stop()


async def test_a_dropped_connection_is_told_at_once(process):
    """Over real HTTP the connection breaks; nobody waits for a timeout."""
    provider = load(process.merchant_file).provider("http://127.0.0.1:9/notices")
    async with httpx.AsyncClient(base_url=process.base_url, trust_env=False) as phone:
        for fault in ("drop", "lose_answer"):
            await phone.post("/simulator/faults", json={"fault": fault, "call": "prepay"})
            with pytest.raises(OutcomeUnknown, match="RemoteProtocolError"):
                await provider.prepare(wish("ORDER-1"))
    assert (await provider.query("ORDER-1")).state is PaymentState.UNPAID


async def test_a_server_that_is_away(process):
    provider = load(process.merchant_file).provider("http://127.0.0.1:9/notices")
    process.stop()
    with pytest.raises(OutcomeUnknown, match="NO_ANSWER"):
        await provider.query("ORDER-1")


async def test_secrets_are_readable_by_their_owner_only(process):
    for path in process.folder.iterdir():
        if path.name.startswith("books.sqlite-"):
            continue  # SQLite gives them the mode of the database.
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


async def test_an_oversized_request_is_refused(process):
    async with httpx.AsyncClient(base_url=process.base_url, trust_env=False) as phone:
        answer = await phone.post("/v3/pay/transactions/jsapi", content=b"x" * 100_000)
        assert answer.status_code == 413
        assert (await phone.get("/v3/other")).status_code == 404


def test_it_dies_with_its_parent(home):
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys, time\n"
            "subprocess.Popen([sys.executable, '-m', 'frontline.wechat.simulator', '--home', "
            "sys.argv[1]])\n"
            "time.sleep(600)\n",
            str(home),
        ],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    child = json.loads(parent.stdout.readline())["pid"]
    parent.send_signal(signal.SIGKILL)
    parent.wait(30)
    for _ in range(600):
        if not alive(child):
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    pytest.fail("it lingers")


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
