"""Every fen that came is on exactly one order, or goes back, or went; and the ledger says so."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_PAYMENTS = text("SELECT count(*) AS n FROM payment WHERE shop_id = :shop_id")
_ORDERS = text("SELECT count(*) AS n FROM shop_order WHERE shop_id = :shop_id")
_REFUNDS = text("SELECT count(*) AS n FROM refund WHERE shop_id = :shop_id")
_SUSPENSE = text("SELECT count(*) AS n FROM suspense WHERE shop_id = :shop_id")
_TRANSFERS = text("SELECT count(*) AS n FROM ledger_transfer WHERE shop_id = :shop_id")

_ASKED = text("""
    SELECT CAST(p.order_id AS text) AS id
    FROM payment AS p
    LEFT JOIN shop_order AS o ON o.shop_id = p.shop_id AND o.id = p.order_id
    WHERE p.shop_id = :shop_id AND p.asked IS DISTINCT FROM o.total
""")
# What stands beside what; an order that costs nothing has no payment.
_BESIDE = text("""
    SELECT CAST(o.id AS text) AS id
    FROM shop_order AS o
    LEFT JOIN payment AS p ON p.shop_id = o.shop_id AND p.order_id = o.id
    WHERE o.shop_id = :shop_id AND NOT CASE
        WHEN o.state = 'created' THEN p.state IS NULL
        WHEN o.state = 'paying' THEN COALESCE(p.state IN ('pending', 'closing'), false)
        WHEN o.reason = 'late_pay' THEN COALESCE(p.state = 'paid', false)
        WHEN o.state = 'cancelled' THEN COALESCE(p.state = 'void', true)
        ELSE COALESCE(p.state = 'paid', o.total = 0) END
""")
# A part of a line pays back `paid * returned / quantity`, rounded down, over all its parts.
_KEPT = text("""
    SELECT CAST(o.id AS text) AS id
    FROM shop_order AS o
    JOIN payment AS p ON p.shop_id = o.shop_id AND p.order_id = o.id
    JOIN (
        SELECT order_id, sum(paid * returned / quantity) AS back FROM order_line
        WHERE shop_id = :shop_id GROUP BY order_id) AS l ON l.order_id = o.id
    WHERE o.shop_id = :shop_id AND p.state = 'paid'
      AND p.refunded <> CASE
          WHEN o.state = 'cancelled' THEN o.total ELSE l.back + o.freight_refunded END
""")
_REFUNDED = text("""
    SELECT CAST(COALESCE(p.order_id, r.order_id) AS text) AS id
    FROM (SELECT order_id, refunded, confirmed, refunds FROM payment
          WHERE shop_id = :shop_id) AS p
    FULL JOIN (
        SELECT order_id, sum(amount) AS refunded, count(*) AS refunds,
               COALESCE(sum(amount) FILTER (WHERE state = 'done'), 0) AS confirmed
        FROM refund WHERE shop_id = :shop_id AND order_id IS NOT NULL
        GROUP BY order_id) AS r ON r.order_id = p.order_id
    WHERE p.order_id IS NULL OR p.refunded <> COALESCE(r.refunded, 0)
       OR p.confirmed <> COALESCE(r.confirmed, 0) OR p.refunds <> COALESCE(r.refunds, 0)
""")
_OVERPAID = text("""
    SELECT CAST(order_id AS text) AS id FROM payment
    WHERE shop_id = :shop_id AND NOT (refunded <= asked AND refunds <= 50)
""")
_STRAYS = text("""
    SELECT COALESCE(s.transaction_id, CAST(r.id AS text)) AS id
    FROM (SELECT transaction_id, refund_id, amount FROM suspense WHERE shop_id = :shop_id) AS s
    FULL JOIN (
        SELECT id, amount FROM refund WHERE shop_id = :shop_id AND order_id IS NULL) AS r
    ON r.id = s.refund_id
    WHERE s.amount IS DISTINCT FROM r.amount
    UNION ALL
    SELECT s.transaction_id
    FROM suspense AS s
    JOIN payment AS p ON p.shop_id = s.shop_id AND p.transaction_id = s.transaction_id
    WHERE s.shop_id = :shop_id
""")
# Each transfer has its cause, and each cause its transfers, once.
_LEDGER = text("""
    WITH wanted (cause_id, debit, credit, amount) AS (
        SELECT order_id, 'provider', 'sales', asked FROM payment
        WHERE shop_id = :shop_id AND state = 'paid'
        UNION ALL
        SELECT refund_id, 'provider', 'suspense', amount FROM suspense WHERE shop_id = :shop_id
        UNION ALL
        SELECT id, CASE WHEN order_id IS NULL THEN 'suspense' ELSE 'sales' END, 'refunds_due',
               amount
        FROM refund WHERE shop_id = :shop_id
        UNION ALL
        SELECT id, 'refunds_due', 'provider', amount FROM refund
        WHERE shop_id = :shop_id AND state = 'done'),
    written AS (
        SELECT cause_id, debit, credit, amount FROM ledger_transfer
        WHERE shop_id = :shop_id
          AND debit IN ('provider', 'sales', 'suspense', 'refunds_due')
          AND credit IN ('provider', 'sales', 'suspense', 'refunds_due'))
    SELECT DISTINCT CAST(cause_id AS text) AS id
    FROM ((SELECT * FROM wanted EXCEPT ALL SELECT * FROM written)
          UNION ALL (SELECT * FROM written EXCEPT ALL SELECT * FROM wanted)) AS odd
""")
_WAITING = text("""
    SELECT CAST(id AS text) AS id FROM refund
    WHERE shop_id = :shop_id AND state = 'asked'
      AND asked_at < CAST(:now AS timestamptz) - interval '7 days'  -- A card may take days.
""")

AUDITS: Audits = {
    "payments asked": ("I2: what is asked of a member is the order's total", _PAYMENTS, _ASKED),
    "payments beside orders": (
        "I2: an order is paid if and only if its payment is",
        _ORDERS,
        _BESIDE,
    ),
    "money kept": ("I2: what is kept is what the order still holds", _PAYMENTS, _KEPT),
    "money in suspense": ("I2: money of no order goes back, whole", _SUSPENSE, _STRAYS),
    "ledger causes": (
        "I3: each transfer has its cause, each cause its transfers",
        _TRANSFERS,
        _LEDGER,
    ),
    "refunds counted": (
        "I9: a payment's refunds are those that were asked for",
        _REFUNDS,
        _REFUNDED,
    ),
    "refunds limited": (
        "I9: no more goes back than was paid, in at most 50 parts",
        _PAYMENTS,
        _OVERPAID,
    ),
    "refunds in time": ("I13: no refund is long unanswered", _REFUNDS, _WAITING),
}
