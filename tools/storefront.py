"""The storefront: built from storefront/src for phones' browsers and as a WeChat mini program.

    python tools/storefront.py                 build both, or find them in step
    python tools/storefront.py h5              only the web page
    python tools/storefront.py beside          only the web page, while the shop runs
    python tools/storefront.py mp-weixin       only the mini program
    python tools/storefront.py tests           what the tests in a browser need of npm
    python tools/storefront.py check           types, doors and locks
    python tools/storefront.py lock            renew requirements-node.txt

Uses the standard library only. All it writes is .cache, storefront/node_modules, storefront/dist
and what storefront/tools makes. A build is put in its place when it is whole.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import node
from environment import CACHE, PYTHON, ROOT, say
from node import Unbuildable

HOME = ROOT / "storefront"
TESTS = ROOT / "tests" / "storefront"
DIST = HOME / "dist"
BUILD = DIST / "build"
PROGRESS = DIST / "progress.json"
"""What goes on, for whoever opens the page meanwhile: see frontline.storefront."""
TARGETS = {"h5": ("the web page", "网页版"), "mp-weixin": ("the mini program", "小程序")}
SETTINGS = ("VITE_API_ORIGIN", "VITE_SHOP_ID")
"""Of the environment; they are built in."""


def main() -> None:
    wanted = sys.argv[1:]
    if wanted == ["lock"]:
        node.lock()
        return
    with node.ending_with_us():
        if wanted == ["beside"]:
            os.nice(5)  # The shop goes first.
            wanted = ["h5"]
        if wanted == ["check"]:
            _or_say_why(check)
        elif wanted == ["tests"]:
            _or_say_why(lambda: node.install(TESTS))
        elif set(wanted) <= set(TARGETS):
            _or_say_why(lambda: make(*(wanted or TARGETS)))
        else:
            sys.exit(__doc__)


def make(*targets: str) -> None:
    """Build what is not in step with the sources. Raises Unbuildable."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "storefront.lock").open("w") as queue:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Somebody else builds the storefront; waiting", "正在等待另一个商城构建完成")
            fcntl.flock(queue, fcntl.LOCK_EX)
        pending = [target for target in targets if not _in_step(target)]
        if not pending:
            return
        started = time.monotonic()
        steps = len(pending) + 1
        try:
            _tell(
                f"Storefront 1/{steps}: Node.js and its packages",
                f"商城 1/{steps}: 准备 Node.js 与依赖",
            )
            node.install(HOME)
            for number, target in enumerate(pending, 2):
                en, zh = TARGETS[target]
                _tell(
                    f"Storefront {number}/{steps}: building {en}",
                    f"商城 {number}/{steps}: 构建{zh}",
                )
                _build(target)
        except Unbuildable as fault:
            _note(fault.en, fault.zh, failed=True)
            raise
        finally:
            if not _failed():
                PROGRESS.unlink(missing_ok=True)
        seconds = time.monotonic() - started
        say(f"Storefront ready ({seconds:.0f} s)", f"商城已就绪（{seconds:.0f} 秒）")


