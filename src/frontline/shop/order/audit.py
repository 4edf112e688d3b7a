"""Orders add up, with the stock and coupons they hold; their history leads to where they are."""

from __future__ import annotations

from sqlalchemy import text

from frontline.shop.order.states import TRANSITIONS
from frontline.store.audit import Audits

_ORDERS = text("SELECT count(*) AS n FROM shop_order WHERE shop_id = :shop_id")
_LEVELS = text("SELECT count(*) AS n FROM stock WHERE shop_id = :shop_id")
_CLAIMS = text("SELECT count(*) AS n FROM coupon_claim WHERE shop_id = :shop_id")
_TAKEN = text("SELECT count(*) AS n FROM order_taken WHERE shop_id = :shop_id")
_STEPS = text("SELECT count(*) AS n FROM order_step WHERE shop_id = :shop_id")

_RESERVED = text("""
    SELECT CAST(COALESCE(s.sku_id, l.sku_id) AS text) AS id
    FROM (SELECT sku_id, reserved FROM stock WHERE shop_id = :shop_id) AS s
    FULL JOIN (
        SELECT l.sku_id, sum(l.quantity) AS reserved
        FROM order_line AS l
        JOIN shop_order AS o ON o.shop_id = l.shop_id AND o.id = l.order_id
        WHERE l.shop_id = :shop_id AND o.state IN ('created', 'paying')
        GROUP BY l.sku_id) AS l ON l.sku_id = s.sku_id
    WHERE COALESCE(s.reserved, 0) <> COALESCE(l.reserved, 0)
""")
# Every unit of every paid order left the stock once, and of no other order any.
_SOLD = text("""
    SELECT CAST(COALESCE(m.order_id, l.order_id) AS text) AS id
    FROM (
        SELECT cause_id AS order_id, sku_id, -sum(quantity) AS units
        FROM stock_movement WHERE shop_id = :shop_id AND kind = 'sale'
        GROUP BY cause_id, sku_id) AS m
    FULL JOIN (
        SELECT l.order_id, l.sku_id, sum(l.quantity) AS units
        FROM order_line AS l
        JOIN shop_order AS o ON o.shop_id = l.shop_id AND o.id = l.order_id
        WHERE l.shop_id = :shop_id AND o.state NOT IN ('created', 'paying', 'cancelled')
        GROUP BY l.order_id, l.sku_id) AS l
    ON l.order_id = m.order_id AND l.sku_id = m.sku_id
    WHERE m.units IS DISTINCT FROM l.units
""")
_PRICES = text("""
    SELECT CAST(o.id AS text) AS id
    FROM shop_order AS o
    LEFT JOIN (
        SELECT order_id, sum(paid) AS paid FROM order_line
        WHERE shop_id = :shop_id GROUP BY order_id) AS l ON l.order_id = o.id
    WHERE o.shop_id = :shop_id AND o.total IS DISTINCT FROM l.paid + o.freight
""")
_RETURNS = text("""
    SELECT CAST(o.id AS text) AS id
    FROM shop_order AS o
    JOIN (
        SELECT order_id, bool_and(returned = quantity) AS whole FROM order_line
        WHERE shop_id = :shop_id GROUP BY order_id) AS l ON l.order_id = o.id
    WHERE o.shop_id = :shop_id AND l.whole <> (o.state IN ('refunding', 'refunded'))
""")
_PARCELS = text("""
    SELECT CAST(COALESCE(l.order_id, p.order_id) AS text) AS id
    FROM (SELECT order_id, number, shipped FROM order_line
          WHERE shop_id = :shop_id AND shipped > 0) AS l
    FULL JOIN (
        SELECT p.order_id, CAST(c.pair ->> 0 AS int) AS number,
               sum(CAST(c.pair ->> 1 AS int)) AS shipped
        FROM order_parcel AS p
        CROSS JOIN jsonb_array_elements(CAST(p.contents AS jsonb)) AS c (pair)
        WHERE p.shop_id = :shop_id GROUP BY 1, 2) AS p
    ON p.order_id = l.order_id AND p.number = l.number
    WHERE l.shipped IS DISTINCT FROM p.shipped
""")
_TAKEN_WRONG = text("""
    SELECT concat(COALESCE(t.member_id, l.member_id), ' ', COALESCE(t.sku_id, l.sku_id)) AS id
    FROM (SELECT member_id, sku_id, quantity FROM order_taken WHERE shop_id = :shop_id) AS t
    FULL JOIN (
        SELECT o.member_id, l.sku_id, sum(l.quantity - l.returned) AS quantity
        FROM order_line AS l
        JOIN shop_order AS o ON o.shop_id = l.shop_id AND o.id = l.order_id
        WHERE l.shop_id = :shop_id AND l.limited AND o.state <> 'cancelled'
        GROUP BY o.member_id, l.sku_id) AS l
    ON l.member_id = t.member_id AND l.sku_id = t.sku_id
    WHERE COALESCE(t.quantity, 0) <> COALESCE(l.quantity, 0)
""")
_FIRST = text("SELECT count(*) AS n FROM order_first WHERE shop_id = :shop_id")
_FIRST_WRONG = text("""
    SELECT CAST(COALESCE(f.member_id, o.member_id) AS text) AS id
    FROM (SELECT member_id, placed_at FROM order_first WHERE shop_id = :shop_id) AS f
    FULL JOIN (
        SELECT member_id, min(placed_at) AS placed_at FROM shop_order
        WHERE shop_id = :shop_id AND state NOT IN ('created', 'paying', 'cancelled')
        GROUP BY member_id) AS o ON o.member_id = f.member_id
    WHERE f.placed_at IS DISTINCT FROM o.placed_at
""")
_CLAIMS_WRONG = text("""
    SELECT CAST(COALESCE(c.id, o.claim_id) AS text) AS id
    FROM (SELECT id, order_id FROM coupon_claim WHERE shop_id = :shop_id AND state = 'used') AS c
    FULL JOIN (
        SELECT id, claim_id FROM shop_order
        WHERE shop_id = :shop_id AND claim_id IS NOT NULL AND state <> 'cancelled') AS o
    ON o.claim_id = c.id AND o.id = c.order_id
    WHERE c.id IS NULL OR o.id IS NULL
""")

