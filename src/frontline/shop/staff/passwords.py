"""Passwords: hashed by argon2id, a few at a time, away from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from frontline.engine.combiner import Overloaded

T = TypeVar("T")

_AT_ONCE_MAX = 2  # Each takes 64 MiB and some tens of milliseconds.
_WAITING_MAX = 32

_hasher = PasswordHasher()  # RFC 9106, the low-memory choice.
_nobody = _hasher.hash("nobody")
"""Tried where nobody has that name, so that both take as long."""


def hashed(password: str) -> str:
    return _hasher.hash(password)


class Verifier:
    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE_MAX, thread_name_prefix="argon2")
        self._waiting = 0

    async def hashed(self, password: str) -> str:
        """Raises Overloaded."""
        return await self._run(hashed, password)

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Without a hash it takes as long and is never true. Raises Overloaded."""
        return await self._run(_matches, password, password_hash)

    async def _run(self, work: Callable[..., T], *given: str | None) -> T:
        if self._waiting >= _WAITING_MAX:
            raise Overloaded
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)
        finally:
            self._waiting -= 1


def _matches(password: str, password_hash: str | None) -> bool:
    try:
        _hasher.verify(password_hash or _nobody, password)
    except (VerifyMismatchError, InvalidHashError):  # Some are there without a password.
        return False
    return password_hash is not None
