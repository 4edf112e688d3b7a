"""WECHATPAY2-SHA256-RSA2048 and AEAD_AES_256_GCM, both ends of each.

The bytes that are signed are the bytes that travel: nothing here parses or re-encodes a body.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

SCHEME = "WECHATPAY2-SHA256-RSA2048"
AEAD = "AEAD_AES_256_GCM"
TIMESTAMP = "wechatpay-timestamp"
NONCE = "wechatpay-nonce"
SIGNATURE = "wechatpay-signature"
SERIAL = "wechatpay-serial"
SIGNTEST = "WECHATPAY/SIGNTEST/"
"""WeChat sends signatures starting so to see who accepts bad ones."""

AGE_SECONDS_MAX = 300
_TIMESTAMP_DIGITS_MAX = 12
_AEAD_NONCE_BYTES = 12


def sign(key: RSAPrivateKey, message: bytes) -> str:
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode("ascii")


def verified(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def request_message(  # Five lines of what is sent.
    method: str, target: bytes, timestamp: str, nonce: str, body: bytes
) -> bytes:
    """What a merchant signs. `target` is the raw path with its query."""
    head = f"{method}\n".encode() + target + f"\n{timestamp}\n{nonce}\n".encode()
    return head + body + b"\n"


def answer_message(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What WeChat signs, of answers and of notices alike."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def pay_message(appid: str, timestamp: str, nonce: str, package: str) -> bytes:
    """What the merchant signs for the payment sheet on the phone."""
    return f"{appid}\n{timestamp}\n{nonce}\n{package}\n".encode()


@dataclass(frozen=True, slots=True)
class Signer:
    """A merchant's own hand."""

    mchid: str
    serial_no: str
    key: RSAPrivateKey = field(repr=False)

    def authorization(
        self, method: str, target: bytes, body: bytes, *, timestamp: str, nonce: str
    ) -> str:
        signature = sign(self.key, request_message(method, target, timestamp, nonce, body))
        return (
            f'{SCHEME} mchid="{self.mchid}",nonce_str="{nonce}",timestamp="{timestamp}",'
            f'serial_no="{self.serial_no}",signature="{signature}"'
        )


class SealBroken(Exception):
    """Wrong key, or not the bytes that were sealed."""


def seal(key: bytes, nonce: bytes, plaintext: bytes, associated_data: bytes) -> str:
    sealed = AESGCM(key).encrypt(nonce, plaintext, associated_data)
    return base64.b64encode(sealed).decode("ascii")


def unseal(key: bytes, nonce: bytes, ciphertext: str, associated_data: bytes) -> bytes:
    """Raises `SealBroken`."""
    if len(nonce) != _AEAD_NONCE_BYTES:
        raise SealBroken
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
        return AESGCM(key).decrypt(nonce, sealed, associated_data)
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise SealBroken from error


@dataclass(frozen=True, slots=True)
class Stamp:
    """The four headers that WeChat signs its answers and notices with."""

    timestamp: str
    nonce: str
    serial: str
    signature: str

    @property
    def is_signtest(self) -> bool:
        return self.signature.startswith(SIGNTEST)

    def is_fresh(self, now: datetime) -> bool:
        return abs(now.timestamp() - int(self.timestamp)) < AGE_SECONDS_MAX

    def proves(self, key: RSAPublicKey, body: bytes) -> bool:
        message = answer_message(self.timestamp, self.nonce, body)
        return not self.is_signtest and verified(key, message, self.signature)


def read_stamp(
    headers: Mapping[str, str] | Sequence[tuple[str, str]] | Sequence[tuple[bytes, bytes]],
) -> Stamp | None:
    """Find the stamp, whatever the case of the names; None when a part is missing or doubled."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name = _text(raw_name).lower()
        if name not in (TIMESTAMP, NONCE, SIGNATURE, SERIAL):
            continue
        if name in found:
            return None
        found[name] = _text(raw_value).strip()
    timestamp = found.get(TIMESTAMP, "")
    well_formed = (
        timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _TIMESTAMP_DIGITS_MAX
    )
    if not well_formed or not all(found.get(name) for name in (NONCE, SIGNATURE, SERIAL)):
        return None
    return Stamp(timestamp, found[NONCE], found[SERIAL], found[SIGNATURE])


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
