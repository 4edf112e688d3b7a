"""Payment rows."""

from __future__ import annotations

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.payment.book import (
    Payment,
    PaymentBook,
    PaymentKeys,
    Refund,
    RefundOriginBook,
    RefundOriginKeys,
    RefundState,
    State,
    Suspense,
)
from frontline.store.database import Transaction

_LOCK = text("""
    SELECT order_id, state, asked, currency, channel, asked_at, refunded, confirmed, refunds,
           transaction_id, payer, paid_at
    FROM payment WHERE shop_id = :shop_id AND order_id = ANY(CAST(:order_ids AS uuid[]))
    ORDER BY order_id FOR NO KEY UPDATE
""")
_LOCK_REFUNDS = text("""
    SELECT id, order_id, out_trade_no, payment_total, amount, state, reason, asked_at, done_at
    FROM refund WHERE shop_id = :shop_id AND id = ANY(CAST(:refund_ids AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
""")
_SUSPENSE = text("""
    SELECT transaction_id, out_trade_no, amount, currency, reason, refund_id, at
    FROM suspense
    WHERE shop_id = :shop_id AND transaction_id = ANY(CAST(:transaction_ids AS text[]))
""")
_REFUND_ORIGINS = text("""
    SELECT id, order_id FROM refund
    WHERE shop_id = :shop_id AND id = ANY(CAST(:refund_ids AS uuid[])) AND order_id IS NOT NULL
""")


async def load(transaction: Transaction, keys: PaymentKeys) -> PaymentBook:
    payments = await transaction.rows(_LOCK, order_ids=keys.order_ids)
    refunds = await transaction.rows(_LOCK_REFUNDS, refund_ids=keys.refund_ids)
    suspense = await transaction.rows(_SUSPENSE, transaction_ids=keys.transaction_ids)
    return PaymentBook(
        Page(
            {
                row.order_id: Payment(**{**row._mapping, "state": State(row.state)})
                for row in payments
            }
        ),
        Page(
            {row.id: Refund(**{**row._mapping, "state": RefundState(row.state)}) for row in refunds}
        ),
        Page({row.transaction_id: Suspense(**row._mapping) for row in suspense}),
    )


async def load_refund_origins(transaction: Transaction, keys: RefundOriginKeys) -> RefundOriginBook:
    rows = await transaction.rows(_REFUND_ORIGINS, refund_ids=keys.refund_ids)
    return RefundOriginBook(Page({row.id: row.order_id for row in rows}))


_ADD = text("""
    INSERT INTO payment (shop_id, order_id, state, asked, currency, channel, asked_at, refunded,
                         confirmed, refunds, transaction_id, payer, paid_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:states AS text[]), CAST(:asked AS bigint[]),
                CAST(:currencies AS text[]), CAST(:channels AS text[]),
                CAST(:asked_at AS timestamptz[]), CAST(:refunded AS bigint[]),
                CAST(:confirmed AS bigint[]), CAST(:refunds AS int[]),
                CAST(:transaction_ids AS text[]), CAST(:payers AS text[]),
                CAST(:paid_at AS timestamptz[]))
""")
_MOVE = text("""
    UPDATE payment AS p
    SET state = m.new, refunded = p.refunded + m.refunded,
        confirmed = p.confirmed + m.confirmed, refunds = p.refunds + m.refunds,
        transaction_id = m.transaction_id, payer = m.payer, paid_at = m.paid_at
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:old AS text[]), CAST(:new AS text[]),
                CAST(:refunded AS bigint[]), CAST(:confirmed AS bigint[]),
                CAST(:refunds AS int[]), CAST(:transaction_ids AS text[]),
                CAST(:payers AS text[]), CAST(:paid_at AS timestamptz[]))
         AS m (order_id, old, new, refunded, confirmed, refunds, transaction_id, payer, paid_at)
    WHERE p.shop_id = :shop_id AND p.order_id = m.order_id AND p.state = m.old
""")
_ADD_REFUNDS = text("""
    INSERT INTO refund (shop_id, id, order_id, out_trade_no, payment_total, amount, state,
                        reason, asked_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:order_ids AS uuid[]), CAST(:numbers AS text[]),
                CAST(:totals AS bigint[]), CAST(:amounts AS bigint[]), CAST(:states AS text[]),
                CAST(:reasons AS text[]), CAST(:asked_at AS timestamptz[]))
""")
_MOVE_REFUNDS = text("""
    UPDATE refund AS r SET state = m.new, done_at = m.done_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:old AS text[]), CAST(:new AS text[]),
                CAST(:done_at AS timestamptz[])) AS m (id, old, new, done_at)
    WHERE r.shop_id = :shop_id AND r.id = m.id AND r.state = m.old
""")
_ADD_SUSPENSE = text("""
    INSERT INTO suspense (shop_id, transaction_id, out_trade_no, amount, currency, reason,
                          refund_id, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:transaction_ids AS text[]), CAST(:numbers AS text[]),
                CAST(:amounts AS bigint[]), CAST(:currencies AS text[]), CAST(:reasons AS text[]),
                CAST(:refund_ids AS uuid[]), CAST(:at AS timestamptz[]))
""")


