"""Passwords: hashed by argon2id, a few at a time, away from the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from frontline.engine.combiner import Overloaded

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

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Without a hash it takes as long and is never true. Raises Overloaded."""
        if self._waiting >= _WAITING_MAX:
            raise Overloaded
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, _matches, password, password_hash
            )
        finally:
            self._waiting -= 1


def _matches(password: str, password_hash: str | None) -> bool:
    try:
        _hasher.verify(password_hash or _nobody, password)
    except VerifyMismatchError:
        return False
    return password_hash is not None
