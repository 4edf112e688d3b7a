"""After-sale cases, and how many units of each order line are under one.

The units under open cases are counted in a row of their own, not by counting cases: a count
cannot be locked, so two processes could both find the same unit free to be asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.states import move, proved
from frontline.kernel.words import Fen, MemberId, OrderId, StaffId
from frontline.shop.aftersale.messages import CaseId, Kind, Reason, State, Units

ASKED_MAX = 20  # Cases of one order line, whatever became of them.

TRANSITIONS = proved(
    {
        State.ASKED: frozenset({State.APPROVED, State.REFUSED, State.WITHDRAWN}),
        State.APPROVED: frozenset(
            {
                State.SENT_BACK,
                State.RECEIVED,  # Brought by the buyer, or nobody told us the tracking number.
                State.REFUNDING,
                State.REFUSED,
                State.WITHDRAWN,
            }
        ),
        State.SENT_BACK: frozenset({State.RECEIVED, State.REFUSED}),
        State.RECEIVED: frozenset({State.REFUNDING}),
        State.REFUNDING: frozenset({State.REFUNDED}),
        State.REFUNDED: frozenset(),
        State.REFUSED: frozenset(),
        State.WITHDRAWN: frozenset(),
    },
    start=State.ASKED,
)
OPEN = frozenset({State.ASKED, State.APPROVED, State.SENT_BACK})
"""Where a case holds its units. On the way to `refunding` they pass to the order as returned."""

RECEIVABLE = frozenset({State.APPROVED, State.SENT_BACK})
WITHDRAWABLE = frozenset({State.ASKED, State.APPROVED})


class Case(msgspec.Struct, frozen=True, kw_only=True):
    id: CaseId  # Of its refund too.
    order_id: OrderId
    member_id: MemberId
    kind: Kind
    state: State = State.ASKED
    units: Units
    amount: Fen  # What goes back; until it does, what it would have been when it was asked for.
    freight: Fen  # Part of the amount.
    reason: Reason
    note: str
    answer: str = ""  # What staff said when they refused.
    carrier: str = ""
    tracking: str = ""
    asked_at: datetime
    overdue: bool = False  # Was not answered in time.
    asked_by: StaffId | None = None  # Who of the staff asked; None: the buyer.


class Count(msgspec.Struct, frozen=True):
    """Units of one order line."""

    quantity: int  # Bought.
    open: int = 0  # Under cases that are open.
    refunded: int = 0  # By cases.
    asked: int = 0  # Cases, not units.


class Step(msgspec.Struct, frozen=True):
    """One move of a case: the history is only ever added to."""

    case_id: CaseId
    state: State
    at: datetime
    by: str  # "buyer", "staff", "money".
    actor_id: UUID | None


class By(Protocol):
    """Who moves a case, and when."""

    @property
    def who(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_id(self) -> UUID | None: ...


Line = tuple[OrderId, int]
"""An order, and the number of a line in it."""


@dataclass(slots=True)
class AftersaleBook(Book):
    cases: Page[CaseId, Case]
    counts: Page[Line, Count]
    steps: list[Step] = field(default_factory=list)

    def open_units(self, order_id: OrderId, number: int) -> int:
        count = self.counts.get((order_id, number))
        return 0 if count is None else count.open

    def times_asked(self, order_id: OrderId, number: int) -> int:
        count = self.counts.get((order_id, number))
        return 0 if count is None else count.asked

    def ask(self, case: Case, bought: Mapping[int, int]) -> None:
        """Open a case; `bought` says how many units each line of the order has."""
        assert case.state is State.ASKED
        assert self.cases.get(case.id) is None
        self.cases[case.id] = case
        for number, units in case.units:
            count = self.counts.get((case.order_id, number)) or Count(bought[number])
            self.counts[case.order_id, number] = msgspec.structs.replace(
                count, open=count.open + units, asked=count.asked + 1
            )

    def move(self, case_id: CaseId, state: State, by: By, **changes: Any) -> Case:
        """Move a case, and with it what it holds."""
        old = self.cases[case_id]
        case = msgspec.structs.replace(old, state=move(TRANSITIONS, old.state, state), **changes)
        self.cases[case_id] = case
        self.steps.append(Step(case_id, state, by.at, by.who, by.actor_id))
        if state in {State.REFUNDING, State.REFUSED, State.WITHDRAWN}:
            self._let_go(case, refunded=state is State.REFUNDING)
        return case

    def mark_overdue(self, case_id: CaseId) -> Case:
        case = msgspec.structs.replace(self.cases[case_id], overdue=True)
        self.cases[case_id] = case
        return case

    def check(self) -> None:
        for count in self.counts.rows().values():
            assert min(count.open, count.refunded) >= 0
            assert count.open + count.refunded <= count.quantity
            assert 0 < count.asked <= ASKED_MAX
        for case in self.cases.rows().values():
            assert 0 <= case.freight <= case.amount
            assert case.units
            assert all(units > 0 for _, units in case.units)
            assert (case.state is State.REFUSED) == bool(case.answer)
            assert case.state is not State.SENT_BACK or case.tracking
            if case.state in RECEIVABLE or case.tracking:
                assert case.kind is Kind.RETURN_REFUND

    def _let_go(self, case: Case, *, refunded: bool) -> None:
        for number, units in case.units:
            count = self.counts[case.order_id, number]
            self.counts[case.order_id, number] = msgspec.structs.replace(
                count,
                open=count.open - units,
                refunded=count.refunded + (units if refunded else 0),
            )


@dataclass(frozen=True, slots=True)
class AftersaleKeys(Keys[AftersaleBook]):
    case_ids: Iterable[CaseId] = ()
    order_ids: Iterable[OrderId] = ()  # Whose units are counted.


@dataclass(slots=True)
class CaseOriginBook(Book):
    """Which orders cases are of. It never changes, so it is read before the locks."""

    order_ids: Page[CaseId, OrderId]

    def check(self) -> None:
        assert not self.order_ids.added()
        assert not self.order_ids.altered()


@dataclass(frozen=True, slots=True)
class CaseOriginKeys(Keys[CaseOriginBook]):
    case_ids: Iterable[CaseId]


@dataclass(slots=True)
class OpenCaseBook(Book):
    """Which orders have units under an open case.

    Read it while the orders are locked: nobody opens a case without that lock.
    """

    units: Page[OrderId, int]

    def has(self, order_id: OrderId) -> bool:
        return bool(self.units.get(order_id))

    def check(self) -> None:
        assert not self.units.added()
        assert not self.units.altered()


@dataclass(frozen=True, slots=True)
class OpenCaseKeys(Keys[OpenCaseBook]):
    order_ids: Iterable[OrderId]
