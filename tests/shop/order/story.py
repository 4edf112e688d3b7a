"""Orders in stories: placed, cancelled, sent, received, done."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID


from scenery import ADDRESSES, GOODS, HOME, MEMBERS, STAFF, UNKNOWN, sensible, some
from sqlalchemy import text

from frontline.kernel.book import Page
from frontline.kernel.words import Command, Fen, OrderId, SkuId
from frontline.shop.coupon.book import ClaimState, CouponKeys
from frontline.shop.order import rows
from frontline.shop.order.book import (
    Order,
    OrderBook,
    OrderKeys,
    Origin,
    OriginBook,
    OriginKeys,
    Remark,
    Step,
)
from frontline.shop.order.feature import MOVING, PLACING
from frontline.shop.order.messages import (
    CancelOrder,
    CompleteOrder,
    CorrectParcel,
    ExpireOrder,
    PlaceOrder,
    ReceiveOrder,
    ReleaseOrders,
    RemarkOrder,
    RemindOrder,
    ShipOrder,
    Wanted,
)
from frontline.shop.order.states import TRANSITIONS, UNPAID, State
from frontline.shop.stock.book import StockKeys
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Part


def _lay(_: Random) -> World:
    return World(
        {OrderKeys: OrderBook(Page({}), Page({}))},
        {"OrderBook.steps": (), "OrderBook.remarks": ()},
    )


def _origins(world: World) -> OriginBook:
    orders = world.book(OrderKeys).orders.rows().values()
    return OriginBook(
        Page(
            {
                order.id: Origin(order.because, order.claim_id)
                for order in orders
                if order.because is not None or order.claim_id is not None
            }
        )
    )


# -- Wishes -------------------------------------------------------------------------------


def place(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    member_id = chance.choice(MEMBERS)
    levels = world.book(StockKeys).levels.rows()
    there = [sku_id for sku_id, level in levels.items() if level.free and _on_sale(sku_id)]
    skus = [
        some(chance, there, [*GOODS, SkuId(UNKNOWN)]) for _ in range(chance.choice((1, 1, 2, 3)))
    ]
    wanted = tuple(Wanted(sku_id, chance.choice((1, 1, 1, 2, 3))) for sku_id in skus)
    near = [
        one.id
        for one in ADDRESSES.values()
        if (one.member_id, one.region_code) == (member_id, HOME)
    ]
    claims = world.book(CouponKeys).claims.rows().values()
    held = [one.id for one in claims if (one.member_id, one.state) == (member_id, ClaimState.HELD)]
    return PlaceOrder(
        id=id_,
        member_id=member_id,
        wanted=wanted,
        address_id=some(chance, near, [None, UNKNOWN, *ADDRESSES]),
        claim_id=some(chance, held, [*(one.id for one in claims), UNKNOWN])
        if chance.random() < 0.4
        else None,
        expected_total=Fen(1000) if chance.random() < 0.1 else None,
        from_cart=chance.random() < 0.1,
    )


def _on_sale(sku_id: SkuId) -> bool:
    return sku_id in GOODS and GOODS[sku_id].on_sale


def move(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    orders = world.book(OrderKeys).orders.rows()
    likely = {
        kind: [order.id for order in orders.values() if order.state in states]
        for kind, states in _LIKELY.items()
    }
    likely["expire"] = [i for i in likely["cancel"] if orders[i].pay_until <= now]
    if chance.random() < 0.9:  # Now and then is enough: what else becomes of orders is the story.
        likely = {kind: ids for kind, ids in likely.items() if kind not in {"correct", "remark"}}
    kind = sensible(chance, likely)
    if kind is None:
        return None
    order_id = some(chance, likely[kind], [*orders, OrderId(UNKNOWN)])
    buyer = some(chance, [orders[order_id].member_id] if order_id in orders else [], MEMBERS)
    match kind:
        case "cancel":
            return CancelOrder(id=id_, order_id=order_id, actor_id=buyer, by_staff=False)
        case "staff":
            return CancelOrder(id=id_, order_id=order_id, actor_id=STAFF, by_staff=True)
        case "remind":
            return RemindOrder(id=id_, order_id=order_id)
        case "expire":
            return ExpireOrder(id=id_, order_id=order_id)
        case "ship" | "ship the rest":
            return ShipOrder(
                id=id_,
                order_id=order_id,
                staff_id=STAFF,
                carrier="SF",
                tracking=str(chance.randrange(9)),
                contents=_contents(chance, orders.get(order_id)),
            )
        case "correct":
            return _correct(chance, world, order_id, id_)
        case "remark":
            return RemarkOrder(id=id_, order_id=order_id, staff_id=STAFF, said="轻放")
        case "receive":
            return ReceiveOrder(id=id_, order_id=order_id, member_id=some(chance, [buyer], [None]))
        case "complete":
            return CompleteOrder(id=id_, order_id=order_id)
        case _:
            waiting = held_back(world)
            others = some(chance, likely[kind], [*orders, OrderId(UNKNOWN)])
            order_ids = tuple(one for one in (order_id, others) if one not in waiting)
            return ReleaseOrders(id=id_, order_ids=order_ids)


def _correct(chance: Random, world: World, order_id: OrderId, id_: UUID) -> CorrectParcel:
    parcels = world.book(OrderKeys).parcels.rows().values()
    its = [one.id for one in parcels if one.order_id == order_id]
    return CorrectParcel(
        id=id_,
        order_id=order_id,
        parcel_id=some(chance, its, [UNKNOWN, *(one.id for one in parcels)]),
        staff_id=STAFF,
        carrier="SF",
        tracking=str(chance.randrange(9)),
    )


def held_back(world: World) -> set[OrderId]:
    """Paid orders that their games do not let go yet: nobody but a game may do that."""
    folders = sorted(Path(__file__).parents[2].glob("games/*/story.py"))
    games = [import_module(f"games.{path.parent.name}.story") for path in folders]
    return {order_id for game in games for order_id in game.held_back(world)}


_LIKELY = {
    "cancel": UNPAID,
    "staff": frozenset({State.PAYING, State.PAID, State.TO_SHIP}),
    "remind": UNPAID,
    "expire": UNPAID,
    "ship": frozenset({State.TO_SHIP}),
    "ship the rest": frozenset({State.PART_SHIPPED}),
    "correct": frozenset({State.PART_SHIPPED, State.SHIPPED, State.RECEIVED}),
    "remark": frozenset({State.TO_SHIP}),
    "receive": frozenset({State.SHIPPED}),
    "complete": frozenset({State.RECEIVED}),
    "release": frozenset({State.PAID}),
}


def _contents(chance: Random, order: Order | None) -> tuple[tuple[int, int], ...]:
    if order is None or chance.random() < 0.4:
        return ()
    line = chance.choice(order.lines)
    left = line.quantity - line.shipped - line.returned
    return ((line.number, some(chance, [*range(1, left + 1)], [0, 1, 9, -1])),)


# -- Laws ---------------------------------------------------------------------------------


def conserved(_: Content, after: Content) -> None:
    """Prices add up, limits are counted right, and the history leads to where the order is."""
    orders, steps = after["OrderBook.orders"], after["OrderBook.steps"]
    taken: Counter[Any] = Counter()
    state = dict.fromkeys(orders, State.CREATED)
    for step in steps:
        assert step.state in TRANSITIONS[state[step.order_id]]
        state[step.order_id] = step.state
    for order in orders.values():
        assert order.total == sum(line.paid for line in order.lines) + order.freight
        assert state[order.id] is order.state
        assert order.whole_returned == (order.state in {State.REFUNDING, State.REFUNDED})
        sent: Counter[int] = Counter()
        for parcel in after["OrderBook.parcels"].values():
            if parcel.order_id == order.id:
                sent.update(dict(parcel.contents))
        assert sent == Counter({line.number: line.shipped for line in order.lines if line.shipped})
        for line in order.lines:
            if line.limited and order.state is not State.CANCELLED:
                taken[order.member_id, line.sku_id] += line.quantity - line.returned
    counted = {key: count for key, count in after["OrderBook.taken"].items() if count}
    assert counted == {key: count for key, count in taken.items() if count}
    for (_member_id, sku_id), count in counted.items():
        limit = GOODS[sku_id].per_member_max if sku_id in GOODS else None
        assert limit is None or count <= limit


# -- Rows ---------------------------------------------------------------------------------

_IDS = text("SELECT id FROM shop_order WHERE shop_id = :shop_id")
_TAKEN = text("SELECT member_id, sku_id FROM order_taken WHERE shop_id = :shop_id")
_STEPS = text("""
    SELECT order_id, state, at, who, actor_id FROM order_step WHERE shop_id = :shop_id ORDER BY id
