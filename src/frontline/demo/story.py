"""Telling what happened in its order: deeds at their times, and what the clock does between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from frontline.app import Clockwork
from frontline.demo.people import Demo


class Deed(NamedTuple):
    at: datetime
    do: Callable[[], Awaitable[object]]
    heard: bool = True  # Somebody else does something because of it, at once.


async def tell(demo: Demo, clockwork: Clockwork, deeds: Iterable[Deed]) -> None:
    """One after the other, and after what is heard whatever came due and had to be said by then."""
    for deed in sorted(deeds, key=lambda one: one.at):
        demo.clock[0] = deed.at
        await deed.do()
        while deed.heard and await clockwork.turn():
            pass
