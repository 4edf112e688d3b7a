"""Choosing address and coupon, and pricing what is wanted, on books that nobody holds still.

The price is made by the very rules that place an order (`priced`), and what a coupon would save by
the very rule that they ask (`CouponBook.discounts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Fen, MemberId, Moment, Notes, OrderId, SkuId
from frontline.shop.catalog.book import CatalogKeys, Sku
from frontline.shop.checkout.book import FaceBook, FaceKeys, PurseBook, PurseKeys
from frontline.shop.checkout.messages import (
    CheckOut,
    Checkout,
    CheckoutLine,
    CheckoutQuote,
    Coupons,
    Language,
    Problem,
    ShipTo,
    UnusableCoupon,
    UsableCoupon,
)
from frontline.shop.coupon.book import Charge
from frontline.shop.coupon.messages import ClaimId, UseRefusal
from frontline.shop.freight.book import FreightKeys
from frontline.shop.member.book import Address, AddressKeys
from frontline.shop.order.book import Order
from frontline.shop.order.messages import TEXTS as ORDER_TEXTS
from frontline.shop.order.messages import Refusal, Refused
from frontline.shop.order.sale import PAY_WITHIN, Entitlement, Offer, Till, charged, priced
from frontline.shop.quote.rules import SeenClaims, SeenStock, SeenTaken


@dataclass(frozen=True, slots=True)
class Counter(Till):
    """The books of a sale, and what there is to choose among."""

    purses: PurseBook
    faces: FaceBook


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would buy; address and coupon are those they have chosen themselves."""

    order_id: OrderId
    entitlement: Entitlement
    language: Language
    coupons: bool = True  # Whether one may be used.


@dataclass(frozen=True, slots=True)
class _Wallet:
    """What a member's coupons do for an order."""

    usable: tuple[UsableCoupon, ...]  # The best first.
    unusable: tuple[UnusableCoupon, ...]
    refusal: Refusal | None = None  # Of the coupon that was told.
    chosen: UUID | None = None


async def gather(batch: Sequence[CheckOut], load: Load) -> Counter:
    return await counter(
        load,
        {(one.member_id, wanted.sku_id) for one in batch for wanted in one.wanted},
        {one.address_id for one in batch if one.address_id is not None},
        {ClaimId(one.claim_id) for one in batch if one.claim_id is not None},
    )


async def counter(
    load: Load,
    wanted: Iterable[tuple[MemberId, SkuId]],
    address_ids: set[UUID],
    claim_ids: set[ClaimId],
) -> Counter:
    """The books for whoever wants these things; ids of addresses and claims are those told."""
    wanted = set(wanted)
    sku_ids = {sku_id for _, sku_id in wanted}
    catalog = await load(CatalogKeys(sku_ids))
    purses = await load(PurseKeys({member_id for member_id, _ in wanted}))
    return Counter(
        catalog,
        await load(FreightKeys(catalog.freight_ids())),
        await load(AddressKeys(address_ids | purses.address_ids())),
        await load(SeenClaims(claim_ids | purses.claim_ids())),
        await load(SeenTaken({key for key in wanted if catalog.limited(key[1])})),
        await load(SeenStock(sku_ids)),
        purses,
        await load(FaceKeys(sku_ids)),
    )


def decide(desk: Counter, batch: Sequence[CheckOut], moment: Moment) -> Decision[Checkout]:
    return Decision(tuple(_answer(desk, command, moment) for command in batch), Notes())


def _answer(desk: Counter, command: CheckOut, moment: Moment) -> Checkout:
    entitlement = Entitlement(
        member_id=command.member_id,
        offers=tuple(Offer(sku_id=one.sku_id, quantity=one.quantity) for one in command.wanted),
        pay_until=moment.now + PAY_WITHIN,
        address_id=command.address_id,
        claim_id=command.claim_id,
    )
    wish = Wish(OrderId(command.id), entitlement, command.language)
    return checked_out(desk, wish, moment, no_coupon=command.no_coupon)


def checked_out(desk: Counter, wish: Wish, moment: Moment, *, no_coupon: bool = False) -> Checkout:
    """What the page before paying shows. A quote in it is what placing the order costs."""
    told = wish.entitlement
    skus = [sku for offer in told.offers if (sku := desk.catalog.get(offer.sku_id)) is not None]
    needs_address = any(sku.needs_shipping for sku in skus)
    address = _address(desk, told, needs_address=needs_address)
    bare = msgspec.structs.replace(
        told, address_id=None if address is None else address.id, claim_id=None
    )
    order, offers, refused = _priced(desk, wish.order_id, bare, moment)
    if told.address_id is not None and address is None:
        refused = [one for one in refused if one.refusal is not Refusal.ADDRESS_NEEDED]
        refused.append(Refused(Refusal.ADDRESS_UNKNOWN))
    wallet = _Wallet((), ())
    if wish.coupons:
        wallet = _wallet(desk, wish, offers, order, moment, no_coupon=no_coupon)
    if wallet.refusal is not None:
        refused.append(Refused(wallet.refusal))
    if order is not None and wallet.chosen is not None:
        bare = msgspec.structs.replace(bare, claim_id=wallet.chosen)
        discounted = priced(desk, wish.order_id, bare, moment)
        assert isinstance(discounted, Order), "what a coupon would save was asked before"
        order = discounted
    lines = _lines(desk, told, order)
    return Checkout(
        now=moment.now,
        needs_address=needs_address,
        address=None if address is None else _ship_to(address),
        lines=lines,
        quote=None if order is None else _quote(order, lines),
        problems=tuple(_problem(one, wish.language) for one in refused),
        coupons=Coupons(
            best=wallet.usable[0].claim_id if wallet.usable and wallet.usable[0].saves else None,
            usable=wallet.usable,
            unusable=wallet.unusable,
        ),
        claim_id=wallet.chosen,
    )


