"""What everybody reads of reviews, and what members may still review. No locks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.words import MemberId, OrderId, ProductId, ShopId
from frontline.shop.picture.messages import Hash
from frontline.shop.picture.serving import src_of
from frontline.shop.review.book import STARS, WRITTEN_WITHIN, Line
from frontline.shop.review.messages import ReviewId
from frontline.store.database import Transaction
from frontline.web.cursor import LATEST, cursor, place

ANONYMOUS = {"zh": "匿名用户", "en": "Anonymous"}
GOOD = 4  # Stars.
DEEDS_MAX = 50

ItemT = TypeVar("ItemT")


class Kind(StrEnum):
    ALL = "all"
    GOOD = "good"  # 4 or 5 stars.
    MIDDLING = "middling"  # 3.
    BAD = "bad"  # 1 or 2.
    PICTURES = "pictures"


class StaffState(StrEnum):
    ALL = "all"
    WAITING = "waiting"  # Shown, and without a reply.
    HIDDEN = "hidden"


class Part(NamedTuple):
    """Which part of a list somebody asks for, and in which language."""

    after: str | None
    limit: int
    language: str = "zh"

    @property
    def begin(self) -> dict[str, Any]:
        at, id_ = LATEST if self.after is None else place(self.after)
        return {"at": at, "id": id_, "rows_max": self.limit + 1}


class SaidAt(msgspec.Struct, frozen=True):
    text: str
    at: datetime


class ReviewView(msgspec.Struct, frozen=True, kw_only=True):
    id: ReviewId
    rating: int  # Stars, 1 to 5.
    text: str
    pictures: tuple[str, ...]  # Paths; `-400` before `.webp` is a small one.
    variant: str  # "大盒 320g"; "" of a product without options.
    nickname: str  # Masked.
    at: datetime
    added: SaidAt | None  # What its writer added later.
    reply: SaidAt | None  # Of the shop.


class ReviewList(msgspec.Struct, frozen=True):
    items: tuple[ReviewView, ...]
    after: str | None  # To ask for what follows; None: that was all.


class SummaryView(msgspec.Struct, frozen=True):
    """Of the reviews that are shown."""

    count: int
    average_x100: int  # 467 is 4.67 stars; 0 without reviews.
    stars: tuple[int, ...]  # How many of 1, 2, ... 5 stars.
    with_pictures: int
    good_bp: int  # Those of 4 and 5 stars, in basis points of all.


class MyReview(ReviewView, frozen=True, kw_only=True):
    order_id: OrderId
    line_number: int
    product_id: ProductId
    title: str  # As it was when bought.
    picture: str | None  # Of the product.
    anonymous: bool
    hidden: str  # Why the shop has hidden it; "": it is shown.


class MyReviewList(msgspec.Struct, frozen=True):
    items: tuple[MyReview, ...]
    after: str | None


class StaffReview(MyReview, frozen=True, kw_only=True):
    """With the nickname as it is, also of whoever is anonymous to others."""

    member_id: MemberId


class StaffReviewList(msgspec.Struct, frozen=True):
    items: tuple[StaffReview, ...]
    after: str | None


class ToWrite(msgspec.Struct, frozen=True):
    order_id: OrderId
    line_number: int
    product_id: ProductId
    title: str  # As it was when bought.
    variant: str
    picture: str | None
    received_at: datetime  # To be reviewed within 90 days.


class ToWriteList(msgspec.Struct, frozen=True):
    items: tuple[ToWrite, ...]
    after: str | None


# -- Summaries --------------------------------------------------------------------------

_SUMMARIES = text("""
    SELECT product_id, stars_1, stars_2, stars_3, stars_4, stars_5, with_pictures
    FROM review_summary
    WHERE shop_id = :shop_id AND product_id = ANY(CAST(:product_ids AS uuid[]))
