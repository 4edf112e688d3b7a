"""The door by which staff come in."""

from __future__ import annotations

from typing import Annotated

import msgspec

from frontline.shop.staff.login import (
    NAME_CHARACTERS_MAX,
    PASSWORD_CHARACTERS_MAX,
    SignedIn,
    log_in,
)
from frontline.shop.staff.messages import Refused
from frontline.web.door import Visit, Who, post
from frontline.web.session import EVERYWHERE


class LoginForm(msgspec.Struct, frozen=True):
    name: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+$", max_length=NAME_CHARACTERS_MAX)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=PASSWORD_CHARACTERS_MAX)]
    code: Annotated[str, msgspec.Meta(max_length=32)] = ""  # Of the authenticator, where set up.


async def _log_in(visit: Visit, form: LoginForm) -> SignedIn | Refused:
    """Log in as staff: five tries in fifteen minutes."""
    return await log_in(
        visit.opened,
        visit.shop_id,
        name=form.name.strip(),
        password=form.password,
        code=form.code,
        agent="API",
    )


class Nothing(msgspec.Struct, frozen=True):
    pass


async def _log_out(visit: Visit, _form: Nothing) -> Nothing:
    """Log out: the token is worth nothing from now on."""
    await visit.opened.sessions.close(visit.authorization)
    return Nothing()


DOORS = (
    post("/api/staff/login", LoginForm, _log_in, SignedIn, who=Who.ANYONE),
    post("/api/staff/logout", Nothing, _log_out, Nothing, who=Who.STAFF, area=EVERYWHERE),
)
