"""Reviews in stories: written by buyers and others, added to, replied to, hidden, shown."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from scenery import MEMBERS, STAFF, UNKNOWN, sensible, some
from sqlalchemy import text

from frontline.kernel.book import Page
from frontline.kernel.words import Command, StaffId
from frontline.shop.catalog.book import CatalogKeys
from frontline.shop.order.book import OrderKeys
from frontline.shop.order.states import State
from frontline.shop.picture.book import PictureKeys
from frontline.shop.picture.messages import PictureId
from frontline.shop.review import rows
from frontline.shop.review.book import (
    Purchase,
    PurchaseBook,
    PurchaseKeys,
    Review,
    ReviewBook,
    ReviewKeys,
    ReviewOriginBook,
    ReviewOriginKeys,
    Step,
    Summary,
)
from frontline.shop.review.feature import REVIEWING
from frontline.shop.review.messages import (
    AddToReview,
    HideReview,
    ReplyToReview,
    ReviewId,
    ShowReview,
    WriteReview,
)
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Part


def _lay(_: Random) -> World:
    return World({ReviewKeys: ReviewBook(Page({}), Page({}))}, {"ReviewBook.steps": ()})


def origins(world: World) -> ReviewOriginBook:
    reviews = world.book(ReviewKeys).reviews.rows()
    return ReviewOriginBook(Page({one.id: one.product_id for one in reviews.values()}))


def purchases(world: World) -> PurchaseBook:
    orders = world.book(OrderKeys).orders.rows()
    skus = world.book(CatalogKeys).skus.rows()
    received = {
        step.order_id: step.at
        for step in world.logs["OrderBook.steps"]
        if step.state is State.RECEIVED
    }
    return PurchaseBook(
        Page({order.id: order.member_id for order in orders.values()}),
        Page(
            {
                (order.id, line.number): Purchase(
                    order.member_id,
                    skus[line.sku_id].product_id,
                    line.sku_id,
                    "",
                    received.get(order.id),
                    line.returned == line.quantity,
                )
                for order in orders.values()
                for line in order.lines
            }
        ),
    )


# -- Wishes -------------------------------------------------------------------------------


def wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    reviews = world.book(ReviewKeys).reviews.rows()
    bought = purchases(world).purchases.before
    written = {one.line for one in reviews.values()}
    likely: dict[str, list[Any]] = {
        "write": [
            line
            for line, one in bought.items()
            if one.received_at and not one.given_back and line not in written
        ],
        "add": [one.id for one in reviews.values() if not one.added],
        "reply": [one.id for one in reviews.values() if not one.reply],
        "hide": [one.id for one in reviews.values() if not one.hidden],
        "show": [one.id for one in reviews.values() if one.hidden],
    }
    kind = sensible(chance, likely)
    if kind is None:
        return None
    if kind == "write":
        return _write(chance, world, some(chance, likely[kind], [*bought, (UNKNOWN, 1)]), id_)
    review_id = some(chance, likely[kind], [*reviews, ReviewId(UNKNOWN)])
    staff = StaffId(STAFF)
    match kind:
        case "add":
            writer = [reviews[review_id].member_id] if review_id in reviews else []
            return AddToReview(
                id=id_, review_id=review_id, member_id=some(chance, writer, MEMBERS), text="还好"
            )
        case "reply":
            return ReplyToReview(id=id_, review_id=review_id, staff_id=staff, text="谢谢")
        case "hide":
            return HideReview(id=id_, review_id=review_id, staff_id=staff, reason="含手机号")
        case _:
            return ShowReview(id=id_, review_id=review_id, staff_id=staff)


def _write(chance: Random, world: World, line: Any, id_: UUID) -> WriteReview:
    order_id, number = line
    order = world.book(OrderKeys).orders.get(order_id)
    member_id = some(chance, [] if order is None else [order.member_id], MEMBERS)
    uploads = world.book(PictureKeys).uploads.rows().values()
    own = [one.id for one in uploads if one.actor_id == member_id]
    pictures = [
        some(chance, own, [PictureId(UNKNOWN), *(one.id for one in uploads)])
        for _ in range(chance.choice((0, 0, 1, 3)))
    ]
    return WriteReview(
        id=id_,
        member_id=member_id,
        order_id=order_id,
        line_number=number if chance.random() < 0.95 else 99,
        rating=chance.randint(1, 5),
        text="好吃",
        pictures=tuple(dict.fromkeys(pictures)),
        anonymous=chance.random() < 0.3,
    )


# -- Laws ---------------------------------------------------------------------------------


def conserved(_: Content, after: Content) -> None:
    """Stars counted are those of the reviews that are shown; each line is reviewed once."""
    reviews = after["ReviewBook.reviews"].values()
    shown = [one for one in reviews if not one.hidden]
    stars = Counter((one.product_id, one.rating) for one in shown)
    pictured = Counter(one.product_id for one in shown if one.pictures)
    for product_id, summary in after["ReviewBook.summaries"].items():
        counted = tuple(stars[product_id, star] for star in range(1, 6))
        assert summary == Summary(counted, pictured[product_id])
    assert {one.product_id for one in reviews} == set(after["ReviewBook.summaries"])
    assert len({one.line for one in reviews}) == len(reviews)
    hidden: dict[ReviewId, bool] = {}
    for step in after["ReviewBook.steps"]:
        if step.deed != "reply":
            hidden[step.review_id] = step.deed == "hide"
    for one in reviews:
        _bought(one, after)
        assert bool(one.hidden) == hidden.get(one.id, False)


def _bought(review: Review, after: Content) -> None:
    order = after["OrderBook.orders"][review.order_id]
    (line,) = [one for one in order.lines if one.number == review.line_number]
    assert (order.member_id, line.sku_id) == (review.member_id, review.sku_id)
    assert any(
        step.state is State.RECEIVED and step.at <= review.at
        for step in after["OrderBook.steps"]
        if step.order_id == order.id
    )
    uploads = after["PictureBook.uploads"].values()
    own = {one.hash for one in uploads if one.actor_id == review.member_id}
    assert set(review.pictures) <= own


# -- Rows ---------------------------------------------------------------------------------

_IDS = text("SELECT id FROM review WHERE shop_id = :shop_id")
_PRODUCTS = text("SELECT product_id FROM review_summary WHERE shop_id = :shop_id")
_STEPS = text("""
    SELECT review_id, deed, said, staff_id, at FROM review_step
    WHERE shop_id = :shop_id ORDER BY review_id, id
""")


async def _read(transaction: Transaction) -> Content:
    review_ids = [row.id for row in await transaction.read(_IDS)]
    product_ids = [row.product_id for row in await transaction.read(_PRODUCTS)]
    book = await rows.load(transaction, ReviewKeys(review_ids, (), product_ids))
    return {
        "ReviewBook.reviews": book.reviews.rows(),
        "ReviewBook.summaries": book.summaries.rows(),
        "ReviewBook.steps": tuple(Step(*row) for row in await transaction.read(_STEPS)),
    }


PART = Part(
    name="review",
    lay=_lay,
    derived={ReviewOriginKeys: origins, PurchaseKeys: purchases},
    wishes=((REVIEWING, wish),),
    conserved=conserved,
    read=_read,
    breaks={
        "reviews counted": "UPDATE review_summary SET stars_5 = stars_5 + 1",
        "reviews bought": "UPDATE review SET member_id = gen_random_uuid()",
        "reviews hidden": "UPDATE review SET hidden = 'x' WHERE hidden = ''",
    },
)
