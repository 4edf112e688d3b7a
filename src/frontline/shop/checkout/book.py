"""What a checkout chooses among, and what its lines look like. Read, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import MemberId, SkuId
from frontline.shop.coupon.messages import ClaimId


class Purse(msgspec.Struct, frozen=True):
    """What a member may choose among."""

    address_id: UUID | None  # To offer first: the preferred one, else the newest.
    claim_ids: tuple[ClaimId, ...]  # Of coupons not used yet; some may have expired.


@dataclass(slots=True)
class PurseBook(Book):
    purses: Page[MemberId, Purse]

    def address_ids(self) -> set[UUID]:
        purses = self.purses.before.values()
        return {purse.address_id for purse in purses if purse.address_id is not None}

    def claim_ids(self) -> set[ClaimId]:
        return {id_ for purse in self.purses.before.values() for id_ in purse.claim_ids}

    def check(self) -> None:
        assert not self.purses.added()
        assert not self.purses.altered()


@dataclass(frozen=True, slots=True)
class PurseKeys(Keys[PurseBook]):
    member_ids: Iterable[MemberId]


class Face(msgspec.Struct, frozen=True):
    """What a SKU looks like on a page."""

    title: str  # Of the product.
    variant: str
    picture: str | None


@dataclass(slots=True)
class FaceBook(Book):
    faces: Page[SkuId, Face]

    def check(self) -> None:
        assert not self.faces.added()
        assert not self.faces.altered()


@dataclass(frozen=True, slots=True)
class FaceKeys(Keys[FaceBook]):
    sku_ids: Iterable[SkuId]
