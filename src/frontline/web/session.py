"""Who is asking: opaque bearer tokens, remembered in the process for a few seconds.

A token reads `<shop>.<secret>`, so that the shop to look in is known before looking; only
the digest of it is ever stored. Members and staff carry the same kind of token; a session
says which of the two it is.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.engine.combiner import Combiner
from frontline.kernel.words import MemberId, ShopId, StaffId
from frontline.store.database import Database, Fault, Transaction

REMEMBERED_FOR = timedelta(seconds=10)  # So long another process may not hear of a log-out.
REMEMBERED_MAX = 100_000
LOOKED_UP_MAX = 256  # At once.
WAITING_MAX = 10_000
MEMBER_FOR = timedelta(days=90)
STAFF_FOR = timedelta(hours=12)
SHOP_ID_MAX = 2**63 - 1
AGENT_CHARACTERS_MAX = 300
EVERYWHERE = "*"
"""The area that all of the staff are let into."""
SEE = ".see"

_FIND = text("""
    SELECT token_digest, actor_id, role, areas, expires_at FROM session
    WHERE shop_id = :shop_id AND token_digest = ANY(CAST(:digests AS bytea[]))
""")
_OPEN = text("""
    INSERT INTO session
        (shop_id, token_digest, actor_id, role, created_at, expires_at, areas, agent)
    VALUES (:shop_id, CAST(:digest AS bytea), CAST(:actor_id AS uuid), CAST(:role AS text),
            CAST(:created_at AS timestamptz), CAST(:expires_at AS timestamptz),
            CAST(:areas AS text[]), CAST(:agent AS text))
    RETURNING actor_id
""")
_CLOSE = text("""
    DELETE FROM session
    WHERE shop_id = :shop_id AND token_digest = ANY(CAST(:digests AS bytea[]))
""")


_OF_ACTOR = text("""
    SELECT token_digest, created_at, coalesce(seen_at, created_at) AS seen_at, agent FROM session
    WHERE shop_id = :shop_id AND actor_id = CAST(:actor_id AS uuid) AND expires_at > :now
    ORDER BY 3 DESC LIMIT 100
""")
_SEEN = text("""
    UPDATE session SET seen_at = :now
    WHERE shop_id = :shop_id AND token_digest = CAST(:digest AS bytea)
    RETURNING actor_id
""")
_END = text("""
    DELETE FROM session
    WHERE shop_id = :shop_id AND actor_id = CAST(:actor_id AS uuid)
      AND (CAST(:only AS bytea) IS NULL OR token_digest = CAST(:only AS bytea))
      AND token_digest IS DISTINCT FROM CAST(:but AS bytea)
    RETURNING token_digest
""")
_LET_IN = text("""
    UPDATE session SET areas = CAST(:areas AS text[])
    WHERE shop_id = :shop_id AND actor_id = CAST(:actor_id AS uuid)
    RETURNING actor_id
