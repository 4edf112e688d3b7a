"""A whole shop for browsers: database, WeChat simulator, application and clockwork, over HTTP.

Everything is real but the time, which a test may move, and lives in a thread of its own:
Playwright keeps the loop of the thread that it is started in.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
import httpx
from databases import connect, new_database, owner
from granian.constants import Interfaces
from granian.server.embed import Server

import frontline
from frontline.app import application, open_house, wechat_services
from frontline.demo import open_demo
from frontline.kernel.words import ShopId
from frontline.web.door import Opened
from frontline.web.session import Role
from frontline.wechat.simulator.app import Simulator

HOST = "127.0.0.1"
WAIT_S_MAX = 60.0

T = TypeVar("T")


@dataclass
class Clock:
    """Goes on like any other, and forward when it is told to."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Shop:
    """A shop that runs somewhere, as its doors show it."""

    url: str
    http: httpx.Client = field(repr=False)
    tokens: dict[str, str] = field(default_factory=dict, repr=False, kw_only=True)

    def get(self, path: str, token: str = "", **query: Any) -> Any:
        """What a door of the shop answers; anything but 200 fails."""
        return _answer(self.http.get(self.url + path, params=query, headers=_headers(token)))

    def post(self, path: str, token: str = "", **form: Any) -> Any:
        return _answer(self.http.post(self.url + path, json=form, headers=_headers(token)))

    def member(self, phone: str) -> str:
        """The token of whoever has this phone; a new member at the first time."""
        if phone not in self.tokens:  # A phone gets one code a minute.
            asked = self.post("/api/login/phone/ask", phone=phone)
            wish = {"phone": phone, "code": asked["shown_code"]}
            self.tokens[phone] = self.post("/api/login/phone", **wish)["token"]
        return self.tokens[phone]


@dataclass
class Town(Shop):
    """What a test holds in its hands. Every method may be called from any thread."""

    simulator_url: str
    shop_id: ShopId
    clock: Clock
    opened: Opened = field(repr=False)
    database_url: str = field(repr=False)
    loop: asyncio.AbstractEventLoop = field(repr=False)

    def ask(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run in the town's own loop: `town.ask(town.opened.sessions.open(...))`."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(WAIT_S_MAX)

    def later(self, **by: float) -> None:
        """Let time go by in the shop and at WeChat; what comes due then, happens."""
        self.clock.ahead += timedelta(**by)

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What the shop's own tables say, read past all doors. `$1` stands for a value."""
        return [
            dict(row)
            for row in self.ask(_rows(owner(self.database_url), self.shop_id, sql, values))
        ]

    def row(self, sql: str, *values: Any) -> dict[str, Any]:
        """The only row that there is."""
        (found,) = self.rows(sql, *values)
        return found

    def staff(self, role: Role = Role.OWNER) -> str:
        """The token of somebody new who works here; an owner may everything."""
        staff_id = uuid4()
        self.rows(
            "INSERT INTO staff (shop_id, id, name, password_hash, role, active)"
            " VALUES ($1, $2, $3, '-', $4, true)",
            self.shop_id, staff_id, f"{role}-{staff_id.hex}", role,
        )  # fmt: skip
        return self.ask(self.opened.sessions.open(self.shop_id, staff_id, role))

    def address(self, token: str, **changes: Any) -> UUID:
        """A member's address, so that a journey need not begin with typing one."""
        wish = {
            "id": str(uuid4()),
            "name": "林小满",
            "phone": "13800138000",
            "region_code": "440305",
            "region": "",
            "detail": "科苑路 15 号 3 栋 502 室",
            "preferred": True,
        } | changes
        return UUID(self.post("/api/addresses/put", token, **wish)["address_id"])

    def simulator(self, path: str, **body: Any) -> Any:
        """A wish to the simulated WeChat: see its README."""
        return _answer(self.http.post(self.simulator_url + path, json=body))

    def books(self) -> Any:
        """What WeChat's side knows: trades, refunds, notices."""
        return _answer(self.http.get(self.simulator_url + "/simulator/books"))

    def until(self, true: Callable[[], T]) -> T:
        """Wait until something has happened in the shop, and give it back."""
        deadline = time.monotonic() + WAIT_S_MAX
        while not (found := true()):
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.05)
        return found


def _headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _answer(response: httpx.Response) -> Any:
    assert response.status_code == httpx.codes.OK, f"{response.url} {response.text}"
    return response.json()


