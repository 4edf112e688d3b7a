"""Coupons: no more are out than were promised, and what was counted is what there is."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_COUPONS = text("SELECT count(*) AS n FROM coupon WHERE shop_id = :shop_id")
_TAKEN = text("SELECT count(*) AS n FROM coupon_taken WHERE shop_id = :shop_id")

_ISSUED = text("""
    SELECT CAST(c.id AS text) AS id
    FROM coupon AS c
    LEFT JOIN (
        SELECT coupon_id, count(*) AS issued FROM coupon_claim
        WHERE shop_id = :shop_id GROUP BY coupon_id) AS k ON k.coupon_id = c.id
    WHERE c.shop_id = :shop_id
      AND (c.issued <> COALESCE(k.issued, 0) OR c.issued > c.issued_max)
""")
# Granted claims are not counted as taken, so there may be more claims than were taken.
_TOO_MANY = text("""
    SELECT concat(t.coupon_id, ' ', t.member_id) AS id
    FROM coupon_taken AS t
    JOIN coupon AS c ON c.shop_id = t.shop_id AND c.id = t.coupon_id
    LEFT JOIN (
        SELECT coupon_id, member_id, count(*) AS claims FROM coupon_claim
        WHERE shop_id = :shop_id GROUP BY coupon_id, member_id) AS k
    ON k.coupon_id = t.coupon_id AND k.member_id = t.member_id
    WHERE t.shop_id = :shop_id
      AND (t.count > c.per_member_max OR t.count > COALESCE(k.claims, 0))
""")

AUDITS: Audits = {
    "coupons issued": ("I6: as many are issued as there are, within the total", _COUPONS, _ISSUED),
    "coupons taken": ("I6: no member took more than its share", _TAKEN, _TOO_MANY),
}
