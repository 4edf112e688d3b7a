"""A browser for the tests: the machine's Chromium, or one that is fetched for them.

    python tools/browser.py          find one, or install it; prints where it is

Looks for FRONTLINE_CHROMIUM, then on the PATH, then in .cache/browsers. If there is none, root
installs Debian's chromium and fonts; others get Playwright's own into .cache.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from environment import CACHE, PYTHON, fail, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSERS = CACHE / "browsers"
PACKAGES = ("chromium", "fonts-noto-cjk", "fonts-noto-color-emoji")


def main() -> None:
    if not (at := found()):
        _install()
        at = found()
    if not at:
        fail(
            "The tests need a browser, and none could be installed. Install Chromium and a Chinese "
            "font (Debian, Ubuntu: apt-get install chromium fonts-noto-cjk), or name a Chromium in "
            "FRONTLINE_CHROMIUM.",
            "测试需要浏览器，但未能自动安装。请安装 Chromium 和中文字体（Debian、Ubuntu："
            "apt-get install chromium fonts-noto-cjk），或用 FRONTLINE_CHROMIUM 指定。",
        )
    print(f"  Browser · 浏览器 {at}")


def found() -> "Path | None":
    """The browser that tests use, if there is one."""
    if named := os.environ.get("FRONTLINE_CHROMIUM"):
        return Path(named) if Path(named).is_file() else None
    for name in NAMES:
        if at := shutil.which(name):
            return Path(at)
    ours = sorted(BROWSERS.glob("chromium-*/chrome-*/chrome"))
    return ours[-1] if ours else None


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Debian's Chromium and a Chinese font", "安装 Chromium 与中文字体")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
            _runs(["apt-get", "-qq", *step], quiet)
        if found():
            return
    say("Playwright's Chromium into .cache", "下载 Playwright 自带的 Chromium")
    inside = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(BROWSERS)}
    _runs([str(PYTHON), "-m", "playwright", "install", "chromium"], inside)


def _runs(command: "list[str]", environment: "dict[str, str]") -> None:
    subprocess.run(
        command, env=environment, check=False, stdin=subprocess.DEVNULL, stdout=sys.stderr
    )


if __name__ == "__main__":
    main()