""")
_PARCELS = text("SELECT id FROM order_parcel WHERE shop_id = :shop_id")
_REMARKS = text("""
    SELECT id, order_id, staff_id, about, said, at FROM order_remark WHERE shop_id = :shop_id
""")


async def _read(transaction: Transaction) -> Content:
    taken = [tuple(row) for row in await transaction.read(_TAKEN)]
    order_ids = [row.id for row in await transaction.read(_IDS)]
    parcel_ids = [row.id for row in await transaction.read(_PARCELS)]
    book = await rows.load(transaction, OrderKeys(order_ids, taken, parcel_ids))
    return {
        "OrderBook.orders": book.orders.rows(),
        "OrderBook.taken": book.taken.rows(),
        "OrderBook.steps": tuple(
            Step(row.order_id, State(row.state), row.at, row.who, row.actor_id)
            for row in await transaction.read(_STEPS)
        ),
        "OrderBook.parcels": book.parcels.rows(),
        "OrderBook.remarks": tuple(Remark(*row) for row in await transaction.read(_REMARKS)),
    }


PART = Part(
    name="order",
    lay=_lay,
    derived={OriginKeys: _origins},
    wishes=((PLACING, place), (MOVING, move)),
    weight=6,
    conserved=conserved,
    read=_read,
    breaks={
        "stock reserved": "UPDATE stock SET reserved = reserved + 1",
        "stock sold": "UPDATE stock_movement SET quantity = quantity - 1 WHERE kind = 'sale'",
        "order totals": "UPDATE order_line SET paid = paid + 1",
        "order returns": "UPDATE shop_order SET state = 'refunded' WHERE state = 'created'",
        "order parcels": "UPDATE order_line SET shipped = shipped - 1 WHERE shipped > 0",
        "limits": "UPDATE order_taken SET quantity = quantity + 1",
        "first orders": "UPDATE order_first SET placed_at = placed_at + interval '1 second'",
        "coupons used": "UPDATE coupon_claim SET state = 'held' WHERE state = 'used'",
        "order moves": "UPDATE order_step SET state = 'done' WHERE state = 'paying'",
        "order history": "UPDATE shop_order SET state = 'paying' WHERE state = 'created'",
        "orders in time": "UPDATE shop_order SET pay_until = '2000-01-01' WHERE state = 'created'",
    },
)
