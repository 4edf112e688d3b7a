"""Every upload has its picture, and nobody kept more than a day allows."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_UPLOADS = text("SELECT count(*) AS n FROM picture_upload WHERE shop_id = :shop_id")
_QUOTAS = text("SELECT count(*) AS n FROM picture_quota WHERE shop_id = :shop_id")

_LOST = text("""
    SELECT CAST(u.id AS text) AS id
    FROM picture_upload AS u
    LEFT JOIN picture_file AS f ON f.shop_id = u.shop_id AND f.hash = u.hash
    WHERE u.shop_id = :shop_id AND f.hash IS NULL
""")
_MISCOUNTED = text("""
    SELECT CAST(q.actor_id AS text) AS id
    FROM picture_quota AS q
    WHERE q.shop_id = :shop_id AND q.count <> (
        SELECT count(*) FROM picture_upload AS u
        WHERE u.shop_id = q.shop_id AND u.actor_id = q.actor_id AND u.at >= q.day_from)
""")

AUDITS: Audits = {
    "pictures there": ("I4: whatever was uploaded is kept", _UPLOADS, _LOST),
    "uploads counted": ("I6: the uploads counted are those there are", _QUOTAS, _MISCOUNTED),
}
