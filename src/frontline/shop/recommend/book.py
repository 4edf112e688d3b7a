"""What was bought: by product, by day, and together.

Each order is counted once, whoever tells of it and however often: what was counted stands in a
row of its own, so that it is taken off again exactly when all of the order goes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import permutations

import msgspec

from frontline.kernel.book import Book, Keys, KeyT, Page
from frontline.kernel.words import OrderId, ProductId

PAIRED_MAX = 10
"""Products of one order that are paired: a wholesale order of everything says little of taste."""

Day = tuple[date, ProductId]
Pair = tuple[ProductId, ProductId]


class Standing(StrEnum):
    """How an order stands, as far as counting goes."""

    NOT_PAID = "not_paid"  # Not yet, or never.
    PAID = "paid"
    GIVEN_BACK = "given_back"  # All of it; final.


class Purchase(msgspec.Struct, frozen=True):
    """An order as it is counted."""

    order_id: OrderId
    standing: Standing
    day: date  # On which it was placed, UTC.
    units: tuple[tuple[ProductId, int], ...]  # By product, in the order of the lines.

    def pairs(self) -> Iterator[Pair]:
        """Each product with each other, both ways round."""
        return permutations([product_id for product_id, _ in self.units][:PAIRED_MAX], 2)


@dataclass(slots=True)
class PurchaseBook(Book):
    """Read only: orders of which something is to be counted."""

    purchases: Page[OrderId, Purchase]

    def check(self) -> None:
        assert not self.purchases.added()
        assert not self.purchases.altered()


@dataclass(frozen=True, slots=True)
class PurchaseKeys(Keys[PurchaseBook]):
    order_ids: Iterable[OrderId]


@dataclass(slots=True)
class CountBook(Book):
    counted: Page[OrderId, bool]  # False: was taken off again, or will never be counted.
    sold: Page[ProductId, int]  # Units.
    days: Page[Day, int]  # Units.
    pairs: Page[Pair, int]  # Orders.

    def count(self, purchase: Purchase) -> None:
        self.counted[purchase.order_id] = True
        self._add(purchase, 1)

    def take_off(self, purchase: Purchase) -> None:
        self.counted[purchase.order_id] = False
        self._add(purchase, -1)

    def pass_over(self, order_id: OrderId) -> None:
        """It went back before it was counted: whoever comes later shall not count it."""
        self.counted[order_id] = False

    def _add(self, purchase: Purchase, sign: int) -> None:
        for product_id, units in purchase.units:
            _more(self.sold, product_id, sign * units)
            _more(self.days, (purchase.day, product_id), sign * units)
        for pair in purchase.pairs():
            _more(self.pairs, pair, sign)

    def check(self) -> None:
        counts = (*self.sold.rows().values(), *self.days.rows().values())
        assert all(count >= 0 for count in (*counts, *self.pairs.rows().values()))


def _more(page: Page[KeyT, int], key: KeyT, by: int) -> None:
    page[key] = (page.get(key) or 0) + by


@dataclass(frozen=True, slots=True)
class CountKeys(Keys[CountBook]):
    purchases: Iterable[Purchase]
    """Whatever counts of these orders, and whether they were counted."""
