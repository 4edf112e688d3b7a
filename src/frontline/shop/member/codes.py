"""Codes that prove a phone: where their chance comes from, and who carries them.

Only a digest is stored. Six digits can be guessed from a digest in no time, so what protects a
code is that it is good for five minutes, five tries and one use.
"""

from __future__ import annotations

import logging
import secrets
from hashlib import blake2b
from typing import Protocol
from uuid import UUID

from frontline.kernel.words import ShopId

_log = logging.getLogger(__name__)


class CodeNotSent(Exception):
    """The carrier did not take the message."""


class CodeSender(Protocol):
    """Carries codes to phones. One stands among the services of the application."""

    shows_codes: bool
    """Whoever asks is shown the code at once, so nobody is proved: a demo's, and no other's."""

    async def send(self, shop_id: ShopId, phone: str, code: str, language: str) -> None:
        """Raises CodeNotSent."""


class LoggedCodes:
    """Carries nothing: whoever tries the shop out reads the code in its log."""

    shows_codes = False

    async def send(self, shop_id: ShopId, phone: str, code: str, language: str) -> None:  # noqa: ARG002 - of the protocol
        _log.warning("login code for %s in shop %d: %s", phone, shop_id, code)


class DemoCodes(LoggedCodes):
    """Of a demo: the page shows the code, as a phone would show the message."""

    shows_codes = True


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def digest_of(code: str, code_id: UUID) -> bytes:
    return blake2b(code.encode(), digest_size=32, salt=code_id.bytes, person=b"phone code").digest()
