"""Identity: time-ordered ids minted at the edge, and ids that follow from other ids."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from uuid import UUID


def uuid7(unix_ms: int, chance: bytes) -> UUID:
    """An id that sorts by time (RFC 9562). `chance` is 10 random bytes."""
    tail = int.from_bytes(chance, "big")
    value = unix_ms << 80 | 0x7 << 76 | (tail >> 68) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    return UUID(int=value)


def following(origin: UUID, purpose: str) -> UUID:
    """The one id for `purpose` that everybody who knows `origin` arrives at; sorts beside it."""
    return UUID(int=origin.int ^ _mark(purpose))


def named(namespace: str, name: str) -> UUID:
    """The one id of a thing the outside world knows by `name` (a row of a file, a notice)."""
    return UUID(bytes=blake2b(f"{namespace}\0{name}".encode(), digest_size=16).digest())


@cache
def _mark(purpose: str) -> int:
    return int.from_bytes(blake2b(purpose.encode(), digest_size=16).digest(), "big") >> 66
