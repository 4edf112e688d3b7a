"""The worked example of the README, and what else a coupon takes off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.kernel.book import Page
from frontline.kernel.words import Fen, MemberId, OrderId, ProductId
from frontline.shop.coupon.book import Charge, Claim, ClaimState, Coupon, CouponBook
from frontline.shop.coupon.messages import ClaimId, CouponId, Kind, Scope
from frontline.shop.coupon.messages import UseRefusal as Refusal

NOW = datetime(2026, 11, 11, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ME = MemberId(uuid4())
CLAIM = ClaimId(uuid4())

# 满 100 减 20
COUPON = Coupon(
    id=CouponId(uuid4()), name="满100减20", kind=Kind.AMOUNT, value=2000, cap=None,
    threshold=Fen(10_000), scope=Scope.ALL, scope_ids=frozenset(), issued_max=None,
    per_member_max=1, claim_from=NOW - DAY, claim_until=NOW + DAY, usable_from=NOW - DAY,
    usable_until=NOW + DAY, stopped=False, issued=1,
)  # fmt: skip


def book(coupon: Coupon = COUPON) -> CouponBook:
    claim = Claim(CLAIM, coupon.id, ME, ClaimState.HELD, None, NOW)
    return CouponBook(Page({coupon.id: coupon}), Page({CLAIM: claim}), Page({}))


def charge(amount: int, product: UUID | None = None, category: UUID | None = None) -> Charge:
    return Charge(ProductId(product or uuid4()), category, Fen(amount))


def but(**told: object) -> Coupon:
    return msgspec.structs.replace(COUPON, **told)


def test_twenty_off_a_hundred_over_three_lines() -> None:
    charges = [charge(5990), charge(2990), charge(1990)]
    off = book().discounts(CLAIM, ME, charges, NOW)
    assert off == [1092, 545, 363]
    left = [one.amount - part for one, part in zip(charges, off, strict=True)]
    assert (left, sum(left)) == ([4898, 2445, 1627], 8970)


def test_a_percentage_with_a_cap() -> None:
    coupon = but(kind=Kind.PERCENT, value=2000, cap=Fen(3000))
    assert book(coupon).discounts(CLAIM, ME, [charge(10_001)], NOW) == [2000]
    assert book(coupon).discounts(CLAIM, ME, [charge(20_000)], NOW) == [3000]


def test_only_what_is_in_scope_counts_and_is_cheaper() -> None:
    product, category = uuid4(), uuid4()
    charges = [charge(10_000, product=product), charge(50_000, category=category)]
    by_product = but(scope=Scope.PRODUCTS, scope_ids=frozenset({product}))
    assert book(by_product).discounts(CLAIM, ME, charges, NOW) == [2000, 0]
    by_category = but(scope=Scope.CATEGORIES, scope_ids=frozenset({category}))
    assert book(by_category).discounts(CLAIM, ME, charges, NOW) == [0, 2000]
    elsewhere = but(scope=Scope.PRODUCTS, scope_ids=frozenset({uuid4()}))
    assert book(elsewhere).discounts(CLAIM, ME, charges, NOW) is Refusal.COUPON_OUT_OF_SCOPE
    short = but(scope=Scope.PRODUCTS, scope_ids=frozenset({product}), threshold=Fen(10_001))
    assert book(short).discounts(CLAIM, ME, charges, NOW) is Refusal.COUPON_BELOW_THRESHOLD


def test_whose_and_when() -> None:
    goods = [charge(10_000)]
    assert book().discounts(CLAIM, MemberId(uuid4()), goods, NOW) is Refusal.COUPON_UNKNOWN
    assert book().discounts(ClaimId(uuid4()), ME, goods, NOW) is Refusal.COUPON_UNKNOWN
    assert book().discounts(CLAIM, ME, goods, NOW - DAY) == [2000]
    before = NOW - DAY - timedelta(microseconds=1)
    assert book().discounts(CLAIM, ME, goods, before) is Refusal.COUPON_NOT_YET
    assert book().discounts(CLAIM, ME, goods, NOW + DAY) is Refusal.COUPON_EXPIRED


def test_a_claim_is_used_once_until_it_is_given_back() -> None:
    it, goods = book(), [charge(10_000)]
    it.use(CLAIM, OrderId(uuid4()), Fen(2000))
    assert it.discounts(CLAIM, ME, goods, NOW) is Refusal.COUPON_USED
    with pytest.raises(AssertionError):
        it.use(CLAIM, OrderId(uuid4()), Fen(2000))
    it.give_back(CLAIM)
    assert it.discounts(CLAIM, ME, goods, NOW) == [2000]
    with pytest.raises(AssertionError):
        it.give_back(CLAIM)
    it.check()


@given(
    amounts=st.lists(st.integers(0, 10**6), min_size=1, max_size=6),
    kind=st.sampled_from(Kind),
    value=st.integers(1, 10_000),
    cap=st.none() | st.integers(1, 10**6),
)
def test_never_more_than_the_goods_cost(
    amounts: list[int], kind: Kind, value: int, cap: int | None
) -> None:
    coupon = but(
        kind=kind, value=value, cap=Fen(cap) if cap and kind is Kind.PERCENT else None,
        threshold=Fen(0),
    )  # fmt: skip
    off = book(coupon).discounts(CLAIM, ME, [charge(amount) for amount in amounts], NOW)
    if sum(amounts) == 0:
        assert off is Refusal.COUPON_OUT_OF_SCOPE
        return
    assert isinstance(off, list)
    assert all(0 <= part <= amount for part, amount in zip(off, amounts, strict=True))
    wanted = value if kind is Kind.AMOUNT else sum(amounts) * value // 10_000
    assert sum(off) == min(wanted, cap or wanted if kind is Kind.PERCENT else wanted, sum(amounts))
