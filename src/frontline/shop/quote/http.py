"""The door at which a price is asked for."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from frontline.engine.engine import new_id
from frontline.kernel.words import SkuId
from frontline.shop.order.messages import Wanted
from frontline.shop.quote import messages
from frontline.shop.quote.messages import QuoteOrder
from frontline.web.door import command_door
from frontline.web.session import Caller

LINES_MAX = 1_000  # As many as an order takes.
QUOTE_BYTES_MAX = 131_072


class AskedLine(msgspec.Struct, frozen=True):
    sku_id: UUID
    quantity: Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class QuoteForm(msgspec.Struct, frozen=True):
    lines: Annotated[tuple[AskedLine, ...], msgspec.Meta(min_length=1, max_length=LINES_MAX)]
    address_id: UUID | None = None
    claim_id: UUID | None = None


def _quote(caller: Caller, form: QuoteForm) -> QuoteOrder:
    """What these things would cost me now; nothing is held for me."""
    return QuoteOrder(
        id=new_id(),
        member_id=caller.member_id,
        wanted=tuple(Wanted(SkuId(line.sku_id), line.quantity) for line in form.lines),
        address_id=form.address_id,
        claim_id=form.claim_id,
    )


DOORS = (
    command_door(
        "/api/orders/quote",
        QuoteForm,
        _quote,
        messages.QuoteOutcome,
        body_bytes_max=QUOTE_BYTES_MAX,
    ),
)
