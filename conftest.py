"""One PostgreSQL for a whole test run, also for the workers of a parallel one.

It is the one named in FRONTLINE_TEST_URL (with {role} and {database} left open), or one of our
own, started when the first test asks; a parallel run starts it before its workers.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from databases import new_database, open_url, start_server

from frontline.store.server import Server

URL = "FRONTLINE_TEST_URL"


class _Own:
    """Our own server, while it runs."""

    server: Server | None = None
    root: Path | None = None


def _start() -> None:
    if URL in os.environ:
        return
    _Own.root = Path(tempfile.mkdtemp(prefix="frontline-test-"))
    _Own.root.chmod(0o711)  # The server may be another user; let it pass through.
    _Own.server = start_server(_Own.root)
    os.environ[URL] = open_url(_Own.server)


FIRST = ("/desk/test_everywhere", "/test_launch", "/faults/", "/web/test_pages", "/replay/")
"""Files that take long, longest first. All that has a browser comes next."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Short files come last, so that no worker is left alone with a long one."""

    def place(item: pytest.Item) -> tuple[int, bool]:
        path = item.path.as_posix()
        long = next((at for at, one in enumerate(FIRST) if one in path), len(FIRST))
        return long, path not in browsing

    browsing = {
        one.path.as_posix() for one in items if "browser" in getattr(one, "fixturenames", ())
    }
    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: often a worker waits for its browser or a timer."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        _start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _Own.server is not None and _Own.root is not None:
        _Own.server.stop()
        shutil.rmtree(_Own.root, ignore_errors=True)
        os.environ.pop(URL)
        _Own.server = None


@pytest.fixture(scope="session")
def server_url() -> str:
    _start()
    return os.environ[URL]


@pytest.fixture
def database(server_url: str) -> str:
    """The URL of a fresh database with all tables, as the application's role."""
    return asyncio.run(new_database(server_url))
