"""A person's phone, or desk, with the shop's page open; whatever goes wrong on it is remembered.

A page error, a console error, a request that failed, an answer that is a bug, or a request that
leaves the shop: each of them fails the test that the phone belongs to, unless it was foreseen.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    Error,
    Locator,
    Page,
    Response,
    expect,
    sync_playwright,
)
from town import Town

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "tests" / "storefront" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / ".cache" / "failed"
"""Where the screen of a test that failed is to be seen."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # Nothing leaves this machine.
]
WAIT_MS_MAX = 30_000.0
AS_PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/130.0.0.0 Mobile Safari/537.36",
}
AS_DESKTOP = {"viewport": {"width": 1280, "height": 900}}
_SERVER_BUGS = {"malformed", "wrong_method", "bug", "busy", "too_large"}
"""Refusals that no page may ever meet; the others are what the shop has to say."""

_TELL = """addEventListener("unhandledrejection", ({reason}) => reason instanceof Error ||
  console.error("unhandled: " + JSON.stringify(reason)))"""

_AXE = """async () => {
  const ends = it => it.effect.getComputedTiming().endTime < Infinity
  await Promise.allSettled(document.getAnimations().filter(ends).map(it => it.finished))
  return axe.run(document, {resultTypes: ['violations']})
}"""
"""What only comes up is paler than what is there."""

expect.set_options(timeout=WAIT_MS_MAX)


