"""What a notice must survive: everything but the true one, in time, is refused and says why."""

from __future__ import annotations

import base64
import secrets

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from frontline.kernel.words import Fen
from frontline.wechat.pay.notice import NOTICE_BYTES_MAX
from frontline.wechat.pay.signing import SIGNTEST, answer_message, seal, sign
from frontline.wechat.provider import NoticeRefusal, NoticeRefused, PaymentState

pytestmark = pytest.mark.anyio


async def refusal(world, headers, body) -> NoticeRefusal:
    with pytest.raises(NoticeRefused) as refused:
        await world.provider.read_notice(headers, body)
    return refused.value.reason


async def true_notice(world) -> tuple[dict[str, str], bytes]:
    await world.paid()
    headers, body = world.inbox.arrived[-1]
    return {name.decode(): value.decode() for name, value in headers}, body


def name_of(headers: dict[str, str], wanted: str) -> str:
    return next(name for name in headers if name.lower() == wanted)


def with_header(headers: dict[str, str], wanted: str, value: str) -> dict[str, str]:
    return headers | {name_of(headers, wanted): value}


def forged(world, body: bytes, *, serial=None, key=None, **changes) -> dict[str, str]:
    """Headers over `body`, signed by the platform unless said otherwise."""
    platform_serial, platform_key = world.simulator.home.current
    stamp = {
        "Wechatpay-Timestamp": str(int(world.clock.now.timestamp())),
        "Wechatpay-Nonce": secrets.token_hex(8),
        "Wechatpay-Serial": serial or platform_serial,
    } | changes
    message = answer_message(stamp["Wechatpay-Timestamp"], stamp["Wechatpay-Nonce"], body)
    return stamp | {"Wechatpay-Signature": sign(key or platform_key, message)}


def sealed(world, plaintext: dict, *, event="TRANSACTION.SUCCESS", key=None, **resource) -> bytes:
    nonce, associated = "012345678901", "transaction"
    ciphertext = seal(
        key or world.simulator.home.apiv3_key,
        nonce.encode(),
        msgspec.json.encode(plaintext),
        associated.encode(),
    )
    resource = {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": ciphertext,
        "nonce": nonce,
        "associated_data": associated,
    } | resource
    return msgspec.json.encode({"id": "N", "event_type": event, "resource": resource})


def transaction(world, **changes) -> dict:
    return {
        "appid": world.simulator.home.appid,
        "mchid": world.simulator.home.mchid,
        "out_trade_no": "ORDER-1",
        "transaction_id": "4200",
        "trade_state": "SUCCESS",
        "success_time": "2026-11-11T20:00:00+08:00",
        "payer": {"openid": "oPayer"},
        "amount": {"total": 1000, "currency": "CNY"},
    } | changes


async def test_the_helpers_below_make_a_notice_that_is_good(world):
    body = sealed(world, transaction(world))
    notice = await world.provider.read_notice(forged(world, body), body)
    assert (notice.id, notice.status.state) == ("N", PaymentState.PAID)


async def test_ten_duplicates_are_one_notice_ten_times(world):
    await world.arms("duplicate", "payment_notice", copies=9)
    await world.paid()
    heard = [await world.heard(index) for index in range(10)]
    assert len(world.inbox.arrived) == 10
    assert all(notice == heard[0] for notice in heard)
    signatures = {dict(headers)[b"Wechatpay-Signature"] for headers, _ in world.inbox.arrived}
    assert len(signatures) == 10


async def test_the_same_bytes_again_read_the_same(world):
    """Replays are no attack on a reader without memory; settling once is the shop's law."""
    headers, body = await true_notice(world)
    first = await world.provider.read_notice(headers, body)
    assert await world.provider.read_notice(headers, body) == first


async def test_a_notice_before_the_prepay_answer(world):
    await world.arms("lose_answer", "prepay")
    with pytest.raises(Exception, match="NO_ANSWER"):
        await world.prepared()
    await world.pays(out_trade_no="ORDER-1")
    assert (await world.heard()).status == await world.provider.query("ORDER-1")


