"""Reviews, and how many of which rating each product has.

What a product's reviews come to is kept in a row of its own: pages ask for it far more often than
anybody writes, and counting a thousand reviews for each of them would be felt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import MemberId, OrderId, ProductId, SkuId, StaffId
from frontline.shop.picture.messages import Hash
from frontline.shop.review.messages import ReviewId

WRITTEN_WITHIN = timedelta(days=90)  # From receipt.
STARS = 5

Line = tuple[OrderId, int]
"""An order, and the number of a line in it."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    id: ReviewId
    order_id: OrderId
    line_number: int
    member_id: MemberId
    product_id: ProductId
    sku_id: SkuId
    variant: str  # "大盒 320g", as it was called when the review was written.
    rating: int  # Stars, 1 to 5.
    text: str
    pictures: tuple[Hash, ...]
    anonymous: bool
    at: datetime
    added: str = ""  # What its writer added later.
    added_at: datetime | None = None
    reply: str = ""  # Of the shop.
    replied_at: datetime | None = None
    hidden: str = ""  # Why staff have hidden it.

    @property
    def line(self) -> Line:
        return self.order_id, self.line_number


class Summary(msgspec.Struct, frozen=True):
    """Of the reviews of one product that are not hidden."""

    stars: tuple[int, ...] = (0,) * STARS  # How many of 1, 2, ... 5 stars.
    with_pictures: int = 0


class Step(msgspec.Struct, frozen=True):
    """What staff did to a review: only ever added to."""

    review_id: ReviewId
    deed: str  # "reply", "hide", "show".
    said: str
    staff_id: StaffId
    at: datetime


@dataclass(slots=True)
class ReviewBook(Book):
    reviews: Page[ReviewId, Review]
    summaries: Page[ProductId, Summary]
    steps: list[Step] = field(default_factory=list)

    def of_line(self, line: Line) -> Review | None:
        return next((one for one in self.reviews.rows().values() if one.line == line), None)

    def write(self, review: Review) -> None:
        assert self.reviews.get(review.id) is None
        assert not review.hidden
        self.reviews[review.id] = review
        self._count(review, 1)

    def add(self, review: Review, text: str, at: datetime) -> None:
        self.reviews[review.id] = msgspec.structs.replace(review, added=text, added_at=at)

    def reply(self, review: Review, text: str, staff_id: StaffId, at: datetime) -> None:
        self.reviews[review.id] = msgspec.structs.replace(review, reply=text, replied_at=at)
        self.steps.append(Step(review.id, "reply", text, staff_id, at))

    def hide(self, review: Review, reason: str, staff_id: StaffId, at: datetime) -> None:
        assert not review.hidden
        self.reviews[review.id] = msgspec.structs.replace(review, hidden=reason)
        self._count(review, -1)
        self.steps.append(Step(review.id, "hide", reason, staff_id, at))

    def show(self, review: Review, staff_id: StaffId, at: datetime) -> None:
        assert review.hidden
        self.reviews[review.id] = msgspec.structs.replace(review, hidden="")
        self._count(review, 1)
        self.steps.append(Step(review.id, "show", "", staff_id, at))

    def check(self) -> None:
        for review in self.reviews.rows().values():
            assert 1 <= review.rating <= STARS
            assert review.text
            assert bool(review.added) == (review.added_at is not None)
            assert bool(review.reply) == (review.replied_at is not None)
        for summary in self.summaries.rows().values():
            assert min(summary.stars) >= 0
            assert 0 <= summary.with_pictures <= sum(summary.stars)

    def _count(self, review: Review, more: int) -> None:
        old = self.summaries.get(review.product_id) or Summary()
        stars = tuple(
            count + more * (star == review.rating) for star, count in enumerate(old.stars, 1)
        )
        self.summaries[review.product_id] = Summary(
            stars, old.with_pictures + more * bool(review.pictures)
        )


@dataclass(frozen=True, slots=True)
class ReviewKeys(Keys[ReviewBook]):
    review_ids: Iterable[ReviewId]
    lines: Iterable[Line]  # Whose reviews, if they have one.
    product_ids: Iterable[ProductId]  # Whose summaries.


@dataclass(slots=True)
class ReviewOriginBook(Book):
    """Which products reviews are of. It never changes, so it is read before the locks."""

    product_ids: Page[ReviewId, ProductId]

    def check(self) -> None:
        assert not self.product_ids.added()
        assert not self.product_ids.altered()


@dataclass(frozen=True, slots=True)
class ReviewOriginKeys(Keys[ReviewOriginBook]):
    review_ids: Iterable[ReviewId]


class Purchase(msgspec.Struct, frozen=True):
    """What was bought with one line of an order."""

    member_id: MemberId
    product_id: ProductId
    sku_id: SkuId
    variant: str
    received_at: datetime | None  # None: not yet.
    given_back: bool  # All units of the line were refunded.


@dataclass(slots=True)
class PurchaseBook(Book):
    """Orders as reviews see them. What was received stays so; so they are read without locks."""

    orders: Page[OrderId, MemberId]  # Whose they are.
    purchases: Page[Line, Purchase]

    def check(self) -> None:
        for page in (self.orders, self.purchases):
            assert not page.added()
            assert not page.altered()


@dataclass(frozen=True, slots=True)
class PurchaseKeys(Keys[PurchaseBook]):
    order_ids: Iterable[OrderId]