async def _rows(url: str, shop_id: ShopId, sql: str, values: tuple[Any, ...]) -> Any:
    connection = await connect(url)
    try:
        await connection.execute(f"SET app.shop_id = '{shop_id}'")
        return await connection.fetch(sql, *values)
    finally:
        await connection.close()


@contextmanager
def town(server_url: str) -> Iterator[Town]:
    """The demo shop, open for business at a free port; closed and forgotten on leaving."""
    folder = Path(tempfile.mkdtemp(prefix="frontline-town-"))
    opening = _Opening(server_url, folder)
    thread = threading.Thread(target=opening.run, name="town", daemon=True)
    thread.start()
    try:
        opening.ready.wait(300)
        if opening.error is not None:
            raise opening.error
        assert opening.town is not None, "the town did not open in five minutes"
        yield opening.town
        opening.town.http.close()
    finally:
        opening.close()
        thread.join(WAIT_S_MAX)
        shutil.rmtree(folder, ignore_errors=True)


class _Opening:
    def __init__(self, server_url: str, folder: Path) -> None:
        self._server_url, self._folder = server_url, folder
        self.ready = threading.Event()
        self.town: Town | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as error:
            self.error = error
        finally:
            self.ready.set()

    def close(self) -> None:
        if self.town is not None:
            self.town.loop.call_soon_threadsafe(self._closing.set)

    async def _live(self) -> None:
        self._closing = asyncio.Event()
        loop = asyncio.get_running_loop()
        url, shop_id = await _demo(self._server_url)
        clock = Clock()
        simulator_port, port = _free_port(), _free_port()
        simulator_url, shop_url = f"http://{HOST}:{simulator_port}", f"http://{HOST}:{port}"
        simulator = Simulator(
            self._folder / "wechat",
            base_url=simulator_url,
            clock=clock,
            retry_scale=0.01,
            keeps=False,
        )
        opened: list[Opened] = []

        def open_it() -> Opened:
            services = wechat_services(simulator.merchant_file, shop_url, now=clock, demo=True)
            opened[:] = [open_house(url, services, now=clock)]
            return opened[0]

        parts = ((simulator, simulator_port), (application(open_it), port))
        servers = [
            Server(app, HOST, at, interface=Interfaces.ASGI, log_enabled=False, websockets=False)
            for app, at in parts
        ]
        running = [loop.create_task(each.serve()) for each in servers]
        http = httpx.Client(timeout=30, trust_env=False)
        await asyncio.to_thread(
            _wait_for, http, f"{shop_url}/readyz", f"{simulator_url}/simulator/books"
        )
        self.town = Town(shop_url, http, simulator_url, shop_id, clock, opened[0], url, loop)
        self.ready.set()
        await self._closing.wait()
        for each in servers:
            each.stop()
        await asyncio.gather(*running)


def _wait_for(http: httpx.Client, *urls: str) -> None:
    deadline = time.monotonic() + WAIT_S_MAX
    for url in urls:
        while True:
            try:
                if http.get(url).status_code == httpx.codes.OK:
                    break
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"{url} does not answer"
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


async def _demo(server_url: str) -> tuple[str, ShopId]:
    """A database with the demo shop in it: filled once for all workers, then copied."""
    folder = Path(frontline.__file__).parent
    sources = sorted(one for kind in ("py", "toml") for one in folder.rglob(f"*.{kind}"))
    content = hashlib.sha256(b"".join(each.read_bytes() for each in sources))
    name = f"demo_{content.hexdigest()[:12]}"
    admin = await connect(server_url.format(role="postgres", database="postgres"))
    try:
        await admin.execute("SELECT pg_advisory_lock(2)")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            filled = await new_database(server_url)
            await open_demo(owner(filled), "the owner's password")
            unnamed = filled.rpartition("/")[2].partition("?")[0]
            await _alone(admin, unnamed)
            await admin.execute(f"ALTER DATABASE {unnamed} RENAME TO {name}")
    finally:
        await admin.close()
    url = await new_database(server_url, source=name)
    connection = await connect(owner(url))
    try:
        return url, ShopId(await connection.fetchval("SELECT min(shop_id) FROM shop"))
    finally:
        await connection.close()


async def _alone(admin: asyncpg.Connection, database: str) -> None:
    """Nobody may be in a database that is renamed; connections that were closed take a moment."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1"
    deadline = time.monotonic() + WAIT_S_MAX
    while await admin.fetchval(asked, database):
        assert time.monotonic() < deadline, f"somebody stays in {database}"
        await asyncio.sleep(0.05)
