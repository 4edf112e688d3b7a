"""Pricing an order on books that nobody holds still."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from frontline.kernel.book import Keys
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Fen, Moment, Notes, OrderId, SkuId
from frontline.shop.catalog.book import CatalogKeys
from frontline.shop.coupon.book import CouponBook
from frontline.shop.coupon.messages import ClaimId
from frontline.shop.freight.book import FreightKeys
from frontline.shop.member.book import AddressKeys
from frontline.shop.order.book import Order, OrderBook, Taken
from frontline.shop.order.messages import Refused
from frontline.shop.order.sale import PAY_WITHIN, Entitlement, Offer, Till, priced
from frontline.shop.quote.messages import Quoted, QuotedLine, QuoteOrder, QuoteOutcome
from frontline.shop.stock.book import StockBook


@dataclass(frozen=True, slots=True)
class SeenClaims(Keys[CouponBook]):
    """Claims and their coupons as they are seen, not held."""

    claim_ids: Iterable[ClaimId]


@dataclass(frozen=True, slots=True)
class SeenTaken(Keys[OrderBook]):
    """What members took of limited SKUs, as it is seen."""

    taken: Iterable[Taken]


@dataclass(frozen=True, slots=True)
class SeenStock(Keys[StockBook]):
    """Stock as it is seen."""

    sku_ids: Iterable[SkuId]


async def gather(batch: Sequence[QuoteOrder], load: Load) -> Till:
    bought = {wanted.sku_id for command in batch for wanted in command.wanted}
    catalog = await load(CatalogKeys(bought))
    taken = {
        (command.member_id, wanted.sku_id)
        for command in batch
        for wanted in command.wanted
        if catalog.limited(wanted.sku_id)
    }
    return Till(
        catalog,
        await load(FreightKeys(catalog.freight_ids())),
        await load(AddressKeys({one.address_id for one in batch if one.address_id is not None})),
        await load(
            SeenClaims({ClaimId(one.claim_id) for one in batch if one.claim_id is not None})
        ),
        await load(SeenTaken(taken)),
        await load(SeenStock(bought)),
    )


def decide(till: Till, batch: Sequence[QuoteOrder], moment: Moment) -> Decision[QuoteOutcome]:
    return Decision(tuple(_quote(till, command, moment) for command in batch), Notes())


def _quote(till: Till, command: QuoteOrder, moment: Moment) -> QuoteOutcome:
    entitlement = Entitlement(
        member_id=command.member_id,
        offers=tuple(Offer(sku_id=one.sku_id, quantity=one.quantity) for one in command.wanted),
        pay_until=moment.now + PAY_WITHIN,
        address_id=command.address_id,
        claim_id=command.claim_id,
    )
    order = priced(till, OrderId(command.id), entitlement, moment)
    return order if isinstance(order, Refused) else _quoted(order)


def _quoted(order: Order) -> Quoted:
    goods = sum(line.price * line.quantity for line in order.lines)
    return Quoted(
        lines=tuple(
            QuotedLine(line.number, line.sku_id, line.title, line.quantity, line.price, line.paid)
            for line in order.lines
        ),
        goods=Fen(goods),
        discount=Fen(goods - sum(line.paid for line in order.lines)),
        freight=order.freight,
        total=order.total,
    )
