"""What the machine and its processes have done so far, by /proc and the disk."""

import os
import statistics
import time
from contextlib import suppress
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """Fields of /proc/PID/stat from the third (state) on; the second may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def tree(pid):
    """The process and all below it."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                parents.setdefault(int(_stat(folder.name)[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def cpu_s(pid):
    """Seconds of CPU used by the process and all below it, also by those that have ended."""
    ticks = 0
    for one in tree(pid):
        with suppress(OSError):
            ticks += sum(map(int, _stat(one)[11:15]))  # Its own, and of children it waited for.
    return ticks * TICK_S


def busy_s():
    """Seconds of CPU used by anybody."""
    user, nice, system, _, _, interrupts, softly, stolen = map(
        int, Path("/proc/stat").read_text().split()[1:9]
    )
    return (user + nice + system + interrupts + softly + stolen) * TICK_S


def rss_mb(pid):
    """Memory of the process and all below it; what they share is counted once."""
    kib = 0
    for one in tree(pid):
        with suppress(OSError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kib += int(line.split()[1])
    return kib / 1024


def fsync_us(folder, times=100):
    """The median of writing 8 KiB and having it on the disk, as a commit does."""
    place = folder / "fsync"
    took = []
    handle = os.open(place, os.O_RDWR | os.O_CREAT)
    try:
        os.pwrite(handle, bytes(1 << 20), 0)
        os.fsync(handle)
        for turn in range(times):
            begin = time.perf_counter()
            os.pwrite(handle, b"x" * 8192, turn % 128 * 8192)
            os.fdatasync(handle)
            took.append(time.perf_counter() - begin)
    finally:
        os.close(handle)
        place.unlink()
    return statistics.median(took) * 1e6


def name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return os.uname().machine
