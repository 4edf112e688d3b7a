"""Answers kept for a moment: read once however many ask, and never older than said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from frontline.shop.catalog.cache import Cache


class Reads:
    def __init__(self) -> None:
        self.count = 0
        self.now = 0.0
        self.gate = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self, key: str) -> str:
        self.count += 1
        number = self.count
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return f"{key} {number}"

    def cache(self, size_max: int = 9) -> Cache[str, str]:
        return Cache(self, fresh_s=1.0, size_max=size_max, clock=lambda: self.now)


def run(story: Callable[[Reads], object]) -> None:
    async def told() -> None:
        await story(Reads())  # type: ignore[misc]

    asyncio.run(told())


def test_a_crowd_reads_once() -> None:
    async def story(reads: Reads) -> None:
        cache = reads.cache()
        crowd = [asyncio.create_task(cache.get("a")) for _ in range(100)]
        await asyncio.sleep(0)
        reads.gate.set()
        assert set(await asyncio.gather(*crowd)) == {"a 1"}
        assert await cache.get("a") == "a 1"
        assert reads.count == 1

    run(story)


def test_it_is_read_again_when_its_time_is_over() -> None:
    async def story(reads: Reads) -> None:
        reads.gate.set()
        cache = reads.cache()
        await cache.get("a")
        reads.now = 0.999
        assert await cache.get("a") == "a 1"
        reads.now = 1.0
        assert await cache.get("a") == "a 2"

    run(story)


def test_its_age_counts_from_before_it_was_read() -> None:
    async def story(reads: Reads) -> None:
        cache = reads.cache()
        slow = asyncio.create_task(cache.get("a"))
        while not reads.count:
            await asyncio.sleep(0)
        reads.now = 1.5
        reads.gate.set()
        await slow
        assert await cache.get("a") == "a 2"

    run(story)


def test_an_error_is_told_to_all_and_not_kept() -> None:
    async def story(reads: Reads) -> None:
        cache = reads.cache()
        reads.error = OSError()
        reads.gate.set()
        told = await asyncio.gather(cache.get("a"), cache.get("a"), return_exceptions=True)
        assert [type(one) for one in told] == [OSError, OSError]
        reads.error = None
        assert await cache.get("a") == "a 2"

    run(story)


def test_one_who_hangs_up_takes_nothing_from_the_others() -> None:
    async def story(reads: Reads) -> None:
        cache = reads.cache()
        first, second = (asyncio.create_task(cache.get("a")) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        reads.gate.set()
        assert await second == "a 1"

    run(story)


def test_it_does_not_grow_for_ever() -> None:
    async def story(reads: Reads) -> None:
        reads.gate.set()
        cache = reads.cache(size_max=2)
        for key in "abc":
            await cache.get(key)
        assert await cache.get("c") == "c 3"
        assert await cache.get("a") == "a 4"
        assert len(cache._kept) == 2

    run(story)
