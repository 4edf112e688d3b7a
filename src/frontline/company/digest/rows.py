"""Digest rows."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text

from frontline.company.digest.book import DigestBook, DigestKeys, Setting
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.kernel.words import StaffId
from frontline.store.database import Transaction

_LOCK = text("""
    SELECT staff_id, hour, timezone, awaits, sent_on FROM digest
    WHERE shop_id = :shop_id AND staff_id = ANY(CAST(:staff_ids AS uuid[]))
    ORDER BY staff_id FOR NO KEY UPDATE
""")
_GIVEN = """unnest(CAST(:staff_ids AS uuid[]), CAST(:hours AS int[]), CAST(:timezones AS text[]),
                CAST(:awaits AS uuid[]), CAST(:sent_on AS date[]))"""
# A plain insert on purpose: of two processes that both find no setting one must run again.
_ADD = text(f"""
    INSERT INTO digest (shop_id, staff_id, hour, timezone, awaits, sent_on)
    SELECT CAST(:shop_id AS bigint), * FROM {_GIVEN}
""")  # noqa: S608 - a piece that stands above
_CHANGE = text(f"""
    UPDATE digest AS d
    SET hour = c.hour, timezone = c.timezone, awaits = c.awaits, sent_on = c.sent_on
    FROM {_GIVEN} AS c (staff_id, hour, timezone, awaits, sent_on)
    WHERE d.shop_id = :shop_id AND d.staff_id = c.staff_id
""")  # noqa: S608 - a piece that stands above


async def load(transaction: Transaction, keys: DigestKeys) -> DigestBook:
    found = await transaction.rows(_LOCK, staff_ids=keys.staff_ids)
    return DigestBook(Page({row.staff_id: Setting(*row[1:]) for row in found}))


async def store(transaction: Transaction, book: DigestBook) -> None:
    changed = {staff_id: new for staff_id, (_, new) in book.settings.altered().items()}
    added: Mapping[StaffId, Setting] = book.settings.added()
    for statement, settings in ((_ADD, added), (_CHANGE, changed)):
        await transaction.write(
            statement,
            staff_ids=settings,
            hours=[one.hour for one in settings.values()],
            timezones=[one.timezone for one in settings.values()],
            awaits=[one.awaits for one in settings.values()],
            sent_on=[one.sent_on for one in settings.values()],
        )


SHELF = Shelf(keys=DigestKeys, load=load, store=store, lock=Lock.COMPANY)
