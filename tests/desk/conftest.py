"""What journeys at the desk are made of: a demo shop, and desks of 390 and 1280 points."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import phones
import pytest
from desks import Desk
from phones import AS_DESKTOP, AS_PHONE, pytest_runtest_makereport
from playwright.sync_api import Browser
from town import Town
from town import town as open_town

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))

import desk as desk_files
import node
import storefront

LOCALES = {"zh": "zh-CN", "en": "en-US"}
EVERY = ("390-zh", "390-en", "1280-zh", "1280-en")


@pytest.fixture(scope="session")
def laid_out() -> None:
    """Style, scripts and icons of the desk, and axe."""
    try:
        node.install(storefront.TESTS)
        desk_files.make()
    except node.Unbuildable as fault:
        pytest.fail(f"{fault.told}\n{fault.en}\n{fault.zh}", pytrace=False)


@pytest.fixture(scope="session")
def town(laid_out: None, server_url: str) -> Iterator[Town]:
    """The demo shop, for all tests of this worker: leave time alone."""
    with open_town(server_url) as opened:
        yield opened


@pytest.fixture
def last() -> Iterator[ExitStack]:
    """What is closed after all screens: a page may still be fetching when a test has seen enough."""
    with ExitStack() as held:
        yield held


@pytest.fixture
def own_town(laid_out: None, server_url: str, last: ExitStack) -> Town:
    """A shop that nobody else is in, for tests that move time."""
    return last.enter_context(open_town(server_url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with phones.browser() as running:
        yield running


@pytest.fixture
def desks_of(
    browser: Browser, last: ExitStack, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Desk]]:
    """More desks, in any town: `other = desks_of(town, width=390, language="en")`."""
    with ExitStack() as held:

        def another(
            town: Town, *, width: int = 1280, language: str = "zh", **settings: Any
        ) -> Desk:
            wanted = (AS_PHONE if width < 700 else AS_DESKTOP) | {"locale": LOCALES[language]}
            opening = phones.phone(
                browser,
                request.node.name,
                lambda page: Desk(page, town, language=language),
                **(wanted | settings),
            )
            return held.enter_context(opening)

        yield another


@pytest.fixture
def desk(desks_of: Callable[..., Desk], town: Town) -> Desk:
    """1280 x 900, Chinese."""
    return desks_of(town)


@pytest.fixture
def phone_desk(desks_of: Callable[..., Desk], town: Town) -> Desk:
    """390 x 844, Chinese."""
    return desks_of(town, width=390)


@pytest.fixture(params=EVERY)
def every_desk(desks_of: Callable[..., Desk], town: Town, request: pytest.FixtureRequest) -> Desk:
    """In both widths and languages: texts by `every_desk.t("发货", "Ship")`."""
    width, language = request.param.split("-")
    return desks_of(town, width=int(width), language=language)
