"""Doors: paying, coming back from paying, and hearing of money."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import httpx
import msgspec
from litestar import HttpMethod, Request, Response, post, route
from litestar.datastructures import State
from litestar.params import FromPath

from frontline.engine.combiner import Overloaded
from frontline.kernel.words import Fen, OrderId, ShopId
from frontline.shop.payment import reactions, views
from frontline.shop.payment.book import State as PaymentState
from frontline.shop.payment.book import out_trade_no
from frontline.shop.payment.messages import (
    PaymentStarted,
    Refusal,
    Refused,
    StartPayment,
)
from frontline.shop.payment.providers import Providers
from frontline.store.database import Fault
from frontline.web.door import Opened, Visit, Who
from frontline.web.door import post as door
from frontline.wechat import sheet as sheets
from frontline.wechat.provider import (
    Channel,
    NoticeRefused,
    PaymentNotice,
    PayParameters,
    Prepay,
    ProviderFault,
)
from frontline.wechat.sheet import Sheet

NOTICE_BYTES_MAX = 65_536
SHOP_ID_MAX = 2**63 - 1


class PayForm(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    channel: Channel


class Payable(msgspec.Struct, frozen=True):
    """What the shopper's device needs to open the payment sheet."""

    order_id: UUID
    amount: Fen
    now: datetime
    pay_until: datetime
    parameters: PayParameters


async def _pay(visit: Visit, form: PayForm) -> Payable | Refused | Any:
    """Begin to pay, or go on with it: the same payment until its time is over."""
    opened, member_id = visit.opened, visit.known.member_id
    async with opened.database.transaction(visit.shop_id) as transaction:
        openid = await views.openid_of(transaction, member_id)
    if form.channel is Channel.JSAPI and openid is None:
        return Refused(Refusal.PAYER_UNKNOWN)
    shop = (await opened.shops.all())[visit.shop_id]
    started = await opened.engine.submit(
        visit.shop_id,
        StartPayment(
            id=form.id,
            order_id=OrderId(form.order_id),
            member_id=member_id,
            channel=form.channel,
            currency=shop.currency,
        ),
    )
    if not isinstance(started, PaymentStarted):
        return started
    prepay = Prepay(
        out_trade_no=out_trade_no(started.order_id),
        amount=started.amount,
        currency=shop.currency,
        description=shop.name,
        channel=form.channel,
        payer=openid if form.channel is Channel.JSAPI else None,
        client_ip=visit.client_ip if form.channel is Channel.H5 else None,
        expires_at=started.pay_until,
    )
    providers: Providers = opened.services[Providers]
    try:
        parameters = await providers.of(visit.shop_id).prepare(prepay)
    except ProviderFault:
        return Refused(Refusal.PROVIDER_AWAY)  # The order stands; the same request may be repeated.
    near: Sheet | None = opened.services.get(Sheet)
    if near is not None and parameters.h5_url is not None:
        parameters = msgspec.structs.replace(parameters, h5_url=near.near(parameters.h5_url))
    return Payable(started.order_id, started.amount, opened.now(), started.pay_until, parameters)


class ReturnForm(msgspec.Struct, frozen=True):
    order_id: UUID


class Returned(msgspec.Struct, frozen=True):
    paid: bool


async def _return(visit: Visit, form: ReturnForm) -> Returned | Refused | None:
    """Back from the payment sheet: ask the provider, rather than wait for its notice."""
    opened = visit.opened
    order_id = OrderId(form.order_id)
    async with opened.database.transaction(visit.shop_id) as transaction:
        mine = await views.is_of(transaction, order_id, visit.known.member_id)
        standing = await views.standing(transaction, order_id) if mine else None
    if standing is None:
        return None
    if standing.state is not PaymentState.PENDING:
        return Returned(standing.state is PaymentState.PAID)
    providers: Providers = opened.services[Providers]
    try:
        status = await providers.of(visit.shop_id).query(out_trade_no(order_id))
    except ProviderFault:
        return Refused(Refusal.PROVIDER_AWAY)
    return Returned(await reactions.take(opened.engine, visit.shop_id, status))


DOORS = (
    door("/api/orders/pay", PayForm, _pay, Payable, who=Who.MEMBER),
    door("/api/orders/paid", ReturnForm, _return, Returned, who=Who.MEMBER),
)


@post(
    "/wechat/notice/{shop_id:int}",
    request_max_body_size=NOTICE_BYTES_MAX,
    include_in_schema=False,
)
async def notice(
    request: Request[Any, Any, State],
    shop_id: FromPath[Annotated[int, msgspec.Meta(ge=1, le=SHOP_ID_MAX)]],
) -> Response[Any]:
    """Hear of money. 204 only once what it says is committed; else the provider says it again."""
    opened: Opened = request.app.state.opened
    if ShopId(shop_id) not in await opened.shops.all():
        return _fail(404, "no such shop")
    providers: Providers = opened.services[Providers]
    try:
        heard = await providers.of(ShopId(shop_id)).read_notice(
            list(request.scope["headers"]), await request.body()
        )
        if isinstance(heard, PaymentNotice):
            await reactions.take(opened.engine, ShopId(shop_id), heard.status)
        else:
            await reactions.take_refund(opened.engine, ShopId(shop_id), heard.status)
    except NoticeRefused as refused:
        return _fail(401, refused.reason)
    except (ProviderFault, Overloaded, Fault):
        return _fail(503, "try again")
    return Response(None, status_code=204)


def _fail(status: int, message: str) -> Response[Any]:
    return Response({"code": "FAIL", "message": message}, status_code=status)


@route(
    sheets.PATH,
    http_method=[HttpMethod.GET, HttpMethod.POST],
    request_max_body_size=sheets.BYTES_MAX,
    include_in_schema=False,
)
async def sheet(request: Request[Any, Any, State]) -> Response[bytes]:
    """The payment page of a demo; there is none where the real WeChat collects."""
    opened: Opened = request.app.state.opened
    shown: Sheet | None = opened.services.get(Sheet)
    if shown is None:
        return Response(b"", status_code=404)
    try:
        status, headers, body = await shown.ask(
            request.method, request.url.query, request.headers, await request.body()
        )
    except httpx.HTTPError:
        return Response(b"", status_code=503, headers={"retry-after": "1"})
    media_type = headers.pop("content-type", "text/html").partition(";")[0]
    return Response(body, status_code=status, headers=headers, media_type=media_type)


ROUTES = (notice, sheet)
