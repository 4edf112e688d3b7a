"""Logging in, at the desk and at the door: password, and the second proof where it was set up."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec

from frontline.engine.engine import new_id
from frontline.kernel.words import ShopId
from frontline.shop.staff import second, views
from frontline.shop.staff.book import SLOTS
from frontline.shop.staff.messages import CountTry, ForgetTries, Refusal, Refused
from frontline.shop.staff.passwords import Verifier
from frontline.web.door import Opened
from frontline.web.session import Role

PASSWORD_CHARACTERS_MAX = 128
NAME_CHARACTERS_MAX = 64

verifier = Verifier()


class SignedIn(msgspec.Struct, frozen=True):
    token: str  # For the header `Authorization: Bearer <token>`; shown only here.
    staff_id: UUID
    name: str
    role: Role


def slot_of(name: str) -> int:
    return int.from_bytes(blake2b(name.casefold().encode(), digest_size=8).digest()) % SLOTS


async def log_in(  # noqa: PLR0913 - all that is said at the door
    opened: Opened, shop_id: ShopId, *, name: str, password: str, code: str, agent: str
) -> SignedIn | Refused:
    """Five tries in fifteen minutes, of password and code together. Raises Overloaded."""
    if not 0 < len(name) <= NAME_CHARACTERS_MAX or len(password) > PASSWORD_CHARACTERS_MAX:
        return Refused(Refusal.LOGIN_WRONG)
    slot = slot_of(name)
    counted: Any = await opened.engine.submit(shop_id, CountTry(id=new_id(), slot=slot))
    if isinstance(counted, Refused):
        return counted
    colleague = await views.by_name(opened.database, shop_id, name)
    known_hash = None if colleague is None else colleague.password_hash
    if not await verifier.matches(password, known_hash) or colleague is None:
        return Refused(Refusal.LOGIN_WRONG)
    if colleague.two_steps:
        if not code.strip():
            return Refused(Refusal.SECOND_CODE_NEEDED)
        if not await second.proved(opened.database, shop_id, colleague.id, code, opened.now()):
            return Refused(Refusal.SECOND_CODE_WRONG)
    await opened.engine.submit(shop_id, ForgetTries(id=new_id(), slot=slot))
    token = await opened.sessions.open(
        shop_id, colleague.id, colleague.role, areas=colleague.areas, agent=agent
    )
    return SignedIn(token, colleague.id, colleague.name, colleague.role)
