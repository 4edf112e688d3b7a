"""The launcher: database, simulator and application, started in order and stopped in reverse.

What it starts ends with it, however it ends; and it ends, saying which, when one of them does.
"""

from __future__ import annotations

import asyncio
import http.client
import importlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import frontline
from frontline.store import address, home, migration, server
from frontline.store.faults import CannotStart, PartEnded, PortTaken
from frontline.store.home import Access

PORT = 8000
HOST = "127.0.0.1"
SERVING = "serving.json"
"""In the data folder while the shop is served; after a crash it tells of a process that is gone."""
NOTICE = "notice.json"  # By which ways notices leave the desk; see company/notice/settings.py.
READY_S_MAX = 60.0
DRAIN_S_MAX = 30.0
BACKLOG = 2048
"""More connections than this wait at the kernel's door."""

_ANY = 0
_DEMO = "frontline.demo"  # Its `ensure(owner_url)` fills an empty database; it may be left out.

Say = Callable[[str, str], None]
"""Tells a person what is going on, in English and Chinese."""


class Stop(BaseException):
    """We were asked to end; not an error, and no `except Exception` may swallow it."""


@dataclass(frozen=True)
class Plan:
    home: Path
    host: str
    port: int
    """0 is any free port."""
    demo: bool
    workers: int


@dataclass(frozen=True)
class Part:
    """A program of ours that runs beside us."""

    en: str
    zh: str
    process: subprocess.Popen[bytes]
    log: Path | None = None
    database: server.Server | None = None

    def ended(self) -> CannotStart | None:
        if self.process.poll() is None:
            return None
        if self.database is not None:
            return self.database.fault()
        lines = self.log.read_text(errors="replace").splitlines() if self.log else []
        code = self.process.returncode
        return PartEnded(
            self.en,
            self.zh,
            lines[-1] if lines else f"signal {-code}" if code < 0 else f"exit {code}",
        )


def serve(plan: Plan, say: Say, ready: Callable[[dict[str, str]], None]) -> None:
    """Run the shop until SIGINT or SIGTERM. Raises CannotStart."""
    try:
        with _stopping(), home.locked(plan.home), ExitStack() as parts:
            _run(plan, say, ready, parts)
    except Stop:
        say("Stopped; the data are kept.", "已停止，数据已保存。")


def _run(plan: Plan, say: Say, ready: Callable[[dict[str, str]], None], parts: ExitStack) -> None:
    port = _free(plan.host, plan.port)
    watched: list[Part] = []
    wechat = parts.enter_context(_wechat(plan, port, watched))  # Starts while the database does.
    access = parts.enter_context(_database(plan, say, watched))
    say("Starting the application ...", "正在启动应用程序……")
    merchant, simulator_url = wechat()
    environment = {
        "DATABASE_URL": access.app_url,
        "FRONTLINE_HOME": str(plan.home),
        "FRONTLINE_URL": f"http://{plan.host}:{port}",
        "FRONTLINE_WECHAT": str(merchant),
        "FRONTLINE_DEMO": "1" if plan.demo and simulator_url else "0",
    }
    if (notice := plan.home / NOTICE).exists() and "FRONTLINE_NOTICE" not in os.environ:
        environment["FRONTLINE_NOTICE"] = str(notice)
    app = parts.enter_context(_application(plan, port, environment))
    watched.append(app)
    _wait_until_ready(plan.host, port, watched)
    addresses = {"shop": environment["FRONTLINE_URL"], "home": str(plan.home)}
    if simulator_url:
        addresses["simulator"] = simulator_url
    parts.enter_context(_told(plan.home / SERVING, addresses))
    ready(addresses)
    parts.enter_context(_beside("desk.py", "FRONTLINE_DESK"))
    parts.enter_context(_beside("storefront.py", "FRONTLINE_STOREFRONT"))
    while True:
        _look(watched)
        time.sleep(0.2)


