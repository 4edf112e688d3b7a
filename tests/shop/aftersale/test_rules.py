"""The rules of after-sale, on books in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from company.authority.story import owners
from hypothesis import given
from hypothesis import strategies as st

from frontline.kernel.book import Page
from frontline.kernel.ground import Because
from frontline.kernel.words import Fen, MemberId, Moment, Notes, OrderId, SkuId, StaffId
from frontline.shop.aftersale.book import ASKED_MAX, AftersaleBook
from frontline.shop.aftersale.messages import (
    ApproveRefund,
    AskRefund,
    CaseId,
    CaseOverdue,
    FinishRefund,
    Kind,
    MarkCaseOverdue,
    Moved,
    ReceiveGoods,
    Refusal,
    Refused,
    RefuseRefund,
    SendBack,
    State,
    Unchanged,
    WithdrawRefund,
)
from frontline.shop.aftersale.rules import Desk, decide
from frontline.shop.coupon.book import CouponBook
from frontline.shop.ledger.book import Account, LedgerBook
from frontline.shop.order.book import By, Line, Order, OrderBook, Parcel
from frontline.shop.order.messages import CompleteOrder, OrderRefunded, ReceiveOrder
from frontline.shop.order.states import REFUNDABLE, CancelReason
from frontline.shop.order.states import State as OrderState
from frontline.shop.payment.book import REFUNDS_MAX, Payment, PaymentBook
from frontline.shop.payment.book import State as PaymentState
from frontline.shop.stock.book import Level, StockBook

NOW = datetime(2026, 11, 11, 1, 0, tzinfo=UTC)
ME, SOMEBODY = MemberId(UUID(int=1)), MemberId(UUID(int=2))
STAFF = StaffId(UUID(int=3))
ORDER = OrderId(UUID(int=4))
FREIGHT = Fen(800)


@dataclass
class Ground:
    told: list[UUID] = field(default_factory=list)

    def refunded(self, because_id: UUID, order_id: OrderId, notes: Notes) -> None:
        self.told.append(because_id)


class Shop:
    """One order of lines (units, paid), and the commands that come for it."""

    def __init__(
        self,
        *lines: tuple[int, int],
        state: OrderState = OrderState.TO_SHIP,
        freight: int = FREIGHT,
        refunds: int = 0,
        because: Because | None = None,
    ) -> None:
        whole = state in {OrderState.SHIPPED, OrderState.RECEIVED, OrderState.DONE}
        self.ground = Ground()
        self.last = 100
        self.notes = Notes()
        self.now = NOW
        total = Fen(sum(paid for _, paid in lines) + freight)
        order = Order(
            id=ORDER, member_id=ME, state=state, total=total, freight=Fen(freight), claim_id=None,
            because=because, ship_to=None, note="", placed_at=NOW, pay_until=NOW, wish=None,
            reason=CancelReason.STAFF if state is OrderState.CANCELLED else None,
            lines=tuple(
                Line(number, _sku(number), "曲奇", units, Fen(paid), Fen(paid), limited=False,
                     shipped=units if whole else 0)
                for number, (units, paid) in enumerate(lines, 1)
            ),
        )  # fmt: skip
        payment = Payment(
            order_id=ORDER, state=PaymentState.PAID, asked=total, currency="CNY", channel="h5",
            asked_at=NOW, transaction_id="t", refunds=refunds,
        )  # fmt: skip
        self.desk = Desk(
            LedgerBook(),
            CouponBook(Page({}), Page({}), Page({})),
            PaymentBook(Page({ORDER: payment} if total else {}), Page({}), Page({})),
            OrderBook(Page({ORDER: order}), Page({})),
            StockBook(Page({_sku(n): Level(0, 0, units) for n, (units, _) in enumerate(lines, 1)})),
            {"groupbuy": self.ground},  # type: ignore[dict-item]
            AftersaleBook(Page({}), Page({})),
            owners(STAFF),
        )

    @property
    def order(self) -> Order:
        return self.desk.order.orders[ORDER]

    def do(self, wish: Any, /, **fields: Any) -> Any:
        self.last += 1
        command = wish(id=UUID(int=self.last), **fields)
        decision = decide(self.desk, [command], Moment(self.now, 0))
        self.notes = decision.notes
        for book in (self.desk.aftersale, self.desk.order, self.desk.payment, self.desk.stock):
            book.check()
        return decision.outcomes[0]

    def ask(self, *lines: tuple[int, int], kind: Kind = Kind.REFUND_ONLY, **fields: Any) -> Any:
        return self.do(
            AskRefund,
            **{"order_id": ORDER, "member_id": ME, "kind": kind, "lines": lines, **fields},
        )

    def asked(self, *lines: tuple[int, int], kind: Kind = Kind.REFUND_ONLY) -> CaseId:
        outcome = self.ask(*lines, kind=kind)
        assert isinstance(outcome, Moved), outcome
        return outcome.case_id

    def approve(self, case_id: CaseId, **fields: Any) -> Any:
        return self.do(ApproveRefund, case_id=case_id, staff_id=STAFF, **fields)

    def refuse(self, case_id: CaseId) -> Any:
        return self.do(RefuseRefund, case_id=case_id, staff_id=STAFF, answer="已拆封")

    def receive(self, case_id: CaseId, **fields: Any) -> Any:
        return self.do(ReceiveGoods, case_id=case_id, staff_id=STAFF, **fields)

    def ship(self, *contents: tuple[int, int]) -> None:
        self.last += 1
        parcel = Parcel(UUID(int=self.last), ORDER, "SF", "1", contents, NOW)
        self.desk.order.ship(parcel, By("staff", NOW))

    def on_hand(self, number: int) -> int:
        return self.desk.stock.levels[_sku(number)].on_hand


def _sku(number: int) -> SkuId:
    return SkuId(UUID(int=number))


def refusal(outcome: Any) -> Refusal:
    assert isinstance(outcome, Refused), outcome
    return outcome.refusal


# -- When and what ------------------------------------------------------------------------


def test_only_while_the_order_is_between_the_game_and_done() -> None:
    for state in OrderState:
        outcome = Shop((1, 100), state=state).ask((1, 1))
        if state in REFUNDABLE:
            assert isinstance(outcome, Moved)
        else:
            assert refusal(outcome) is Refusal.NOT_REFUNDABLE


def test_whose_order_and_which_lines() -> None:
    shop = Shop((2, 100))
    assert refusal(shop.ask((1, 1), member_id=SOMEBODY)) is Refusal.ORDER_UNKNOWN
    assert refusal(shop.ask((1, 1), order_id=UUID(int=9))) is Refusal.ORDER_UNKNOWN
    assert refusal(shop.ask((7, 1))) is Refusal.LINE_UNKNOWN
    assert refusal(shop.ask((1, 3))) is Refusal.TOO_MANY_UNITS
    assert refusal(shop.ask((1, -1))) is Refusal.TOO_MANY_UNITS
    assert refusal(shop.ask((1, 2), (1, 1))) is Refusal.TOO_MANY_UNITS


def test_a_unit_is_under_one_open_case() -> None:
    shop = Shop((3, 300), (1, 50))
    case_id = shop.asked((1, 2))
    assert refusal(shop.ask((1, 2))) is Refusal.TOO_MANY_UNITS
    rest = shop.asked()
    assert shop.desk.aftersale.cases[rest].units == ((1, 1), (2, 1))
    assert refusal(shop.ask()) is Refusal.TOO_MANY_UNITS
    shop.refuse(case_id)
    shop.do(WithdrawRefund, case_id=rest, member_id=ME)
    assert shop.desk.aftersale.cases[shop.asked()].units == ((1, 3), (2, 1))


def test_of_what_was_sent_too() -> None:
    shop = Shop((3, 300), state=OrderState.SHIPPED)
    shop.approve(shop.asked((1, 1)))
    shop.asked((1, 1), kind=Kind.RETURN_REFUND)
    assert refusal(shop.ask((1, 2))) is Refusal.TOO_MANY_UNITS
    count = shop.desk.aftersale.counts[ORDER, 1]
    assert (count.open, count.refunded, count.asked) == (1, 1, 2)
    shop.asked((1, 1))
    assert refusal(shop.ask((1, 1))) is Refusal.TOO_MANY_UNITS


def test_what_was_not_sent_does_not_come_back() -> None:
    shop = Shop((2, 100))
    assert refusal(shop.ask((1, 1), kind=Kind.RETURN_REFUND)) is Refusal.NOT_SENT_YET
    shop.ship((1, 1))
    assert refusal(shop.ask((1, 1), kind=Kind.RETURN_REFUND)) is Refusal.NOT_SENT_YET
    assert refusal(shop.ask((1, 2))) is Refusal.STILL_BEING_SENT
    shop.ship((1, 1))
    shop.asked((1, 1), kind=Kind.RETURN_REFUND)
    shop.asked((1, 1))


def test_a_line_may_be_asked_for_so_many_times() -> None:
    shop = Shop((1, 100))
    for _ in range(ASKED_MAX):
        shop.refuse(shop.asked((1, 1)))
    assert refusal(shop.ask((1, 1))) is Refusal.ASKED_TOO_OFTEN


# -- Money and goods ------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(1, 7), st.integers(0, 9999)), min_size=1, max_size=4),
    st.integers(0, 2000),
    st.data(),
)
def test_the_parts_are_the_whole(
    lines: list[tuple[int, int]], freight: int, data: st.DataObject
) -> None:
    """However an unsent order is taken apart, what goes back is what was paid."""
    shop = Shop(*lines, freight=freight)
    left = dict(enumerate((units for units, _ in lines), 1))
    back = 0
    while any(left.values()):
        numbers = st.sets(st.sampled_from([n for n, units in left.items() if units]), min_size=1)
        taken = {n: data.draw(st.integers(1, left[n])) for n in sorted(data.draw(numbers))}
        left = {n: units - taken.get(n, 0) for n, units in left.items()}
        outcome = shop.approve(shop.asked(*taken.items()))
        assert isinstance(outcome, Moved)
        back += outcome.amount
    assert back == shop.order.total
    refunds = shop.desk.payment.refunds.rows().values()
    assert sum(refund.amount for refund in refunds) == back
    assert (
        sum(one.amount for one in shop.desk.ledger.transfers if one.credit is Account.REFUNDS_DUE)
        == back
    )
    assert shop.order.whole_returned
    assert [shop.on_hand(number) for number in left] == [units for units, _ in lines]


def test_freight_stays_once_something_was_sent() -> None:
    shop = Shop((1, 100), (1, 50))
    shop.ship((1, 1))
    assert shop.approve(shop.asked((1, 1), (2, 1))).amount == 150
    assert shop.order.state is OrderState.REFUNDING
    assert shop.order.freight_refunded == 0


def test_the_amount_is_fixed_when_the_money_goes() -> None:
    shop = Shop((3, 100))
    cases = [shop.asked((1, 1)) for _ in range(3)]
    assert [shop.desk.aftersale.cases[one].amount for one in cases] == [33, 33, 33]
    assert [shop.approve(one).amount for one in cases] == [33, 33, 34 + FREIGHT]


def test_only_units_never_sent_are_restocked_unless_staff_say_so() -> None:
    shop = Shop((2, 200), (2, 200))
    both = shop.asked((1, 2), (2, 1))
    shop.ship((1, 1))
    shop.approve(both)
    assert (shop.on_hand(1), shop.on_hand(2)) == (1, 1)
    for restock, on_hand in ((True, 2), (False, 0), (None, 0)):
        sent = Shop((2, 200), state=OrderState.RECEIVED)
        sent.approve(sent.asked((1, 2)), restock=restock)
        assert sent.on_hand(1) == on_hand


def test_a_return_is_paid_back_when_the_goods_are_here() -> None:
    shop = Shop((2, 200), state=OrderState.SHIPPED)
    case_id = shop.asked((1, 2), kind=Kind.RETURN_REFUND)
    assert shop.approve(case_id).state is State.APPROVED
    assert not shop.desk.payment.refunds.rows()
    parcel = {"case_id": case_id, "carrier": "SF", "tracking": "42"}
    assert refusal(shop.do(SendBack, member_id=SOMEBODY, **parcel)) is Refusal.CASE_UNKNOWN
    assert shop.do(SendBack, member_id=ME, **parcel).state is State.SENT_BACK
    assert refusal(shop.do(WithdrawRefund, case_id=case_id, member_id=ME)) is Refusal.CASE_MOVED_ON
    too_many = shop.receive(case_id, sellable=((1, 3),))
    assert refusal(too_many) is Refusal.UNITS_NOT_IN_CASE
    outcome = shop.receive(case_id, sellable=((1, 1),))
    assert outcome == Moved(case_id, State.REFUNDING, Fen(200))
    assert shop.on_hand(1) == 1
    assert [step.state for step in shop.desk.aftersale.steps] == [
        State.APPROVED, State.SENT_BACK, State.RECEIVED, State.REFUNDING,
    ]  # fmt: skip
    finished = shop.do(FinishRefund, case_id=case_id)
    assert finished.state is State.REFUNDED
    assert shop.do(FinishRefund, case_id=case_id) == Unchanged()


def test_goods_brought_in_person_need_no_parcel() -> None:
    shop = Shop((2, 200), state=OrderState.SHIPPED)
    case_id = shop.asked((1, 2), kind=Kind.RETURN_REFUND)
    assert refusal(shop.receive(case_id)) is Refusal.CASE_MOVED_ON
    shop.approve(case_id)
    assert shop.receive(case_id).state is State.REFUNDING
    assert shop.on_hand(1) == 2


def test_what_cost_nothing_is_refunded_at_once() -> None:
    shop = Shop((1, 0), freight=0)
    assert shop.approve(shop.asked()).state is State.REFUNDED
    assert shop.order.state is OrderState.REFUNDED
    assert not shop.desk.payment.refunds.rows()


def test_a_payment_has_so_many_refunds() -> None:
    shop = Shop((2, 200), refunds=REFUNDS_MAX - 1)
    assert shop.approve(shop.asked((1, 1))).state is State.REFUNDING
    case_id = shop.asked((1, 1))
    assert refusal(shop.approve(case_id)) is Refusal.REFUNDS_USED_UP
    assert shop.desk.aftersale.cases[case_id].state is State.ASKED
    assert shop.refuse(case_id).state is State.REFUSED


# -- What it means for the order --------------------------------------------------------------


def test_when_the_rest_is_not_wanted_the_order_counts_as_sent() -> None:
    shop = Shop((1, 100), (1, 50))
    shop.ship((1, 1))
    shop.approve(shop.asked((2, 1)))
    assert shop.order.state is OrderState.SHIPPED
    assert [type(command) for _, command in shop.notes.timers] == [ReceiveOrder]


def test_the_game_hears_when_all_of_it_goes_back() -> None:
    because = Because("groupbuy", UUID(int=55))
    shop = Shop((2, 100), because=because)
    shop.approve(shop.asked((1, 1)))
    assert not shop.ground.told
    shop.approve(shop.asked((1, 1)))
    assert shop.ground.told == [because.id]
    told = [event for event in shop.notes.events if isinstance(event, OrderRefunded)]
    assert [event.whole for event in told] == [True]


def test_a_received_order_may_be_done_some_days_after_its_case() -> None:
    shop = Shop((2, 100), state=OrderState.RECEIVED)
    shop.now = NOW + timedelta(days=6)
    shop.refuse(shop.asked((1, 1)))
    ((due_at, command),) = shop.notes.timers
    assert (due_at, type(command)) == (NOW + timedelta(days=13), CompleteOrder)


def test_what_staff_cancelled_is_not_refunded_again() -> None:
    shop = Shop((2, 100))
    case_id = shop.asked((1, 1))
    by = By("staff", NOW)
    shop.desk.order.give_money_back(ORDER, {1: 2}, FREIGHT, by)
    assert refusal(shop.approve(case_id)) is Refusal.NOT_REFUNDABLE
    assert refusal(shop.ask((1, 1))) is Refusal.NOT_REFUNDABLE
    assert shop.refuse(case_id).state is State.REFUSED


# -- Answering --------------------------------------------------------------------------------


def test_an_answer_is_due_within_two_days() -> None:
    shop = Shop((1, 100))
    case_id = shop.asked()
    ((due_at, command),) = shop.notes.timers
    assert (due_at - NOW, type(command)) == (timedelta(hours=48), MarkCaseOverdue)
    assert shop.do(MarkCaseOverdue, case_id=case_id) == Unchanged()
    shop.now = due_at
    assert isinstance(shop.do(MarkCaseOverdue, case_id=case_id), Moved)
    assert shop.notes.events == [CaseOverdue(case_id=case_id, order_id=ORDER)]
    assert shop.do(MarkCaseOverdue, case_id=case_id) == Unchanged()
    assert shop.desk.aftersale.cases[case_id].overdue


def test_what_is_answered_is_not_overdue_and_is_answered_once() -> None:
    shop = Shop((1, 100))
    case_id = shop.asked()
    shop.approve(case_id)
    shop.now = NOW + timedelta(days=3)
    assert shop.do(MarkCaseOverdue, case_id=case_id) == Unchanged()
    assert refusal(shop.approve(case_id)) is Refusal.CASE_MOVED_ON
    assert refusal(shop.refuse(case_id)) is Refusal.CASE_MOVED_ON
    assert refusal(shop.receive(case_id)) is Refusal.CASE_MOVED_ON
    assert refusal(shop.approve(CaseId(UUID(int=9)))) is Refusal.CASE_UNKNOWN
    assert len(shop.desk.payment.refunds.rows()) == 1
