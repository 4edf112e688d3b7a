"""Which shops there are, and which one an address or a header means."""

from __future__ import annotations

import asyncio
import time

import msgspec

from frontline.kernel.words import ShopId
from frontline.store.database import Database

REMEMBERED_S = 5.0
LOOKED_AGAIN_S = 0.5  # However often somebody asks for a shop that is not there.


class Shop(msgspec.Struct, frozen=True):
    id: ShopId
    code: str
    name: str
    currency: str  # ISO 4217; a Fen is its minor unit.
    locale: str
    timezone: str


class Shops:
    """The reference table of shops, kept for a few seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_id: dict[ShopId, Shop] = {}
        self._by_host: dict[str, ShopId] = {}
        self._read_at = -REMEMBERED_S

    async def all(self, *, remembered_s: float = REMEMBERED_S) -> dict[ShopId, Shop]:
        if time.monotonic() - self._read_at >= remembered_s:
            shops = await self._database.shared(
                "SELECT shop_id, code, name, currency, locale, timezone FROM shop ORDER BY shop_id"
            )
            hosts = await self._database.shared("SELECT host, shop_id FROM shop_host")
            self._by_id = {row.shop_id: Shop(*row) for row in shops}
            self._by_host = {row.host: row.shop_id for row in hosts}
            self._read_at = time.monotonic()
        return self._by_id

    async def meant(self, header: bytes, host: bytes) -> Shop | None:
        """By the `frontline-shop` header (an id), else by host, else the first shop."""
        shops = await self.all()
        if header:
            shop_id = ShopId(int(header)) if header.isdigit() else ShopId(0)
            if shop_id not in shops:  # It may have opened just now.
                await asyncio.sleep(self._read_at + LOOKED_AGAIN_S - time.monotonic())
                shops = await self.all(remembered_s=LOOKED_AGAIN_S)
            return shops.get(shop_id)
        name = host.decode("latin-1").partition(":")[0]
        by_host = self._by_host.get(name)
        return shops.get(by_host) if by_host is not None else next(iter(shops.values()), None)