""")


class Role(StrEnum):
    MEMBER = "member"
    STAFF = "staff"
    OWNER = "owner"


class Caller(msgspec.Struct, frozen=True):
    """The actor of a session. Every query takes its shop and its id from here."""

    shop_id: ShopId
    actor_id: UUID
    role: Role
    areas: frozenset[str] | None = None
    """Of staff: the areas they may work in, and as `<area>.see` those they may look at."""

    def may(self, area: str, *, act: bool) -> bool:
        """Whether they may act in the area, or else look at it."""
        if area == EVERYWHERE or self.areas is None or self.role is Role.OWNER:
            return True
        return area in self.areas or (not act and area + SEE in self.areas)

    @property
    def member_id(self) -> MemberId:
        assert self.role is Role.MEMBER
        return MemberId(self.actor_id)

    @property
    def staff_id(self) -> StaffId:
        assert self.role is not Role.MEMBER
        return StaffId(self.actor_id)


class Session(msgspec.Struct, frozen=True):
    """One of the sessions of an actor, as they are shown it."""

    digest: bytes  # Of its token, which nobody knows any more.
    created_at: datetime
    seen_at: datetime  # To a minute or so.
    agent: str  # What the browser said of itself.


Asked = tuple[ShopId, bytes]
Found = tuple[Caller, datetime]  # And when the session ends.


def digest(token: bytes) -> bytes:
    return blake2b(token, digest_size=32).digest()


def new_token(shop_id: ShopId) -> str:
    return f"{shop_id}.{secrets.token_urlsafe(32)}"


class Sessions:
    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._known: dict[bytes, tuple[datetime, Caller]] = {}
        # Those who come back all at once are looked up all at once.
        self._finder = Combiner(
            self._look_up, batch_size_max=LOOKED_UP_MAX, waiting_max=WAITING_MAX, lanes=2
        )

    async def caller(self, authorization: bytes) -> Caller | None:
        """The actor behind an Authorization header; None if there is none or no longer one."""
        now = self._now()
        known = self._known.get(authorization)
        if known is not None and now < known[0]:
            return known[1]
        found = await self._find(authorization, now)
        if found is None:
            return None
        caller, expires_at = found
        if len(self._known) >= REMEMBERED_MAX:
            self._known.clear()
        self._known[authorization] = min(now + REMEMBERED_FOR, expires_at), caller
        return caller

    async def open(
        self,
        shop_id: ShopId,
        actor_id: UUID,
        role: Role,
        *,
        areas: Iterable[str] | None = None,
        agent: str = "",
    ) -> str:
        """A new token. It is not kept and cannot be shown again."""
        token = new_token(shop_id)
        now = self._now()
        async with self._database.transaction(shop_id) as transaction:
            await transaction.read(
                _OPEN,
                digest=digest(token.encode()),
                actor_id=actor_id,
                role=role,
                created_at=now,
                expires_at=now + (MEMBER_FOR if role is Role.MEMBER else STAFF_FOR),
                areas=None if areas is None else sorted(areas),
                agent=agent[:AGENT_CHARACTERS_MAX],
            )
        return token

    async def close(self, authorization: bytes) -> None:
        """Log out: the token is worth nothing from now on."""
        self._known.pop(authorization, None)
        token = authorization.removeprefix(b"Bearer ")
        if (shop_id := _shop_of(token)) is not None:
            async with self._database.transaction(shop_id) as transaction:
                await transaction.rows(_CLOSE, digests=[digest(token)])

    async def of_actor(self, transaction: Transaction, actor_id: UUID) -> list[Session]:
        """Those that have not ended, the last seen first; a hundred at most."""
        rows = await transaction.read(_OF_ACTOR, actor_id=actor_id, now=self._now())
        return [Session(*row) for row in rows]

    async def seen(self, transaction: Transaction, token: bytes) -> None:
        """Note that whoever holds it is at work."""
        await transaction.read(_SEEN, digest=digest(token), now=self._now())

    async def end(
        self,
        transaction: Transaction,
        actor_id: UUID,
        *,
        only: bytes | None = None,
        but: bytes | None = None,
    ) -> int:
        """End the actor's sessions, or `only` the one of this digest; how many those were.

        Another process may not hear of it for REMEMBERED_FOR.
        """
        ended = await transaction.read(_END, actor_id=actor_id, only=only, but=but)
        self.forget(actor_id)
        return len(ended)

    async def let_in(
        self, transaction: Transaction, actor_id: UUID, areas: Iterable[str] | None
    ) -> None:
        """From now on this member of staff is let into these areas, in all their sessions."""
        given = None if areas is None else sorted(areas)
        await transaction.read(_LET_IN, actor_id=actor_id, areas=given)
        self.forget(actor_id)

    def forget(self, actor_id: UUID) -> None:
        """All of the actor's sessions were closed: remember none of them here."""
        self._known = {
            authorization: known
            for authorization, known in self._known.items()
            if known[1].actor_id != actor_id
        }

    async def _find(self, authorization: bytes, now: datetime) -> Found | None:
        if not authorization.startswith(b"Bearer "):
            return None
        token = authorization.removeprefix(b"Bearer ")
        if (shop_id := _shop_of(token)) is None:
            return None
        found = await self._finder.submit((shop_id, digest(token)))
        if isinstance(found, Fault):
            raise found
        return None if found is None or found[1] <= now else found

    async def _look_up(self, batch: Sequence[Asked]) -> list[Found | Fault | None]:
        found: dict[Asked, Found | Fault] = {}
        for shop_id in {shop_id for shop_id, _ in batch}:
            asked = [one for one in batch if one[0] == shop_id]
            try:
                async with self._database.transaction(shop_id) as transaction:
                    rows = await transaction.rows(_FIND, digests=[one for _, one in asked])
            except Fault as fault:
                found |= dict.fromkeys(asked, fault)
                continue
            for row in rows:
                areas = None if row.areas is None else frozenset(row.areas)
                caller = Caller(shop_id, row.actor_id, Role(row.role), areas)
                found[shop_id, row.token_digest] = caller, row.expires_at
        return [found.get(one) for one in batch]


def _shop_of(token: bytes) -> ShopId | None:
    shop, _, secret = token.partition(b".")
    if not (shop.isdigit() and secret and len(shop) <= len(str(SHOP_ID_MAX))):
        return None
    shop_id = int(shop)
    return ShopId(shop_id) if 0 < shop_id <= SHOP_ID_MAX else None
