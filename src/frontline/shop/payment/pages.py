"""Money at the desk: payments, refunds, what belongs to no order, and the sums of the days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.shop.order.sought import numbered
from frontline.shop.order.words import short
from frontline.shop.payment.book import RefundState
from frontline.shop.payment.views import desk
from frontline.shop.payment.views.desk import PaymentRow, Wish
from frontline.shop.payment.words import REFUNDS, channel, why
from frontline.store.database import Transaction
from frontline.web.cursor import Cursor
from frontline.web.listing import Asks, Badge, Column, Filter, Found, Kind, Listing, pages_of
from frontline.web.pages import DeskVisit, Group, Hit, Menu, Page
from frontline.web.shell import money

LIMIT_MAX = 500
DAYS_MAX = 92  # Added up at once.
DAYS_SHOWN = 31
BADGE_MAX = 100
TRANSACTION_MIN = 10  # Characters of a provider's number.

Limit = Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MAX)]
Asked = Annotated[str, msgspec.Meta(max_length=64)]


async def _orders(transaction: Transaction, number: str) -> list[UUID] | None:
    return await numbered(transaction, number) if number else None


def _order_url(order_id: UUID | None) -> str | None:
    return None if order_id is None else f"/desk/orders/show?id={order_id}"


def _member_url(row: PaymentRow) -> str | None:
    return None if row.member_id is None else f"/desk/members/show?id={row.member_id}"


# -- Payments ---------------------------------------------------------------------------


class PaymentsForm(msgspec.Struct, frozen=True):
    transaction_id: Asked = ""
    order: Asked = ""
    first: date | None = None
    last: date | None = None
    after: Cursor | None = None
    limit: Limit = 20


async def _payments(visit: DeskVisit, form: PaymentsForm) -> Found:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        wish = Wish(
            first=None if form.first is None else visit.shop.begins(form.first),
            until=None if form.last is None else visit.shop.begins(form.last + timedelta(days=1)),
            transaction_id=form.transaction_id or None,
            order_ids=await _orders(transaction, form.order),
        )
        rows, follows = await desk.payments(transaction, wish, after=form.after, limit=form.limit)
    return Found(rows, follows)


_BACK = {
    "none": Badge(Words("已收款", "Received"), "green"),
    "part": Badge(Words("部分退款", "Partly refunded"), "orange"),
    "all": Badge(Words("全部退款", "All refunded"), "secondary"),
}


def _how_much_back(row: PaymentRow) -> str:
    if not row.refunded:
        return "none"
    return "all" if row.refunded == row.amount else "part"


async def _badge(visit: DeskVisit) -> int:
    """Refunds that somebody must act on."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return await desk.abnormal(transaction, BADGE_MAX)


_ORDER = Filter(name="order", label=Words("订单编号", "Order number"), asks=Asks.WORDS)
_TRANSACTION = Filter(
    name="transaction_id", label=Words("微信支付单号", "Transaction number"), asks=Asks.WORDS
)
_FIRST = Filter(name="first", label=Words("从", "From"), asks=Asks.DAY)
_LAST = Filter(name="last", label=Words("到", "To"), asks=Asks.DAY)

PAYMENTS = Listing(
    path="/desk/payments",
    title=Words("支付流水", "Payments"),
    form=PaymentsForm,
    find=_payments,
    columns=(
        Column(label=Words("支付时间", "Paid"), of=lambda row: row.paid_at, kind=Kind.MOMENT),
        Column(label=Words("收款", "Received"), of=lambda row: row.amount, kind=Kind.MONEY),
        Column(
            label=Words("已退", "Refunded"),
            of=lambda row: row.refunded,
            kind=Kind.MONEY,
            on_phone=False,
        ),
        Column(label=Words("状态", "State"), of=_how_much_back, kind=Kind.STATE, states=_BACK),
        Column(
            label=Words("订单编号", "Order"),
            of=lambda row: short(row.id),
            link=lambda row: _order_url(row.id),
        ),
        Column(
            label=Words("买家", "Buyer"), of=lambda row: row.buyer, link=_member_url, on_phone=False
        ),
        Column(label=Words("渠道", "Channel"), of=lambda row: channel(row.channel), on_phone=False),
        Column(
            label=Words("微信支付单号", "Transaction number"),
            of=lambda row: row.transaction_id,
            on_phone=False,
        ),
        Column(
            label=Words("完整订单编号", "Whole number"), of=lambda row: row.id.hex, on_page=False
        ),
    ),
    filters=(_TRANSACTION, _ORDER, _FIRST, _LAST),
    menu=Menu(
        group=Group.TRADE,
        label=Words("支付", "Payments"),
        icon="credit-card",
        place=40,
        badge=_badge,
    ),
    empty=Words("还没有收到付款", "No payment has come yet"),
    template="payment/list.html",
)


