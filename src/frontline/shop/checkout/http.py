"""The door of the checkout page."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.engine.engine import new_id
from frontline.kernel.words import SkuId
from frontline.shop.checkout.messages import CheckOut, Checkout, Language
from frontline.shop.order.messages import Wanted
from frontline.web.door import Visit, Who, post

LINES_MAX = 100  # As many as a cart holds.


class CheckoutLineForm(msgspec.Struct, frozen=True):
    sku_id: UUID
    quantity: Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class CheckoutForm(msgspec.Struct, frozen=True):
    lines: Annotated[tuple[CheckoutLineForm, ...], msgspec.Meta(min_length=1, max_length=LINES_MAX)]
    address_id: UUID | None = None  # None: the one to offer is chosen.
    claim_id: UUID | None = None  # None: the best is chosen.
    no_coupon: bool = False


async def _checkout(visit: Visit, form: CheckoutForm) -> Checkout:
    """Address and coupon chosen, and what it costs then; nothing is held for me."""
    wish = CheckOut(
        id=new_id(),
        member_id=visit.known.member_id,
        wanted=tuple(Wanted(SkuId(line.sku_id), line.quantity) for line in form.lines),
        address_id=form.address_id,
        claim_id=form.claim_id,
        no_coupon=form.no_coupon,
        language=Language(visit.language),
    )
    return await visit.opened.engine.submit(visit.shop_id, wish)


DOORS = (post("/api/orders/checkout", CheckoutForm, _checkout, Checkout, who=Who.MEMBER),)
