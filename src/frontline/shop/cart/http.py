"""Doors to one's own cart."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.words import SkuId
from frontline.shop.cart import messages, views
from frontline.shop.cart.messages import SetCartLine
from frontline.web.door import Visit, Who, command_door, get
from frontline.web.session import Caller

QUANTITY_MAX = 100_000


class CartForm(msgspec.Struct, frozen=True):
    pass


class SetForm(msgspec.Struct, frozen=True):
    id: UUID
    sku_id: UUID
    quantity: Annotated[int, msgspec.Meta(ge=0, le=QUANTITY_MAX)]  # 0: out of the cart.


async def _cart(visit: Visit, _form: CartForm) -> views.Cart:
    """My cart: today's prices, what can be had, and the prices of when it was put in."""
    return await views.cart(visit.opened.database, visit.shop_id, visit.known.member_id)


def _set(caller: Caller, form: SetForm) -> SetCartLine:
    """So many of this in my cart; 0 takes it out."""
    return SetCartLine(
        id=form.id,
        member_id=caller.member_id,
        sku_id=SkuId(form.sku_id),
        quantity=form.quantity,
    )


DOORS = (
    get("/api/cart", CartForm, _cart, views.Cart, who=Who.MEMBER),
    command_door("/api/cart/set", SetForm, _set, messages.CartLineSet),
)
