"""The life of one order, told up to now: whatever would come later has not happened yet."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

import msgspec

from frontline.demo.year import cases, reviews
from frontline.demo.year.cases import Case
from frontline.demo.year.orders import Order, Refund
from frontline.demo.year.sheets import NULL, Sheets, Sums, stamp, utc_day
from frontline.demo.year.trade import Trade, dashed, given, mark, new_id, often
from frontline.kernel.ids import following
from frontline.kernel.words import Command, Event, Fen, OrderId
from frontline.shop.aftersale.messages import State as CaseState
from frontline.shop.order.messages import CompleteOrder, ExpireOrder, ReceiveOrder, RemindOrder
from frontline.shop.order.sale import DONE_AFTER, PAY_WITHIN, RECEIVED_AFTER, REMIND_BEFORE
from frontline.shop.payment.messages import PaymentAsked, RefundAsked

PAY_S = int(PAY_WITHIN.total_seconds())
REMIND_S = int((PAY_WITHIN - REMIND_BEFORE).total_seconds())
RECEIVED_S = int(RECEIVED_AFTER.total_seconds())
DONE_S = int(DONE_AFTER.total_seconds())
HOUR_S = 3_600
DAY_S = 86_400
_PACKING_H = (9, 19)

_PAID, _DUE, _REFUNDED = mark("paid"), mark("refund due"), mark("refunded")
_CARRIERS = (("顺丰速运", "SF"), ("中通快递", "ZT"), ("圆通速递", "YT"), ("京东物流", "JD"))


class Teller:
    """Tells the lives of a day's orders, into its sheets."""

    def __init__(self, trade: Trade, random: Random, sheets: Sheets, sums: Sums) -> None:
        self.trade = trade
        self.random = random
        self.sheets = sheets
        self.sums = sums
        self.now_s = trade.span.now_s

    def tell(self, order: Order) -> None:
        order.hex = f"{order.id:032x}"
        order.buyer = f"{order.person.id:032x}"
        if order.unpaid:
            self._waiting(order, begun=often(self.random, 0.6))
        elif order.seat is not None:
            self._played(order)
        elif often(self.random, 0.07):
            self._given_up(order)
        else:
            self._bought(order, order.placed_s + 20 + int(self.random.expovariate(1 / 90)) % 1500)
        self._write(order)
        if order.case is not None:
            order.case.write(self, order)
        if order.received_s is not None and not order.lines[0].returned:
            reviews.tell(self, order, order.received_s)

    # -- Not paid -------------------------------------------------------------------------

    def _waiting(self, order: Order, *, begun: bool) -> None:
        """Placed within the last minutes."""
        for line in order.lines:
            self.sums.reserved[line.goods] += line.quantity
        id_ = UUID(int=order.id)
        reminder = RemindOrder(id=following(id_, "remind order"), order_id=OrderId(id_))
        if order.placed_s + REMIND_S > self.now_s:
            self.wake(order.placed_s + REMIND_S, reminder)
        else:
            expiry = ExpireOrder(id=following(reminder.id, "expire order"), order_id=OrderId(id_))
            self.wake(order.placed_s + PAY_S, expiry)
        if begun:
            asked_s = min(order.placed_s + 15, self.now_s)
            order.steps.append((asked_s, "paying", "buyer", order.buyer))
            order.state = "paying"
            self._payment(order, "pending", asked_s, None)
            asked = PaymentAsked(order_id=OrderId(id_))
            self.announce(asked, asked_s, order.placed_s + PAY_S)

    def _given_up(self, order: Order) -> None:
        """Some after they had begun to pay, most by waiting."""
        by_clock, begun = often(self.random, 0.64), often(self.random, 0.4)
        end_s = order.placed_s + (PAY_S if by_clock else self.random.randrange(60, PAY_S))
        if begun:
            asked_s = min(order.placed_s + self.random.randrange(10, 60), end_s)
            order.steps.append((asked_s, "paying", "buyer", order.buyer))
            self._payment(order, "void", asked_s, None)
        staff = not by_clock and often(self.random, 0.03)
        who = "clock" if by_clock or begun else "staff" if staff else "buyer"
        actor = NULL if who == "clock" else self.staff() if staff else order.buyer
        order.steps.append((end_s, "cancelled", who, actor))
        order.state = "cancelled"
        order.reason = "timeout" if by_clock else "staff" if staff else "buyer"

    def _played(self, order: Order) -> None:
        seat = order.seat
        assert seat is not None
        if seat.paid_s is None:
            order.steps.append((order.placed_s + 900, "cancelled", "clock", NULL))
            order.state, order.reason = "cancelled", "timeout"
            return
        self._bought(order, seat.paid_s)

    # -- Paid -----------------------------------------------------------------------------

    def _bought(self, order: Order, paid_s: int) -> None:
        paid_s = min(paid_s, self.now_s)
        asked_s = min(order.placed_s + 12, paid_s)
        seat, due = order.seat, order.steps
        due.append((asked_s, "paying", "buyer", order.buyer))
        due.append((paid_s, "paid", "money", NULL))
        order.state = "paid"
        refund: Refund | None = None
        if seat is None or seat.let_go_s is not None:
            let_go_s = paid_s if seat is None or seat.let_go_s is None else seat.let_go_s
            due.append((let_go_s, "to_ship", "money" if seat is None else seat.let_go_by, NULL))
            order.state = "to_ship"
            refund = self._handled(order, let_go_s)
        elif seat.expired_s is not None:
            refund = self._all_back(order, seat.expired_s, "groupbuy", NULL, "team expired")
        self._money(order, asked_s, paid_s, refund)

    def _handled(self, order: Order, let_go_s: int) -> Refund | None:
        """Sent and received, or what came in between; the refund that came of it."""
        random = self.random
        ship_s = self._working(let_go_s + random.randrange(3 * HOUR_S, 38 * HOUR_S))
        if often(random, 0.02):  # Late.
            ship_s += random.randrange(24 * HOUR_S, 80 * HOUR_S)
        elif often(random, 0.004):
            stop_s = let_go_s + random.randrange(HOUR_S, max(HOUR_S + 1, ship_s - let_go_s))
            if stop_s > self.now_s:
                return None
            return self._all_back(order, stop_s, "staff", self.staff(), "staff cancels")
        elif often(random, 0.012):
            asked_s = let_go_s + random.randrange(600, max(601, ship_s - let_go_s))
            case = Case.before_sending(order, asked_s, random)
            if asked_s <= self.now_s:
                refund = cases.tell(self, order, case)
                if refund or case.closed_s > self.now_s:  # It is not to be sent, or not yet.
                    return refund
                ship_s = max(ship_s, case.closed_s + HOUR_S)
        self._send(order, ship_s)
        return self._keep(order)

    def _send(self, order: Order, ship_s: int) -> None:
        random = self.random
        split = len(order.lines) > 1 and often(random, 0.1)
        if ship_s > self.now_s:
            return
        actor = self.staff()
        if split:
            order.parcels.append((ship_s, order.lines[:1]))
            order.steps.append((ship_s, "part_shipped", "staff", actor))
            order.state = "part_shipped"
            order.lines[0].shipped = order.lines[0].quantity
            ship_s = self._working(ship_s + random.randrange(20 * HOUR_S, 60 * HOUR_S))
            if ship_s > self.now_s:
                return
        rest = order.lines[1:] if split else order.lines
        for line in rest:
            line.shipped = line.quantity
        order.parcels.append((ship_s, rest))
        order.steps.append((ship_s, "shipped", "staff", actor))
        order.state = "shipped"
        by_buyer = often(random, 0.62)
        received_s = ship_s + (random.randrange(30 * HOUR_S, 6 * DAY_S) if by_buyer else RECEIVED_S)
        if received_s > self.now_s:
            id_ = UUID(int=order.id)
            wish = ReceiveOrder(id=following(id_, "receive"), order_id=OrderId(id_), member_id=None)
            self.wake(ship_s + RECEIVED_S, wish)
            return
        who = ("buyer", order.buyer) if by_buyer else ("clock", NULL)
        order.steps.append((received_s, "received", *who))
        order.state = "received"
        order.received_s = received_s

    def _keep(self, order: Order) -> Refund | None:
        """Received: kept, or not."""
        if order.received_s is None:
            return None
        refund = None
        if order.case is None and often(self.random, 0.034):
            asked_s = order.received_s + self.random.randrange(1_800, 6 * DAY_S)
            if asked_s <= self.now_s:
                refund = cases.tell(self, order, Case.after_receipt(order, asked_s, self.random))
                if order.state == "refunding":
                    return refund
        self._finish(order)
        return refund

    def _finish(self, order: Order) -> None:
        """An order is done some days after receipt; one that a case was open of then, later."""
        assert order.received_s is not None
        done_s, id_, case = order.received_s + DONE_S, UUID(int=order.id), order.case
        cause = id_
        if case is not None and case.asked_s <= done_s < case.closed_s and done_s <= self.now_s:
            done_s, cause = case.closed_s + DONE_S, UUID(int=case.id)
            if case.closed_s > self.now_s:
                return
        if done_s > self.now_s:
            wish = CompleteOrder(id=following(cause, "done"), order_id=OrderId(id_))
            self.wake(done_s, wish)
            return
        order.steps.append((done_s, "done", "clock", NULL))
        order.state = "done"

    def _all_back(self, order: Order, at_s: int, who: str, actor: str, purpose: str) -> Refund:
        """All of it, before anything was sent."""
        refund_id = following(UUID(int=order.id), purpose).int
        order.steps.append((at_s, "refunding", who, actor))
        order.state = "refunding"
        order.freight_refunded = order.freight
        for line in order.lines:
            line.returned = line.quantity
            self.restock(line.goods, line.quantity, f"{refund_id:032x}", at_s)
        reason = "the team was not full in time" if who == "groupbuy" else "cancelled by the shop"
        return refund_id, at_s, reason, order.total

    # -- Money ----------------------------------------------------------------------------

    def _money(self, order: Order, asked_s: int, paid_s: int, refund: Refund | None) -> None:
        sheets, sums = self.sheets, self.sums
        paid_at = stamp(paid_s)
        sheets.ledger_transfer.append(
            f"{order.id ^ _PAID:032x}\t{paid_at}\tprovider\tsales\t{order.total}\t{order.hex}"
        )
        sums.transfer("provider", "sales", order.total)
        for line in order.lines:
            sums.sold[line.goods] += line.quantity
            sheets.stock_movement.append(
                f"{self.trade.goods[line.goods].id}\t{paid_at}\tsale\t{-line.quantity}\t"
                f"{order.hex}\t\t{NULL}"
            )
        self._payment(order, "paid", asked_s, paid_s, refund)
        self._count(order)

    def _payment(
        self,
        order: Order,
        state: str,
        asked_s: int,
        paid_s: int | None,
        refund: Refund | None = None,
    ) -> None:
        back = refund[3] if refund else 0
        done_s = self._refund(order, *refund) if refund else None
        paid = NULL if paid_s is None else stamp(paid_s)
        number = NULL if paid_s is None else f"4200{order.hex[:12]}{order.hex[-12:]}"
        payer = NULL if paid_s is None else order.person.openid
        self.sheets.payment.append(
            f"{order.hex}\t{state}\t{order.total}\t{self.trade.currency}\tjsapi\t{back}\t"
            f"{0 if done_s is None else back}\t{1 if refund else 0}\t{number}\t{payer}\t{paid}\t"
            f"{stamp(asked_s)}"
        )

    def _refund(
        self, order: Order, refund_id: int, at_s: int, reason: str, amount: int
    ) -> int | None:
        """When the money was back; None: not yet."""
        slow = often(self.random, 0.15)
        done_s = at_s + self.random.randrange(2, 60 * HOUR_S if slow else 120)
        state = "done" if done_s <= self.now_s else "asked"
        if state == "asked" and often(self.random, 0.03):
            state = "abnormal"
        done = stamp(done_s) if state == "done" else NULL
        hex_ = f"{refund_id:032x}"
        self.sheets.refund.append(
            f"{hex_}\t{order.hex}\t{order.hex}\t{order.total}\t{amount}\t{state}\t{reason}\t"
            f"{stamp(at_s)}\t{done}"
        )
        self._transfer(refund_id ^ _DUE, at_s, "sales", "refunds_due", amount, hex_)
        if state == "done":
            self._transfer(refund_id ^ _REFUNDED, done_s, "refunds_due", "provider", amount, hex_)
            if order.state == "refunding":
                order.steps.append((done_s, "refunded", "money", NULL))
                order.state = "refunded"
            if order.case is not None and order.case.id == refund_id:
                order.case.move(done_s, CaseState.REFUNDED, "money", NULL)
            return done_s
        if state == "asked":
            asked = RefundAsked(
                refund_id=UUID(int=refund_id),
                out_trade_no=order.hex,
                amount=Fen(amount),
                payment_total=Fen(order.total),
                currency=self.trade.currency,
                reason=reason,
            )
            self.announce(asked, at_s, max(done_s, self.now_s + 6 * HOUR_S))
        return None

    def _transfer(  # noqa: PLR0913, PLR0917 - a transfer has this many sides
        self, id_: int, at_s: int, debit: str, credit: str, amount: int, cause: str
    ) -> None:
        self.sheets.ledger_transfer.append(
            f"{id_:032x}\t{stamp(at_s)}\t{debit}\t{credit}\t{amount}\t{cause}"
        )
        self.sums.transfer(debit, credit, amount)

    # -- Rows -----------------------------------------------------------------------------

    def _count(self, order: Order) -> None:
        """As recommendations do: what was paid for and did not all go back."""
        standing = order.state not in {"refunding", "refunded"}
        self.sheets.recommend_counted.append(f"{order.hex}\t{'t' if standing else 'f'}")
        if not standing:
            return
        day, goods, sums = utc_day(order.placed_s), self.trade.goods, self.sums
        products = []
        for line in order.lines:
            product_id = goods[line.goods].product_id
            sums.bought[day, product_id] += line.quantity
            if product_id not in products:
                products.append(product_id)
        if len(products) > 1:
            for one in products:
                for other in products:
                    if one != other:
                        sums.pairs[one, other] += 1

    def _write(self, order: Order) -> None:
        sheets, hex_, person = self.sheets, order.hex, order.person
        goods, seat = self.trade.goods, order.seat
        because = f"{NULL}\t{NULL}" if seat is None else f"groupbuy\t{seat.team_id}"
        pay_s = order.placed_s + (PAY_S if seat is None else 900)
        ship_to = (
            f'{{"id":"{dashed(f"{person.address_id:032x}")}","member_id":"{dashed(order.buyer)}",'
            f'"name":"{person.name}","phone":"{person.parcel_phone}",'
            f'"region_code":"{person.place.code}","region":"{person.place.text}",'
            f'"detail":"{person.detail}"}}'
        )
        sheets.shop_order.append(
            f"{hex_}\t{order.buyer}\t{order.state}\t{order.reason}\t{order.total}\t"
            f"{order.freight}\t{order.freight_refunded}\t{order.claim_id}\t{because}\t{ship_to}\t"
            f"{order.note}\t{stamp(order.placed_s)}\t{stamp(pay_s)}"
        )
        for line in order.lines:
            one = goods[line.goods]
            sheets.order_line.append(
                f"{hex_}\t{line.number}\t{one.id}\t{one.title}\t{line.quantity}\t{line.price}\t"
                f"{line.paid}\tf\t{line.shipped}\t{line.returned}"
            )
        for second, state, who, actor in order.steps:
            sheets.order_step.append(f"{hex_}\t{state}\t{stamp(second)}\t{who}\t{actor}")
        for second, lines in order.parcels:
            carrier, letters = _CARRIERS[order.id % 7 % 4]
            id_ = new_id(second, self.random.getrandbits(84))
            contents = ",".join(f"[{line.number},{line.quantity}]" for line in lines)
            sheets.order_parcel.append(
                f"{id_:032x}\t{hex_}\t{carrier}\t{letters}{id_ % 10**12:012}\t[{contents}]\t"
                f"{stamp(second)}"
            )

    # -- What others need -----------------------------------------------------------------

    def staff(self) -> str:
        return self.trade.staff[self.random.randrange(len(self.trade.staff))]

    def restock(self, goods: int, quantity: int, cause: str, at_s: int) -> None:
        line = (
            f"{self.trade.goods[goods].id}\t{stamp(at_s)}\trestock\t{quantity}\t{cause}\t\t{NULL}"
        )
        self.sums.restocked.append((at_s, goods, quantity, line))

    def wake(self, due_s: int, command: Command[Any]) -> None:
        id_ = following(command.id, "timer")
        self.sheets.timer.append(f"{id_.hex}\t{stamp(due_s)}\t{given(command)}")

    def announce(self, event: Event, at_s: int, next_s: int) -> None:
        self.sheets.outbox.append(
            f"{stamp(at_s)}\t{stamp(next_s)}\tf\t1\t{msgspec.json.encode([event]).decode()}"
        )

    def _working(self, second: int) -> int:
        """The same, or the next morning if nobody packs at that hour."""
        hour = (second + self.trade.span.offset_s) // HOUR_S % 24
        opens, closes = _PACKING_H
        if opens <= hour < closes:
            return second
        return second + (opens - hour + (24 if hour >= closes else 0)) * HOUR_S
