"""Who came how far on which day, and how many that were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import MemberId, OrderId, ProductId
from frontline.shop.funnel.messages import Step

WHOLE_SHOP = ProductId(UUID(int=0))
"""Stands where a product would: whatever it was that they looked at."""


class Place(NamedTuple):
    """A step of one day, of one product or the whole shop."""

    day: date
    step: Step
    product_id: ProductId


class Mark(NamedTuple):
    """A visitor at a place."""

    day: date
    step: Step
    product_id: ProductId
    visitor: UUID

    @property
    def place(self) -> Place:
        return Place(*self[:3])


class Count(NamedTuple):
    visitors: int = 0
    shared: int = 0  # Of those, who came by a share.


@dataclass(slots=True)
class FunnelBook(Book):
    marks: Page[Mark, bool]  # Whether the visitor came by a share.
    counts: Page[Place, Count]

    def record(self, mark: Mark, *, shared: bool) -> None:
        """Once; the first time says whether it was by a share."""
        if self.marks.get(mark) is not None:
            return
        self.marks[mark] = shared
        before = self.counts.get(mark.place) or Count()
        self.counts[mark.place] = Count(before.visitors + 1, before.shared + shared)

    def check(self) -> None:
        for count in self.counts.rows().values():
            assert 0 <= count.shared <= count.visitors


@dataclass(frozen=True, slots=True)
class FunnelKeys(Keys[FunnelBook]):
    """With the counts of the places where one of these is not marked yet."""

    marks: Iterable[Mark]


@dataclass(slots=True)
class VisitorBook(Book):
    visitors: Page[MemberId, UUID]  # The last one that a member was seen as.

    def name(self, member_id: MemberId, visitor: UUID) -> None:
        self.visitors[member_id] = visitor

    def visitor_of(self, member_id: MemberId) -> UUID:
        """Who was never seen as anybody is seen as themselves."""
        return self.visitors.get(member_id) or member_id

    def check(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class VisitorKeys(Keys[VisitorBook]):
    member_ids: Iterable[MemberId]


class Ordered(NamedTuple):
    """What the funnel wants to know of an order."""

    member_id: MemberId
    product_ids: tuple[ProductId, ...]  # Each once, in the order of their ids.
    placed_on: date  # In the shop.
    paid_on: date | None


@dataclass(slots=True)
class OrderedBook(Book):
    """Read only."""

    orders: Page[OrderId, Ordered]

    def check(self) -> None:
        assert not self.orders.added()


@dataclass(frozen=True, slots=True)
class OrderedKeys(Keys[OrderedBook]):
    order_ids: Iterable[OrderId]
