"""Something to sell, for the tests of whatever sells: rows put straight into the tables."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import text

from frontline.kernel.words import SkuId
from frontline.store.database import Database

_PRODUCT = text("""
    INSERT INTO product (shop_id, id, handle, title, body_html, vendor, category_id, tags, on_sale,
                         option_names, freight_id, price_min, search, extra, created_at, updated_at)
    VALUES (:shop_id, :id, :handle, :title, '', '', :category_id, '{}', :on_sale,
            '{}', :freight_id, :price, '', '{}', :now, :now)
""")
_SKU = text("""
    INSERT INTO sku (shop_id, id, product_id, position, code, option_values, price, compare_at, cost,
                     per_member_max, weight_g, barcode, needs_shipping, picture_src, extra, removed)
    VALUES (:shop_id, :id, :product_id, 0, '', '{}', :price, NULL, NULL,
            :per_member_max, :weight_g, '', :needs_shipping, '', '{}', false)
""")
_STOCK = text("""
    INSERT INTO stock (shop_id, sku_id, on_hand, reserved, sold)
    VALUES (:shop_id, :sku_id, :stock, 0, 0)
""")
_MOVEMENT = text("""
    INSERT INTO stock_movement (shop_id, sku_id, at, kind, quantity, cause_id, reason, actor_id)
    SELECT :shop_id, :sku_id, :now, 'adjustment', CAST(:stock AS int), :sku_id, 'opening', NULL
    WHERE CAST(:stock AS int) <> 0
""")


async def sell(
    database: Database,
    shop_id: int,
    *,
    price: int = 100,
    stock: int = 10,
    title: str = "羽绒枕",
    on_sale: bool = True,
    needs_shipping: bool = False,
    per_member_max: int | None = None,
    weight_g: int = 0,
    freight_id: UUID | None = None,
    category_id: UUID | None = None,
    product_id: UUID | None = None,
) -> SkuId:
    """A product of one SKU, with so many on hand (a movement tells where they came from)."""
    sku_id = uuid4()
    product_id = product_id or uuid4()
    now = datetime.now(UTC)
    async with database.transaction(shop_id) as transaction:
        for statement, values in (
            (
                _PRODUCT,
                {
                    "id": product_id,
                    "handle": f"sample-{product_id}",
                    "title": title,
                    "category_id": category_id,
                    "on_sale": on_sale,
                    "freight_id": freight_id,
                    "price": price,
                    "now": now,
                },
            ),
            (
                _SKU,
                {
                    "id": sku_id,
                    "product_id": product_id,
                    "price": price,
                    "per_member_max": per_member_max,
                    "weight_g": weight_g,
                    "needs_shipping": needs_shipping,
                },
            ),
            (_STOCK, {"sku_id": sku_id, "stock": stock}),
            (_MOVEMENT, {"sku_id": sku_id, "stock": stock, "now": now}),
        ):
            await transaction.read(statement, **values)
    return SkuId(sku_id)
