"""Review rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Page
from frontline.kernel.locks import Lock
from frontline.shop.review.book import (
    Purchase,
    PurchaseBook,
    PurchaseKeys,
    Review,
    ReviewBook,
    ReviewKeys,
    ReviewOriginBook,
    ReviewOriginKeys,
    Summary,
)
from frontline.store.database import Transaction

_ORIGINS = text("""
    SELECT id, product_id FROM review
    WHERE shop_id = :shop_id AND id = ANY(CAST(:review_ids AS uuid[]))
""")
_ORDERS = text("""
    SELECT id, member_id FROM shop_order
    WHERE shop_id = :shop_id AND id = ANY(CAST(:order_ids AS uuid[]))
""")
_PURCHASES = text("""
    SELECT l.order_id, l.number, o.member_id, s.product_id, l.sku_id,
           array_to_string(s.option_values, ' ') AS variant, r.at AS received_at,
           l.returned = l.quantity AS given_back
    FROM order_line AS l
    JOIN shop_order AS o ON o.shop_id = l.shop_id AND o.id = l.order_id
    JOIN sku AS s ON s.shop_id = l.shop_id AND s.id = l.sku_id
    LEFT JOIN order_step AS r
        ON r.shop_id = l.shop_id AND r.order_id = l.order_id AND r.state = 'received'
    WHERE l.shop_id = :shop_id AND l.order_id = ANY(CAST(:order_ids AS uuid[]))
""")
_LOCK = text("""
    SELECT id, order_id, line_number, member_id, product_id, sku_id, variant, rating, text,
           pictures, anonymous, at, added, added_at, reply, replied_at, hidden
    FROM review AS r
    WHERE shop_id = :shop_id
      AND (id = ANY(CAST(:review_ids AS uuid[]))
           OR (order_id = ANY(CAST(:order_ids AS uuid[]))
               AND EXISTS (
                   SELECT 1 FROM unnest(CAST(:order_ids AS uuid[]), CAST(:numbers AS int[]))
                                 AS k (order_id, number)
                   WHERE k.order_id = r.order_id AND k.number = r.line_number)))
    ORDER BY id FOR NO KEY UPDATE
""")
_LOCK_SUMMARIES = text("""
    SELECT product_id, stars_1, stars_2, stars_3, stars_4, stars_5, with_pictures
    FROM review_summary
    WHERE shop_id = :shop_id AND product_id = ANY(CAST(:product_ids AS uuid[]))
    ORDER BY product_id FOR NO KEY UPDATE
""")


async def load_origins(transaction: Transaction, keys: ReviewOriginKeys) -> ReviewOriginBook:
    rows = await transaction.rows(_ORIGINS, review_ids=keys.review_ids)
    return ReviewOriginBook(Page({row.id: row.product_id for row in rows}))


async def load_purchases(transaction: Transaction, keys: PurchaseKeys) -> PurchaseBook:
    order_ids = list(keys.order_ids)
    orders = await transaction.rows(_ORDERS, order_ids=order_ids)
    rows = await transaction.rows(_PURCHASES, order_ids=order_ids)
    return PurchaseBook(
        Page({row.id: row.member_id for row in orders}),
        Page({(order_id, number): Purchase(*what) for order_id, number, *what in rows}),
    )


async def load(transaction: Transaction, keys: ReviewKeys) -> ReviewBook:
    lines = list(keys.lines)
    reviews = await transaction.rows(
        _LOCK,
        review_ids=keys.review_ids,
        order_ids=[order_id for order_id, _ in lines],
        numbers=[number for _, number in lines],
    )
    summaries = await transaction.rows(_LOCK_SUMMARIES, product_ids=keys.product_ids)
    return ReviewBook(
        Page({row.id: _review(row) for row in reviews}),
        Page({row[0]: Summary(tuple(row[1:6]), row[6]) for row in summaries}),
    )


def _review(row: Any) -> Review:
    return Review(**{**row._mapping, "pictures": tuple(row.pictures)})


# A list of lists would be taken apart by `unnest`, so the names of pictures are joined.
_ADD = text("""
    INSERT INTO review (shop_id, id, order_id, line_number, member_id, product_id, sku_id, variant,
                        rating, text, pictures, anonymous, at, added, added_at, reply, replied_at,
                        hidden)
    SELECT CAST(:shop_id AS bigint), n.id, n.order_id, n.line_number, n.member_id, n.product_id,
           n.sku_id, n.variant, n.rating, n.text, string_to_array(n.pictures, ','), n.anonymous,
           n.at, n.added, n.added_at, n.reply, n.replied_at, n.hidden
    FROM unnest(CAST(:ids AS uuid[]), CAST(:order_ids AS uuid[]), CAST(:numbers AS int[]),
                CAST(:member_ids AS uuid[]), CAST(:product_ids AS uuid[]),
                CAST(:sku_ids AS uuid[]), CAST(:variants AS text[]), CAST(:ratings AS smallint[]),
                CAST(:texts AS text[]), CAST(:pictures AS text[]), CAST(:anonymous AS boolean[]),
                CAST(:at AS timestamptz[]), CAST(:added AS text[]),
                CAST(:added_at AS timestamptz[]), CAST(:replies AS text[]),
                CAST(:replied_at AS timestamptz[]), CAST(:hidden AS text[]))
         AS n (id, order_id, line_number, member_id, product_id, sku_id, variant, rating, text,
               pictures, anonymous, at, added, added_at, reply, replied_at, hidden)
