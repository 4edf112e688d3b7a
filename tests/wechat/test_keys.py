"""Which key WeChat signed with: a public key known beforehand, certificates, and rotations."""

from __future__ import annotations

import dataclasses

import httpx
import pytest

from frontline.wechat.pay.client import WeChatPay
from frontline.wechat.pay.provider import WeChatPayProvider
from frontline.wechat.provider import (
    NoticeRefusal,
    NoticeRefused,
    OutcomeUnknown,
    PaymentState,
)

from .conftest import NOTIFY_URL

pytestmark = pytest.mark.anyio


class Counting(httpx.AsyncBaseTransport):
    def __init__(self, world) -> None:
        self.inner = world.simulator.transport()
        self.paths: list[str] = []

    async def handle_async_request(self, request):
        self.paths.append(request.url.path)
        return await self.inner.handle_async_request(request)

    @property
    def fetched(self) -> int:
        return self.paths.count("/v3/certificates")


def in_certificate_mode(world, **changes) -> tuple[WeChatPayProvider, Counting]:
    merchant = dataclasses.replace(world.settings.merchant, public_keys={}, **changes)
    transport = Counting(world)
    http = httpx.AsyncClient(base_url="http://wechat.test", transport=transport)
    return WeChatPayProvider(WeChatPay(http, merchant, clock=world.clock), NOTIFY_URL), transport


async def rotate(world, mode: str) -> str:
    return (await world.phone.post("/simulator/rotate", json={"mode": mode})).json()["serial"]


async def test_public_key_mode_fetches_nothing(world):
    transport = Counting(world)
    http = httpx.AsyncClient(base_url="http://wechat.test", transport=transport)
    provider = world.settings.provider(NOTIFY_URL, http=http, clock=world.clock)
    await provider.prepare(world.prepay())
    await provider.query("ORDER-1")
    assert transport.fetched == 0


async def test_certificate_mode_fetches_once(world):
    await rotate(world, "certificate")
    provider, transport = in_certificate_mode(world)
    await provider.prepare(world.prepay())
    await world.pays(out_trade_no="ORDER-1")
    assert (await provider.query("ORDER-1")).state is PaymentState.PAID
    notice = await provider.read_notice(*world.inbox.arrived[-1])
    assert notice.status.state is PaymentState.PAID
    assert transport.fetched == 1


async def test_a_rotation_under_way(world):
    await rotate(world, "certificate")
    provider, transport = in_certificate_mode(world)
    await world.paid()
    await provider.read_notice(*world.inbox.arrived[-1])
    world.clock.forward(minutes=2)
    first, second = dict(world.inbox.arrived[-1][0]), await rotate(world, "certificate")
    await world.paid("ORDER-2")
    headers, body = world.inbox.arrived[-1]
    assert dict(headers)[b"Wechatpay-Serial"].decode() == second
    assert first[b"Wechatpay-Serial"] != second.encode()
    assert (await provider.read_notice(headers, body)).status.out_trade_no == "ORDER-2"
    assert transport.fetched == 2


async def test_a_merchant_with_a_public_key_hears_the_certificates_of_the_change_over(world):
    await rotate(world, "certificate")
    await world.paid()
    assert (await world.heard()).status.state is PaymentState.PAID
    await rotate(world, "public_key")
    await world.paid("ORDER-2")
    assert (await world.heard()).status.state is PaymentState.PAID


async def test_strangers_serials_cannot_make_us_call_wechat_for_each(world):
    await rotate(world, "certificate")
    provider, transport = in_certificate_mode(world)
    await world.paid()
    headers, body = world.inbox.arrived[-1]
    for number in range(5):
        strange = dict(headers) | {b"Wechatpay-Serial": b"%040X" % number}
        with pytest.raises(NoticeRefused) as refused:
            await provider.read_notice(list(strange.items()), body)
        assert refused.value.reason is NoticeRefusal.UNKNOWN_SERIAL
    assert transport.fetched == 1
    world.clock.forward(seconds=60)
    with pytest.raises(NoticeRefused):
        await provider.read_notice(list(strange.items()), body)
    assert transport.fetched == 2


async def test_a_public_key_id_never_fetches(world):
    provider, transport = in_certificate_mode(world)
    await world.paid()
    with pytest.raises(NoticeRefused) as refused:
        await provider.read_notice(*world.inbox.arrived[-1])
    assert refused.value.reason is NoticeRefusal.UNKNOWN_SERIAL
    assert transport.fetched == 0


async def test_certificates_that_cannot_be_fetched_are_a_fault_and_not_a_refusal(world):
    await rotate(world, "certificate")
    provider, transport = in_certificate_mode(world)
    await world.paid()
    for fault in ("500", "drop", "forge", "signtest"):
        await world.arms(fault, "certificates")
        with pytest.raises(OutcomeUnknown):
            await provider.read_notice(*world.inbox.arrived[-1])
    # A failure is not remembered: the next attempt may try again at once.
    await provider.read_notice(*world.inbox.arrived[-1])
    assert transport.fetched == 5


async def test_certificates_sealed_for_another_key(world):
    await rotate(world, "certificate")
    provider, _ = in_certificate_mode(world, apiv3_key=b"x" * 32)
    await world.paid()
    with pytest.raises(OutcomeUnknown, match="UNPROVEN_ANSWER"):
        await provider.read_notice(*world.inbox.arrived[-1])


async def test_an_expired_certificate_proves_nothing(world):
    await rotate(world, "certificate")
    provider, _ = in_certificate_mode(world)
    await world.paid()
    await provider.read_notice(*world.inbox.arrived[-1])
    world.clock.forward(days=6 * 365)
    await world.paid("ORDER-2")
    with pytest.raises((NoticeRefused, OutcomeUnknown)):
        await provider.read_notice(*world.inbox.arrived[-1])