""")
NONE = SummaryView(0, 0, (0,) * STARS, 0, 0)


async def summaries(
    transaction: Transaction, product_ids: Iterable[ProductId]
) -> dict[ProductId, SummaryView]:
    """What the reviews of these products come to; those that never had one are left out."""
    rows = await transaction.rows(_SUMMARIES, product_ids=product_ids)
    return {row.product_id: _summary(tuple(row[1:6]), row.with_pictures) for row in rows}


def _summary(stars: tuple[int, ...], with_pictures: int) -> SummaryView:
    count = sum(stars)
    if not count:
        return NONE
    total = sum(star * many for star, many in enumerate(stars, 1))
    average_x100 = (200 * total + count) // (2 * count)  # Rounded, a half up.
    good_bp = BASIS_POINTS * sum(stars[GOOD - 1 :]) // count
    return SummaryView(count, average_x100, stars, with_pictures, good_bp)


# -- Lists ------------------------------------------------------------------------------

_REVIEWS = """
    SELECT r.id, r.order_id, r.line_number, r.member_id, r.product_id, r.sku_id, r.variant,
           r.rating, r.text, r.pictures, r.anonymous, r.at, r.added, r.added_at, r.reply,
           r.replied_at, r.hidden, coalesce(m.nickname, '') AS nickname
    FROM review AS r LEFT JOIN member AS m ON m.shop_id = r.shop_id AND m.id = r.member_id
    WHERE r.shop_id = :shop_id AND (r.at, r.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))"""
_NEWEST = """ ORDER BY r.at DESC, r.id DESC LIMIT CAST(:rows_max AS int)"""
_SHOWN = f"{_REVIEWS} AND r.hidden = '' AND r.product_id = CAST(:product_id AS uuid)"
_OF_PRODUCT = text(f"{_SHOWN} {_NEWEST}")
_OF_KIND = text(f"{_SHOWN} AND r.kind = CAST(:kind AS text) {_NEWEST}")
_WITH_PICTURES = text(f"{_SHOWN} AND r.pictures <> '{{}}' {_NEWEST}")
_MINE = text(f"{_REVIEWS} AND r.member_id = CAST(:member_id AS uuid) {_NEWEST}")
_STAFF = f"{_REVIEWS} AND r.rating <= CAST(:rating_max AS smallint)"
_EVERY = text(f"{_STAFF} {_NEWEST}")
_UNANSWERED = text(f"{_STAFF} AND r.hidden = '' AND r.reply = '' {_NEWEST}")
_HIDDEN = text(f"{_STAFF} AND r.hidden <> '' {_NEWEST}")
_ONE = text(f"{_REVIEWS} AND r.id = CAST(:review_id AS uuid) {_NEWEST}")
_WAITING_COUNT = text("""
    SELECT count(*) AS waiting FROM (
        SELECT FROM review WHERE shop_id = :shop_id AND hidden = '' AND reply = ''
        LIMIT CAST(:count_max AS int)) AS found
""")
_STEPS = text("""
    SELECT s.deed, s.said, s.at, coalesce(a.name, '') AS by
    FROM review_step AS s LEFT JOIN staff AS a ON a.shop_id = s.shop_id AND a.id = s.staff_id
    WHERE s.shop_id = :shop_id AND s.review_id = CAST(:review_id AS uuid)
    ORDER BY s.id DESC LIMIT CAST(:rows_max AS int)
""")
_LINES = text("""
    SELECT l.order_id, l.number, l.title,
           coalesce(nullif(s.picture_src, ''),
                    (SELECT p.src FROM picture AS p
                     WHERE p.shop_id = s.shop_id AND p.product_id = s.product_id
                     ORDER BY p.position LIMIT 1)) AS picture
    FROM order_line AS l LEFT JOIN sku AS s ON s.shop_id = l.shop_id AND s.id = l.sku_id
    WHERE l.shop_id = :shop_id AND l.order_id = ANY(CAST(:order_ids AS uuid[]))
