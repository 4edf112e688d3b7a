"""Payments: one per order. Money that came is kept, or goes back under a number of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.states import move, proved
from frontline.kernel.words import Fen, Notes, OrderId
from frontline.shop.payment.messages import RefundAsked

REFUNDS_MAX = 50  # Per payment; the provider takes no more.


class State(StrEnum):
    PENDING = "pending"
    CLOSING = "closing"  # The provider is asked to close it; money may still come before it does.
    PAID = "paid"
    VOID = "void"  # Closed at the provider.


TRANSITIONS = proved(
    {
        State.PENDING: frozenset({State.CLOSING, State.PAID}),
        State.CLOSING: frozenset({State.PAID, State.VOID}),
        State.PAID: frozenset(),
        State.VOID: frozenset(),
    },
    start=State.PENDING,
)


class RefundState(StrEnum):
    ASKED = "asked"
    DONE = "done"
    ABNORMAL = "abnormal"


REFUND_TRANSITIONS = proved(
    {
        RefundState.ASKED: frozenset({RefundState.DONE, RefundState.ABNORMAL}),
        RefundState.ABNORMAL: frozenset({RefundState.DONE}),  # Somebody acted.
        RefundState.DONE: frozenset(),
    },
    start=RefundState.ASKED,
)


def out_trade_no(order_id: OrderId) -> str:
    """The payment's number at the provider: 32 hexadecimal digits."""
    return order_id.hex


def id_of(number: str) -> UUID | None:
    """The id behind a number of ours at the provider (out_trade_no, out_refund_no)."""
    try:
        found = UUID(hex=number)
    except ValueError:
        return None
    return found if found.hex == number else None


def order_of(number: str) -> OrderId | None:
    """The order that an out_trade_no would be of."""
    found = id_of(number)
    return None if found is None else OrderId(found)


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    order_id: OrderId
    state: State
    asked: Fen
    currency: str
    channel: str
    asked_at: datetime
    refunded: Fen = Fen(0)  # Asked to go back, whether or not it has arrived.
    confirmed: Fen = Fen(0)  # Of that, what the provider says has arrived.
    refunds: int = 0
    transaction_id: str | None = None
    payer: str | None = None
    paid_at: datetime | None = None

    @property
    def kept(self) -> Fen:
        return Fen(self.asked - self.refunded) if self.state is State.PAID else Fen(0)


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    order_id: OrderId | None  # None: of money in suspense.
    out_trade_no: str
    payment_total: Fen
    amount: Fen
    state: RefundState
    reason: str
    asked_at: datetime
    done_at: datetime | None = None


class Suspense(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came and belongs to no order. It is refunded at once."""

    transaction_id: str
    out_trade_no: str
    amount: Fen
    currency: str
    reason: str
    refund_id: UUID
    at: datetime


@dataclass(slots=True)
class PaymentBook(Book):
    payments: Page[OrderId, Payment]
    refunds: Page[UUID, Refund]
    suspense: Page[str, Suspense]  # By transaction id.

    def ask(self, payment: Payment) -> None:
        assert self.payments.get(payment.order_id) is None
        assert payment.state is State.PENDING
        self.payments[payment.order_id] = payment

    def move(self, order_id: OrderId, state: State) -> None:
        payment = self.payments[order_id]
        self.payments[order_id] = msgspec.structs.replace(
            payment, state=move(TRANSITIONS, payment.state, state)
        )

    def receive(
        self, order_id: OrderId, transaction_id: str, payer: str | None, paid_at: datetime
    ) -> None:
        self.move(order_id, State.PAID)
        self.payments[order_id] = msgspec.structs.replace(
            self.payments[order_id], transaction_id=transaction_id, payer=payer, paid_at=paid_at
        )

    def can_refund(self, order_id: OrderId, amount: Fen) -> bool:
        payment = self.payments.get(order_id)
        return payment is not None and amount <= payment.kept and payment.refunds < REFUNDS_MAX

    def refund(  # noqa: PLR0913, PLR0917 - money goes back with all its papers
        self,
        order_id: OrderId,
        refund_id: UUID,
        amount: Fen,
        reason: str,
        now: datetime,
        notes: Notes,
    ) -> None:
        """Give back part of a payment, or all of it. Ask `can_refund` first."""
        assert self.can_refund(order_id, amount)
        payment = self.payments[order_id]
        self.payments[order_id] = msgspec.structs.replace(
            payment, refunded=Fen(payment.refunded + amount), refunds=payment.refunds + 1
        )
        refund = Refund(
            id=refund_id,
            order_id=order_id,
            out_trade_no=out_trade_no(order_id),
            payment_total=payment.asked,
            amount=amount,
            state=RefundState.ASKED,
            reason=reason,
            asked_at=now,
        )
        self._send_back(refund, payment.currency, notes)

    def hold(self, entry: Suspense, notes: Notes) -> None:
        """Money of no order: entered, and refunded under a number derived from the payment."""
        assert self.suspense.get(entry.transaction_id) is None
        self.suspense[entry.transaction_id] = entry
        refund = Refund(
            id=entry.refund_id,
            order_id=None,
            out_trade_no=entry.out_trade_no,
            payment_total=entry.amount,
            amount=entry.amount,
            state=RefundState.ASKED,
            reason=entry.reason,
            asked_at=entry.at,
        )
        self._send_back(refund, entry.currency, notes)

    def record(self, refund_id: UUID, state: RefundState, now: datetime) -> None:
        refund = self.refunds[refund_id]
        self.refunds[refund_id] = msgspec.structs.replace(
            refund,
            state=move(REFUND_TRANSITIONS, refund.state, state),
            done_at=now if state is RefundState.DONE else None,
        )
        if refund.order_id is not None and state is RefundState.DONE:
            payment = self.payments[refund.order_id]
            self.payments[refund.order_id] = msgspec.structs.replace(
                payment, confirmed=Fen(payment.confirmed + refund.amount)
            )

    def all_back(self, order_id: OrderId) -> bool:
        """Nothing that was asked to go back is still on its way."""
        payment = self.payments.get(order_id)
        return payment is None or payment.confirmed == payment.refunded

    def check(self) -> None:
        for payment in self.payments.rows().values():
            assert 0 <= payment.confirmed <= payment.refunded <= payment.asked
            assert 0 <= payment.refunds <= REFUNDS_MAX
            assert (payment.state is State.PAID) == (payment.transaction_id is not None)
            assert payment.state is State.PAID or payment.refunded == 0

    def _send_back(self, refund: Refund, currency: str, notes: Notes) -> None:
        assert self.refunds.get(refund.id) is None
        self.refunds[refund.id] = refund
        notes.announce(
            RefundAsked(
                refund_id=refund.id,
                out_trade_no=refund.out_trade_no,
                amount=refund.amount,
                payment_total=refund.payment_total,
                currency=currency,
                reason=refund.reason,
            )
        )


@dataclass(frozen=True, slots=True)
class PaymentKeys(Keys[PaymentBook]):
    order_ids: Iterable[OrderId] = ()
    refund_ids: Iterable[UUID] = ()
    transaction_ids: Iterable[str] = ()


@dataclass(slots=True)
class RefundOriginBook(Book):
    """Which orders refunds are of. It never changes, so it is read before the locks."""

    order_ids: Page[UUID, OrderId]

    def check(self) -> None:
        assert not self.order_ids.added()
        assert not self.order_ids.altered()


@dataclass(frozen=True, slots=True)
class RefundOriginKeys(Keys[RefundOriginBook]):
    refund_ids: Iterable[UUID]
