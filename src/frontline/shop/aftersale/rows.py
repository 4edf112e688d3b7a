"""After-sale rows."""

from __future__ import annotations

import msgspec
from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.aftersale.book import (
    AftersaleBook,
    AftersaleKeys,
    Case,
    CaseOriginBook,
    CaseOriginKeys,
    Count,
    OpenCaseBook,
    OpenCaseKeys,
)
from frontline.shop.aftersale.messages import Kind, Reason, State, Units
from frontline.store.database import Transaction

_ORIGINS = text("""
    SELECT id, order_id FROM aftersale
    WHERE shop_id = :shop_id AND id = ANY(CAST(:case_ids AS uuid[]))
""")
_OPEN = text("""
    SELECT order_id, sum(open) AS units FROM aftersale_count
    WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[])) AND open > 0
    GROUP BY order_id
""")
_LOCK = text("""
    SELECT id, order_id, member_id, kind, state, units, amount, freight, reason, note, answer,
           carrier, tracking, asked_at, overdue, asked_by
    FROM aftersale WHERE shop_id = :shop_id AND id = ANY(CAST(:case_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_LOCK_COUNTS = text("""
    SELECT order_id, number, quantity, open, refunded, asked FROM aftersale_count
    WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[]))
    ORDER BY order_id, number FOR NO KEY UPDATE
""")

_units = msgspec.json.Decoder(Units).decode
_encode = msgspec.json.Encoder().encode


async def load_origins(transaction: Transaction, keys: CaseOriginKeys) -> CaseOriginBook:
    rows = await transaction.rows(_ORIGINS, case_ids=keys.case_ids)
    return CaseOriginBook(Page({row.id: row.order_id for row in rows}))


async def load_open(transaction: Transaction, keys: OpenCaseKeys) -> OpenCaseBook:
    rows = await transaction.rows(_OPEN, order_ids=keys.order_ids)
    return OpenCaseBook(Page({row.order_id: int(row.units) for row in rows}))


async def load(transaction: Transaction, keys: AftersaleKeys) -> AftersaleBook:
    cases = await transaction.rows(_LOCK, case_ids=keys.case_ids)
    counts = await transaction.rows(_LOCK_COUNTS, order_ids=keys.order_ids)
    return AftersaleBook(
        Page(
            {
                row.id: Case(
                    **{
                        **row._mapping,
                        "kind": Kind(row.kind),
                        "state": State(row.state),
                        "units": _units(row.units),
                        "reason": Reason(row.reason),
                    }
                )
                for row in cases
            }
        ),
        Page({(order_id, number): Count(*count) for order_id, number, *count in counts}),
    )


_ADD = text("""
    INSERT INTO aftersale (shop_id, id, order_id, member_id, kind, state, units, amount, freight,
                           reason, note, answer, carrier, tracking, asked_at, overdue,
                           asked_by)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:order_ids AS uuid[]), CAST(:member_ids AS uuid[]),
                CAST(:kinds AS text[]), CAST(:states AS text[]), CAST(:units AS text[]),
                CAST(:amounts AS bigint[]), CAST(:freights AS bigint[]),
                CAST(:reasons AS text[]), CAST(:notes AS text[]), CAST(:answers AS text[]),
                CAST(:carriers AS text[]), CAST(:trackings AS text[]),
                CAST(:asked_at AS timestamptz[]), CAST(:overdue AS boolean[]),
                CAST(:asked_by AS uuid[]))
""")
_MOVE = text("""
    UPDATE aftersale AS a
    SET state = m.new, amount = m.amount, freight = m.freight, answer = m.answer,
        carrier = m.carrier, tracking = m.tracking, overdue = m.overdue
    FROM unnest(CAST(:ids AS uuid[]), CAST(:old AS text[]), CAST(:new AS text[]),
                CAST(:amounts AS bigint[]), CAST(:freights AS bigint[]),
                CAST(:answers AS text[]), CAST(:carriers AS text[]), CAST(:trackings AS text[]),
                CAST(:overdue AS boolean[]))
         AS m (id, old, new, amount, freight, answer, carrier, tracking, overdue)
    WHERE a.shop_id = :shop_id AND a.id = m.id AND a.state = m.old
