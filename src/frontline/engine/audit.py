"""The engine's own rows: answers are unique, and nothing that was due lies about."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_ANSWERS = text("SELECT count(*) AS n FROM answer WHERE shop_id = :shop_id")
_TIMERS = text("SELECT count(*) AS n FROM timer WHERE shop_id = :shop_id")
_PAGES = text("SELECT count(*) AS n FROM outbox WHERE shop_id = :shop_id AND NOT done")

_TWICE = text("""
    SELECT CAST(command_id AS text) AS id FROM answer
    WHERE shop_id = :shop_id GROUP BY command_id HAVING count(*) > 1
""")
_OVERDUE = text("""
    SELECT CAST(id AS text) AS id FROM timer
    WHERE shop_id = :shop_id AND (due_at < CAST(:now AS timestamptz) OR failures >= 15)
""")
_UNHEARD = text("""
    SELECT CAST(id AS text) AS id FROM outbox
    WHERE shop_id = :shop_id AND NOT done AND next_at < CAST(:now AS timestamptz)
""")

AUDITS: Audits = {
    "answers": ("I4: a command is answered once", _ANSWERS, _TWICE),
    "timers in time": ("I13: no timer is long overdue", _TIMERS, _OVERDUE),
    "events in time": ("I13: no event waits long to be heard", _PAGES, _UNHEARD),
}
