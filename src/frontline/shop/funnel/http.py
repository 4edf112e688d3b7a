"""Doors: a storefront telling how far its visitor came, and staff looking at the whole."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.engine.engine import new_id
from frontline.kernel.words import ProductId
from frontline.shop.funnel import views
from frontline.shop.funnel.messages import RecordStep, Refusal, Refused, Step
from frontline.web.door import Door, Visit, Who, get, post
from frontline.web.session import Role


class Told(StrEnum):
    """What a storefront may tell; that an order was placed and paid we know ourselves."""

    OPEN = "open"
    PRODUCT = "product"
    CHECKOUT = "checkout"


class SeenForm(msgspec.Struct, frozen=True):
    visitor: UUID
    step: Told
    product_id: UUID | None = None
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=32)] | None = None  # Of a share.


class Seen(msgspec.Struct, frozen=True):
    pass


async def _seen(visit: Visit, form: SeenForm) -> Seen:
    """A visitor has come this far today; to say it again changes nothing."""
    opened, caller = visit.opened, visit.caller
    shop = (await opened.shops.all())[visit.shop_id]
    known = caller is not None and caller.role is Role.MEMBER
    wish = RecordStep(
        id=new_id(),
        visitor=form.visitor,
        member_id=caller.member_id if caller is not None and known else None,
        day=shop.day(opened.now()),
        step=Step(form.step),
        product_id=None if form.product_id is None else ProductId(form.product_id),
        shared=form.code is not None,
    )
    await opened.engine.submit(visit.shop_id, wish)
    return Seen()


class FunnelForm(msgspec.Struct, frozen=True):
    begin: date | None = msgspec.field(name="from", default=None)  # None: 30 days before `to`.
    end: date | None = msgspec.field(name="to", default=None)  # Included. None: today.
    product_id: UUID | None = None  # None: the whole shop.


async def _funnel(visit: Visit, form: FunnelForm) -> views.Funnel | Refused:
    """How many came how far: the last thirty days, unless said. `from` and `to` are days."""
    opened = visit.opened
    shop = (await opened.shops.all())[visit.shop_id]
    days = shop.period(form.begin, form.end, opened.now())
    if days is None:
        return Refused(Refusal.PERIOD_INVALID)
    return await views.funnel(opened.database, visit.shop_id, *days, form.product_id)


DOORS: tuple[Door, ...] = (
    post("/api/funnel/seen", SeenForm, _seen, Seen, who=Who.ANYONE),
    get("/api/staff/funnel", FunnelForm, _funnel, views.Funnel, who=Who.STAFF),
)
