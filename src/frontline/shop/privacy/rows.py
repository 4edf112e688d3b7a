"""Erasing: what the catalogue says of every table, in the transaction that decides it."""

from __future__ import annotations

from sqlalchemy import TextClause, text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.aftersale.messages import State as CaseState
from frontline.shop.order.states import UNPAID, State
from frontline.shop.privacy.book import (
    Affairs,
    AffairsBook,
    AffairsKeys,
    ErasureBook,
    ErasureKeys,
)
from frontline.shop.privacy.catalogue import holdings
from frontline.store.database import Transaction
from frontline.store.personal import DELETE, Holding

OPEN_ORDERS = (*UNPAID, State.PAID, State.TO_SHIP, State.PART_SHIPPED, State.SHIPPED)
"""What was received may be forgotten, and with it the right to give it back."""

OPEN_CASES = (
    *(CaseState.ASKED, CaseState.APPROVED, CaseState.SENT_BACK, CaseState.RECEIVED),
    CaseState.REFUNDING,
)

_AFFAIRS = text("""
    SELECT m.id,
           (SELECT count(*) FROM shop_order AS o
            WHERE o.shop_id = m.shop_id AND o.member_id = m.id
              AND o.state = ANY(CAST(:open_orders AS text[]))) AS orders,
           (SELECT count(*) FROM aftersale AS a
            WHERE a.shop_id = m.shop_id AND a.member_id = m.id
              AND a.state = ANY(CAST(:open_cases AS text[])))
           + (SELECT count(*) FROM refund AS r
              JOIN shop_order AS o ON o.shop_id = r.shop_id AND o.id = r.order_id
              WHERE r.shop_id = m.shop_id AND r.state <> 'done' AND o.member_id = m.id) AS refunds
    FROM member AS m
    WHERE m.shop_id = :shop_id AND m.id = ANY(CAST(:member_ids AS uuid[]))
""")
# Whoever changes the address book holds the member's row, and so waits for this.
_LOCK_MEMBERS = text("""
    SELECT id FROM member WHERE shop_id = :shop_id AND id = ANY(CAST(:member_ids AS uuid[]))
    ORDER BY id FOR UPDATE
""")
_ERASURES = text("""
    SELECT member_id, at FROM privacy_erasure
    WHERE shop_id = :shop_id AND member_id = ANY(CAST(:member_ids AS uuid[]))
""")
_ADD = text("""
    INSERT INTO privacy_erasure (shop_id, member_id, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:at AS timestamptz[]))
""")


def _erasing(of: Holding) -> TextClause:
    members = "unnest(CAST(:member_ids AS uuid[])) AS m (id)"
    guard = f"t.shop_id = :shop_id AND {of.whose}"
    if of.erased == DELETE:
        return text(f"DELETE FROM {of.table} AS t USING {members} WHERE {guard}")  # noqa: S608 - ours
    return text(f"UPDATE {of.table} AS t SET {of.erased} FROM {members} WHERE {guard}")  # noqa: S608 - ours


ERASING = {one.table: _erasing(one) for one in holdings() if one.erased}
"""By table, in their order."""


async def load_affairs(transaction: Transaction, keys: AffairsKeys) -> AffairsBook:
    rows = await transaction.read(
        _AFFAIRS,
        member_ids=list(keys.member_ids),
        open_orders=list(OPEN_ORDERS),
        open_cases=list(OPEN_CASES),
    )
    return AffairsBook(Page({row.id: Affairs(row.orders, row.refunds) for row in rows}))


async def load(transaction: Transaction, keys: ErasureKeys) -> ErasureBook:
    member_ids = list(keys.member_ids)
    await transaction.rows(_LOCK_MEMBERS, member_ids=member_ids)
    rows = await transaction.rows(_ERASURES, member_ids=member_ids)
    return ErasureBook(Page({row.member_id: row.at for row in rows}))


async def store(transaction: Transaction, book: ErasureBook) -> None:
    erased = book.erasures.added()
    await transaction.write(_ADD, member_ids=erased, at=list(erased.values()))
    for statement in ERASING.values():
        await transaction.rows(statement, member_ids=erased)


AFFAIRS = Shelf(keys=AffairsKeys, load=load_affairs)
SHELF = Shelf(keys=ErasureKeys, load=load, store=store, lock=Lock.MEMBER)