""")
_CHANGE = text("""
    UPDATE review AS r
    SET added = n.added, added_at = n.added_at, reply = n.reply, replied_at = n.replied_at,
        hidden = n.hidden
    FROM unnest(CAST(:ids AS uuid[]), CAST(:added AS text[]), CAST(:added_at AS timestamptz[]),
                CAST(:replies AS text[]), CAST(:replied_at AS timestamptz[]),
                CAST(:hidden AS text[])) AS n (id, added, added_at, reply, replied_at, hidden)
    WHERE r.shop_id = :shop_id AND r.id = n.id
""")
# A plain insert on purpose: of two processes that both find no row one must run again.
_ADD_SUMMARIES = text("""
    INSERT INTO review_summary (shop_id, product_id, stars_1, stars_2, stars_3, stars_4, stars_5,
                                with_pictures)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:product_ids AS uuid[]), CAST(:stars_1 AS int[]), CAST(:stars_2 AS int[]),
                CAST(:stars_3 AS int[]), CAST(:stars_4 AS int[]), CAST(:stars_5 AS int[]),
                CAST(:with_pictures AS int[]))
""")
_COUNT = text("""
    UPDATE review_summary AS s
    SET stars_1 = s.stars_1 + d.stars_1, stars_2 = s.stars_2 + d.stars_2,
        stars_3 = s.stars_3 + d.stars_3, stars_4 = s.stars_4 + d.stars_4,
        stars_5 = s.stars_5 + d.stars_5, with_pictures = s.with_pictures + d.with_pictures
    FROM unnest(CAST(:product_ids AS uuid[]), CAST(:stars_1 AS int[]), CAST(:stars_2 AS int[]),
                CAST(:stars_3 AS int[]), CAST(:stars_4 AS int[]), CAST(:stars_5 AS int[]),
                CAST(:with_pictures AS int[]))
         AS d (product_id, stars_1, stars_2, stars_3, stars_4, stars_5, with_pictures)
    WHERE s.shop_id = :shop_id AND s.product_id = d.product_id
""")
_ADD_STEPS = text("""
    INSERT INTO review_step (shop_id, review_id, deed, said, staff_id, at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:review_ids AS uuid[]), CAST(:deeds AS text[]), CAST(:said AS text[]),
                CAST(:staff_ids AS uuid[]), CAST(:at AS timestamptz[]))
""")


async def store(transaction: Transaction, book: ReviewBook) -> None:
    added = list(book.reviews.added().values())
    await transaction.write(
        _ADD,
        order_ids=[one.order_id for one in added],
        numbers=[one.line_number for one in added],
        member_ids=[one.member_id for one in added],
        product_ids=[one.product_id for one in added],
        sku_ids=[one.sku_id for one in added],
        variants=[one.variant for one in added],
        ratings=[one.rating for one in added],
        texts=[one.text for one in added],
        pictures=[",".join(one.pictures) for one in added],
        anonymous=[one.anonymous for one in added],
        at=[one.at for one in added],
        **_changing(added),
    )
    changed = [new for _, new in book.reviews.altered().values()]
    await transaction.write(_CHANGE, **_changing(changed))
    await _store_summaries(transaction, book)
    steps = book.steps
    await transaction.write(
        _ADD_STEPS,
        review_ids=[step.review_id for step in steps],
        deeds=[step.deed for step in steps],
        said=[step.said for step in steps],
        staff_ids=[step.staff_id for step in steps],
        at=[step.at for step in steps],
    )


def _changing(reviews: list[Review]) -> dict[str, list[Any]]:
    return {
        "ids": [one.id for one in reviews],
        "added": [one.added for one in reviews],
        "added_at": [one.added_at for one in reviews],
        "replies": [one.reply for one in reviews],
        "replied_at": [one.replied_at for one in reviews],
        "hidden": [one.hidden for one in reviews],
    }


async def _store_summaries(transaction: Transaction, book: ReviewBook) -> None:
    none = Summary()
    more = {product_id: (none, new) for product_id, new in book.summaries.added().items()}
    for statement, pairs in ((_ADD_SUMMARIES, more), (_COUNT, book.summaries.altered())):
        await transaction.write(
            statement,
            product_ids=pairs,
            with_pictures=[new.with_pictures - old.with_pictures for old, new in pairs.values()],
            **{
                f"stars_{star + 1}": [
                    new.stars[star] - old.stars[star] for old, new in pairs.values()
                ]
                for star in range(len(none.stars))
            },
        )


ORIGINS = Shelf(keys=ReviewOriginKeys, load=load_origins)
PURCHASES = Shelf(keys=PurchaseKeys, load=load_purchases)
SHELF = Shelf(keys=ReviewKeys, load=load, store=store, lock=Lock.AFTERSALE)
