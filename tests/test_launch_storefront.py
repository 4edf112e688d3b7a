"""The storefront beside the shop: built, noticed, and never waited for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from launching import descendants, launched, lives, named, until

import frontline

ROOT = Path(__file__).resolve().parents[1]
BUILDER = """
import json, os, time
from pathlib import Path
dist = Path(__file__).parents[1] / "storefront" / "dist"
told = {"pid": os.getpid(), "en": "half of it", "zh": "一半", "failed": False}
(dist / "progress.json").write_text(json.dumps(told))
while not (dist / "go").exists():
    time.sleep(0.05)
(dist / "build" / "h5").mkdir(parents=True)
(dist / "build" / "h5" / "index.html").write_text("whole")
"""
NODE = """#!/bin/sh
echo v22.1.0
"""
NPM = """#!/bin/sh
echo "$1" >> {log}
case "$1" in
  ci) {ci} ;;
  run) mkdir -p "$UNI_OUTPUT_DIR"; cat src/page.txt > "$UNI_OUTPUT_DIR/index.html" ;;
esac
"""

pytestmark = pytest.mark.xdist_group("launch")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One whose builder waits for a word."""
    made = tmp_path / "checkout"
    for folder in ("src", "tools", "storefront/dist"):
        (made / folder).mkdir(parents=True)
    (made / "src" / "frontline").symlink_to(Path(frontline.__file__).parent)
    (made / "tools" / "storefront.py").write_text(BUILDER)
    return made


def served(url: str) -> str:
    try:
        return urllib.request.urlopen(url, timeout=10).read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


def test_the_shop_does_not_wait_for_its_storefront(tmp_path: Path, checkout: Path) -> None:
    here = {"PYTHONPATH": str(checkout / "src"), "FRONTLINE_STOREFRONT": ""}
    with launched(tmp_path / "home", "--no-demo", **here) as shop:
        page = shop.addresses["shop"] + "/m/"
        assert shop.get("/readyz") == 200
        until(lambda: "一半" in served(page))
        builders = named(descendants(shop.process.pid), "tools/storefront.py")
        (checkout / "storefront" / "dist" / "go").touch()
        until(lambda: served(page) == "whole")
        until(lambda: not any(map(lives, builders)))
        assert shop.get("/readyz") == 200, "the shop goes on when the building has ended"


def test_the_builder_ends_with_the_launcher(tmp_path: Path, checkout: Path) -> None:
    here = {"PYTHONPATH": str(checkout / "src"), "FRONTLINE_STOREFRONT": ""}
    with launched(tmp_path / "home", "--no-demo", **here) as shop:
        until(lambda: named(descendants(shop.process.pid), "tools/storefront.py"))
        parts = descendants(shop.process.pid)
        shop.process.kill()
        until(lambda: not any(map(lives, parts)))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A storefront of one page, with the real tools and a stand-in for Node."""
    made = tmp_path / "project"
    (made / "storefront" / "src").mkdir(parents=True)
    shutil.copytree(ROOT / "tools", made / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".gitignore", "requirements-node.txt", "requirements.txt"):
        shutil.copy(ROOT / name, made / name)
    (made / "storefront" / "src" / "page.txt").write_text("one")
    (made / "storefront" / "package.json").write_text("{}")
    lock = {"packages": {"": {}, "node_modules/x": {"integrity": "sha512-x"}}}
    (made / "storefront" / "package-lock.json").write_text(json.dumps(lock))
    return made


def build(project: Path, *wish: str, ci: str = "mkdir -p node_modules") -> tuple[int, str]:
    bin_ = project / "bin"
    bin_.mkdir(exist_ok=True)
    for name, text in {"node": NODE, "npm": NPM.format(log=project / "log", ci=ci)}.items():
        (bin_ / name).write_text(text)
        (bin_ / name).chmod(0o755)
    done = subprocess.run(
        [sys.executable, project / "tools" / "storefront.py", *(wish or ["h5"])],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": f"{bin_}:/usr/bin:/bin"},
    )
    return done.returncode, done.stdout + done.stderr


def asked(project: Path) -> list[str]:
    """What was wanted of npm since the last look."""
    log = project / "log"
    told = log.read_text().split() if log.exists() else []
    told = [each for each in told if each != "--version"]
    log.unlink(missing_ok=True)
    return told


def test_what_is_in_step_is_not_built_again(project: Path) -> None:
    page = project / "storefront" / "dist" / "build" / "h5" / "index.html"
    code, told = build(project)
    assert (code, asked(project), page.read_text()) == (0, ["ci", "run"], "one"), told
    assert "构建网页版" in told
    assert build(project) == (0, "")
    assert asked(project) == []
    (project / "storefront" / "src" / "page.txt").write_text("two")
    assert build(project)[0] == 0
    assert asked(project) == ["run"]
    assert page.read_text() == "two"
    (project / "storefront" / "src" / "pages.json").write_text("made by the build")
    assert build(project) == (0, "")


def test_without_a_network_it_is_said_and_told_to_the_page(project: Path) -> None:
    code, told = build(project, ci='echo "ENOTFOUND a registry"; exit 1')
    assert code == 1
    assert "Traceback" not in told
    for text in ("ENOTFOUND", "Check the network", "请检查网络", "make storefront"):
        assert text in told
    progress = project / "storefront" / "dist" / "progress.json"
    assert json.loads(progress.read_text())["failed"] is True
    assert build(project)[0] == 0
    assert not progress.exists()


def test_a_build_that_fails_leaves_the_one_before(project: Path) -> None:
    assert build(project)[0] == 0
    (project / "storefront" / "src" / "page.txt").unlink()
    code, told = build(project)
    assert code == 1
    assert "page.txt" in told
    page = project / "storefront" / "dist" / "build" / "h5" / "index.html"
    assert page.read_text() == "one"


@pytest.mark.parametrize(
    ("package", "lock", "said"),
    [
        ({}, {"resolved": "https://registry.example/x.tgz", "integrity": "i"}, "no addresses"),
        ({}, {"version": "1"}, "must hold hashes"),
        ({"dependencies": {"x": "2"}}, {"integrity": "i"}, "older than package.json"),
    ],
)
def test_a_lock_that_is_not_as_it_should_be_is_said(
    project: Path, package: dict, lock: dict, said: str
) -> None:
    folder = project / "storefront"
    (folder / "package.json").write_text(json.dumps(package))
    wrong = {"packages": {"": {}, "node_modules/x": lock}}
    (folder / "package-lock.json").write_text(json.dumps(wrong))
    code, told = build(project, "check")
    assert code == 1
    assert said in told


def test_the_locks_are_as_they_should_be() -> None:
    sys.path.append(str(ROOT / "tools"))
    try:
        import storefront
    finally:
        sys.path.pop()
    locks = [
        ROOT / each / "package-lock.json" for each in ("storefront", "tests/storefront", "bench")
    ]
    for lock in locks:
        storefront._check_lock(lock)
    assert "://" not in (ROOT / "requirements-node.txt").read_text()
