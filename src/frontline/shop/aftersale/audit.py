"""Cases, their counts and their refunds tell the same; their history leads to where they are."""

from __future__ import annotations

from sqlalchemy import text

from frontline.shop.aftersale.book import TRANSITIONS
from frontline.store.audit import Audits

_CASES = text("SELECT count(*) AS n FROM aftersale WHERE shop_id = :shop_id")
_COUNTS = text("SELECT count(*) AS n FROM aftersale_count WHERE shop_id = :shop_id")
_STEPS = text("SELECT count(*) AS n FROM aftersale_step WHERE shop_id = :shop_id")

_MISCOUNTED = text("""
    SELECT CAST(COALESCE(c.order_id, u.order_id) AS text) AS id
    FROM (SELECT order_id, number, open, refunded, asked FROM aftersale_count
          WHERE shop_id = :shop_id) AS c
    FULL JOIN (
        SELECT a.order_id, CAST(u.pair ->> 0 AS int) AS number, count(*) AS asked,
               sum(CASE WHEN a.state IN ('asked', 'approved', 'sent_back')
                        THEN CAST(u.pair ->> 1 AS int) ELSE 0 END) AS open,
               sum(CASE WHEN a.state IN ('refunding', 'refunded')
                        THEN CAST(u.pair ->> 1 AS int) ELSE 0 END) AS refunded
        FROM aftersale AS a CROSS JOIN jsonb_array_elements(CAST(a.units AS jsonb)) AS u (pair)
        WHERE a.shop_id = :shop_id GROUP BY 1, 2) AS u
    ON u.order_id = c.order_id AND u.number = c.number
    WHERE (c.open, c.refunded, c.asked) IS DISTINCT FROM (u.open, u.refunded, u.asked)
""")
_TWICE = text("""
    SELECT CAST(l.order_id AS text) AS id
    FROM aftersale_count AS c
    JOIN order_line AS l
      ON l.shop_id = c.shop_id AND l.order_id = c.order_id AND l.number = c.number
    JOIN shop_order AS o ON o.shop_id = l.shop_id AND o.id = l.order_id
    WHERE c.shop_id = :shop_id AND o.state NOT IN ('refunding', 'refunded')
      AND (c.quantity <> l.quantity OR c.refunded <> l.returned
           OR c.open + l.returned > l.quantity)
""")
# A refund of nothing is not written.
_UNPAID = text("""
    SELECT CAST(a.id AS text) AS id
    FROM aftersale AS a LEFT JOIN refund AS r ON r.shop_id = a.shop_id AND r.id = a.id
    WHERE a.shop_id = :shop_id
      AND CASE WHEN a.state NOT IN ('refunding', 'refunded') THEN r.id IS NOT NULL
               WHEN a.amount = 0 THEN r.id IS NOT NULL OR a.state = 'refunding'
               ELSE (r.amount, r.order_id) IS DISTINCT FROM (a.amount, a.order_id)
                    OR (a.state = 'refunded' AND r.state <> 'done')
                    OR (a.state = 'refunding' AND r.done_at < CAST(:now AS timestamptz)) END
""")

_EDGES = ", ".join(f"('{old}', '{new}')" for old in TRANSITIONS for new in TRANSITIONS[old])
_LEAPS = text(f"""
    SELECT DISTINCT CAST(case_id AS text) AS id
    FROM (
        SELECT case_id, state,
               lag(state, 1, 'asked') OVER (PARTITION BY case_id ORDER BY id) AS old
        FROM aftersale_step WHERE shop_id = :shop_id) AS s
    WHERE (old, state) NOT IN ({_EDGES})
""")  # noqa: S608 - the states are ours
_ASTRAY = text("""
    SELECT CAST(a.id AS text) AS id
    FROM aftersale AS a
    LEFT JOIN (
        SELECT DISTINCT ON (case_id) case_id, state FROM aftersale_step
        WHERE shop_id = :shop_id ORDER BY case_id, id DESC) AS s ON s.case_id = a.id
    WHERE a.shop_id = :shop_id AND a.state <> COALESCE(s.state, 'asked')
""")

AUDITS: Audits = {
    "cases counted": ("I9: the units counted are those of the cases", _COUNTS, _MISCOUNTED),
    "units asked once": ("I9: no unit is under two cases, or refunded twice", _COUNTS, _TWICE),
    "cases paid back": ("I9: a case was paid back if and only if it says so", _CASES, _UNPAID),
    "case moves": ("I12: every step of a case is a declared one", _STEPS, _LEAPS),
    "case history": ("I12: the last step of a case is where it is", _CASES, _ASTRAY),
}
