"""The project's Python environment: made from the lock, remade when the lock changes.

    python3 tools/environment.py            make .venv, or find it in step
    python3 tools/environment.py lock       renew requirements.txt from pyproject.toml
    python3 tools/environment.py check      is requirements.txt in step with pyproject.toml?

Uses the standard library only, and needs nothing on the PATH. All it writes is .venv and .cache.
"""

import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV, CACHE = ROOT / ".venv", ROOT / ".cache"
PYTHON, UV = VENV / "bin" / "python", VENV / "bin" / "uv"
PROJECT, LOCK, STAMP = ROOT / "pyproject.toml", ROOT / "requirements.txt", VENV / "in-step"
PYTHON_MIN = (3, 11)


def main() -> None:
    if sys.version_info < PYTHON_MIN:
        have = ".".join(map(str, sys.version_info[:3]))
        fail(
            f"Frontline needs Python 3.11 or newer; this one is {have}.",
            f"Frontline 需要 Python 3.11 或更高版本; 当前为 {have}。",
        )
    os.umask(0o022)  # PostgreSQL may run its programs as another user.
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        match sys.argv[1:]:
            case []:
                make()
            case ["lock"]:
                make()
                lock()
            case ["check"]:
                check()
            case _:
                sys.exit(__doc__)


def make() -> None:
    stamp = _stamp()
    if STAMP.exists() and STAMP.read_text() == stamp and _runs():
        return
    say("1/3 a Python environment in .venv", "创建 Python 环境")
    STAMP.unlink(missing_ok=True)
    if not _runs():
        _begin()
    say("2/3 the installer (uv)", "安装 uv")
    installer = VENV / "uv.txt"
    found = re.search(r"^uv==.*?(?=^\w|\Z)", LOCK.read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    installer.write_text(found[0])
    run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", installer)
    count = len(re.findall(r"^\S+==", LOCK.read_text(), re.MULTILINE))
    say(f"3/3 {count} packages, checked against the hashes of the lock", "安装依赖并核对哈希")
    if not runs(UV, "pip", "sync", "--quiet", "--require-hashes", LOCK):
        say("uv did not get through; pip takes a little longer", "uv 未能下载, 改用 pip")
        run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK)
    run(UV, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", ROOT)
    STAMP.write_text(stamp)


def _begin() -> None:
    # The Python that an environment or a PATH's link stands for.
    base = os.path.realpath(sys.executable)
    if subprocess.run([base, "-m", "venv", "--clear", VENV], check=False).returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        fail(
            "This Python cannot make environments; on Debian and Ubuntu install python3-venv.",
            "当前 Python 无法创建虚拟环境; Debian 或 Ubuntu 请先安装 python3-venv。",
        )


def lock() -> None:
    options = ["--extra=dev", "--universal", "--python-version=3.11", "--generate-hashes"]
    plain = ["--no-emit-index-url", "--no-header", "--quiet"]
    run(UV, "pip", "compile", PROJECT, *options, *plain, "-o", LOCK)
    LOCK.write_text(f"# Made by `make lock` for {_wishes()}\n{LOCK.read_text()}")


def check() -> None:
    text = LOCK.read_text()
    if _wishes() not in text.partition("\n")[0]:
        fail(
            "requirements.txt is older than the dependencies in pyproject.toml: run `make lock`.",
            "requirements.txt 与 pyproject.toml 不一致: 请运行 make lock。",
        )
    loose = re.findall(r"^(\S+==\S+)(?!.*\n    --hash=)", text, re.MULTILINE)
    if loose or "://" in text or "--index" in text:
        fail(
            f"The lock must hold hashes and no addresses: {loose}",
            "锁定文件须有哈希且不含下载地址。",
        )


def run(*command: "str | Path") -> None:
    if not runs(*command):
        fail(
            "The environment could not be made; the lines above say why. "
            "Check the network and the disk, then start again.",
            "环境未能建立, 原因见上; 请检查网络与磁盘后重试。",
        )


def runs(*command: "str | Path") -> bool:
    return subprocess.run(command, check=False, env=_environment(), cwd=ROOT).returncode == 0


def _environment() -> "dict[str, str]":
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"}
    inside = {"UV_CACHE_DIR": str(CACHE / "uv"), "UV_PYTHON_DOWNLOADS": "never"}
    # uv does not read pip's settings; where pip was given a near mirror, it needs that as well.
    told = {"UV_DEFAULT_INDEX": _pip("index-url"), "SSL_CERT_FILE": _pip("cert")}
    as_pip = {name: value for name, value in told.items() if value and name not in os.environ}
    return {**os.environ, **quiet, **inside, **as_pip, "VIRTUAL_ENV": str(VENV)}


@functools.cache
def _pip(setting: str) -> str:
    """What pip was told, by its environment or its files; empty if nothing."""
    if written := os.environ.get("PIP_" + setting.replace("-", "_").upper()):
        return written
    asked = [PYTHON, "-m", "pip", "config", "get", f"global.{setting}"]
    return subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip()


def _runs() -> bool:
    """Whether the environment's Python is still there; a system's upgrade may have removed it."""
    try:
        return subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def _stamp() -> str:
    """What the environment was made of; its scripts hold its own path."""
    content = LOCK.read_bytes() + _wishes().encode() + os.fsencode(ROOT)
    return hashlib.sha256(content).hexdigest()


def _wishes() -> str:
    """A digest of what pyproject.toml asks for: its lists of requirements."""
    project = re.sub(r"^\[tool\..*", "", PROJECT.read_text(), flags=re.MULTILINE | re.DOTALL)
    wishes = re.findall(
        r"^(?:requires-python|\w+) = (?:\[.*?^\]|.*?$)", project, re.MULTILINE | re.DOTALL
    )
    kept = [wish for wish in wishes if not wish.startswith(("name", "version", "description"))]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:16]


def say(en: str, zh: str) -> None:
    print(f"  {en} · {zh}", flush=True)


def fail(en: str, zh: str) -> None:
    sys.exit(f"{en}\n{zh}")


if __name__ == "__main__":
    main()