_EDGES = ", ".join(f"('{old}', '{new}')" for old in TRANSITIONS for new in TRANSITIONS[old])
_LEAPS = text(f"""
    SELECT DISTINCT CAST(order_id AS text) AS id
    FROM (
        SELECT order_id, state,
               lag(state, 1, 'created') OVER (PARTITION BY order_id ORDER BY id) AS old
        FROM order_step WHERE shop_id = :shop_id) AS s
    WHERE (old, state) NOT IN ({_EDGES})
""")  # noqa: S608 - the states are ours
_ASTRAY = text("""
    SELECT CAST(o.id AS text) AS id
    FROM shop_order AS o
    LEFT JOIN (
        SELECT DISTINCT ON (order_id) order_id, state FROM order_step
        WHERE shop_id = :shop_id ORDER BY order_id, id DESC) AS s ON s.order_id = o.id
    WHERE o.shop_id = :shop_id AND o.state <> COALESCE(s.state, 'created')
""")
_OVERDUE = text("""
    SELECT CAST(id AS text) AS id FROM shop_order
    WHERE shop_id = :shop_id AND state IN ('created', 'paying')
      AND pay_until < CAST(:now AS timestamptz)
""")

AUDITS: Audits = {
    "stock reserved": ("I1: reserved is what unpaid orders hold", _LEVELS, _RESERVED),
    "stock sold": ("I1: each unit of each paid order left the stock once", _ORDERS, _SOLD),
    "order totals": (
        "I2: an order's total is what its lines cost and the freight",
        _ORDERS,
        _PRICES,
    ),
    "order returns": ("I2: an order is refunded if and only if all of it is", _ORDERS, _RETURNS),
    "order parcels": ("I2: what was shipped of a line is what its parcels held", _ORDERS, _PARCELS),
    "limits": ("I6: what a member took is what its standing orders hold", _TAKEN, _TAKEN_WRONG),
    "first orders": (
        "I6: a member's first order is the first of those that were paid",
        _FIRST,
        _FIRST_WRONG,
    ),
    "coupons used": (
        "I6: a claim is used by the one order that stands with it",
        _CLAIMS,
        _CLAIMS_WRONG,
    ),
    "order moves": ("I12: every step of an order is a declared one", _STEPS, _LEAPS),
    "order history": ("I12: the last step of an order is where it is", _ORDERS, _ASTRAY),
    "orders in time": ("I13: no order is unpaid long after its time to pay", _ORDERS, _OVERDUE),
}
