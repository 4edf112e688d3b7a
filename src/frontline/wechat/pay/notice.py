"""Judging a notice before a word of it is believed.

The order of the questions is the order of their cost, and nothing of the body is parsed before
its signature holds: size, stamp, age, probe, key, signature; then shape and seal.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from frontline.wechat.pay.client import WeChatPay
from frontline.wechat.pay.shapes import Envelope, RefundHappening, Transaction
from frontline.wechat.pay.signing import AEAD, SealBroken, read_stamp, unseal
from frontline.wechat.provider import Headers, NoticeRefusal, NoticeRefused

NOTICE_BYTES_MAX = 256 * 1024
"""A true notice has about 2 KB; doors may cut off sooner than this."""

HappeningT = TypeVar("HappeningT")


async def open_notice(
    client: WeChatPay, headers: Headers, body: bytes
) -> tuple[str, Transaction | RefundHappening]:
    """Answer the notice's id and what it says.

    Raises `NoticeRefused`, or a `ProviderFault` when certificates could not be fetched.
    """
    await _prove(client, headers, body)
    try:
        envelope = msgspec.json.decode(body, type=Envelope)
    except (msgspec.MsgspecError, ValueError) as error:
        raise NoticeRefused(NoticeRefusal.MALFORMED, str(error)) from error
    plaintext = _unseal(envelope, client.merchant.apiv3_key)
    match envelope.event_type.partition(".")[0]:
        case "TRANSACTION":
            return envelope.id, _read(Transaction, plaintext)
        case "REFUND":
            return envelope.id, _read(RefundHappening, plaintext)
        case _:
            raise NoticeRefused(NoticeRefusal.MALFORMED, f"event {envelope.event_type[:64]}")


async def _prove(client: WeChatPay, headers: Headers, body: bytes) -> None:
    if len(body) > NOTICE_BYTES_MAX:
        raise NoticeRefused(NoticeRefusal.TOO_LARGE, f"{len(body)} bytes")
    stamp = read_stamp(headers)
    if stamp is None:
        raise NoticeRefused(NoticeRefusal.MALFORMED, "signature headers")
    if not stamp.is_fresh(client.clock()):
        raise NoticeRefused(NoticeRefusal.STALE, stamp.timestamp)
    if stamp.is_signtest:
        raise NoticeRefused(NoticeRefusal.SIGNTEST)
    key = await client.keys.get(stamp.serial)
    if key is None:
        raise NoticeRefused(NoticeRefusal.UNKNOWN_SERIAL, stamp.serial[:64])
    if not stamp.proves(key, body):
        raise NoticeRefused(NoticeRefusal.BAD_SIGNATURE)


def _unseal(envelope: Envelope, apiv3_key: bytes) -> bytes:
    resource = envelope.resource
    if resource.algorithm != AEAD:
        raise NoticeRefused(NoticeRefusal.UNDECRYPTABLE, resource.algorithm[:64])
    nonce, associated = resource.nonce.encode(), resource.associated_data.encode()
    try:
        return unseal(apiv3_key, nonce, resource.ciphertext, associated)
    except SealBroken as error:
        raise NoticeRefused(NoticeRefusal.UNDECRYPTABLE, envelope.id[:64]) from error


def _read(shape: type[HappeningT], plaintext: bytes) -> HappeningT:
    try:
        return msgspec.json.decode(plaintext, type=shape)
    except (msgspec.MsgspecError, ValueError) as error:
        raise NoticeRefused(NoticeRefusal.MALFORMED, str(error)) from error
