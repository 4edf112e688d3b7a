"""What payments need of the outside, after commit. Every step may be done again."""

from __future__ import annotations

from datetime import timedelta

from frontline.engine.engine import Engine, new_id
from frontline.engine.feature import Later, Outside
from frontline.kernel.words import ShopId
from frontline.shop.payment import views
from frontline.shop.payment.book import RefundState, State, id_of, out_trade_no
from frontline.shop.payment.messages import (
    CloseAsked,
    EndPayment,
    PaymentAsked,
    RecordRefund,
    RefundAsked,
    Settle,
)
from frontline.shop.payment.providers import Providers
from frontline.wechat.provider import (
    PaymentProvider,
    PaymentState,
    PaymentStatus,
    ProviderRefused,
    RefundRequest,
    RefundStatus,
)
from frontline.wechat.provider import RefundState as ProviderRefundState

LOOK_AFTER = timedelta(seconds=30)  # A notice has had its time by then.
LOOK_PAUSE_MAX = timedelta(minutes=10)


async def take(engine: Engine, shop_id: ShopId, status: PaymentStatus) -> bool:
    """Settle what the provider says was paid; False if nothing was.

    The one way into `Settle`: notices, the buyer's return and the poller all come through here.
    """
    came = status.state in (PaymentState.PAID, PaymentState.REFUNDED)
    complete = (status.transaction_id, status.amount, status.currency, status.paid_at)
    if not came or any(value is None for value in complete):
        return False
    assert status.transaction_id is not None
    assert status.amount is not None
    assert status.currency is not None
    assert status.paid_at is not None
    await engine.submit(
        shop_id,
        Settle(
            id=new_id(),
            out_trade_no=status.out_trade_no,
            transaction_id=status.transaction_id,
            amount=status.amount,
            currency=status.currency,
            payer=status.payer,
            paid_at=status.paid_at,
        ),
    )
    return True


async def take_refund(engine: Engine, shop_id: ShopId, status: RefundStatus) -> None:
    """Record how a refund stands, if its number is one of ours."""
    if (refund_id := id_of(status.out_refund_no)) is not None:
        wish = RecordRefund(id=new_id(), refund_id=refund_id, state=status.state)
        await engine.submit(shop_id, wish)


async def look(outside: Outside, shop_id: ShopId, event: PaymentAsked) -> None:
    """The poller: a payment whose notice never comes is found by asking, ever more rarely."""
    async with outside.database.transaction(shop_id) as transaction:
        standing = await views.standing(transaction, event.order_id)
    if standing is None or standing.state is not State.PENDING:
        return  # Settled, or being closed, which asks the provider too.
    age = outside.now() - standing.asked_at
    if age < LOOK_AFTER:
        raise Later(LOOK_AFTER - age)
    status = await _provider(outside, shop_id).query(out_trade_no(event.order_id))
    if not await take(outside.engine, shop_id, status):
        raise Later(min(age, LOOK_PAUSE_MAX))


async def close(outside: Outside, shop_id: ShopId, event: CloseAsked) -> None:
    """Query, then close; only what is closed at the provider is released."""
    provider = _provider(outside, shop_id)
    number = out_trade_no(event.order_id)
    if await take(outside.engine, shop_id, await provider.query(number)):
        return
    await provider.close(number)
    if await take(outside.engine, shop_id, await provider.query(number)):
        return  # It was paid between the two questions.
    wish = EndPayment(id=new_id(), order_id=event.order_id, reason=event.reason)
    await outside.engine.submit(shop_id, wish)


async def refund(outside: Outside, shop_id: ShopId, event: RefundAsked) -> None:
    """Ask for the money to go back, always under the same number, until it has."""
    async with outside.database.transaction(shop_id) as transaction:
        state = await views.refund_state(transaction, event.refund_id)
    if state is not RefundState.ASKED:
        return
    request = RefundRequest(
        out_trade_no=event.out_trade_no,
        out_refund_no=event.refund_id.hex,
        amount=event.amount,
        total=event.payment_total,
        currency=event.currency,
        reason=event.reason,
    )
    try:
        status = await _provider(outside, shop_id).refund(request)
    except ProviderRefused:
        abnormal = ProviderRefundState.ABNORMAL
        wish = RecordRefund(id=new_id(), refund_id=event.refund_id, state=abnormal)
        await outside.engine.submit(shop_id, wish)
        return
    await take_refund(outside.engine, shop_id, status)
    if status.state is ProviderRefundState.PROCESSING:
        raise Later(LOOK_AFTER)  # Accepted is not refunded.


def _provider(outside: Outside, shop_id: ShopId) -> PaymentProvider:
    providers: Providers = outside.services[Providers]
    return providers.of(shop_id)
