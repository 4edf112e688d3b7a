"""Database addresses: as an owner writes them, and as the application's role uses them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import asyncpg
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from frontline.store.faults import AddressUnreadable
from frontline.store.migration import ROLE

_ROUNDS = 4096
_SCHEMES = ("postgres", "postgresql", "postgresql+asyncpg")


def owner_url(written: str) -> str:
    """The usual forms of an address (postgres://, postgresql://, sslmode=) as we use it.

    Raises AddressUnreadable.
    """
    try:
        url = make_url(written)
    except ArgumentError as error:
        raise AddressUnreadable from error
    if url.drivername not in _SCHEMES:
        raise AddressUnreadable
    query = {("ssl" if name == "sslmode" else name): value for name, value in url.query.items()}
    return _text(url.set(drivername="postgresql+asyncpg", query=query))


async def admit(owner: str) -> str:
    """The same database's address for the application's role, which is let in with it.

    The role's password follows from the owner's, so it is stored nowhere and every machine that
    knows the one knows the other. An owner without a password (trust) needs none.
    """
    url = make_url(owner)
    if not url.password:
        return _text(url.set(username=ROLE))
    password = hmac.digest(url.password.encode(), ROLE.encode(), "sha256").hex()
    app = url.set(username=ROLE, password=password)
    try:
        await (await connect(_text(app))).close()
    except asyncpg.InvalidAuthorizationSpecificationError:
        connection = await connect(owner)
        try:
            # Not the password but its verifier, for a server's log may keep the statement.
            await connection.execute(f"ALTER ROLE {ROLE} PASSWORD '{_verifier(password)}'")
        finally:
            await connection.close()
    return _text(app)


async def connect(url: str, **settings: Any) -> asyncpg.Connection:
    """One plain connection to an address of this module, with these settings of asyncpg's."""
    parsed = make_url(url)
    options = dict(parsed.query)
    return await asyncpg.connect(
        host=options.pop("host", parsed.host),
        port=parsed.port,
        user=parsed.username,
        password=parsed.password,
        database=parsed.database,
        **options,
        **settings,
    )


def shown(url: str) -> str:
    """The address without its password."""
    return make_url(url).render_as_string(hide_password=True)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _verifier(password: str) -> str:
    """What PostgreSQL stores of a password (RFC 5803)."""
    salt = hashlib.sha256(password.encode()).digest()[:16]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    client = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, client64, server64 = (base64.b64encode(it).decode() for it in (salt, client, server))
    return f"SCRAM-SHA-256${_ROUNDS}:{salt64}${client64}:{server64}"
