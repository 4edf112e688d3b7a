"""Starting the shop as a person does, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FRONTLINE = Path(sys.executable).with_name("frontline")
WAIT_S_MAX = 60.0


@dataclass
class Shop:
    process: subprocess.Popen[str]
    addresses: dict[str, str]

    def get(self, path: str) -> int:
        return urllib.request.urlopen(self.addresses["shop"] + path, timeout=10).status

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(WAIT_S_MAX)


@contextmanager
def launched(home: Path, *flags: str, **environment: str) -> Iterator[Shop]:
    """A shop that answers; it is stopped on leaving, if it still runs."""
    process = _start(home, ("--port", "0", "--json", *flags), environment)
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield Shop(process, json.loads(line))
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(WAIT_S_MAX)
        process.stdout.close()
        process.stderr.close()


def refused(home: Path, *flags: str, **environment: str) -> str:
    """What a start that must fail tells; one sentence in each language, no traceback."""
    process = _start(home, flags, environment)
    out, err = process.communicate(timeout=WAIT_S_MAX)
    assert process.returncode == 1, err
    assert out == ""
    assert "Traceback" not in err
    return "".join(line for line in err.splitlines(keepends=True) if not line.startswith("  "))


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_S_MAX
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def descendants(pid: int) -> list[int]:
    """All processes below this one, parents before their children: numbers begin anew at 32,768."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            pass  # It has just ended.
    found = [pid]
    for above in found:  # It grows meanwhile.
        found += [child for child, parent in parents.items() if parent == above]
    return found[1:]


def lives(pid: int) -> bool:
    """Whether it still runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def named(pids: list[int], text: str) -> list[int]:
    """Those whose command line holds the text, in the same order."""
    return [pid for pid in pids if text in _command_line(pid)]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _start(
    home: Path, flags: tuple[str, ...], environment: dict[str, str]
) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    kept["FRONTLINE_STOREFRONT"] = str(home / "storefront")  # Nothing is built for these tests.
    return subprocess.Popen(
        [FRONTLINE, "serve", "--home", home, *flags],
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
