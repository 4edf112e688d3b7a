"""Orders at the desk: all of them, and the search among them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from frontline.kernel.text import Words
from frontline.shop.order.states import State
from frontline.shop.order.views import desk
from frontline.shop.order.views.desk import OrderRow, Wish
from frontline.shop.order.words import STATES, short
from frontline.web.cursor import Cursor
from frontline.web.listing import Asks, Column, Filter, Found, Kind, Listing
from frontline.web.pages import Amount, DeskVisit, Group, Hit, Menu

LIMIT_MAX = 500  # Of rows at once; exports read so many at a time.
GOODS_SHOWN = 2

Limit = Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MAX)]
Asked = Annotated[str, msgspec.Meta(max_length=64)]


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


def whole_address(address: Mapping[str, str]) -> str:
    return f"{address.get('region', '')} {address.get('detail', '')}".strip()


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
        Column(
            label=Words("其中运费", "Carriage in it"),
            of=lambda row: row.freight,
            kind=Kind.MONEY,
            on_page=False,
        ),
        Column(label=Words("买家手机", "Buyer's phone"), of=lambda row: row.phone, on_page=False),
        Column(
            label=Words("收货电话", "Receiver's phone"),
            of=lambda row: row.address.get("phone", ""),
            on_page=False,
        ),
        Column(
            label=Words("收货地址", "Address"),
            of=lambda row: whole_address(row.address),
            on_page=False,
        ),
        Column(label=Words("买家留言", "Note"), of=lambda row: row.note, on_page=False),
        Column(
            label=Words("快递公司", "Carrier"),
            of=lambda row: "，".join(carrier for carrier, _ in row.parcels),
            on_page=False,
        ),
        Column(
            label=Words("运单号", "Tracking number"),
            of=lambda row: "，".join(tracking for _, tracking in row.parcels),
            on_page=False,
        ),
        Column(
            label=Words("完整订单编号", "Whole number"),
            of=lambda row: row.id.hex,
            on_page=False,
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
    marked=True,
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
