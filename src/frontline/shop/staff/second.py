"""The second proof of who somebody is: codes of an authenticator (RFC 6238), and of paper.

A code is good once: the half minute it belongs to is written down before anybody is let in. The
secret is kept as it is, in a table of its own (decision 0013); of the paper's codes only digests.
"""

from __future__ import annotations

import os
import re
import secrets
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import text

from frontline.kernel.words import ShopId
from frontline.store.database import Database, Transaction

STEP_S = 30
DIGITS = 6
DRIFT_STEPS = 1  # So far the clock of a phone may be wrong.
SECRET_BYTES = 20
PAPER_CODES = 8
PAPER_BYTES = 10

_SECRET = text("""
    SELECT secret, set_up_at, used FROM staff_totp
    WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid)
""")
_USE = text("""
    UPDATE staff_totp SET used = CAST(:step AS bigint)
    WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid)
      AND used < CAST(:step AS bigint)
    RETURNING used
""")
_USE_PAPER = text("""
    DELETE FROM staff_recovery
    WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid)
      AND code_digest = CAST(:digest AS bytea)
    RETURNING staff_id
""")
_BEGIN = text("""
    INSERT INTO staff_totp (shop_id, staff_id, secret, set_up_at, used)
    SELECT shop_id, id, CAST(:secret AS bytea), NULL, 0 FROM staff
    WHERE shop_id = :shop_id AND id = CAST(:staff_id AS uuid) AND active
    ON CONFLICT (shop_id, staff_id) DO NOTHING
    RETURNING staff_id
""")
_SET_UP = text("""
    UPDATE staff_totp SET set_up_at = :now
    WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid) AND set_up_at IS NULL
    RETURNING staff_id
""")
_FORGET = text("""
    DELETE FROM staff_totp
    WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid)
    RETURNING staff_id
""")
_FORGET_PAPER = text("""
    DELETE FROM staff_recovery
    WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid)
    RETURNING staff_id
""")
_PAPER = text("""
    INSERT INTO staff_recovery (shop_id, staff_id, code_digest)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:staff_ids AS uuid[]), CAST(:digests AS bytea[]))
""")
_PAPER_LEFT = text("""
    SELECT count(*) AS codes FROM staff_recovery
    WHERE shop_id = :shop_id AND staff_id = CAST(:staff_id AS uuid)
""")


class Secret(NamedTuple):
    """To be put into an authenticator, by its camera or by hand."""

    typed: str
    picture: str  # SVG.


async def proved(
    database: Database, shop_id: ShopId, staff_id: UUID, code: str, now: datetime
) -> bool:
    """Whether this is a code of theirs that was never used. From now on it was."""
    async with database.transaction(shop_id) as transaction:
        return await use(transaction, staff_id, code, now)


async def use(transaction: Transaction, staff_id: UUID, code: str, now: datetime) -> bool:
    plain = re.sub(r"[\s-]", "", code).upper()
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", plain):
        found = await transaction.read(_USE_PAPER, staff_id=staff_id, digest=_digest(plain))
        return bool(found)
    known = await transaction.read(_SECRET, staff_id=staff_id)
    if not known:
        return False
    step = _step_of(known[0].secret, plain, now)
    if step is None:
        return False
    return bool(await transaction.read(_USE, staff_id=staff_id, step=step))


async def begin(transaction: Transaction, staff_id: UUID, *, name: str, shop: str) -> Secret | None:
    """What to put into the authenticator; None: it is set up, or nobody such works here."""
    await transaction.read(_BEGIN, staff_id=staff_id, secret=os.urandom(SECRET_BYTES))
    rows = await transaction.read(_SECRET, staff_id=staff_id)
    if not rows or rows[0].set_up_at is not None:
        return None
    known = rows[0]
    address = _totp(known.secret).get_provisioning_uri(name, shop)
    picture = segno.make(address, error="m").svg_inline(
        scale=4, border=4, dark="#000", light="#fff"
    )
    return Secret(b32encode(known.secret).decode(), picture)


async def set_up(
    transaction: Transaction, staff_id: UUID, code: str, now: datetime
) -> Sequence[str] | None:
    """A first code has come: it is asked for from now on. The codes for paper, or None."""
    if not re.fullmatch(rf"[0-9 ]{{{DIGITS},}}", code.strip()):
        return None
    if not await use(transaction, staff_id, code, now):
        return None
    if not await transaction.read(_SET_UP, staff_id=staff_id, now=now):
        return None
    return await paper(transaction, staff_id)


async def paper(transaction: Transaction, staff_id: UUID) -> Sequence[str]:
    """New codes for paper; those of before are worth nothing."""
    await transaction.read(_FORGET_PAPER, staff_id=staff_id)
    codes = [b32encode(secrets.token_bytes(PAPER_BYTES)).decode() for _ in range(PAPER_CODES)]
    digests = [_digest(code) for code in codes]
    await transaction.write(_PAPER, staff_ids=[staff_id] * PAPER_CODES, digests=digests)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


async def paper_left(transaction: Transaction, staff_id: UUID) -> int:
    rows = await transaction.read(_PAPER_LEFT, staff_id=staff_id)
    return int(rows[0].codes)


async def since(transaction: Transaction, staff_id: UUID) -> datetime | None:
    """Since when it is asked for; None: it is not."""
    known = await transaction.read(_SECRET, staff_id=staff_id)
    return known[0].set_up_at if known else None


async def forget(transaction: Transaction, staff_id: UUID) -> None:
    """The second proof is no longer asked for."""
    await transaction.read(_FORGET_PAPER, staff_id=staff_id)
    await transaction.read(_FORGET, staff_id=staff_id)


def code_at(secret: bytes, at: datetime) -> str:
    """What an authenticator shows."""
    return _totp(secret).generate(int(at.timestamp())).decode()


def _step_of(secret: bytes, code: str, now: datetime) -> int | None:
    step = int(now.timestamp()) // STEP_S
    totp = _totp(secret)
    for near in range(step - DRIFT_STEPS, step + DRIFT_STEPS + 1):
        if secrets.compare_digest(totp.generate(near * STEP_S), code.encode()):
            return near
    return None


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 - what authenticators know


def _digest(code: str) -> bytes:
    return blake2b(code.encode(), digest_size=32, person=b"recovery").digest()