async def find(visit: DeskVisit, words: str) -> tuple[Hit, ...]:
    """By the provider's number, as it stands on a buyer's bill: money that came, or that waits."""
    if len(words) < TRANSACTION_MIN:
        return ()
    wish = Wish(transaction_id=words)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        paid, _ = await desk.payments(transaction, wish, after=None, limit=1)
        stray, _ = await desk.stray(transaction, words, after=None, limit=1)
    query = urlencode({"transaction_id": words})
    return (
        *(
            Hit(
                kind=Words("支付", "Payment"),
                title=f"{money(row.amount, visit.shop.currency)} · {row.buyer}",
                about=words,
                url=f"/desk/payments?{query}",
            )
            for row in paid
        ),
        *(
            Hit(
                kind=Words("挂账", "Money without an order"),
                title=money(row.amount, visit.shop.currency),
                about=words,
                url=f"/desk/payments/suspense?{query}",
            )
            for row in stray
        ),
    )


# -- Refunds ----------------------------------------------------------------------------


class RefundsForm(msgspec.Struct, frozen=True):
    state: RefundState | None = None
    order: Asked = ""
    first: date | None = None
    last: date | None = None
    after: Cursor | None = None
    limit: Limit = 20


async def _refunds(visit: DeskVisit, form: RefundsForm) -> Found:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        wish = Wish(
            first=None if form.first is None else visit.shop.begins(form.first),
            until=None if form.last is None else visit.shop.begins(form.last + timedelta(days=1)),
            order_ids=await _orders(transaction, form.order),
            state=form.state,
        )
        rows, follows = await desk.refunds(transaction, wish, after=form.after, limit=form.limit)
    return Found(rows, follows)


REFUNDS_LIST = Listing(
    path="/desk/payments/refunds",
    title=Words("退款", "Refunds"),
    form=RefundsForm,
    find=_refunds,
    columns=(
        Column(label=Words("发起时间", "Asked"), of=lambda row: row.asked_at, kind=Kind.MOMENT),
        Column(
            label=Words("订单编号", "Order"),
            of=lambda row: None if row.order_id is None else short(row.order_id),
            link=lambda row: _order_url(row.order_id),
        ),
        Column(label=Words("退款金额", "Amount"), of=lambda row: row.amount, kind=Kind.MONEY),
        Column(
            label=Words("状态", "State"),
            of=lambda row: row.state,
            kind=Kind.STATE,
            states=REFUNDS,
        ),
        Column(label=Words("原因", "Why"), of=lambda row: why(row.reason), on_phone=False),
        Column(
            label=Words("到账时间", "Arrived"),
            of=lambda row: row.done_at,
            kind=Kind.MOMENT,
            on_phone=False,
        ),
        Column(label=Words("退款单号", "Refund number"), of=lambda row: row.id.hex, on_phone=False),
    ),
    filters=(
        Filter(
            name="state",
            label=Words("状态", "State"),
            asks=Asks.CHOICE,
            choices=tuple((state, badge.words) for state, badge in REFUNDS.items()),
        ),
        _ORDER,
        _FIRST,
        _LAST,
    ),
    empty=Words("还没有退款", "Nothing was refunded yet"),
    template="payment/list.html",
)


