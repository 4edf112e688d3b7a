"""What journeys through the storefront are made of: a shop, phones, and a mini program."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import phones
import pytest
from miniprogram import MiniProgram
from miniprogram import miniprogram as miniprogram_
from phones import AS_DESKTOP, AS_PHONE, Phone, pytest_runtest_makereport
from playwright.sync_api import Browser
from town import Town
from town import town as open_town

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))

import node
import storefront


@pytest.fixture(scope="session")
def built() -> Path:
    """The storefront, built of what stands in storefront/src now; once for all workers.

    FRONTLINE_STOREFRONT names one that was built elsewhere (its folder h5, mp-weixin beside it).
    """
    try:
        node.install(storefront.TESTS)
        if named := os.environ.get("FRONTLINE_STOREFRONT"):
            return Path(named).parent
        storefront.make("h5", "mp-weixin")
    except node.Unbuildable as fault:
        pytest.fail(f"{fault.told}\n{fault.en}\n{fault.zh}", pytrace=False)
    return storefront.BUILD


@pytest.fixture(scope="session")
def town(built: Path, server_url: str) -> Iterator[Town]:
    """The demo shop, for all tests of this worker: be a member of your own, and leave time alone."""
    with open_town(server_url) as opened:
        yield opened


@pytest.fixture
def last() -> Iterator[ExitStack]:
    """What is closed after all screens: a page may still be fetching when a test has seen enough."""
    with ExitStack() as held:
        yield held


@pytest.fixture
def own_town(built: Path, server_url: str, last: ExitStack) -> Town:
    """A shop that nobody else is in, for tests that move time or empty the shelves."""
    return last.enter_context(open_town(server_url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one module: while Playwright runs, nothing else in its thread may run a loop."""
    with phones.browser() as running:
        yield running


@pytest.fixture
def phones_of(
    browser: Browser, last: ExitStack, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Phone]]:
    """More phones, in any town: `other = phones_of(town, locale="en-US")`."""
    with ExitStack() as held:

        def another(town: Town, **settings: Any) -> Phone:
            name, wanted = request.node.name, AS_PHONE | settings
            opening = phones.phone(browser, name, lambda page: Phone(page, town), **wanted)
            return held.enter_context(opening)

        yield another


@pytest.fixture
def phone(phones_of: Callable[..., Phone], town: Town) -> Phone:
    """A phone with the shop's page on it: 390 x 844."""
    return phones_of(town)


@pytest.fixture
def desktop(browser: Browser, town: Town, request: pytest.FixtureRequest) -> Iterator[Phone]:
    """The same page on a desk: 1280 x 900."""
    name = request.node.name
    with phones.phone(browser, name, lambda page: Phone(page, town), **AS_DESKTOP) as made:
        yield made


@pytest.fixture(scope="session")
def packed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled mini program as one page; a template that WeChat would warn of fails here."""
    out = tmp_path_factory.mktemp("miniprogram") / "miniprogram.html"
    pack = ("miniprogram/pack.cjs", built / "mp-weixin", out)
    done = node.run(storefront.TESTS, "node", *pack)
    assert done.returncode == 0, done.stdout
    return out


@pytest.fixture
def miniprograms_of(
    browser: Browser, packed: Path, last: ExitStack, request: pytest.FixtureRequest
) -> Iterator[Callable[..., MiniProgram]]:
    """More people's WeChat: `friend = miniprograms_of(town)`; give each a nickname."""
    with ExitStack() as held:

        def another(town: Town, **settings: Any) -> MiniProgram:
            name = request.node.name
            wanted = AS_PHONE | settings
            return held.enter_context(miniprogram_(browser, town, packed, name, **wanted))

        yield another


@pytest.fixture
def miniprogram(miniprograms_of: Callable[..., MiniProgram], town: Town) -> MiniProgram:
    """WeChat with the mini program in it, on a phone."""
    return miniprograms_of(town)
