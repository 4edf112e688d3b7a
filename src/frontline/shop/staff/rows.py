"""Staff rows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.staff.book import Tries, TriesBook, TriesKeys
from frontline.store.database import Transaction

_LOCK = text("""
    SELECT slot, since, count FROM staff_tries
    WHERE shop_id = :shop_id AND slot = ANY(CAST(:slots AS int[]))
    ORDER BY slot FOR NO KEY UPDATE
""")
_ADD = text("""
    INSERT INTO staff_tries (shop_id, slot, since, count)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:slots AS int[]), CAST(:since AS timestamptz[]), CAST(:counts AS int[]))
""")
_CHANGE = text("""
    UPDATE staff_tries AS t SET since = c.since, count = c.count
    FROM unnest(CAST(:slots AS int[]), CAST(:since AS timestamptz[]), CAST(:counts AS int[]))
         AS c (slot, since, count)
    WHERE t.shop_id = :shop_id AND t.slot = c.slot
""")


async def load(transaction: Transaction, keys: TriesKeys) -> TriesBook:
    rows = await transaction.rows(_LOCK, slots=keys.slots)
    return TriesBook(Page({row.slot: Tries(row.since, row.count) for row in rows}))


async def store(transaction: Transaction, book: TriesBook) -> None:
    changed = {slot: new for slot, (_, new) in book.tries.altered().items()}
    for statement, tries in ((_ADD, book.tries.added()), (_CHANGE, changed)):
        await transaction.write(
            statement,
            slots=tries,
            since=[one.since for one in tries.values()],
            counts=[one.count for one in tries.values()],
        )


SHELF = Shelf(keys=TriesKeys, load=load, store=store, lock=Lock.MEMBER)

# -- Staff themselves: made on the command line -------------------------------------------

_FIND = text("""
    SELECT id FROM staff WHERE shop_id = :shop_id AND name = CAST(:name AS text)
    FOR NO KEY UPDATE
""")
_HIRE = text("""
    INSERT INTO staff (shop_id, id, name, password_hash, role, active)
    VALUES (:shop_id, CAST(:id AS uuid), :name, :password_hash, :role, true)
    RETURNING id
""")
_CHANGE_STAFF = text("""
    UPDATE staff SET password_hash = :password_hash, role = :role, active = true
    WHERE shop_id = :shop_id AND id = CAST(:id AS uuid)
    RETURNING id
""")
_LOG_OUT = text("""
    DELETE FROM session WHERE shop_id = :shop_id AND actor_id = CAST(:id AS uuid)
    RETURNING actor_id
""")


async def put_staff(
    transaction: Transaction, id_: UUID, *, name: str, password_hash: str, role: str
) -> UUID:
    """Hire, as `id_`; or change who is there already and end all sessions. Who it is."""
    known = await transaction.read(_FIND, name=name)
    if not known:
        await transaction.read(_HIRE, id=id_, name=name, password_hash=password_hash, role=role)
        return id_
    staff_id: UUID = known[0].id
    await transaction.read(_CHANGE_STAFF, id=staff_id, password_hash=password_hash, role=role)
    await transaction.read(_LOG_OUT, id=staff_id)
    return staff_id