def _build(target: str) -> None:
    stamp = _stamp()
    making = DIST / "making" / target
    shutil.rmtree(making, ignore_errors=True)
    done = node.run(HOME, "npm", "run", "--silent", f"build:{target}", UNI_OUTPUT_DIR=str(making))
    whole = making / {"h5": "index.html", "mp-weixin": "app.json"}[target]
    if done.returncode or not whole.exists():
        raise Unbuildable(
            f"The storefront could not be built ({target}); the lines above say why.",
            f"商城前端构建失败（{target}），原因见上。",
            done.stdout,
        )
    if target == "h5":
        done = node.run(HOME, "node", ROOT / "tools" / "compress.mjs", making)
        if done.returncode:
            raise Unbuildable(
                "The built files could not be compressed.", "构建结果压缩失败。", done.stdout
            )
    place, old = BUILD / target, DIST / "making" / f"{target}-old"
    _stamp_file(target).unlink(missing_ok=True)
    shutil.rmtree(old, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rename(old)
    making.rename(place)
    _stamp_file(target).write_text(stamp)
    shutil.rmtree(old, ignore_errors=True)


def _in_step(target: str) -> bool:
    stamp = _stamp_file(target)
    return (BUILD / target).is_dir() and stamp.exists() and stamp.read_text() == _stamp()


def _stamp_file(target: str) -> Path:
    return DIST / f"{target}.stamp"


def _stamp() -> str:
    """A digest of everything that a build is made of."""
    digest = hashlib.sha256()
    for path in (
        *sources(),
        *(ROOT / "tools" / each for each in ("storefront.py", "compress.mjs")),
    ):
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    digest.update(json.dumps([os.environ.get(name, "") for name in SETTINGS]).encode())
    return digest.hexdigest()


def sources() -> "list[Path]":
    """The storefront's own files, in order: all but what .gitignore names as made."""
    lines = (ROOT / ".gitignore").read_text().splitlines()
    made = [line.strip("/") for line in lines if line.startswith("/storefront/")]
    found = []
    for where, folders, files in os.walk(HOME):
        here = Path(where)
        known = here.relative_to(ROOT).as_posix()
        folders[:] = sorted(
            each
            for each in folders
            if each != "node_modules" and f"{known}/{each}" not in made and not each.startswith(".")
        )
        found += [here / each for each in sorted(files) if f"{known}/{each}" not in made]
    return found


def check() -> None:
    """Are types, doors and locks as they should be? Raises Unbuildable."""
    for lock in sorted({*ROOT.glob("*/package-lock.json"), *ROOT.glob("*/*/package-lock.json")}):
        if "node_modules" not in lock.parts:
            _check_lock(lock)
    if "://" in node.NODE_LOCK.read_text() or "--index" in node.NODE_LOCK.read_text():
        raise Unbuildable(
            "requirements-node.txt holds an address.", "requirements-node.txt 不应含下载地址。"
        )
    node.install(HOME)
    _make_doors()
    done = node.run(HOME, "npm", "run", "--silent", "check")
    if done.returncode:
        raise Unbuildable(
            "The storefront's types do not fit.", "商城前端类型检查未通过。", done.stdout
        )


def _make_doors() -> None:
    """The doors' shapes as they are now, for the types to be held against."""
    document = subprocess.run(
        [PYTHON, "-m", "frontline", "schema"], capture_output=True, text=True, check=True
    )
    (HOME / "openapi.json").write_text(document.stdout)
    done = node.run(HOME, "npm", "run", "--silent", "schema")
    if done.returncode:
        raise Unbuildable(
            "The doors' shapes could not be written.", "接口类型未能生成。", done.stdout
        )


def _check_lock(path: Path) -> None:
    """In step with its package.json, every package with its hash, and no download address."""
    project = json.loads(path.with_name("package.json").read_text())
    lock = json.loads(path.read_text())
    packages = lock["packages"]
    root = packages[""]
    for kind in ("dependencies", "devDependencies"):
        if project.get(kind, {}) != root.get(kind, {}):
            raise Unbuildable(
                f"{path.relative_to(ROOT)} is older than package.json: run `npm install` there.",
                f"{path.relative_to(ROOT)} 与 package.json 不一致: 请在该目录运行 npm install。",
            )
    addressed = [
        name for name, one in packages.items() if re.search("://", one.get("resolved", ""))
    ]
    loose = [name for name, one in packages.items() if name and "integrity" not in one]
    if addressed or loose:
        raise Unbuildable(
            f"{path.relative_to(ROOT)} must hold hashes and no addresses "
            f"(npm install --omit-lockfile-registry-resolved): {(addressed + loose)[:3]}",
            f"{path.relative_to(ROOT)} 须有哈希且不含下载地址。",
        )


def _tell(en: str, zh: str) -> None:
    say(en, zh)
    _note(en, zh, failed=False)


def _note(en: str, zh: str, *, failed: bool) -> None:
    PROGRESS.parent.mkdir(exist_ok=True)
    unfinished = PROGRESS.with_suffix(".new")
    unfinished.write_text(json.dumps({"pid": os.getpid(), "en": en, "zh": zh, "failed": failed}))
    unfinished.replace(PROGRESS)


def _failed() -> bool:
    return PROGRESS.exists() and json.loads(PROGRESS.read_text())["failed"]


def _or_say_why(act: "Callable[[], None]") -> None:
    try:
        act()
    except Unbuildable as fault:
        told = f"{fault.told}\n" if fault.told else ""
        sys.exit(f"{told}{fault.en}\n{fault.zh}")


if __name__ == "__main__":
    main()
