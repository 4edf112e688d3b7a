"""Which shops there are, and which one an address or a header means."""

from __future__ import annotations

import asyncio
import time
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import msgspec

from frontline.kernel.words import ShopId
from frontline.store.database import Database

REMEMBERED_S = 5.0
LOOKED_AGAIN_S = 0.5  # However often somebody asks for a shop that is not there.
PERIOD_DAYS = 30
PERIOD_MAX = timedelta(days=366)
_DAYS = date(2000, 1, 1), date(2999, 1, 1)


class Shop(msgspec.Struct, frozen=True):
    id: ShopId
    code: str
    name: str
    currency: str  # ISO 4217; a Fen is its minor unit.
    locale: str
    timezone: str

    def day(self, at: datetime) -> date:
        """The day that it is in the shop at this moment."""
        return at.astimezone(ZoneInfo(self.timezone)).date()

    def begins(self, day: date) -> datetime:
        """The first moment of a day in the shop."""
        return datetime.combine(day, clock_time.min, ZoneInfo(self.timezone))

    def period(
        self, first: date | None, last: date | None, now: datetime
    ) -> tuple[date, date] | None:
        """Days to report on, both included: the last thirty unless said; None: too many."""
        last = last or self.day(now)
        if not _DAYS[0] <= last <= _DAYS[1]:
            return None
        first = first or last - timedelta(days=PERIOD_DAYS - 1)
        return (first, last) if timedelta(0) <= last - first < PERIOD_MAX else None


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
