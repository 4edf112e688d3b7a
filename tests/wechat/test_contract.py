"""What the client asks, the simulator answers, and both mean the same."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta

import httpx
import msgspec
import pytest

from frontline.kernel.words import Fen
from frontline.wechat.pay.provider import WeChatPayProvider, require_notify_url
from frontline.wechat.provider import (
    Channel,
    CloseOutcome,
    PaymentNotice,
    PaymentState,
    Prepay,
    ProviderRefused,
    RefundNotice,
    RefundRequest,
    RefundState,
)
from frontline.wechat.settings import load
from frontline.wechat.simulator.app import Simulator
from frontline.wechat.simulator.books import REFUNDS_MAX

from .conftest import NOTIFY_URL, HeldClock, Inbox

pytestmark = pytest.mark.anyio


async def test_a_purchase_from_prepay_to_notice(world):
    parameters = await world.prepared()
    assert parameters.prepay_id is not None
    assert parameters.request_payment["package"] == f"prepay_id={parameters.prepay_id}"
    assert (await world.provider.query("ORDER-1")).state is PaymentState.UNPAID

    sheet = await world.pays(request_payment=parameters.request_payment)
    assert sheet.json()["errMsg"] == "requestPayment:ok"

    notice = await world.heard()
    assert isinstance(notice, PaymentNotice)
    status = notice.status
    assert (status.state, status.amount, status.currency) == (PaymentState.PAID, 1000, "CNY")
    assert (status.payer, status.out_trade_no) == ("oPayer", "ORDER-1")
    assert (status.mchid, status.appid) == (
        world.settings.merchant.mchid,
        world.settings.merchant.appid,
    )
    assert status.paid_at == world.clock.now
    assert status.transaction_id == sheet.json()["transaction_id"]


async def test_query_and_notice_give_the_same_status(world):
    await world.paid()
    assert (await world.heard()).status == await world.provider.query("ORDER-1")


async def test_the_sheet_refuses_parameters_that_were_tampered_with(world):
    parameters = (await world.prepared()).request_payment
    for name in ("timeStamp", "nonceStr", "package", "paySign"):
        changed = parameters | {name: parameters[name][:-1] + "0"}
        if changed == parameters:
            changed[name] = parameters[name][:-1] + "1"
        assert (await world.pays(request_payment=changed)).status_code == 409, name
    assert world.inbox.arrived == []


async def test_h5(world):
    parameters = await world.prepared(channel=Channel.H5, payer=None, client_ip="203.0.113.7")
    assert parameters.prepay_id is None
    assert parameters.h5_url.startswith("http://wechat.test/simulator/h5/pay?prepay_id=wx")
    assert (await world.phone.get(parameters.h5_url)).status_code == 200
    form = {"prepay_id": parameters.h5_url.partition("=")[2], "action": "pay"}
    await world.phone.post("/simulator/h5/pay", data=form)
    await world.settled()
    assert (await world.heard()).status.state is PaymentState.PAID
    assert (await world.heard()).status.payer.startswith("o")


async def test_prepay_again_is_the_same_order(world):
    first = await world.prepared()
    assert (await world.prepared()).prepay_id == first.prepay_id
    # The expiry is set once; asking with another one is not refused and changes nothing.
    later = await world.prepared(expires_at=world.clock.now + timedelta(days=2))
    assert later.prepay_id == first.prepay_id
    world.clock.forward(minutes=15)
    assert (await world.pays(out_trade_no="ORDER-1")).status_code == 409


async def test_a_prepay_id_lasts_two_hours(world):
    first = await world.prepared(expires_at=world.clock.now + timedelta(days=1))
    world.clock.forward(hours=2)
    assert (await world.pays(prepay_id=first.prepay_id)).status_code == 409
    second = await world.prepared()
    assert second.prepay_id != first.prepay_id
    assert (await world.pays(prepay_id=first.prepay_id)).status_code == 409
    assert (await world.pays(prepay_id=second.prepay_id)).status_code == 200


async def refusal(asking) -> str:
    with pytest.raises(ProviderRefused) as refused:
        await asking
    return refused.value.code


async def test_prepay_refusals(world):
    assert await refusal(world.prepared(expires_at=world.clock.now)) == "PARAM_ERROR"
    await world.prepared()
    assert await refusal(world.prepared(amount=Fen(999))) == "OUT_TRADE_NO_USED"
    assert await refusal(world.prepared(payer="oOther")) == "OUT_TRADE_NO_USED"
    await world.pays(out_trade_no="ORDER-1")
    assert await refusal(world.prepared()) == "ORDERPAID"
    await world.prepared("ORDER-2")
    await world.provider.close("ORDER-2")
    assert await refusal(world.prepared("ORDER-2")) == "ORDER_CLOSED"


async def test_long_descriptions_are_cut_at_a_whole_character(world):
    await world.prepared(description="喜" * 100)
    assert world.simulator.books.trades["ORDER-1"].description == "喜" * 42


async def test_numbers_with_every_allowed_character_travel_unharmed(world):
    number = r"aZ09_-|*"
    await world.paid(number)
    assert (await world.provider.query(number)).state is PaymentState.PAID
    asked = world.refund("r_-|*@", out_trade_no=number)
    await world.provider.refund(asked)
    await world.settled()
    assert (await world.provider.query_refund("r_-|*@")).state is RefundState.REFUNDED


async def test_time_expire_is_not_a_close(world):
    await world.prepared()
    world.clock.forward(minutes=16)
    assert (await world.provider.query("ORDER-1")).state is PaymentState.UNPAID
    assert await world.provider.close("ORDER-1") is CloseOutcome.CLOSED
    assert (await world.provider.query("ORDER-1")).state is PaymentState.CLOSED


async def test_close(world):
    await world.prepared()
    assert await world.provider.close("ORDER-1") is CloseOutcome.CLOSED
    assert await world.provider.close("ORDER-1") is CloseOutcome.CLOSED
    assert (await world.pays(out_trade_no="ORDER-1")).status_code == 409
    await world.paid("ORDER-2")
    assert await world.provider.close("ORDER-2") is CloseOutcome.ALREADY_PAID
    assert await world.provider.close("ORDER-3") is CloseOutcome.UNKNOWN_TO_PROVIDER


async def test_what_was_never_asked_is_unknown(world):
    assert (await world.provider.query("ORDER-9")).state is PaymentState.UNKNOWN_TO_PROVIDER
    assert (await world.provider.query_refund("R-9")).state is RefundState.UNKNOWN_TO_PROVIDER


async def test_only_the_payer_of_the_order_can_pay_and_only_once(world):
    await world.prepared()
    assert (await world.pays(out_trade_no="ORDER-1", openid="oOther")).status_code == 409
    assert (await world.pays(out_trade_no="ORDER-1", openid="oPayer")).status_code == 200
    assert (await world.pays(out_trade_no="ORDER-1")).status_code == 409
    assert len(world.inbox.arrived) == 1


async def test_refund_is_accepted_then_done_then_told(world):
    await world.paid()
    accepted = await world.provider.refund(world.refund())
    assert (accepted.state, accepted.amount, accepted.total) == (RefundState.PROCESSING, 400, 1000)
    await world.settled()
    done = await world.provider.query_refund("R-1")
    assert (done.state, done.refunded_at) == (RefundState.REFUNDED, world.clock.now)
    notice = await world.heard()
    assert isinstance(notice, RefundNotice)
    assert notice.status == msgspec.structs.replace(done, currency=None)
    assert (await world.provider.query("ORDER-1")).state is PaymentState.REFUNDED
    assert await world.provider.close("ORDER-1") is CloseOutcome.ALREADY_PAID


async def test_a_refund_number_refunds_once(world):
    await world.paid()
    answers = [await world.provider.refund(world.refund()) for _ in range(3)]
    await world.settled()
    answers.append(await world.provider.refund(world.refund()))
    await world.settled()
    assert len({answer.refund_id for answer in answers}) == 1
    assert answers[-1].state is RefundState.REFUNDED
    assert len(world.inbox.arrived) == 2  # One payment, one refund.
    assert await refusal(world.provider.refund(world.refund(amount=Fen(1)))) == "INVALID_REQUEST"


async def test_refund_refusals(world):
    ask = world.provider.refund
    assert await refusal(ask(world.refund())) == "RESOURCE_NOT_EXISTS"
    await world.prepared()
    assert await refusal(ask(world.refund())) == "INVALID_REQUEST"
    await world.pays(out_trade_no="ORDER-1")
    assert await refusal(ask(world.refund(total=Fen(999)))) == "INVALID_REQUEST"
    await ask(world.refund("R-1", amount=Fen(600)))
    assert await refusal(ask(world.refund("R-2", amount=Fen(401)))) == "INVALID_REQUEST"
    await ask(world.refund("R-2", amount=Fen(400)))
    world.clock.forward(days=366)
    assert await refusal(ask(world.refund("R-3", amount=Fen(1)))) == "INVALID_REQUEST"


async def test_at_most_fifty_refunds_of_a_payment(world):
    await world.paid()
    for number in range(REFUNDS_MAX):
        await world.provider.refund(world.refund(f"R-{number}", amount=Fen(1)))
    too_many = world.provider.refund(world.refund("R-51", amount=Fen(1)))
    assert await refusal(too_many) == "INVALID_REQUEST"


async def test_a_request_that_was_changed_on_the_way_is_refused(world):
    class Tampering(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            changed = httpx.Request(
                request.method,
                request.url,
                headers={n: v for n, v in request.headers.items() if n != "content-length"},
                content=(await request.aread()).replace(b"1000", b"1001"),
            )
            return await world.simulator.transport().handle_async_request(changed)

    http = httpx.AsyncClient(base_url="http://wechat.test", transport=Tampering())
    provider = world.settings.provider("https://a.example/n", http=http, clock=world.clock)
    assert await refusal(provider.prepare(world.prepay())) == "SIGN_ERROR"
    assert world.books() == {}


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_request_from_another_time_is_refused(world, minutes):
    then = world.clock.now + timedelta(minutes=minutes)
    http = httpx.AsyncClient(base_url="http://wechat.test", transport=world.simulator.transport())
    provider = world.settings.provider("https://a.example/n", http=http, clock=lambda: then)
    assert await refusal(provider.prepare(world.prepay())) == "SIGN_ERROR"


async def test_it_is_an_asgi_application_too(world):
    http = httpx.AsyncClient(
        base_url="http://wechat.test", transport=httpx.ASGITransport(world.simulator)
    )
    provider = world.settings.provider("https://a.example/n", http=http, clock=world.clock)
    await provider.prepare(world.prepay())
    await provider.close("ORDER-1")
    assert (await provider.query("ORDER-1")).state is PaymentState.CLOSED


async def test_retries_follow_the_answer_and_stop_at_204(world):
    world.inbox.statuses = [500, 404, 503]
    await world.paid()
    async with asyncio.timeout(30):
        while len(world.inbox.arrived) < 4:  # Waits of zero seconds lie between.
            await world.settled()
            await asyncio.sleep(0)
    assert len({base64.b64encode(body) for _, body in world.inbox.arrived}) == 4  # Sealed anew.
    assert len({(await world.heard(index)).id for index in range(4)}) == 1
    (notice,) = world.simulator.books.notices.values()
    assert (notice.attempts, notice.delivered) == (4, True)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/n",
        "https://shop.example/n?a=1",
        "https://shop.example/n#a",
        "http://10.0.0.1/n",
        "/n",
    ],
)
async def test_notify_urls_that_wechat_would_not_take(world, url):
    with pytest.raises(ValueError, match="notify URL"):
        require_notify_url(url)
    with pytest.raises(ValueError, match="notify URL"):
        world.settings.provider(url)


async def test_a_simulator_beside_us_may_be_told_over_plain_http():
    for url in ("http://127.0.0.1:8000/n", "http://localhost/n", "http://[::1]:1/n"):
        require_notify_url(url)


async def test_a_restart_takes_up_refunds_and_notices_left_undone(home):
    clock, inbox = HeldClock(), Inbox(statuses=[500])

    def opened(**how: float) -> tuple[Simulator, WeChatPayProvider]:
        http = httpx.AsyncClient(transport=httpx.MockTransport(inbox))
        simulator = Simulator(home, notify=http, clock=clock, **how)
        http = httpx.AsyncClient(base_url="http://wechat.test", transport=simulator.transport())
        settings = load(simulator.merchant_file)
        return simulator, settings.provider(NOTIFY_URL, http=http, clock=clock)

    simulator, provider = opened(refund_seconds=3600.0)
    expires_at = clock.now + timedelta(minutes=15)
    await provider.prepare(
        Prepay(
            out_trade_no="ORDER-1",
            amount=Fen(1000),
            description="x",
            channel=Channel.JSAPI,
            payer="oPayer",
            expires_at=expires_at,
        )
    )
    async with httpx.AsyncClient(transport=simulator.transport(), base_url="http://x") as phone:
        await phone.post("/simulator/pay", json={"out_trade_no": "ORDER-1"})
    await simulator.notifier.idle()
    await provider.refund(
        RefundRequest(
            out_trade_no="ORDER-1", out_refund_no="R-1", amount=Fen(1), total=Fen(1000), reason="x"
        )
    )
    assert (await provider.query_refund("R-1")).state is RefundState.PROCESSING
    await simulator.close()

    simulator, provider = opened()
    simulator.resume()
    await simulator.notifier.idle()
    assert (await provider.query_refund("R-1")).state is RefundState.REFUNDED
    heard = [await provider.read_notice(*arrived) for arrived in inbox.arrived]
    assert [type(notice).__name__ for notice in heard[1:]] == ["PaymentNotice", "RefundNotice"]
    assert heard[0] == heard[1]
    await simulator.close()