def _address(desk: Counter, told: Entitlement, *, needs_address: bool) -> Address | None:
    """The one told, if it is the member's; else, where one is needed, the one to offer."""
    address_id = told.address_id
    if address_id is None and needs_address:
        address_id = desk.purses.purses[told.member_id].address_id
    return None if address_id is None else desk.addresses.of(told.member_id, address_id)


def _priced(
    desk: Counter, order_id: OrderId, bare: Entitlement, moment: Moment
) -> tuple[Order | None, tuple[Offer, ...], list[Refused]]:
    """The order without coupon, the offers that could be had, and all that is in the way.

    Pricing names the first line that cannot be had; without that line it names the next.
    """
    refused: list[Refused] = []
    left = bare.offers
    while left:
        order = priced(desk, order_id, msgspec.structs.replace(bare, offers=left), moment)
        if isinstance(order, Order):
            return (None if refused else order), left, refused
        refused.append(order)
        if order.sku_id is None:
            break
        left = tuple(offer for offer in left if offer.sku_id != order.sku_id)
    return None, left, refused


# -- Coupons ------------------------------------------------------------------------------


def _wallet(  # noqa: PLR0913 - all that a coupon depends on
    desk: Counter,
    wish: Wish,
    offers: Sequence[Offer],
    order: Order | None,
    moment: Moment,
    *,
    no_coupon: bool,
) -> _Wallet:
    """Every coupon of the member held against these offers; and which one to use."""
    told = wish.entitlement
    skus = [desk.catalog.skus[offer.sku_id] for offer in offers]
    amounts = [_amount(offer, sku) for offer, sku in zip(offers, skus, strict=True)]
    charges, to_pay = charged(skus, amounts), sum(amounts) if order is None else order.total
    claim_ids = set(desk.purses.purses[told.member_id].claim_ids)
    claim_ids |= set() if told.claim_id is None else {ClaimId(told.claim_id)}
    usable: list[UsableCoupon] = []
    unusable: list[UnusableCoupon] = []
    refusals: dict[UUID, Refusal] = {}
    for claim_id in sorted(claim_ids):
        off = _off(desk, told, claim_id, charges, moment)
        if not isinstance(off, Refusal) and told.because is not None and off == to_pay:
            off = Refusal.NOTHING_TO_PAY
        if isinstance(off, Refusal):
            refusals[claim_id] = off
        if off is Refusal.COUPON_UNKNOWN or off is Refusal.COUPON_EXPIRED:
            continue  # Not the member's; or nothing to look at any more.
        coupon = desk.coupon.coupons[desk.coupon.claims[claim_id].coupon_id]
        if isinstance(off, Refusal):
            why = _said(off, wish.language)
            unusable.append(UnusableCoupon(claim_id, coupon.name, off, why))
        else:
            usable.append(UsableCoupon(claim_id, coupon.name, off, coupon.usable_until))
    usable.sort(key=lambda one: (-one.saves, one.usable_until, one.claim_id))
    refusal, chosen = None, None
    if no_coupon:
        pass
    elif told.claim_id is not None:
        refusal = refusals.get(told.claim_id)
        chosen = told.claim_id if refusal is None else None
    elif usable and usable[0].saves:
        chosen = usable[0].claim_id
    return _Wallet(tuple(usable), tuple(unusable), refusal, chosen)


def _off(
    desk: Counter, told: Entitlement, claim_id: ClaimId, charges: list[Charge], moment: Moment
) -> Fen | Refusal:
    discounts = desk.coupon.discounts(claim_id, told.member_id, charges, moment.now)
    if isinstance(discounts, UseRefusal):
        return Refusal(discounts.value)
    return Fen(sum(discounts))


# -- What it looks like -------------------------------------------------------------------


def _amount(offer: Offer, sku: Sku) -> Fen:
    return Fen((sku.price if offer.price is None else offer.price) * offer.quantity)


def _lines(desk: Counter, told: Entitlement, order: Order | None) -> tuple[CheckoutLine, ...]:
    """All that exists of what was asked for; as in the order, if it can be placed."""
    known = [
        (offer, sku) for offer in told.offers if (sku := desk.catalog.get(offer.sku_id)) is not None
    ]
    amounts = [_amount(offer, sku) for offer, sku in known]
    paid = amounts if order is None else [line.paid for line in order.lines]
    return tuple(
        CheckoutLine(
            sku_id=sku.id,
            product_id=sku.product_id,
            title=desk.faces.faces[sku.id].title,
            variant=desk.faces.faces[sku.id].variant,
            picture=desk.faces.faces[sku.id].picture,
            quantity=offer.quantity,
            price=sku.price if offer.price is None else offer.price,
            usual_price=sku.price,
            paid=part,
        )
        for (offer, sku), part in zip(known, paid, strict=True)
    )


def _quote(order: Order, lines: tuple[CheckoutLine, ...]) -> CheckoutQuote:
    goods = sum(line.price * line.quantity for line in order.lines)
    return CheckoutQuote(
        lines=lines,
        goods=Fen(goods),
        discount=Fen(goods - sum(line.paid for line in order.lines)),
        freight=order.freight,
        total=order.total,
    )


def _problem(refused: Refused, language: Language) -> Problem:
    return Problem(refused.sku_id, refused.refusal, _said(refused.refusal, language))


def _said(refusal: Refusal, language: Language) -> str:
    said = ORDER_TEXTS[refusal]
    return said.en if language is Language.EN else said.zh


def _ship_to(address: Address) -> ShipTo:
    return ShipTo(
        address.id,
        address.name,
        address.phone,
        address.region_code,
        address.region,
        address.detail,
    )
