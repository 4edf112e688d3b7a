"""What a campaign offers, as it is shown wherever the campaign is. No locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from sqlalchemy import text

from frontline.games.groupbuy.messages import CampaignId
from frontline.kernel.words import Fen, ProductId, SkuId
from frontline.store.database import Transaction

_ITEMS = text("""
    SELECT i.campaign_id, i.sku_id, s.product_id, p.title, s.option_values, i.price,
           i.leader_price, s.price AS catalog_price, i.quota - i.taken AS "left", i.quota,
           i.taken AS sold,
           COALESCE(NULLIF(s.picture_src, ''), (
               SELECT src FROM picture AS c
               WHERE c.shop_id = i.shop_id AND c.product_id = s.product_id
               ORDER BY c.position LIMIT 1), '') AS picture
    FROM groupbuy_item AS i
    JOIN sku AS s ON s.shop_id = i.shop_id AND s.id = i.sku_id
    JOIN product AS p ON p.shop_id = s.shop_id AND p.id = s.product_id
    WHERE i.shop_id = :shop_id AND i.campaign_id = ANY(CAST(:campaign_ids AS uuid[])) AND i.offered
    ORDER BY i.campaign_id, i.position
""")


class ShownItem(msgspec.Struct, frozen=True):
    sku_id: SkuId
    product_id: ProductId
    title: str
    option_values: tuple[str, ...]
    price: Fen
    leader_price: Fen | None
    catalog_price: Fen
    left: int  # Units of the quota.
    quota: int
    sold: int  # Units of the quota that are paid for, or about to be.
    picture: str


async def items_of(
    transaction: Transaction, campaign_ids: Iterable[CampaignId]
) -> defaultdict[CampaignId, list[ShownItem]]:
    found: defaultdict[CampaignId, list[ShownItem]] = defaultdict(list)
    for row in await transaction.rows(_ITEMS, campaign_ids=campaign_ids):
        fields = ShownItem.__struct_fields__
        values = {name: getattr(row, name) for name in fields}
        item = ShownItem(**{**values, "option_values": tuple(row.option_values)})
        found[row.campaign_id].append(item)
    return found
