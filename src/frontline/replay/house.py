"""The shop that the story is replayed in: the running one, or one started for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from frontline.serve import SERVING

STOP_S_MAX = 60.0


@dataclass(frozen=True, slots=True)
class Addresses:
    shop: str
    simulator: str
    pid: int  # Of the launcher.


class NoSimulator(Exception):
    """The running shop is paid through real servers, where nothing may be replayed."""


@contextmanager
def serving(home: Path) -> Iterator[Addresses]:
    """The shop of this data folder: as it runs, or started and stopped here."""
    running = _running(home)
    if running is not None:
        yield running
        return
    command = [sys.executable, "-m", "frontline", "serve", "--no-demo", "--json"]
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [*command, "--port", "0", "--home", str(home)], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise SystemExit(process.wait())  # It has said why.
        yield _addresses(json.loads(line) | {"pid": process.pid})
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_S_MAX)


def _running(home: Path) -> Addresses | None:
    try:
        told = json.loads((home / SERVING).read_bytes())
        os.kill(told["pid"], 0)
        httpx.get(f"{told['shop']}/readyz", timeout=5).raise_for_status()
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None
    return _addresses(told)


def _addresses(told: dict[str, str | int]) -> Addresses:
    if "simulator" not in told:
        raise NoSimulator
    return Addresses(str(told["shop"]), str(told["simulator"]), int(told["pid"]))


def memory_peak_mb(launcher_pid: int) -> float:
    """The most memory that one process of the application held at a time; 0 if unknown."""
    peaks = [0]
    for pid in _children(launcher_pid):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        if b"granian" in command:
            peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "")
            peaks += [int(part) for part in peak.split() if part.isdigit()]
    return max(peaks) / 1024


def _children(pid: int) -> Iterator[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        direct = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in direct:
        yield child
        yield from _children(child)
