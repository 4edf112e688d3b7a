"""The keys WeChat signs with, found by the serial it names.

Two ways exist side by side, and a merchant may move from one to the other under way:
a public key known beforehand (`PUB_KEY_ID_...`), or certificates fetched from WeChat, which
rotate: a new one is listed before it signs, and an old one stays listed until it expires.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from frontline.wechat.clock import Clock
from frontline.wechat.pay.shapes import CertificateEntry, CertificateList
from frontline.wechat.pay.signing import AEAD, SealBroken, Stamp, unseal

PUBLIC_KEY_PREFIX = "PUB_KEY_ID_"
_FETCH_PAUSE = timedelta(seconds=60)


class CertificatesUnusable(Exception):
    """The list did not open with our APIv3 key, or was not signed by one of its own."""


@dataclass(frozen=True, slots=True)
class Certificate:
    key: RSAPublicKey
    valid_from: datetime
    valid_until: datetime


def open_certificates(
    body: bytes, stamp: Stamp, apiv3_key: bytes, now: datetime
) -> dict[str, Certificate]:
    """Open WeChat's list. Raises `CertificatesUnusable`.

    Nothing is known yet that could verify the first list: that it opens with the APIv3 key
    shows who made it, and its own certificate must have signed it.
    """
    try:
        listed = msgspec.json.decode(body, type=CertificateList)
        certificates = {entry.serial_no: _open(entry, apiv3_key) for entry in listed.data}
    except (msgspec.MsgspecError, SealBroken, ValueError) as error:
        raise CertificatesUnusable from error
    signed_by = certificates.get(stamp.serial)
    if signed_by is None or not stamp.is_fresh(now) or not stamp.proves(signed_by.key, body):
        raise CertificatesUnusable
    return certificates


def _open(entry: CertificateEntry, apiv3_key: bytes) -> Certificate:
    sealed = entry.encrypt_certificate
    if sealed.algorithm != AEAD:
        raise SealBroken
    nonce, associated = sealed.nonce.encode(), sealed.associated_data.encode()
    pem = unseal(apiv3_key, nonce, sealed.ciphertext, associated)
    certificate = load_pem_x509_certificate(pem)
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or certificate.serial_number != int(entry.serial_no, 16):
        raise SealBroken
    return Certificate(key, certificate.not_valid_before_utc, certificate.not_valid_after_utc)


class PlatformKeys:
    """Picks the key by its serial; an unknown certificate serial makes it fetch the list once."""

    def __init__(
        self,
        public_keys: Mapping[str, RSAPublicKey],
        fetch: Callable[[], Awaitable[Mapping[str, Certificate]]],
        clock: Clock,
    ) -> None:
        self._public_keys = dict(public_keys)
        self._certificates: dict[str, Certificate] = {}
        self._fetch = fetch
        self._clock = clock
        self._fetched_at: datetime | None = None
        self._fetching = asyncio.Lock()

    async def get(self, serial: str) -> RSAPublicKey | None:
        """May raise whatever fetching raises."""
        if serial.startswith(PUBLIC_KEY_PREFIX):
            return self._public_keys.get(serial)
        key = self._certificate_key(serial)
        if key is not None:
            return key
        async with self._fetching:
            key = self._certificate_key(serial)
            if key is None and self._may_fetch():
                self._certificates = dict(await self._fetch())
                # Set after success only: a fetch that failed may be tried again at once.
                self._fetched_at = self._clock()
                key = self._certificate_key(serial)
        return key

    def _certificate_key(self, serial: str) -> RSAPublicKey | None:
        found = self._certificates.get(serial)
        if found is None or not found.valid_from <= self._clock() <= found.valid_until:
            return None
        return found.key

    def _may_fetch(self) -> bool:
        """Strangers can name any serial; they must not make us call WeChat for each."""
        return self._fetched_at is None or abs(self._clock() - self._fetched_at) >= _FETCH_PAUSE
