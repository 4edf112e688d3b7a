"""Orders at the desk: all of them, and one with all its papers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.kernel.words import OrderId, StaffId
from frontline.shop.aftersale.words import KINDS as CASE_KINDS
from frontline.shop.aftersale.words import STATES as CASE_STATES
from frontline.shop.order.messages import (
    Cancelled,
    Cancelling,
    CancelOrder,
    MoneyBack,
    Moved,
    ShipOrder,
)
from frontline.shop.order.states import UNPAID, State
from frontline.shop.order.views import desk
from frontline.shop.order.views.desk import OrderPapers, OrderRow, Wish
from frontline.shop.order.words import CARRIERS, REASONS, STATES, STEPS, short, who
from frontline.shop.payment.words import REFUNDS
from frontline.web.cursor import Cursor
from frontline.web.listing import Asks, Column, Filter, Found, Kind, Listing
from frontline.web.pages import (
    Amount,
    Answer,
    DeskVisit,
    Done,
    Group,
    Hit,
    Invalid,
    Menu,
    View,
    action,
    page,
)
from frontline.web.typed import Mistyped, whole

LIMIT_MAX = 500  # Of rows at once; exports read so many at a time.
GOODS_SHOWN = 2

Limit = Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MAX)]
Asked = Annotated[str, msgspec.Meta(max_length=64)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"\S")]


class ListForm(msgspec.Struct, frozen=True):
    state: State | None = None
    first: date | None = None
    last: date | None = None
    buyer: Asked = ""
    member_id: UUID | None = None
    number: Asked = ""
    product: Asked = ""
    total_min: Amount | None = None
    total_max: Amount | None = None
    after: Cursor | None = None
    limit: Limit = 20


async def _find(visit: DeskVisit, form: ListForm) -> Found:
    wish = Wish(
        state=form.state,
        first=None if form.first is None else visit.shop.begins(form.first),
        until=None if form.last is None else visit.shop.begins(form.last + timedelta(days=1)),
        total_min=form.total_min,
        total_max=form.total_max,
        buyer=form.buyer.strip(),
        member_id=form.member_id,
        number=form.number.strip(),
        product=form.product.strip(),
    )
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows, follows = await desk.search(
            transaction, wish, now=visit.opened.now(), after=form.after, limit=form.limit
        )
    return Found(rows, follows)


def goods_text(row: OrderRow) -> str:
    """The first goods by name, the others by their number."""
    named = "，".join(f"{one.title} ×{one.quantity}" for one in row.goods[:GOODS_SHOWN])
    more = len(row.goods) - GOODS_SHOWN
    return f"{named} …+{more}" if more > 0 else named


def url_of(order_id: UUID) -> str:
    return f"/desk/orders/show?id={order_id}"


LIST = Listing(
    path="/desk/orders",
    title=Words("订单", "Orders"),
    form=ListForm,
    find=_find,
    columns=(
        Column(
            label=Words("订单编号", "Number"),
            of=lambda row: short(row.id),
            link=lambda row: url_of(row.id),
        ),
        Column(label=Words("商品", "Goods"), of=goods_text),
        Column(
            label=Words("件数", "Units"), of=lambda row: row.units, kind=Kind.COUNT, on_phone=False
        ),
        Column(
            label=Words("买家", "Buyer"),
            of=lambda row: row.buyer,
            link=lambda row: f"/desk/members/show?id={row.member_id}",
            on_phone=False,
        ),
        Column(label=Words("收货人", "Receiver"), of=lambda row: row.receiver, on_phone=False),
        Column(label=Words("实付金额", "Total"), of=lambda row: row.total, kind=Kind.MONEY),
        Column(
            label=Words("状态", "State"), of=lambda row: row.state, kind=Kind.STATE, states=STATES
        ),
        Column(
            label=Words("下单时间", "Placed"),
            of=lambda row: row.placed_at,
            kind=Kind.MOMENT,
            on_phone=False,
        ),
    ),
    filters=(
        Filter(
            name="state",
            label=Words("状态", "State"),
            asks=Asks.CHOICE,
            choices=tuple((state, badge.words) for state, badge in STATES.items()),
        ),
        Filter(name="first", label=Words("下单从", "Placed from"), asks=Asks.DAY),
        Filter(name="last", label=Words("到", "To"), asks=Asks.DAY),
        Filter(
            name="buyer", label=Words("手机号或姓名开头", "Phone or name begins"), asks=Asks.WORDS
        ),
        Filter(name="number", label=Words("订单编号", "Order number"), asks=Asks.WORDS),
        Filter(name="product", label=Words("商品", "Product"), asks=Asks.WORDS),
        Filter(name="total_min", label=Words("金额从", "Total from"), asks=Asks.AMOUNT),
        Filter(name="total_max", label=Words("金额到", "Total to"), asks=Asks.AMOUNT),
    ),
    menu=Menu(group=Group.TRADE, label=Words("订单", "Orders"), icon="shopping-bag", place=10),
    empty=Words("没有符合条件的订单，换个条件试试", "No order fits; ask for something else"),
)


# -- One order --------------------------------------------------------------------------


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def _show(visit: DeskVisit, form: ShowForm) -> Answer:
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        papers = await desk.papers(transaction, form.id, visit.opened.now())
    if papers is None:
        return None
    order = papers.page.order
    return View(
        "order/show.html",
        Words(f"订单 {short(order.id)}", f"Order {short(order.id)}"),
        {
            "papers": papers,
            "page": papers.page,
            "order": order,
            "state": STATES[order.state],
            "reason": None if order.reason is None else REASONS[order.reason],
            "titles": {line.number: line.title for line in order.lines},
            "history": _history(visit, papers),
            "may_ship": order.state in {State.TO_SHIP, State.PART_SHIPPED} and papers.unsent,
            "may_cancel": order.state in UNPAID | {State.PAID, State.TO_SHIP},
            "costs": order.state not in UNPAID,
            "asked_back": any(one.state in {"asked", "sent_back"} for one in papers.cases),
            "carriers": CARRIERS,
            "case_kinds": CASE_KINDS,
            "case_states": CASE_STATES,
            "refunds": REFUNDS,
        },
    )


def _history(visit: DeskVisit, papers: OrderPapers) -> list[tuple[str, str, object]]:
    """Who did what, when; the newest last."""
    told: list[tuple[str, str, object]] = []
    for step in papers.page.history:
        kind = who(step.who).in_(visit.language)
        name = (
            papers.buyer if step.who == "buyer" else papers.names.get(step.actor_id or UUID(int=0))
        )
        told.append(
            (f"{kind} {name or ''}".strip(), STEPS[step.state].in_(visit.language), step.at)
        )
    return told


class CancelForm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID


async def _cancel(visit: DeskVisit, form: CancelForm) -> Answer:
    """Cancel it; what was paid goes back, if that is within what one may decide alone."""
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        CancelOrder(
            id=form.id,
            order_id=OrderId(form.order_id),
            actor_id=visit.known.staff_id,
            by_staff=True,
        ),
    )
    match outcome:
        case Cancelled():
            return Done(Words("订单已取消", "The order is cancelled"))
        case Cancelling():
            return Done(
                Words(
                    "买家正在付款，系统会先关闭支付再取消订单",
                    "The buyer is paying: the payment is closed first, then the order",
                )
            )
        case MoneyBack():
            return Done(Words("订单已取消，货款原路退回", "Cancelled; the money goes back"))
        case _:
            return outcome


class ShipForm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    carrier: Short
    tracking: Short
    numbers: tuple[int, ...] = ()  # Of lines, beside how many units of each are in the parcel.
    units: tuple[str, ...] = ()


async def _ship(visit: DeskVisit, form: ShipForm) -> Answer:
    """One parcel; without numbers of lines, all that is left to send."""
    try:
        units = [whole(typed) if typed else 0 for typed in form.units]
    except Mistyped:
        units = []
    if len(form.numbers) != len(units) or any(one < 0 for one in units):
        return Invalid({"units": Words("请填写每种商品的件数", "Say how many units of each")})
    contents = tuple(
        (number, count) for number, count in zip(form.numbers, units, strict=True) if count
    )
    if form.numbers and not contents:
        return Invalid({"units": Words("包裹里至少要有一件商品", "Put at least one unit in")})
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        ShipOrder(
            id=form.id,
            order_id=OrderId(form.order_id),
            staff_id=StaffId(visit.known.staff_id),
            carrier=form.carrier.strip(),
            tracking=form.tracking.strip(),
            contents=contents,
        ),
    )
    if not isinstance(outcome, Moved):
        return outcome
    if outcome.state is State.PART_SHIPPED:
        return Done(Words("已发出一个包裹，订单还有商品待发", "Sent; there is more to send"))
    return Done(Words("已发货", "Sent"))


PAGES = (
    page("/desk/orders/show", ShowForm, _show),
    action("/desk/orders/cancel", CancelForm, _cancel),
    action("/desk/orders/ship", ShipForm, _ship),
)


async def find(visit: DeskVisit, words: str) -> tuple[Hit, ...]:
    """By order number, tracking number or phone."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        rows = await desk.hits(transaction, words.strip(), visit.opened.now())
    return tuple(
        Hit(
            kind=Words("订单", "Order"),
            title=f"{short(row.id)} · {STATES[row.state].words.in_(visit.language)}",
            about=f"{row.buyer} · {goods_text(row)}",
            url=url_of(row.id),
        )
        for row in rows
    )
