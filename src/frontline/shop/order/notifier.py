"""Who carries the shop's word to a buyer who is not looking at it."""

from __future__ import annotations

from typing import Protocol

from frontline.kernel.words import ShopId
from frontline.shop.order.messages import PaymentDue


class Notifier(Protocol):
    """May stand among the services of the application.

    Without one, only the storefront's own bar (`GET /api/orders/unpaid`) recalls what is unpaid.
    """

    async def remind(self, shop_id: ShopId, due: PaymentDue) -> None:
        """Tell the buyer, if they have agreed to be told; once, however often it is asked.

        Whatever it raises, it is asked again later.
        """
