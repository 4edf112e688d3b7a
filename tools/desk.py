"""What the back office takes from npm: Tabler, its icons, htmx and ECharts, laid out to be served.

    python tools/desk.py            lay it out in desk/dist, or find it in step
    python tools/desk.py beside     the same, while the shop runs

Uses the standard library only. All it writes is .cache, desk/node_modules and desk/dist.
"""

import fcntl
import hashlib
import os
import shutil
import sys
from pathlib import Path

import node
from environment import CACHE, ROOT, say
from node import Unbuildable

HOME = ROOT / "desk"
DIST = HOME / "dist"
STAMP = DIST / "in-step"
FILES = {
    "tabler.css": ("@tabler/core/dist/css/tabler.min.css",),
    "tabler.js": ("@tabler/core/dist/js/tabler.min.js",),
    # In one: htmx begins as soon as the browser takes a breath after its script, and would not
    # know of an extension whose script comes later.
    "htmx.js": ("htmx.org/dist/htmx.min.js", "htmx.org/dist/ext/hx-sse.min.js"),
    "echarts.js": ("echarts/dist/echarts.common.min.js",),
    "icons.json": ("@tabler/icons/tabler-nodes-outline.json",),
}


def main() -> None:
    wanted = sys.argv[1:]
    if wanted not in ([], ["beside"]):
        sys.exit(__doc__)
    if wanted:
        os.nice(5)  # The shop goes first.
    with node.ending_with_us():
        try:
            make()
        except Unbuildable as fault:
            told = f"{fault.told}\n" if fault.told else ""
            sys.exit(f"{told}{fault.en}\n{fault.zh}")


def make() -> None:
    """Lay the files out, unless they are those of the lock. Raises Unbuildable."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "desk.lock").open("w") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        wanted = _stamp()
        if STAMP.exists() and STAMP.read_text() == wanted:
            return
        say("Style and scripts of the back office", "准备后台的样式与脚本")
        node.install(HOME)
        making = HOME / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        for name, sources in FILES.items():
            parts = [_mapless(HOME / "node_modules" / source) for source in sources]
            (making / name).write_bytes(b"\n;\n".join(parts))
        done = node.run(HOME, "node", ROOT / "tools" / "compress.mjs", making)
        if done.returncode:
            raise Unbuildable(
                "The files of the back office could not be compressed.",
                "后台文件压缩失败。",
                done.stdout,
            )
        (making / STAMP.name).write_text(wanted)
        shutil.rmtree(DIST, ignore_errors=True)
        making.rename(DIST)


def _mapless(source: Path) -> bytes:
    """Without the last line that names a map which is not served."""
    content = source.read_bytes()
    head, mark, _ = content.rpartition(b"sourceMappingURL=")
    return head.rstrip(b"/*# \n") if mark else content


def _stamp() -> str:
    digest = hashlib.sha256((HOME / "package-lock.json").read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