# -- Money of no order --------------------------------------------------------------------


class StrayForm(msgspec.Struct, frozen=True):
    transaction_id: Asked = ""
    after: Cursor | None = None
    limit: Limit = 20


async def _stray(visit: DeskVisit, form: StrayForm) -> Found:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows, follows = await desk.stray(
            transaction, form.transaction_id or None, after=form.after, limit=form.limit
        )
    return Found(rows, follows)


STRAY = Listing(
    path="/desk/payments/suspense",
    title=Words("挂账", "Suspense"),
    form=StrayForm,
    find=_stray,
    columns=(
        Column(label=Words("到账时间", "Came"), of=lambda row: row.at, kind=Kind.MOMENT),
        Column(label=Words("金额", "Amount"), of=lambda row: row.amount, kind=Kind.MONEY),
        Column(label=Words("为什么挂账", "Why"), of=lambda row: why(row.reason), on_phone=False),
        Column(
            label=Words("退回进度", "On its way back"),
            of=lambda row: row.state,
            kind=Kind.STATE,
            states=REFUNDS,
        ),
        Column(label=Words("微信支付单号", "Transaction"), of=lambda row: row.transaction_id),
        Column(
            label=Words("商户订单号", "Our number"),
            of=lambda row: row.out_trade_no,
            on_phone=False,
        ),
    ),
    filters=(_TRANSACTION,),
    empty=Words(
        "没有挂账。付错金额、重复付款的钱会记在这里，并自动退回",
        "Nothing here. Money of no order is entered here, and goes back by itself",
    ),
    template="payment/list.html",
)


# -- Days -------------------------------------------------------------------------------


class DaysForm(msgspec.Struct, frozen=True):
    first: date | None = None
    last: date | None = None
    after: Cursor | None = None
    limit: Limit = DAYS_MAX


async def _days(visit: DeskVisit, form: DaysForm) -> Found:
    """The last of the days that are asked for, as far as they are added up at once."""
    last = min(form.last or date.max - timedelta(days=1), visit.shop.day(visit.opened.now()))
    first = form.first or last - timedelta(days=DAYS_SHOWN - 1)
    first = max(first, last - timedelta(days=DAYS_MAX - 1))
    begin = visit.shop.begins
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    spans = [(day, begin(day), begin(day + timedelta(days=1))) for day in days]
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        return Found(await desk.days(transaction, spans), None)


DAYS = Listing(
    path="/desk/payments/days",
    title=Words("每日收支", "Day by day"),
    form=DaysForm,
    find=_days,
    columns=(
        Column(
            label=Words("日期", "Day"),
            of=lambda row: row.id,
            kind=Kind.DAY,
            link=lambda row: f"/desk/payments?first={row.id}&last={row.id}",
        ),
        Column(label=Words("收款", "Received"), of=lambda row: row.came, kind=Kind.MONEY),
        Column(
            label=Words("笔数", "Payments"),
            of=lambda row: row.payments,
            kind=Kind.COUNT,
            on_phone=False,
        ),
        Column(label=Words("退款到账", "Refunded"), of=lambda row: row.back, kind=Kind.MONEY),
        Column(
            label=Words("退款笔数", "Refunds"),
            of=lambda row: row.refunds,
            kind=Kind.COUNT,
            on_phone=False,
        ),
        Column(
            label=Words("挂账", "Suspense"),
            of=lambda row: row.stray,
            kind=Kind.MONEY,
            on_phone=False,
        ),
        Column(label=Words("净额", "Kept"), of=lambda row: row.kept, kind=Kind.MONEY),
    ),
    filters=(_FIRST, _LAST),
    empty=Words("这段时间没有收支", "No money moved on these days"),
    template="payment/days.html",
)

PAGES: tuple[Page, ...] = (
    *pages_of(PAYMENTS),
    *pages_of(REFUNDS_LIST),
    *pages_of(STRAY),
    *pages_of(DAYS),
)