async def test_after_a_refund_the_late_payment_notice_still_says_paid(world):
    await world.arms("reorder", "payment_notice")
    await world.paid()
    assert world.inbox.arrived == []
    await world.provider.refund(world.refund())
    await world.settled()
    assert [(await world.heard(index)).status.state for index in (0, 1)] == ["refunded", "paid"]


@pytest.mark.parametrize("name", ["mchid", "appid"])
async def test_other_merchant(world, name):
    body = sealed(world, transaction(world, **{name: "other"}))
    assert await refusal(world, forged(world, body), body) is NoticeRefusal.WRONG_MERCHANT


async def test_a_refund_of_another_merchant(world):
    happening = {
        "mchid": "other",
        "refund_id": "5",
        "out_refund_no": "R-1",
        "transaction_id": "4",
        "out_trade_no": "ORDER-1",
        "refund_status": "SUCCESS",
        "amount": {"total": 1000, "refund": 400},
    }
    body = sealed(world, happening, event="REFUND.SUCCESS")
    assert await refusal(world, forged(world, body), body) is NoticeRefusal.WRONG_MERCHANT


async def test_another_amount_is_told_as_it_is(world):
    body = sealed(world, transaction(world, amount={"total": 1, "currency": "USD"}))
    status = (await world.provider.read_notice(forged(world, body), body)).status
    assert (status.amount, status.currency) == (Fen(1), "USD")


async def test_paid_without_an_amount_or_number_settles_nothing(world):
    for missing in ("amount", "transaction_id"):
        body = sealed(world, transaction(world, **{missing: None}))
        assert await refusal(world, forged(world, body), body) is NoticeRefusal.MALFORMED


async def test_wrong_apiv3_key(world):
    body = sealed(world, transaction(world), key=b"0" * 32)
    assert await refusal(world, forged(world, body), body) is NoticeRefusal.UNDECRYPTABLE


async def test_a_broken_seal(world):
    for broken in (
        {"algorithm": "AES"},
        {"ciphertext": "?"},
        {"ciphertext": ""},
        {"nonce": "short"},
        {"nonce": "一二三四五六七八九十一二"},
        {"associated_data": "refund"},
    ):
        body = sealed(world, transaction(world), **broken)
        reason = await refusal(world, forged(world, body), body)
        assert reason is NoticeRefusal.UNDECRYPTABLE, broken


async def test_tampered_body(world):
    headers, body = await true_notice(world)
    for position in range(0, len(body), 97):
        tampered = body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]
        assert await refusal(world, headers, tampered) is NoticeRefusal.BAD_SIGNATURE
    assert await refusal(world, headers, body + b"\n") is NoticeRefusal.BAD_SIGNATURE
    assert await refusal(world, headers, b"") is NoticeRefusal.BAD_SIGNATURE


async def test_a_stamp_moved_to_another_body_or_nonce(world):
    headers, body = await true_notice(world)
    other = sealed(world, transaction(world, amount={"total": 999_999}))
    assert await refusal(world, headers, other) is NoticeRefusal.BAD_SIGNATURE
    renonced = with_header(headers, "wechatpay-nonce", "another")
    assert await refusal(world, renonced, body) is NoticeRefusal.BAD_SIGNATURE


async def test_a_stranger_signs(world):
    body = sealed(world, transaction(world))
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    headers = forged(world, body, key=stranger)
    assert await refusal(world, headers, body) is NoticeRefusal.BAD_SIGNATURE
    for garbage in ("x", "====", base64.b64encode(b"0" * 256).decode(), "é"):
        unsigned = headers | {"Wechatpay-Signature": garbage}
        assert await refusal(world, unsigned, body) is NoticeRefusal.BAD_SIGNATURE


@pytest.mark.parametrize("seconds", [300, 301, 86_400, -300, -86_400])
async def test_old_or_future(world, seconds):
    headers, body = await true_notice(world)
    world.clock.forward(seconds=seconds)
    assert await refusal(world, headers, body) is NoticeRefusal.STALE