""")
# A plain insert on purpose: when two processes both find no row, one of them must fail on the
# key and run again, for it has not seen what was asked for meanwhile.
_ADD_COUNTS = text("""
    INSERT INTO aftersale_count (shop_id, order_id, number, quantity, open, refunded, asked)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:numbers AS int[]), CAST(:quantities AS int[]),
                CAST(:open AS int[]), CAST(:refunded AS int[]), CAST(:asked AS int[]))
""")
_MOVE_COUNTS = text("""
    UPDATE aftersale_count AS c
    SET open = c.open + d.open, refunded = c.refunded + d.refunded, asked = c.asked + d.asked
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:numbers AS int[]), CAST(:open AS int[]),
                CAST(:refunded AS int[]), CAST(:asked AS int[]))
         AS d (order_id, number, open, refunded, asked)
    WHERE c.shop_id = :shop_id AND c.order_id = d.order_id AND c.number = d.number
""")
_ADD_STEPS = text("""
    INSERT INTO aftersale_step (shop_id, case_id, state, at, who, actor_id)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:case_ids AS uuid[]), CAST(:states AS text[]), CAST(:at AS timestamptz[]),
                CAST(:whos AS text[]), CAST(:actor_ids AS uuid[]))
""")


async def store(transaction: Transaction, book: AftersaleBook) -> None:
    added = list(book.cases.added().values())
    await transaction.write(
        _ADD,
        ids=[case.id for case in added],
        order_ids=[case.order_id for case in added],
        member_ids=[case.member_id for case in added],
        kinds=[case.kind for case in added],
        states=[case.state for case in added],
        units=[_encode(case.units).decode() for case in added],
        amounts=[case.amount for case in added],
        freights=[case.freight for case in added],
        reasons=[case.reason for case in added],
        notes=[case.note for case in added],
        answers=[case.answer for case in added],
        carriers=[case.carrier for case in added],
        trackings=[case.tracking for case in added],
        asked_at=[case.asked_at for case in added],
        overdue=[case.overdue for case in added],
        asked_by=[case.asked_by for case in added],
    )
    moved = list(book.cases.altered().values())
    await transaction.write(
        _MOVE,
        ids=[new.id for _, new in moved],
        old=[old.state for old, _ in moved],
        new=[new.state for _, new in moved],
        amounts=[new.amount for _, new in moved],
        freights=[new.freight for _, new in moved],
        answers=[new.answer for _, new in moved],
        carriers=[new.carrier for _, new in moved],
        trackings=[new.tracking for _, new in moved],
        overdue=[new.overdue for _, new in moved],
    )
    await _store_counts(transaction, book)
    steps = book.steps
    await transaction.write(
        _ADD_STEPS,
        case_ids=[step.case_id for step in steps],
        states=[step.state for step in steps],
        at=[step.at for step in steps],
        whos=[step.by for step in steps],
        actor_ids=[step.actor_id for step in steps],
    )


async def _store_counts(transaction: Transaction, book: AftersaleBook) -> None:
    added = book.counts.added()
    await transaction.write(
        _ADD_COUNTS,
        order_ids=[order_id for order_id, _ in added],
        numbers=[number for _, number in added],
        quantities=[count.quantity for count in added.values()],
        open=[count.open for count in added.values()],
        refunded=[count.refunded for count in added.values()],
        asked=[count.asked for count in added.values()],
    )
    moved = book.counts.altered()
    await transaction.write(
        _MOVE_COUNTS,
        order_ids=[order_id for order_id, _ in moved],
        numbers=[number for _, number in moved],
        open=[new.open - old.open for old, new in moved.values()],
        refunded=[new.refunded - old.refunded for old, new in moved.values()],
        asked=[new.asked - old.asked for old, new in moved.values()],
    )


ORIGINS = Shelf(keys=CaseOriginKeys, load=load_origins)
OPEN = Shelf(keys=OpenCaseKeys, load=load_open)
SHELF = Shelf(keys=AftersaleKeys, load=load, store=store, lock=Lock.AFTERSALE)