@contextmanager
def _told(path: Path, addresses: dict[str, str]) -> Iterator[None]:
    """Where the shop is to be found, for commands that come in beside it."""
    path.write_text(json.dumps({**addresses, "pid": os.getpid()}))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _stopping() -> Iterator[None]:
    """Let the first signal end us from wherever we are, and the next ones not disturb that."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in heard:
            signal.signal(each, signal.SIG_IGN)
        raise Stop

    heard = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        heard.append(signal.SIGHUP)  # `nohup` has us deaf for the end of the terminal.
    before = {each: signal.signal(each, stop) for each in heard}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _database(plan: Plan, say: Say, watched: list[Part]) -> Iterator[Access]:
    """Running, migrated and with a shop in it."""
    embedded = "DATABASE_URL" not in os.environ
    if embedded and not server.exists(plan.home / "postgres"):
        say("Making the database (some seconds, once) ...", "正在创建数据库（仅首次，需数秒）……")
    elif embedded:
        say("Starting the database ...", "正在启动数据库……")
    with home.serving(plan.home) as access:
        if access.server is not None:
            watched.append(
                Part("PostgreSQL", "PostgreSQL ", access.server.process, None, access.server)
            )
        pending = len(migration.status(access.owner_url).pending)
        if pending:
            say(f"Laying {pending} revisions ...", f"正在升级数据表，共 {pending} 步……")
        migration.upgrade(access.owner_url)
        if plan.demo and importlib.util.find_spec(_DEMO) and asyncio.run(_empty(access.owner_url)):
            say("Filling a demo shop ...", "正在创建演示商城……")
            demo: Any = importlib.import_module(_DEMO)
            demo.ensure(access.owner_url)
        yield home.admitted(access)


async def _empty(owner_url: str) -> bool:
    connection = await address.connect(owner_url)
    try:
        return not await connection.fetchval("SELECT EXISTS (SELECT FROM shop)")
    finally:
        await connection.close()


@contextmanager
def _wechat(
    plan: Plan, port: int, watched: list[Part]
) -> Iterator[Callable[[], tuple[Path, str | None]]]:
    """Who we are to WeChat, once asked: as configured, or to a simulator of its servers."""
    if configured := os.environ.get("FRONTLINE_WECHAT"):
        yield lambda: (Path(configured).absolute(), None)
        return
    folder = plan.home / "wechat"
    folder.mkdir(mode=0o700, exist_ok=True)
    log = folder / "log"
    near = str(_free(HOST, port + 1, otherwise=_ANY))
    command = ["-m", "frontline.wechat.simulator", "--port", near, "--home", str(folder)]
    with log.open("wb") as output, _part(command, output, {}) as process:
        watched.append(simulator := Part("The WeChat simulator", "微信模拟器", process, log))

        def started() -> tuple[Path, str | None]:
            told = json.loads(_first_line(simulator, watched))
            return folder / "merchant.json", f"http://{HOST}:{told['port']}"

        yield started


@contextmanager
def _application(plan: Plan, port: int, environment: dict[str, str]) -> Iterator[Part]:
    options = {
        "--interface": "asgi",
        "--http": "1",
        "--loop": "uvloop",
        "--host": plan.host,
        "--port": port,
        "--workers": plan.workers,
        "--backlog": BACKLOG,
        "--workers-kill-timeout": int(DRAIN_S_MAX / 2),
        "--log-level": "warning",
    }
    flags = [str(part) for option in options.items() for part in option]
    flags += ["--respawn-failed-workers", "--no-ws"]
    # What it tells goes to stderr: stdout is for the launcher's own one line.
    with _part(["-m", "granian", *flags, "frontline.app:app"], sys.stderr, environment) as process:
        yield Part("The application", "应用程序", process)


@contextmanager
def _beside(tool: str, elsewhere: str) -> Iterator[None]:
    """What browsers see is made beside the shop, which neither waits for it nor ends with it.

    Not where the environment's `elsewhere` names what was made before.
    """
    at = Path(frontline.__file__).parents[2] / "tools" / tool
    if os.environ.get(elsewhere) or not at.exists():
        yield
        return
    with _part([str(at), "beside"], sys.stderr, {}):
        yield


@contextmanager
def _part(
    arguments: list[str], output: Any, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program of ours in a group of its own, gone on leaving with all it started."""
    command = server.bound([sys.executable, *arguments], when_orphaned=signal.SIGTERM)
    process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not sys.stderr else None,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(DRAIN_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # Workers of a master that was killed.


def _first_line(part: Part, watched: list[Part]) -> bytes:
    """What a part tells in its log when it is ready."""
    assert part.log is not None
    deadline = time.monotonic() + READY_S_MAX
    while time.monotonic() < deadline:
        if b"\n" in (told := part.log.read_bytes()):
            return told.partition(b"\n")[0]
        _look(watched)
        time.sleep(0.02)
    raise PartEnded(part.en, part.zh, f"> {READY_S_MAX:.0f} s")


def _wait_until_ready(host: str, port: int, watched: list[Part]) -> None:
    deadline = time.monotonic() + READY_S_MAX
    while time.monotonic() < deadline:
        _look(watched)
        with closing(http.client.HTTPConnection(host, port, timeout=5)) as connection:
            try:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == http.HTTPStatus.OK:
                    return
            except (OSError, http.client.HTTPException):
                pass  # Not yet.
        time.sleep(0.05)
    part = watched[-1]
    raise PartEnded(part.en, part.zh, f"> {READY_S_MAX:.0f} s")


def _look(watched: list[Part]) -> None:
    for part in watched:
        if fault := part.ended():
            raise fault


def _free(host: str, port: int, otherwise: int | None = None) -> int:
    """The port if nobody has it, or some free one for 0. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if otherwise is not None:
                return otherwise
            raise PortTaken(port) from error
        bound: int = probe.getsockname()[1]
        return bound
