"""Doors for staff: keeping freight templates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.words import Fen, ProductId
from frontline.shop.freight import messages, views
from frontline.shop.freight.messages import AttachFreight, Measure, PutFreight, Rate, RemoveFreight
from frontline.web.door import Visit, Who, command_door, get
from frontline.web.session import Caller

FEE_MAX = 10_000_000
UNITS_MAX = 10_000_000
GOODS_MAX = 10**12
REGIONS_MAX = 400
PRODUCTS_MAX = 200
PUT_BYTES_MAX = 131_072  # REGIONS_MAX rates with room to spare.

# Something to read, on one line: not only spaces, and nothing that cannot be printed.
_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"

Units = Annotated[int, msgspec.Meta(ge=1, le=UNITS_MAX)]
Fee = Annotated[int, msgspec.Meta(ge=0, le=FEE_MAX)]


class RateForm(msgspec.Struct, frozen=True):
    first: Units  # Pieces, or grams.
    first_fee: Fee
    more: Units
    more_fee: Fee
    free_from: Annotated[int, msgspec.Meta(ge=0, le=GOODS_MAX)] | None = None


class PutForm(msgspec.Struct, frozen=True):
    id: UUID
    name: Annotated[str, msgspec.Meta(pattern=_LINE, max_length=64)]
    measure: Measure
    elsewhere: RateForm | None  # null: nothing is sent to regions that are not named.
    regions: Annotated[dict[str, RateForm | None], msgspec.Meta(max_length=REGIONS_MAX)] = {}
    template_id: UUID | None = None  # null: a new one, which takes `id`.
    seen: str = ""  # Of `/api/staff/freight`: refused if it was changed since.


class RemoveForm(msgspec.Struct, frozen=True):
    id: UUID
    template_id: UUID


class AttachForm(msgspec.Struct, frozen=True):
    id: UUID
    product_ids: Annotated[tuple[UUID, ...], msgspec.Meta(min_length=1, max_length=PRODUCTS_MAX)]
    template_id: UUID | None = None  # null: carriage is free.


class PageForm(msgspec.Struct, frozen=True):
    before: UUID | None = None


async def _templates(visit: Visit, form: PageForm) -> views.Templates:
    """Freight templates, and how many products go under each."""
    return await views.templates(visit.opened.database, visit.shop_id, form.before)


def _put(caller: Caller, form: PutForm) -> PutFreight:
    """Make a freight template, or change one for the orders to come."""
    return PutFreight(
        id=form.id,
        template_id=form.template_id,
        name=form.name.strip(),
        measure=form.measure,
        elsewhere=_rate(form.elsewhere),
        regions={code: _rate(rate) for code, rate in form.regions.items()},
        staff_id=caller.staff_id,
        seen=form.seen,
    )


def _rate(form: RateForm | None) -> Rate | None:
    if form is None:
        return None
    free_from = None if form.free_from is None else Fen(form.free_from)
    return Rate(form.first, Fen(form.first_fee), form.more, Fen(form.more_fee), free_from)


def _remove(_caller: Caller, form: RemoveForm) -> RemoveFreight:
    """Remove a freight template under which no product goes."""
    return RemoveFreight(id=form.id, template_id=form.template_id)


def _attach(_caller: Caller, form: AttachForm) -> AttachFreight:
    """Let products go under a freight template, or free of carriage."""
    return AttachFreight(
        id=form.id,
        template_id=form.template_id,
        product_ids=tuple(ProductId(id_) for id_ in form.product_ids),
    )


DOORS = (
    get("/api/staff/freight", PageForm, _templates, views.Templates, who=Who.STAFF),
    command_door(
        "/api/staff/freight/put",
        PutForm,
        _put,
        messages.FreightPut,
        who=Who.STAFF,
        body_bytes_max=PUT_BYTES_MAX,
    ),
    command_door(
        "/api/staff/freight/remove", RemoveForm, _remove, messages.FreightRemoved, who=Who.STAFF
    ),
    command_door(
        "/api/staff/freight/attach", AttachForm, _attach, messages.FreightAttached, who=Who.STAFF
    ),
)
