"""Doors: take my data with me, and have them forgotten."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

from frontline.shop.privacy import messages, views
from frontline.shop.privacy.messages import EraseMember
from frontline.web.door import Door, Visit, Who, get, post


class ExportForm(msgspec.Struct, frozen=True):
    """Asks for all of mine."""


async def _export(visit: Visit, _form: ExportForm) -> views.Export:
    """Everything the shop holds about me, as JSON."""
    opened = visit.opened
    return await views.export(
        opened.database, visit.shop_id, visit.known.member_id, visit.language, opened.now()
    )


class EraseForm(msgspec.Struct, frozen=True):
    id: UUID
    confirm: Literal["ERASE"]


async def _erase(visit: Visit, form: EraseForm) -> messages.Outcome:
    """Forget who I am. It cannot be undone; orders stay in the books without my name."""
    member_id = visit.known.member_id
    outcome = await visit.opened.engine.submit(
        visit.shop_id, EraseMember(id=form.id, member_id=member_id)
    )
    if isinstance(outcome, messages.Erased):
        visit.opened.sessions.forget(member_id)
    return outcome


DOORS: tuple[Door, ...] = (
    get("/api/me/export", ExportForm, _export, views.Export, who=Who.MEMBER),
    post("/api/me/erase", EraseForm, _erase, messages.Erased, who=Who.MEMBER),
)
