"""Opening a shop: a row that belongs to no shop, so the owner of the tables writes it."""

from __future__ import annotations

from datetime import UTC, datetime

from frontline.kernel.words import ShopId
from frontline.store import address

_ADD = """
    INSERT INTO shop (shop_id, code, name, currency, locale, timezone, created_at)
    SELECT COALESCE(max(shop_id), 0) + 1, $1, $2, $3, $4, $5, $6 FROM shop
    RETURNING shop_id
"""


async def open_shop(  # noqa: PLR0913 - what a shop is
    owner_url: str, *, code: str, name: str, currency: str, locale: str, timezone: str
) -> ShopId:
    """A new shop; the code must be free."""
    connection = await address.connect(owner_url)
    try:
        shop_id = await connection.fetchval(
            _ADD, code, name, currency, locale, timezone, datetime.now(UTC)
        )
    finally:
        await connection.close()
    return ShopId(shop_id)
