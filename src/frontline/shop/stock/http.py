"""Doors: what staff may see of stock, and how they correct it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.words import SkuId
from frontline.shop.stock import messages, views
from frontline.shop.stock.messages import AdjustStock
from frontline.web.door import Visit, Who, command_door, get
from frontline.web.session import Caller

CHANGE_MAX = 10**6
NUMBER_MAX = 2**63 - 1

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class AdjustForm(msgspec.Struct, frozen=True):
    id: UUID
    sku_id: UUID
    change: Annotated[int, msgspec.Meta(ge=-CHANGE_MAX, le=CHANGE_MAX)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]

    def __post_init__(self) -> None:
        if self.change == 0:
            message = "Expected a change that is not 0 - at `$.change`"
            raise ValueError(message)


def _adjust(caller: Caller, form: AdjustForm) -> AdjustStock:
    """Add to what is on hand, or take away from what is free."""
    return AdjustStock(
        id=form.id,
        sku_id=SkuId(form.sku_id),
        change=form.change,
        reason=form.reason,
        staff_id=caller.staff_id,
    )


class LevelsForm(msgspec.Struct, frozen=True):
    product: UUID | None = None
    free_max: Count | None = None  # Only what runs short.
    after: UUID | None = None
    limit: Limit = 50


async def _levels(visit: Visit, form: LevelsForm) -> views.Levels:
    """How much there is of each SKU."""
    return await views.levels(
        visit.opened.database,
        visit.shop_id,
        product_id=form.product,
        free_max=form.free_max,
        after=form.after,
        limit=form.limit,
    )


class MovementsForm(msgspec.Struct, frozen=True):
    sku: UUID | None = None
    after: Annotated[int, msgspec.Meta(ge=1, le=NUMBER_MAX)] | None = None
    limit: Limit = 50


async def _movements(visit: Visit, form: MovementsForm) -> views.Movements:
    """What came and went, and why; the latest first."""
    return await views.movements(
        visit.opened.database, visit.shop_id, sku_id=form.sku, after=form.after, limit=form.limit
    )


DOORS = (
    command_door("/api/staff/stock/adjust", AdjustForm, _adjust, messages.Outcome, who=Who.STAFF),
    get("/api/staff/stock/levels", LevelsForm, _levels, views.Levels, who=Who.STAFF),
    get("/api/staff/stock/movements", MovementsForm, _movements, views.Movements, who=Who.STAFF),
)