async def store(transaction: Transaction, book: PaymentBook) -> None:
    added = list(book.payments.added().values())
    transaction.write_later(
        _ADD,
        order_ids=[payment.order_id for payment in added],
        states=[payment.state for payment in added],
        asked=[payment.asked for payment in added],
        currencies=[payment.currency for payment in added],
        channels=[payment.channel for payment in added],
        asked_at=[payment.asked_at for payment in added],
        refunded=[payment.refunded for payment in added],
        confirmed=[payment.confirmed for payment in added],
        refunds=[payment.refunds for payment in added],
        transaction_ids=[payment.transaction_id for payment in added],
        payers=[payment.payer for payment in added],
        paid_at=[payment.paid_at for payment in added],
    )
    moved = list(book.payments.altered().values())
    transaction.write_later(
        _MOVE,
        order_ids=[new.order_id for _, new in moved],
        old=[old.state for old, _ in moved],
        new=[new.state for _, new in moved],
        refunded=[new.refunded - old.refunded for old, new in moved],
        confirmed=[new.confirmed - old.confirmed for old, new in moved],
        refunds=[new.refunds - old.refunds for old, new in moved],
        transaction_ids=[new.transaction_id for _, new in moved],
        payers=[new.payer for _, new in moved],
        paid_at=[new.paid_at for _, new in moved],
    )
    _store_refunds(transaction, book)


def _store_refunds(transaction: Transaction, book: PaymentBook) -> None:
    added = list(book.refunds.added().values())
    transaction.write_later(
        _ADD_REFUNDS,
        ids=[refund.id for refund in added],
        order_ids=[refund.order_id for refund in added],
        numbers=[refund.out_trade_no for refund in added],
        totals=[refund.payment_total for refund in added],
        amounts=[refund.amount for refund in added],
        states=[refund.state for refund in added],
        reasons=[refund.reason for refund in added],
        asked_at=[refund.asked_at for refund in added],
    )
    moved = book.refunds.altered()
    transaction.write_later(
        _MOVE_REFUNDS,
        ids=moved,
        old=[old.state for old, _ in moved.values()],
        new=[new.state for _, new in moved.values()],
        done_at=[new.done_at for _, new in moved.values()],
    )
    held = list(book.suspense.added().values())
    transaction.write_later(
        _ADD_SUSPENSE,
        transaction_ids=[entry.transaction_id for entry in held],
        numbers=[entry.out_trade_no for entry in held],
        amounts=[entry.amount for entry in held],
        currencies=[entry.currency for entry in held],
        reasons=[entry.reason for entry in held],
        refund_ids=[entry.refund_id for entry in held],
        at=[entry.at for entry in held],
    )


SHELF = Shelf(keys=PaymentKeys, load=load, store=store, lock=Lock.PAYMENT)
REFUND_ORIGINS = Shelf(keys=RefundOriginKeys, load=load_refund_origins)
