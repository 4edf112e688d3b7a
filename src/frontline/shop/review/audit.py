"""What products' reviews come to is what they are; who reviewed had bought and received it."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_REVIEWS = text("SELECT count(*) AS n FROM review WHERE shop_id = :shop_id")
_SUMMARIES = text("SELECT count(*) AS n FROM review_summary WHERE shop_id = :shop_id")

_MISCOUNTED = text("""
    SELECT CAST(COALESCE(s.product_id, r.product_id) AS text) AS id
    FROM (SELECT product_id, stars_1, stars_2, stars_3, stars_4, stars_5, with_pictures
          FROM review_summary WHERE shop_id = :shop_id) AS s
    FULL JOIN (
        SELECT product_id,
               count(*) FILTER (WHERE rating = 1 AND hidden = '') AS stars_1,
               count(*) FILTER (WHERE rating = 2 AND hidden = '') AS stars_2,
               count(*) FILTER (WHERE rating = 3 AND hidden = '') AS stars_3,
               count(*) FILTER (WHERE rating = 4 AND hidden = '') AS stars_4,
               count(*) FILTER (WHERE rating = 5 AND hidden = '') AS stars_5,
               count(*) FILTER (WHERE pictures <> '{}' AND hidden = '') AS with_pictures
        FROM review WHERE shop_id = :shop_id GROUP BY product_id) AS r
    ON r.product_id = s.product_id
    WHERE (s.stars_1, s.stars_2, s.stars_3, s.stars_4, s.stars_5, s.with_pictures)
          IS DISTINCT FROM
          (r.stars_1, r.stars_2, r.stars_3, r.stars_4, r.stars_5, r.with_pictures)
""")
_UNBOUGHT = text("""
    SELECT CAST(r.id AS text) AS id
    FROM review AS r
    LEFT JOIN order_line AS l
      ON l.shop_id = r.shop_id AND l.order_id = r.order_id AND l.number = r.line_number
         AND l.sku_id = r.sku_id
    LEFT JOIN shop_order AS o
      ON o.shop_id = l.shop_id AND o.id = l.order_id AND o.member_id = r.member_id
    WHERE r.shop_id = :shop_id AND NOT EXISTS (
        SELECT 1 FROM order_step AS s
        WHERE s.shop_id = o.shop_id AND s.order_id = o.id AND s.state = 'received'
          AND s.at <= r.at)
""")
_UNSAID = text("""
    SELECT CAST(r.id AS text) AS id
    FROM review AS r
    LEFT JOIN (
        SELECT DISTINCT ON (review_id) review_id, deed FROM review_step
        WHERE shop_id = :shop_id AND deed IN ('hide', 'show')
        ORDER BY review_id, id DESC) AS s ON s.review_id = r.id
    WHERE r.shop_id = :shop_id AND (r.hidden <> '') <> COALESCE(s.deed = 'hide', false)
""")

AUDITS: Audits = {
    "reviews counted": ("I6: stars counted are those of the reviews", _SUMMARIES, _MISCOUNTED),
    "reviews bought": ("I6: whoever reviewed it had received it", _REVIEWS, _UNBOUGHT),
    "reviews hidden": ("I12: a review is hidden because staff hid it", _REVIEWS, _UNSAID),
}
