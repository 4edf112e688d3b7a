"""What journeys through the storefront are made of: a shop, phones, and a mini program.

def test_it(phone, town):
    phone.sign_in("13800000001")
    phone.open("pages/home/home")
    phone.tap("小满曲奇礼盒")
    phone.see("加入购物车")
    assert town.row("SELECT count(*) AS n FROM orders")["n"] == 0
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import phones
import pytest
from phones import AS_DESKTOP, AS_PHONE, Phone
from playwright.sync_api import Browser
from town import Town
from town import town as open_town

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def built() -> Path:
    """The storefront, built of what stands in storefront/src now; once for all workers."""
    tools = [[ROOT / "tools" / "storefront.py"], [ROOT / "tools" / "storefront.py", "tests"]]
    for each in tools:
        done = subprocess.run(
            [sys.executable, *each],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "storefront" / "dist" / "build"


@pytest.fixture(scope="session")
def town(built: Path, server_url: str) -> Iterator[Town]:
    """The demo shop, for all tests of this worker: be a member of your own, and leave time alone."""
    with open_town(server_url) as opened:
        yield opened


@pytest.fixture
def own_town(built: Path, server_url: str) -> Iterator[Town]:
    """A shop that nobody else is in, for tests that move time or empty the shelves."""
    with open_town(server_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one module: while Playwright runs, nothing else in its thread may run a loop."""
    with phones.browser() as running:
        yield running


@pytest.fixture
def phones_of(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Phone]]:
    """More phones, in any town: `other = phones_of(town, locale="en-US")`."""
    with ExitStack() as held:

        def another(town: Town, **settings: Any) -> Phone:
            wanted = {"locale": "zh-CN"} | AS_PHONE | settings
            return held.enter_context(phones.phone(browser, town, request.node.name, **wanted))

        yield another


@pytest.fixture
def phone(phones_of: Callable[..., Phone], town: Town) -> Phone:
    """A phone with the shop's page on it: 390 x 844."""
    return phones_of(town)


@pytest.fixture
def desktop(browser: Browser, town: Town, request: pytest.FixtureRequest) -> Iterator[Phone]:
    """The same page on a desk: 1280 x 900."""
    with phones.phone(browser, town, request.node.name, locale="zh-CN", **AS_DESKTOP) as made:
        yield made
