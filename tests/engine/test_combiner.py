"""Combining: many callers, few batches, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from frontline.engine.combiner import Combiner, Overloaded
from frontline.store.database import TryAgain, Unreachable

WAIT_S_MAX = 10


class Poisoned(Exception):
    pass


class Handler:
    """Answers n with -n when let go; keeps what batches it got."""

    def __init__(self, *, held: bool = False) -> None:
        self.batches: list[list[int]] = []
        self.poison: dict[int, Exception] = {}
        self.go = asyncio.Event()
        if not held:
            self.go.set()

    async def __call__(self, batch: Sequence[int]) -> Sequence[int]:
        self.batches.append([*batch])
        await self.go.wait()
        for command in batch:
            if command in self.poison:
                raise self.poison[command]
        return [-command for command in batch]

    def combiner(self, **limits: int) -> Combiner[int, int]:
        return Combiner(self, **{"batch_size_max": 4, "waiting_max": 100, **limits})


async def waited(awaitable):
    async with asyncio.timeout(WAIT_S_MAX):
        return await awaitable


async def begun(combiner: Combiner[int, int], commands: Sequence[int]) -> list[asyncio.Task[int]]:
    """Submitted, each a little later than the one before, and where they are then."""
    tasks = []
    for command in commands:
        tasks.append(asyncio.create_task(combiner.submit(command)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    return tasks


def test_what_comes_while_a_batch_is_away_goes_together() -> None:
    async def go() -> None:
        handler = Handler(held=True)
        combiner = handler.combiner()
        tasks = await begun(combiner, range(1, 8))
        handler.go.set()
        assert await waited(asyncio.gather(*tasks)) == [-n for n in range(1, 8)]
        assert handler.batches == [[1], [2, 3, 4, 5], [6, 7]]
        assert (combiner.counts.batches, combiner.counts.commands) == (3, 7)
        assert combiner.counts.halvings == 0

    asyncio.run(go())


def test_two_lanes_have_two_batches_away() -> None:
    async def go() -> None:
        handler = Handler(held=True)
        tasks = await begun(handler.combiner(lanes=2), range(1, 5))
        assert handler.batches == [[1], [2]]
        handler.go.set()
        assert await waited(asyncio.gather(*tasks)) == [-1, -2, -3, -4]
        assert sorted(map(tuple, handler.batches)) == [(1,), (2,), (3, 4)]

    asyncio.run(go())


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_command_handed_in_as_the_worker_ends_is_answered(lanes: int) -> None:
    """The caller wakes up in the very turn of the loop in which the worker has ended."""

    async def go() -> None:
        combiner = Handler().combiner(lanes=lanes)
        for command in range(1, 50):
            assert await waited(combiner.submit(command)) == -command

    asyncio.run(go())


def test_poison_harms_only_itself() -> None:
    async def go() -> None:
        handler = Handler(held=True)
        handler.poison = {5: Poisoned()}
        combiner = handler.combiner(batch_size_max=8)
        tasks = await begun(combiner, range(1, 9))
        handler.go.set()
        answers = await waited(asyncio.gather(*tasks, return_exceptions=True))
        assert [one for one in answers if not isinstance(one, int)] == [handler.poison[5]]
        assert [one for one in answers if isinstance(one, int)] == [-1, -2, -3, -4, -6, -7, -8]
        assert combiner.counts.halvings == 3
        assert await waited(combiner.submit(9)) == -9

    asyncio.run(go())


def test_a_handler_that_loses_an_answer_is_found_out() -> None:
    async def go() -> None:
        async def short(batch: Sequence[int]) -> Sequence[int]:
            return [1] * (len(batch) - 1)

        with pytest.raises(AssertionError):
            await waited(Combiner(short, batch_size_max=4, waiting_max=4).submit(1))

    asyncio.run(go())


def test_while_the_database_is_away_all_fail_together() -> None:
    """Halving would try each of them as long as all of them."""

    async def go() -> None:
        handler = Handler(held=True)
        handler.poison = {3: Unreachable()}
        combiner = handler.combiner()
        tasks = await begun(combiner, range(1, 5))
        handler.go.set()
        answers = await waited(asyncio.gather(*tasks, return_exceptions=True))
        assert answers[0] == -1
        assert answers[1:] == [handler.poison[3]] * 3
        assert handler.batches == [[1], [2, 3, 4]]
        assert combiner.counts.halvings == 0
        handler.poison = {3: TryAgain()}
        handler.go.clear()
        tasks = await begun(combiner, range(1, 5))
        handler.go.set()
        answers = await waited(asyncio.gather(*tasks, return_exceptions=True))
        assert [one for one in answers if isinstance(one, int)] == [-1, -2, -4]

    asyncio.run(go())


def test_the_queue_is_bounded() -> None:
    async def go() -> None:
        handler = Handler(held=True)
        combiner = handler.combiner(batch_size_max=1, waiting_max=3)
        tasks = await begun(combiner, range(1, 5))  # One is away, three wait.
        with pytest.raises(Overloaded):
            await combiner.submit(5)
        handler.go.set()
        assert await waited(asyncio.gather(*tasks)) == [-1, -2, -3, -4]
        assert await waited(combiner.submit(6)) == -6

    asyncio.run(go())


def test_a_command_whose_caller_hung_up_still_counts() -> None:
    async def go() -> None:
        handler = Handler(held=True)
        tasks = await begun(handler.combiner(), [1, 2, 3])
        tasks[0].cancel()
        tasks[1].cancel()
        handler.go.set()
        assert await waited(tasks[2]) == -3
        assert handler.batches == [[1], [2, 3]]

    asyncio.run(go())


def test_when_the_worker_is_cancelled_nobody_is_left_waiting() -> None:
    """Those of its batch, and those who waited for the next."""

    async def go() -> None:
        handler = Handler(held=True)
        combiner = handler.combiner(batch_size_max=2)
        tasks = await begun(combiner, range(1, 6))
        (worker,) = combiner._workers
        worker.cancel()
        answers = await waited(asyncio.gather(*tasks, return_exceptions=True))
        assert all(isinstance(one, asyncio.CancelledError) for one in answers)
        handler.go.set()
        assert await waited(combiner.submit(9)) == -9

    asyncio.run(go())


def test_cancelled_while_halving_nobody_is_left_waiting() -> None:
    async def go() -> None:
        halved = asyncio.Event()

        async def handle(batch: Sequence[int]) -> Sequence[int]:
            if len(batch) == 4:
                raise Poisoned
            if len(batch) == 2:
                halved.set()
                await asyncio.Event().wait()
            return batch

        combiner = Combiner(handle, batch_size_max=4, waiting_max=4)
        tasks = [asyncio.create_task(combiner.submit(command)) for command in range(4)]
        await waited(halved.wait())
        (worker,) = combiner._workers
        worker.cancel()
        answers = await waited(asyncio.gather(*tasks, return_exceptions=True))
        assert all(isinstance(one, asyncio.CancelledError) for one in answers)

    asyncio.run(go())
