"""What is counted is what the orders that count are made of."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_PRODUCTS = text("SELECT count(*) AS n FROM recommend_sold WHERE shop_id = :shop_id")
_PAIRS = text("SELECT count(*) AS n FROM recommend_pair WHERE shop_id = :shop_id")

_MISCOUNTED = text("""
    SELECT CAST(r.product_id AS text) AS id
    FROM recommend_sold AS r
    LEFT JOIN (
        SELECT s.product_id, sum(l.quantity) AS units
        FROM recommend_counted AS c
        JOIN order_line AS l ON l.shop_id = c.shop_id AND l.order_id = c.order_id
        JOIN sku AS s ON s.shop_id = l.shop_id AND s.id = l.sku_id
        WHERE c.shop_id = :shop_id AND c.standing
        GROUP BY s.product_id) AS o ON o.product_id = r.product_id
    LEFT JOIN (
        SELECT product_id, sum(units) AS units FROM recommend_day
        WHERE shop_id = :shop_id GROUP BY product_id) AS d ON d.product_id = r.product_id
    WHERE r.shop_id = :shop_id
      AND (r.units <> coalesce(o.units, 0) OR r.units <> coalesce(d.units, 0))
""")
# Of orders too large to pair all of, only some pairs are counted: never more than both were sold.
_TOO_OFTEN = text("""
    SELECT concat(p.product_id, ' ', p.other_id) AS id
    FROM recommend_pair AS p
    LEFT JOIN recommend_pair AS q ON q.shop_id = p.shop_id AND q.product_id = p.other_id
         AND q.other_id = p.product_id
    LEFT JOIN recommend_sold AS r ON r.shop_id = p.shop_id AND r.product_id = p.product_id
    WHERE p.shop_id = :shop_id
      AND (q.orders IS DISTINCT FROM p.orders OR p.orders > coalesce(r.units, 0))
""")

AUDITS: Audits = {
    "units sold": ("units sold are those of the orders that count", _PRODUCTS, _MISCOUNTED),
    "bought together": ("no pair was bought oftener than either", _PAIRS, _TOO_OFTEN),
}
