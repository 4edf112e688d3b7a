"""Contact rows."""

from __future__ import annotations

from sqlalchemy import text

from frontline.company.contact.book import ContactBook, ContactKeys
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.store.database import Transaction

_MEMBERS = text("""
    SELECT id FROM member WHERE shop_id = :shop_id AND id = ANY(CAST(:member_ids AS uuid[]))
""")
_ADD = text("""
    INSERT INTO customer_contact (shop_id, id, staff_id, at, how, said, member_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:staff_ids AS uuid[]), CAST(:at AS timestamptz[]),
                CAST(:how AS text[]), CAST(:said AS text[]), CAST(:member_ids AS uuid[]))
""")


async def load(transaction: Transaction, keys: ContactKeys) -> ContactBook:
    rows = await transaction.rows(_MEMBERS, member_ids=keys.member_ids)
    return ContactBook(Page({row.id: True for row in rows}))


async def store(transaction: Transaction, book: ContactBook) -> None:
    added = book.contacts
    await transaction.write(
        _ADD,
        ids=[one.id for one in added],
        staff_ids=[one.staff_id for one in added],
        at=[one.at for one in added],
        how=[one.how for one in added],
        said=[one.said for one in added],
        member_ids=[one.member_id for one in added],
    )


SHELF = Shelf(keys=ContactKeys, load=load, store=store, lock=Lock.COMPANY)
