"""Coupons: a promise of a lower price, claimed by a member, used once at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.money import part_of, share
from frontline.kernel.states import move, proved
from frontline.kernel.words import Fen, MemberId, OrderId, ProductId
from frontline.shop.coupon.messages import ClaimId, CouponId, Kind, Scope, UseRefusal


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    id: CouponId
    name: str
    kind: Kind
    value: int
    cap: Fen | None
    threshold: Fen  # Of the goods in scope.
    scope: Scope
    scope_ids: frozenset[UUID]  # Products or categories.
    issued_max: int | None
    per_member_max: int
    claim_from: datetime
    claim_until: datetime
    usable_from: datetime
    usable_until: datetime
    stopped: bool  # No more of them; those claimed stay good.
    issued: int  # Claimed or granted.


class ClaimState(StrEnum):
    HELD = "held"
    USED = "used"


CLAIM_TRANSITIONS = proved(
    {
        ClaimState.HELD: frozenset({ClaimState.USED}),
        ClaimState.USED: frozenset({ClaimState.HELD}),  # The order was never paid.
    },
    start=ClaimState.HELD,
)


class Claim(msgspec.Struct, frozen=True):
    id: ClaimId
    coupon_id: CouponId
    member_id: MemberId
    state: ClaimState
    order_id: OrderId | None  # While used.
    claimed_at: datetime
    off: Fen = Fen(0)  # While used: what it took off that order.


Taken = tuple[CouponId, MemberId]


class Charge(msgspec.Struct, frozen=True):
    """What a line of an order would cost without the coupon."""

    product_id: ProductId
    category_id: UUID | None
    amount: Fen


@dataclass(slots=True)
class CouponBook(Book):
    coupons: Page[CouponId, Coupon]
    claims: Page[ClaimId, Claim]
    taken: Page[Taken, int]  # Claimed by a member itself; what staff grant is not counted.

    def discounts(
        self, claim_id: ClaimId, member_id: MemberId, charges: Sequence[Charge], now: datetime
    ) -> list[Fen] | UseRefusal:
        """What the claim takes off each charge, or why it may not be used for them."""
        claim = self.claims.get(claim_id)
        if claim is None or claim.member_id != member_id:
            return UseRefusal.COUPON_UNKNOWN
        coupon = self.coupons[claim.coupon_id]
        if (refusal := _not_usable(claim, coupon, now)) is not None:
            return refusal
        weights = [charge.amount if _covers(coupon, charge) else 0 for charge in charges]
        goods = Fen(sum(weights))
        if goods == 0:
            return UseRefusal.COUPON_OUT_OF_SCOPE
        if goods < coupon.threshold:
            return UseRefusal.COUPON_BELOW_THRESHOLD
        return share(_off(coupon, goods), weights)

    def use(self, claim_id: ClaimId, order_id: OrderId, off: Fen) -> None:
        self._move(claim_id, ClaimState.USED, order_id, off)

    def give_back(self, claim_id: ClaimId) -> None:
        """The order it was used for is closed."""
        self._move(claim_id, ClaimState.HELD, None, Fen(0))

    def create(self, coupon: Coupon) -> None:
        assert self.coupons.get(coupon.id) is None
        self.coupons[coupon.id] = coupon

    def stop(self, coupon_id: CouponId) -> None:
        self.coupons[coupon_id] = msgspec.structs.replace(self.coupons[coupon_id], stopped=True)

    def left(self, coupon_id: CouponId) -> bool:
        """Whether there is one more to issue."""
        coupon = self.coupons[coupon_id]
        return coupon.issued_max is None or coupon.issued < coupon.issued_max

    def taken_by(self, coupon_id: CouponId, member_id: MemberId) -> int:
        return self.taken.get((coupon_id, member_id)) or 0

    def issue(self, claim: Claim, *, granted: bool) -> None:
        """Hand one out. What staff grant does not count towards what the member may take."""
        assert self.claims.get(claim.id) is None
        coupon = self.coupons[claim.coupon_id]
        self.coupons[coupon.id] = msgspec.structs.replace(coupon, issued=coupon.issued + 1)
        self.claims[claim.id] = claim
        if not granted:
            key = claim.coupon_id, claim.member_id
            self.taken[key] = (self.taken.get(key) or 0) + 1

    def check(self) -> None:
        for coupon in self.coupons.rows().values():
            assert coupon.issued >= 0
            assert coupon.issued_max is None or coupon.issued <= coupon.issued_max
        for claim in self.claims.rows().values():
            assert (claim.state is ClaimState.USED) == (claim.order_id is not None)
            assert claim.off == 0 or claim.state is ClaimState.USED
        for (coupon_id, _), count in self.taken.rows().items():
            assert 0 <= count <= self.coupons[coupon_id].per_member_max

    def _move(
        self, claim_id: ClaimId, state: ClaimState, order_id: OrderId | None, off: Fen
    ) -> None:
        claim = self.claims[claim_id]
        self.claims[claim_id] = msgspec.structs.replace(
            claim, state=move(CLAIM_TRANSITIONS, claim.state, state), order_id=order_id, off=off
        )


def _not_usable(claim: Claim, coupon: Coupon, now: datetime) -> UseRefusal | None:
    if claim.state is not ClaimState.HELD:
        return UseRefusal.COUPON_USED
    if now < coupon.usable_from:
        return UseRefusal.COUPON_NOT_YET
    return UseRefusal.COUPON_EXPIRED if now >= coupon.usable_until else None


def _covers(coupon: Coupon, charge: Charge) -> bool:
    match coupon.scope:
        case Scope.ALL:
            return True
        case Scope.PRODUCTS:
            return charge.product_id in coupon.scope_ids
        case Scope.CATEGORIES:
            return charge.category_id in coupon.scope_ids


def _off(coupon: Coupon, goods: Fen) -> Fen:
    """Never more than the goods are worth."""
    match coupon.kind:
        case Kind.AMOUNT:
            return Fen(min(coupon.value, goods))
        case Kind.PERCENT:
            off = part_of(goods, coupon.value)
            return off if coupon.cap is None else Fen(min(off, coupon.cap))


@dataclass(frozen=True, slots=True)
class CouponKeys(Keys[CouponBook]):
    claim_ids: Iterable[ClaimId] = ()  # To be used or given back; their coupons are only read.
    coupon_ids: Iterable[CouponId] = ()  # To be issued or stopped.
    taken: Iterable[Taken] = ()  # Of coupons in `coupon_ids`, which guard them.