@pytest.mark.parametrize("seconds", [299, -299])
async def test_just_in_time(world, seconds):
    headers, body = await true_notice(world)
    world.clock.forward(seconds=seconds)
    assert (await world.provider.read_notice(headers, body)).status.state is PaymentState.PAID


async def test_unknown_serial(world):
    body = sealed(world, transaction(world))
    for serial in ("PUB_KEY_ID_OTHER", "ABCDEF", "nonsense"):
        headers = forged(world, body, serial=serial)
        assert await refusal(world, headers, body) is NoticeRefusal.UNKNOWN_SERIAL


async def test_signtest_probe(world):
    headers, body = await true_notice(world)
    signature = headers[name_of(headers, "wechatpay-signature")]
    probe = with_header(headers, "wechatpay-signature", SIGNTEST + signature[len(SIGNTEST) :])
    assert await refusal(world, probe, body) is NoticeRefusal.SIGNTEST


async def test_header_names_of_any_case_in_any_container(world):
    headers, body = await true_notice(world)
    told = await world.provider.read_notice(headers, body)
    pairs = list(headers.items())
    for same in (
        {name.upper(): value for name, value in pairs},
        [(name.lower(), value) for name, value in pairs],
        [(name.encode(), value.encode()) for name, value in pairs],
        httpx.Headers(headers),
    ):
        assert await world.provider.read_notice(same, body) == told


async def test_doubled_or_missing_headers(world):
    headers, body = await true_notice(world)
    for wanted in ("timestamp", "nonce", "signature", "serial"):
        name = name_of(headers, f"wechatpay-{wanted}")
        doubled = [*headers.items(), (name.upper(), headers[name])]
        assert await refusal(world, doubled, body) is NoticeRefusal.MALFORMED
        missing = {other: value for other, value in headers.items() if other != name}
        assert await refusal(world, missing, body) is NoticeRefusal.MALFORMED
        empty = headers | {name: " "}
        assert await refusal(world, empty, body) is NoticeRefusal.MALFORMED


@pytest.mark.parametrize("timestamp", ["", "x", "-1", "1.0", "１７９４", "1" * 13, "1, 1", "+1"])
async def test_timestamps_that_are_none(world, timestamp):
    headers, body = await true_notice(world)
    strange = with_header(headers, "wechatpay-timestamp", timestamp)
    assert await refusal(world, strange, body) is NoticeRefusal.MALFORMED


async def test_one_megabyte(world):
    body = sealed(world, transaction(world)) + b" " * 1_000_000
    assert await refusal(world, forged(world, body), body) is NoticeRefusal.TOO_LARGE
    body = body[:NOTICE_BYTES_MAX]
    assert (await world.provider.read_notice(forged(world, body), body)).id == "N"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"null", b"\xff", b'{"id":1}'])
async def test_truly_signed_nonsense(world, body):
    assert await refusal(world, forged(world, body), body) is NoticeRefusal.MALFORMED


@pytest.mark.parametrize(
    "changes",
    [
        {"trade_state": "NEW_STATE"},
        {"amount": {"total": -1}},
        {"amount": {"total": 1.5}},
        {"amount": {"total": "1000"}},
        {"success_time": "2026-11-11T20:00:00"},
        {"success_time": "yesterday"},
        {"mchid": None},
    ],
)
async def test_truly_sealed_nonsense(world, changes):
    body = sealed(world, transaction(world, **changes))
    assert await refusal(world, forged(world, body), body) is NoticeRefusal.MALFORMED


async def test_an_event_of_another_kind(world):
    body = sealed(world, transaction(world), event="COUPON.USE")
    assert await refusal(world, forged(world, body), body) is NoticeRefusal.MALFORMED


async def test_never_told_but_found_by_query(world):
    await world.arms("never_notify")
    await world.paid()
    assert world.inbox.arrived == []
    assert (await world.provider.query("ORDER-1")).state is PaymentState.PAID