""")


async def of_product(
    transaction: Transaction,
    shop_id: ShopId,
    product_id: UUID,
    kind: Kind,
    part: Part,
) -> ReviewList:
    """Those that are shown, the newest first."""
    wish = {"product_id": product_id, **part.begin}
    match kind:
        case Kind.ALL:
            rows = await transaction.read(_OF_PRODUCT, **wish)
        case Kind.PICTURES:
            rows = await transaction.read(_WITH_PICTURES, **wish)
        case _:
            rows = await transaction.read(_OF_KIND, kind=kind, **wish)
    items, more = _page(
        rows, part.limit, lambda row: ReviewView(**_said(row, shop_id, part.language))
    )
    return ReviewList(items, more)


async def mine(
    transaction: Transaction, shop_id: ShopId, member_id: MemberId, part: Part
) -> MyReviewList:
    rows = await transaction.read(_MINE, member_id=member_id, **part.begin)
    lines = await _lines(transaction, rows)
    items, more = _page(
        rows,
        part.limit,
        lambda row: MyReview(**_said(row, shop_id, part.language), **_whole(row, lines)),
    )
    return MyReviewList(items, more)


async def for_staff(
    transaction: Transaction, shop_id: ShopId, state: StaffState, rating_max: int, part: Part
) -> StaffReviewList:
    """Of all products, those of so many stars at most, the newest first."""
    statement = {StaffState.WAITING: _UNANSWERED, StaffState.HIDDEN: _HIDDEN}.get(state, _EVERY)
    rows = await transaction.read(statement, rating_max=rating_max, **part.begin)
    lines = await _lines(transaction, rows)
    items, more = _page(rows, part.limit, lambda row: _for_staff(row, shop_id, lines))
    return StaffReviewList(items, more)


def _for_staff(row: Any, shop_id: ShopId, lines: dict[Line, Any]) -> StaffReview:
    return StaffReview(
        **{**_said(row, shop_id, "zh"), "nickname": row.nickname},
        **_whole(row, lines),
        member_id=row.member_id,
    )


async def one_for_staff(
    transaction: Transaction, shop_id: ShopId, review_id: UUID
) -> StaffReview | None:
    rows = await transaction.read(_ONE, review_id=review_id, **Part(None, 1).begin)
    lines = await _lines(transaction, rows)
    return _for_staff(rows[0], shop_id, lines) if rows else None


class Deed(NamedTuple):
    """What staff did to a review."""

    deed: str  # `reply`, `hide`, `show`.
    said: str
    at: datetime
    by: str


async def deeds(transaction: Transaction, review_id: UUID) -> tuple[Deed, ...]:
    """The latest first."""
    rows = await transaction.read(_STEPS, review_id=review_id, rows_max=DEEDS_MAX)
    return tuple(Deed(*row) for row in rows)


async def waiting_count(transaction: Transaction, count_max: int) -> int:
    """Reviews that nobody has answered, but not more than `count_max`."""
    (row,) = await transaction.read(_WAITING_COUNT, count_max=count_max)
    return int(row.waiting)


def _page(
    rows: Sequence[Any], limit: int, item: Callable[[Any], ItemT]
) -> tuple[tuple[ItemT, ...], str | None]:
    """So many of the rows as items, and where the next page begins."""
    shown = rows[:limit]
    more = cursor(shown[-1].at, shown[-1].id) if len(rows) > limit else None
    return tuple(map(item, shown)), more


def masked(nickname: str, language: str) -> str:
    """小满满满 as 小**满: enough to know oneself, not enough to be known."""
    match nickname.strip():
        case "":
            return ANONYMOUS[language]
        case one if len(one) == 1:
            return f"{one}**"
        case name:
            return f"{name[0]}**{name[-1]}"


def _said(row: Any, shop_id: ShopId, language: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "rating": row.rating,
        "text": row.text,
        "pictures": tuple(src_of(shop_id, Hash(name)) for name in row.pictures),
        "variant": row.variant,
        "nickname": masked("" if row.anonymous else row.nickname, language),
        "at": row.at,
        "added": SaidAt(row.added, row.added_at) if row.added else None,
        "reply": SaidAt(row.reply, row.replied_at) if row.reply else None,
    }


def _whole(row: Any, lines: dict[Line, Any]) -> dict[str, Any]:
    line = lines[row.order_id, row.line_number]
    return {
        "order_id": row.order_id,
        "line_number": row.line_number,
        "product_id": row.product_id,
        "title": line.title,
        "picture": line.picture,
        "anonymous": row.anonymous,
        "hidden": row.hidden,
    }


async def _lines(transaction: Transaction, rows: Sequence[Any]) -> dict[Line, Any]:
    found = await transaction.rows(_LINES, order_ids={row.order_id for row in rows})
    return {(line.order_id, line.number): line for line in found}


# -- To be written ----------------------------------------------------------------------

_WAITING = """
    l.returned < l.quantity
      AND NOT EXISTS (SELECT 1 FROM review AS r
                      WHERE r.shop_id = l.shop_id AND r.order_id = l.order_id
                        AND r.line_number = l.number)"""
_RECEIVED = text(f"""
    SELECT o.id, s.at
    FROM shop_order AS o
    JOIN order_step AS s ON s.shop_id = o.shop_id AND s.order_id = o.id AND s.state = 'received'
    WHERE o.shop_id = :shop_id AND o.member_id = CAST(:member_id AS uuid)
      AND o.state IN ('received', 'done')
      AND s.at > CAST(:since AS timestamptz)
      AND (s.at, o.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))
      AND EXISTS (SELECT 1 FROM order_line AS l
                  WHERE l.shop_id = o.shop_id AND l.order_id = o.id AND {_WAITING})
    ORDER BY s.at DESC, o.id DESC LIMIT CAST(:rows_max AS int)
""")  # noqa: S608 - put together of pieces that stand above
_TO_WRITE = text(f"""
    SELECT l.order_id, l.number AS line_number, s.product_id, l.title,
           array_to_string(s.option_values, ' ') AS variant,
           coalesce(nullif(s.picture_src, ''),
                    (SELECT p.src FROM picture AS p
                     WHERE p.shop_id = s.shop_id AND p.product_id = s.product_id
                     ORDER BY p.position LIMIT 1)) AS picture
    FROM order_line AS l
    JOIN sku AS s ON s.shop_id = l.shop_id AND s.id = l.sku_id
    WHERE l.shop_id = :shop_id AND l.order_id = ANY(CAST(:order_ids AS uuid[])) AND {_WAITING}
    ORDER BY l.order_id, l.number
""")  # noqa: S608 - put together of pieces that stand above


async def to_write(
    transaction: Transaction, member_id: MemberId, now: datetime, part: Part
) -> ToWriteList:
    """Lines that may be reviewed now, a page of whole orders; what came last first."""
    since = now - WRITTEN_WITHIN
    rows = await transaction.read(_RECEIVED, member_id=member_id, since=since, **part.begin)
    orders, more = _page(rows, part.limit, lambda row: (row.id, row.at))
    found = await transaction.rows(_TO_WRITE, order_ids=[order_id for order_id, _ in orders])
    return ToWriteList(
        tuple(
            ToWrite(**line._mapping, received_at=received_at)
            for order_id, received_at in orders
            for line in found
            if line.order_id == order_id
        ),
        more,
    )
