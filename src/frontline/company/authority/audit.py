"""Authority: what was used is what was done, within limits, and every approval was used once."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_ALLOWANCES = text("SELECT count(*) AS n FROM authority_allowance WHERE shop_id = :shop_id")
_USES = text("SELECT count(*) AS n FROM authority_use WHERE shop_id = :shop_id")
_WARRANTS = text("SELECT count(*) AS n FROM authority_warrant WHERE shop_id = :shop_id")
_CHANGES = text("SELECT count(*) AS n FROM authority_change WHERE shop_id = :shop_id")

_MISCOUNTED = text("""
    SELECT concat(a.staff_id, ' ', a.action) AS id
    FROM authority_allowance AS a
    LEFT JOIN LATERAL (
        SELECT sum(u.amount) FILTER (WHERE u.day = a.day) AS day_used, sum(u.amount) AS month_used
        FROM authority_use AS u
        WHERE u.shop_id = a.shop_id AND u.whose_id = a.staff_id AND u.action = a.action
              AND u.how IN ('limit', 'substitute', 'decided')
              AND u.day >= CAST(date_trunc('month', CAST(a.day AS timestamp)) AS date)
              AND u.day <= a.day) AS s ON true
    WHERE a.shop_id = :shop_id
      AND (a.day_used <> coalesce(s.day_used, 0) OR a.month_used <> coalesce(s.month_used, 0))
""")
# Of what was done since the person or the limit was edited last.
_BEYOND = text("""
    WITH used AS (
        SELECT u.id, u.whose_id, u.action, u.amount, u.at, p.position_id
        FROM authority_use AS u
        JOIN authority_person AS p ON p.shop_id = u.shop_id AND p.staff_id = u.whose_id
        WHERE u.shop_id = :shop_id AND u.how IN ('limit', 'substitute', 'decided')
          AND NOT EXISTS (SELECT 1 FROM authority_change AS c
                          WHERE c.shop_id = u.shop_id AND c.kind = 'PutPerson'
                                AND c.subject = CAST(u.whose_id AS text) AND c.at >= u.at)
          AND NOT EXISTS (SELECT 1 FROM authority_change AS c
                          WHERE c.shop_id = u.shop_id AND c.kind = 'SetLimit' AND c.at >= u.at
                                AND c.subject = concat(p.position_id, ' ', u.action)))
    SELECT CAST(u.id AS text) AS id
    FROM used AS u
    LEFT JOIN authority_limit AS l
           ON l.shop_id = :shop_id AND l.position_id = u.position_id AND l.action = u.action
    WHERE u.amount > coalesce(l.alone_max, 0)
""")
_USED_OTHERWISE = text("""
    SELECT CAST(coalesce(w.id, u.id) AS text) AS id
    FROM (SELECT * FROM authority_warrant
          WHERE shop_id = :shop_id AND used_by IS NOT NULL) AS w
    FULL JOIN (SELECT * FROM authority_use
               WHERE shop_id = :shop_id AND how IN ('approved', 'within_cap')) AS u
           ON u.id = w.used_by
    WHERE w.id IS NULL OR u.id IS NULL OR u.by_id <> w.staff_id OR u.action <> w.action
       OR u.amount > w.amount_max OR (u.amount IS NULL AND w.amount_max IS NOT NULL)
       OR w.used_at >= w.expires_at
""")
_UNTOLD = text("""
    SELECT CAST(s.edits AS text) AS id
    FROM (SELECT coalesce((SELECT edits FROM authority_revision WHERE shop_id = :shop_id), 0)
                 AS edits,
                 (SELECT count(*) FROM authority_change WHERE shop_id = :shop_id) AS told) AS s
    WHERE s.edits <> s.told
""")

AUDITS: Audits = {
    "allowances counted": (
        "I14: what was used of an allowance is the sum of what was done with it",
        _ALLOWANCES,
        _MISCOUNTED,
    ),
    "deeds allowed": (
        "I14: nobody did alone more at once than their limit was",
        _USES,
        _BEYOND,
    ),
    "approvals used once": (
        "I14: an approval was used once, in time, by its applicant, for no more than it said",
        _WARRANTS,
        _USED_OTHERWISE,
    ),
    "matrix history": ("I14: every edit of the matrix is written down", _CHANGES, _UNTOLD),
}