@dataclass
class Phone:
    page: Page
    town: Town
    problems: list[str] = field(default_factory=list)
    foreseen: list[str] = field(default_factory=list)
    _heard: list[Response] = field(default_factory=list)
    _fetching: list[str] = field(default_factory=list, repr=False)

    def open(self, path: str = "") -> None:
        """A page of the storefront: `phone.open("pages/product/product?id=...")`."""
        self.go_to(f"{self.town.url}/m/{path}")

    def go_to(self, url: str) -> None:
        """Open this address; a page that is just on its way to another one arrives there first."""
        try:
            self.page.goto(url)
        except Error as error:
            if "interrupted by another navigation" not in str(error):
                raise
            self.page.wait_for_load_state()
            self.page.goto(url)

    def see(self, text: str | re.Pattern[str]) -> Locator:
        """Wait until this can be read on the screen."""
        found = self.page.get_by_text(text).locator("visible=true").first
        expect(found).to_be_visible()
        return found

    def unseen(self, text: str | re.Pattern[str]) -> None:
        """Wait until this is nowhere on the screen."""
        expect(self.page.get_by_text(text).locator("visible=true")).to_have_count(0)

    def tap(self, text: str | re.Pattern[str]) -> None:
        """A button of this name if there is one on the screen, else whatever says this."""
        button = self.page.get_by_role("button", name=text).locator("visible=true")
        words = self.page.get_by_text(text).locator("visible=true")
        expect(button.or_(words).first).to_be_visible()
        (button if button.count() else words).first.click()

    def fill(self, label: str, value: str) -> None:
        """Type into the field of this name (`aria-label`, or its placeholder)."""
        named = self.page.get_by_label(label).locator("visible=true")
        hinted = self.page.get_by_placeholder(label).locator("visible=true")
        expect(named.or_(hinted).first).to_be_visible()
        field_ = (named if named.count() else hinted).first
        inner = field_.locator("input, textarea")
        (inner.first if inner.count() else field_).fill(value)

    def sign_in(self, number: str) -> str:
        """Be the member with this phone number, without the login page; gives the token."""
        token = self.town.member(number)
        self.keep("token", token)
        return token

    def keep(self, name: str, value: str) -> None:
        """Lay something in the storefront's own storage, for the next time it is opened."""
        if not self.page.url.startswith(self.town.url):
            self.page.goto(f"{self.town.url}/livez")
        self.page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, value])

    def speak(self, language: str) -> None:
        """ "zh" or "en", as chosen by the shopper, from the next opening on."""
        self.keep("language", language)

    def foresee(self, pattern: str) -> None:
        """This test makes something go wrong on purpose: problems that match do not count."""
        self.foreseen.append(pattern)

    def picture(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=True)
        return path

    def barriers(self) -> list[str]:
        """What axe finds serious or critical on this screen; see `test_everyone`."""
        assert AXE.exists(), "npm ci in tests/storefront is missing: `make test` does it"
        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(AXE.read_text())  # A script tag would need the page's permission.
        found = self.page.evaluate(_AXE)
        return [
            f"{one['impact']} {one['id']}: {node['target']} {node['html'][:120]}"
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"]
        ]

    def settle(self) -> None:
        """Wait until nothing is being fetched, and nothing has been for a moment."""
        deadline, quiet = time.monotonic() + WAIT_MS_MAX / 1000, 0
        while quiet < 3:  # The browser's own "networkidle" comes once, after the page was opened.
            assert time.monotonic() < deadline, f"still being fetched: {self._fetching}"
            self.page.wait_for_timeout(50)
            quiet = 0 if self._fetching else quiet + 1

    # -- What goes wrong -----------------------------------------------------------------

    def watch(self) -> None:
        self.page.add_init_script(_TELL)
        self.page.on("pageerror", self._erred)
        self.page.on("console", self._console)
        self.page.on("requestfailed", self._failed)
        self.page.on("request", self._asked)
        self.page.on("requestfinished", self._done)
        self.page.on("response", self._answered)
        self.page.on("crash", lambda _: self._note("the page crashed"))

    def judged(self) -> list[str]:
        """All problems that nobody foresaw."""
        for response in self._heard:
            with contextlib.suppress(Error):
                self._judge(response)
        self._heard.clear()
        return [
            one for one in self.problems if not any(re.search(each, one) for each in self.foreseen)
        ]

    def _note(self, problem: str) -> None:
        self.problems.append(problem)

    def _erred(self, error: Any) -> None:
        if str(error) != "Object":  # Of these the console tells more.
            self._note(f"page error: {error.stack or error}")

    def _console(self, message: Any) -> None:
        # Answers of the server are looked at by themselves: a refusal is no error of the page.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._note(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if request.url.startswith("http"):
            self._fetching.append(request.url)
        self._left(request.url)

    def _done(self, request: Any) -> None:
        if request.url in self._fetching:
            self._fetching.remove(request.url)

    def _failed(self, request: Any) -> None:
        self._done(request)
        if request.failure != "net::ERR_ABORTED":  # The page was left meanwhile.
            self._note(f"request failed: {request.method} {request.url} {request.failure}")

    def _left(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and not url.startswith(self.town.url):
            self._note(f"request leaves the shop: {url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self._heard.append(response)

    def _judge(self, response: Response) -> None:
        path = urlsplit(response.url).path
        said = f"answer {response.status}: {response.request.method} {path}"
        if response.status >= 500 or not path.startswith("/api/"):
            self._note(said)
            return
        try:
            refusal = json.loads(response.body())["refusal"]
        except (ValueError, KeyError):
            self._note(f"{said} (no refusal)")
            return
        if refusal in _SERVER_BUGS:
            self._note(f"{said} {response.text()[:300]}")


def data_url(picture: bytes) -> str:
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, as `tools/browser.py` finds it."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from browser import found
    finally:
        sys.path.pop(0)
    at = found()
    assert at is not None, "no browser: run `make browser`"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=at, args=FLAGS)
        yield running
        running.close()


PhoneT = TypeVar("PhoneT", bound=Phone)


@contextmanager
def phone(
    browser: Browser, name: str, make: Callable[[Page], PhoneT], **settings: Any
) -> Iterator[PhoneT]:
    """One person's own browser. On leaving, what went wrong is an assertion."""
    context = browser.new_context(timezone_id="Asia/Shanghai", **({"locale": "zh-CN"} | settings))
    context.set_default_timeout(WAIT_MS_MAX)
    made = make(context.new_page())
    made.watch()
    try:
        yield made
        problems = made.judged()
        assert not problems, "\n".join(problems)
        if name in _failed:
            _keep_screen(made, name)
    except BaseException:
        _keep_screen(made, name)
        raise
    finally:
        context.close()


def _keep_screen(phone: Phone, name: str) -> None:
    at = PICTURES / (re.sub(r"[^\w-]+", "-", name)[-80:] + f"-{os.getpid()}.png")
    with contextlib.suppress(Error):
        print(f"the screen at the end: {phone.picture(at)}\nproblems: {phone.judged()}")


_failed: set[str] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """For a conftest: fixtures are not told by pytest that their test has failed."""
    report = yield
    if report.failed:
        _failed.add(item.name)
    return report
