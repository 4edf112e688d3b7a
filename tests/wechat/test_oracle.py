"""Another implementation must agree: `wechatpayv3`, which is used in tests only."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime

import httpx
import pytest
import wechatpayv3
from cryptography.hazmat.primitives.asymmetric import rsa
from wechatpayv3 import utils

from frontline.wechat.pay.signing import (
    Signer,
    answer_message,
    pay_message,
    request_message,
    seal,
    sign,
    unseal,
    verified,
)
from frontline.wechat.simulator.home import open_home

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
BODIES = ["", "{}", '{"description":"喜饼 × 2","amount":{"total":1}}', "\n", '"\\u0000é😀"']


def oracle(home, *, public_key=True) -> wechatpayv3.WeChatPay:
    folder = home.folder
    if not public_key:
        (folder / "certificates").mkdir(exist_ok=True)
        for certificate in home.certificates:
            (folder / "certificates" / f"{certificate.serial}.pem").write_bytes(certificate.pem)
    return wechatpayv3.WeChatPay(
        wechatpay_type=wechatpayv3.WeChatPayType.MINIPROG,
        mchid=home.mchid,
        private_key=(folder / "merchant_key.pem").read_text(),
        cert_serial_no=home.merchant_serial,
        apiv3_key=home.apiv3_key.decode(),
        appid=home.appid,
        notify_url="https://shop.example/notices",
        cert_dir=None if public_key else str(folder / "certificates"),
        public_key=(folder / "platform_public_key.pem").read_text() if public_key else None,
        public_key_id=home.public_key_id if public_key else None,
    )


def oracle_of(process) -> wechatpayv3.WeChatPay:
    client = oracle(open_home(process.folder, datetime.now(UTC)))
    client._core._gate_way = process.base_url  # It knows no other way to another host.
    return client


@pytest.mark.parametrize("body", BODIES)
def test_we_sign_requests_alike(body):
    """PKCS1v15 has no chance in it, so equal signing is equal bytes."""
    theirs = utils.build_authorization("/v3/a?b=1", "POST", "1900", "SERIAL", KEY, body, "NONCE")
    timestamp = theirs.partition('timestamp="')[2].partition('"')[0]
    ours = Signer("1900", "SERIAL", KEY).authorization(
        "POST", b"/v3/a?b=1", body.encode(), timestamp=timestamp, nonce="NONCE"
    )

    def parts(header: str) -> tuple[str, set[str]]:
        scheme, _, rest = header.partition(" ")
        return scheme, set(rest.split(","))

    assert parts(ours) == parts(theirs)


@pytest.mark.parametrize("body", BODIES)
def test_each_verifies_what_the_other_signed(body):
    timestamp, nonce = "1700000000", secrets.token_hex(8)
    ours = sign(KEY, answer_message(timestamp, nonce, body.encode()))
    assert utils.rsa_verify(timestamp, nonce, body, ours, KEY.public_key())
    theirs = utils.rsa_sign(KEY, f"{timestamp}\n{nonce}\n{body}\n")
    message = answer_message(timestamp, nonce, body.encode())
    assert verified(KEY.public_key(), message, theirs)
    assert not verified(KEY.public_key(), message + b"\n", theirs)
    assert not utils.rsa_verify(timestamp, nonce, body + "\n", ours, KEY.public_key())


@pytest.mark.parametrize("body", BODIES)
def test_they_open_what_we_seal_and_so_do_we(body):
    key, nonce = secrets.token_hex(16), secrets.token_hex(6)
    sealed = seal(key.encode(), nonce.encode(), body.encode(), b"transaction")
    assert utils.aes_decrypt(nonce, sealed, "transaction", key) == body
    assert unseal(key.encode(), nonce.encode(), sealed, b"transaction") == body.encode()
    assert utils.aes_decrypt(nonce, sealed, "refund", key) is None


@pytest.mark.anyio
async def test_the_payment_sheet_is_signed_alike(world):
    parameters = (await world.prepared()).request_payment
    names = ("appId", "timeStamp", "nonceStr", "package")
    assert (
        oracle(world.simulator.home).sign([parameters[name] for name in names])
        == parameters["paySign"]
    )
    message = pay_message(*(parameters[name] for name in names))
    assert verified(world.simulator.home.merchant_key, message, parameters["paySign"])


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["public_key", "certificate"])
async def test_they_read_our_simulators_notices_as_we_do(world, mode):
    await world.phone.post("/simulator/rotate", json={"mode": mode})
    await world.paid()
    await world.provider.refund(world.refund())
    await world.settled()
    theirs = oracle(world.simulator.home, public_key=mode == "public_key")
    for index, event in enumerate(("TRANSACTION.SUCCESS", "REFUND.SUCCESS")):
        headers, body = world.inbox.arrived[index]
        heard = theirs.callback({k.decode(): v.decode() for k, v in headers}, body)
        ours = await world.heard(index)
        assert heard["event_type"] == event
        assert heard["id"] == ours.id
        assert heard["resource"]["out_trade_no"] == ours.status.out_trade_no
        assert heard["resource"]["amount"]["total"] == 1000
        bad = bytearray(body)
        bad[20] ^= 1
        assert not theirs.callback({k.decode(): v.decode() for k, v in headers}, bytes(bad))


def test_their_client_buys_and_refunds_at_our_simulator(process):
    """Over real HTTP: their requests pass our check of signatures, our answers pass theirs."""
    client = oracle_of(process)
    with httpx.Client(base_url=process.base_url, trust_env=False) as phone:
        code, message = client.pay(
            description="喜饼",
            out_trade_no="THEIRS-1",
            amount={"total": 100},
            payer={"openid": "oP"},
        )
        assert code == 200
        paid = phone.post("/simulator/pay", json={"prepay_id": json.loads(message)["prepay_id"]})
        assert paid.status_code == 200
        code, message = client.query(out_trade_no="THEIRS-1")
        assert (code, json.loads(message)["trade_state"]) == (200, "SUCCESS")
        assert client.close(out_trade_no="THEIRS-1")[0] == 400
        code, message = client.refund(
            out_refund_no="THEIRS-R",
            out_trade_no="THEIRS-1",
            amount={"refund": 1, "total": 100, "currency": "CNY"},
        )
        assert (code, json.loads(message)["status"]) == (200, "PROCESSING")
        code, message = client.query_refund("R-9")
        assert (code, json.loads(message)["code"]) == (404, "RESOURCE_NOT_EXISTS")
        phone.post("/simulator/faults", json={"fault": "forge", "call": "query"})
        with pytest.raises(Exception, match="failed to verify the signature"):
            client.query(out_trade_no="THEIRS-1")


def test_the_request_message_is_five_lines():
    message = request_message("GET", b"/v3/x?y=1", "1700000000", "N", b"")
    assert message == b"GET\n/v3/x?y=1\n1700000000\nN\n\n"
