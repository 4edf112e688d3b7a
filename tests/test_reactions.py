"""Several features react to one event: what keeps one of them waiting keeps no other."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from frontline.engine.feature import Later
from frontline.house import _all


def test_all_are_tried_and_what_failed_is_told() -> None:
    tried: list[str] = []

    async def waits(*_: Any) -> None:
        tried.append("waits")
        raise Later(timedelta(minutes=1))

    async def works(*_: Any) -> None:
        tried.append("works")

    react: Any = _all([waits, works])
    with pytest.raises(Later):
        asyncio.run(react(None, 1, None))
    assert tried == ["waits", "works"]
    assert _all([works]) is works
