"""A case that staff open for a buyer who has called."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.kernel.words import OrderId
from frontline.shop.aftersale.messages import AskRefund, Kind, Moved, Reason
from frontline.shop.aftersale.pages.cases import url_of
from frontline.web.pages import Answer, DeskVisit, Done, Invalid, Page, action
from frontline.web.typed import Mistyped, whole

NOTE_MAX = 500


class AskForm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    kind: Kind
    reason: Reason
    note: Annotated[str, msgspec.Meta(max_length=NOTE_MAX)] = ""
    numbers: tuple[int, ...] = ()  # Of lines, beside how many units of each.
    units: tuple[str, ...] = ()


async def _ask(visit: DeskVisit, form: AskForm) -> Answer:
    """Open a case for a buyer who has called; it is answered like any other."""
    try:
        units = [whole(typed) if typed else 0 for typed in form.units]
    except Mistyped:
        units = []
    if len(units) != len(form.numbers) or not any(units):
        return Invalid({"units": Words("请填写要退的件数", "Say how many units go back")})
    numbered = zip(form.numbers, units, strict=True)
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        AskRefund(
            id=form.id,
            order_id=OrderId(form.order_id),
            member_id=None,
            kind=form.kind,
            lines=tuple((number, count) for number, count in numbered if count),
            reason=form.reason,
            note=form.note.strip(),
            staff_id=visit.known.staff_id,
        ),
    )
    if not isinstance(outcome, Moved):
        return outcome
    said = Words("售后已登记，请在这里处理", "The case is open; answer it here")
    return Done(said, go=url_of(outcome.case_id))


PAGES: tuple[Page, ...] = (action("/desk/aftersale/ask", AskForm, _ask),)
