"""Stock adds up: what is on hand is what came and left, as each movement tells."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_LEVELS = text("SELECT count(*) AS n FROM stock WHERE shop_id = :shop_id")
_UNMOVED = text("""
    SELECT CAST(sku_id AS text) AS id
    FROM (SELECT sku_id, on_hand, sold FROM stock WHERE shop_id = :shop_id) AS s
    FULL JOIN (
        SELECT sku_id, sum(quantity) AS on_hand,
               -COALESCE(sum(quantity) FILTER (WHERE kind IN ('sale', 'restock')), 0) AS sold
        FROM stock_movement WHERE shop_id = :shop_id GROUP BY sku_id) AS m USING (sku_id)
    WHERE COALESCE(s.on_hand, -1) <> COALESCE(m.on_hand, 0)
       OR COALESCE(s.sold, -1) <> COALESCE(m.sold, 0)
""")
_OVERSOLD = text("""
    SELECT CAST(sku_id AS text) AS id FROM stock
    WHERE shop_id = :shop_id AND NOT (0 <= reserved AND reserved <= on_hand AND sold >= 0)
""")

AUDITS: Audits = {
    "stock moved": (
        "I1: on hand and sold are the sums of the SKU's movements",
        _LEVELS,
        _UNMOVED,
    ),
    "stock not oversold": (
        "I1: no more is reserved than is on hand, and nothing is below zero",
        _LEVELS,
        _OVERSOLD,
    ),
}
