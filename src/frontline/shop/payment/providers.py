"""Which payment provider collects for a shop."""

from __future__ import annotations

from collections.abc import Callable

from frontline.kernel.words import ShopId
from frontline.wechat.provider import PaymentProvider


class Providers:
    """One provider per shop, made when first asked for: each has its own address for notices."""

    def __init__(self, make: Callable[[ShopId], PaymentProvider]) -> None:
        self._make = make
        self._made: dict[ShopId, PaymentProvider] = {}

    def of(self, shop_id: ShopId) -> PaymentProvider:
        if shop_id not in self._made:
            self._made[shop_id] = self._make(shop_id)
        return self._made[shop_id]
