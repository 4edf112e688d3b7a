"""Time and chance as they are handed to the clients, so that tests can hold both still."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Aware UTC."""

Nonce = Callable[[], str]
"""A fresh string of at most 32 characters."""


def system_clock() -> datetime:
    return datetime.now(UTC)


def system_nonce() -> str:
    return secrets.token_hex(16)
