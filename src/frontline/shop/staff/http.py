"""The door by which staff come in."""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.engine.engine import new_id
from frontline.shop.staff import views
from frontline.shop.staff.book import SLOTS
from frontline.shop.staff.messages import CountTry, ForgetTries, Refusal, Refused
from frontline.shop.staff.passwords import Verifier
from frontline.web.door import Visit, Who, post
from frontline.web.session import Role

_verifier = Verifier()


class LoginForm(msgspec.Struct, frozen=True):
    name: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+$", max_length=64)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class SignedIn(msgspec.Struct, frozen=True):
    token: str  # For the header `Authorization: Bearer <token>`; shown only here.
    staff_id: UUID
    name: str
    role: Role


def _slot(name: str) -> int:
    return int.from_bytes(blake2b(name.casefold().encode(), digest_size=8).digest()) % SLOTS


async def _log_in(visit: Visit, form: LoginForm) -> SignedIn | Refused:
    """Log in as staff: five tries in fifteen minutes."""
    opened, name = visit.opened, form.name.strip()
    slot = _slot(name)
    counted = await opened.engine.submit(visit.shop_id, CountTry(id=new_id(), slot=slot))
    if isinstance(counted, Refused):
        return counted
    colleague = await views.by_name(opened.database, visit.shop_id, name)
    known_hash = None if colleague is None else colleague.password_hash
    if not await _verifier.matches(form.password, known_hash) or colleague is None:
        return Refused(Refusal.LOGIN_WRONG)
    await opened.engine.submit(visit.shop_id, ForgetTries(id=new_id(), slot=slot))
    token = await opened.sessions.open(visit.shop_id, colleague.id, colleague.role)
    return SignedIn(token, colleague.id, colleague.name, colleague.role)


class Nothing(msgspec.Struct, frozen=True):
    pass


async def _log_out(visit: Visit, _form: Nothing) -> Nothing:
    """Log out: the token is worth nothing from now on."""
    await visit.opened.sessions.close(visit.authorization)
    return Nothing()


DOORS = (
    post("/api/staff/login", LoginForm, _log_in, SignedIn, who=Who.ANYONE),
    post("/api/staff/logout", Nothing, _log_out, Nothing, who=Who.STAFF),
)
