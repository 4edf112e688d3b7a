"""Where a page of a list ends, as the caller hands it back to see what follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

Cursor = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,17}_[0-9a-f]{32}$")]
"""Opaque to callers: a time in microseconds and an id. Whatever matches can be read."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0)
LATEST = datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1)


def cursor(at: datetime, id_: UUID) -> str:
    return f"{(at - EARLIEST[0]) // timedelta(microseconds=1)}_{id_.hex}"


def place(of: str) -> tuple[datetime, UUID]:
    micros, _, id_ = of.partition("_")
    return EARLIEST[0] + timedelta(microseconds=int(micros)), UUID(id_)
