"""The simulator's folder: keys of both sides, made once, and the `merchant.json` of the shop."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from frontline.wechat.pay.keys import PUBLIC_KEY_PREFIX
from frontline.wechat.settings import MerchantFile

MERCHANT_FILE = "merchant.json"
BOOKS_FILE = "books.sqlite"
_RECORD_FILE = "platform.json"
_CERTIFICATE_LIFE = timedelta(days=5 * 365)


class KeyMode(StrEnum):
    PUBLIC_KEY = "public_key"  # What new merchants get.
    CERTIFICATE = "certificate"


class _Record(msgspec.Struct, kw_only=True):
    mchid: str
    appid: str
    merchant_serial: str
    public_key_id: str
    certificate_serials: list[str]
    mode: KeyMode


@dataclass(slots=True)
class PlatformCertificate:
    serial: str
    key: RSAPrivateKey = field(repr=False)
    pem: bytes
    valid_from: datetime
    valid_until: datetime


@dataclass(slots=True)
class Home:
    """All that both sides know of each other, and what only the platform knows."""

    folder: Path
    mchid: str
    appid: str
    app_secret: str = field(repr=False)
    apiv3_key: bytes = field(repr=False)
    merchant_serial: str
    merchant_key: RSAPublicKey
    public_key_id: str
    public_key: RSAPrivateKey = field(repr=False)
    certificates: list[PlatformCertificate]
    mode: KeyMode

    @property
    def current(self) -> tuple[str, RSAPrivateKey]:
        """The serial and the key that sign now."""
        if self.mode is KeyMode.PUBLIC_KEY:
            return self.public_key_id, self.public_key
        newest = self.certificates[-1]
        return newest.serial, newest.key

    def signing_key(self, wanted: str | None) -> tuple[str, RSAPrivateKey]:
        """A merchant who names the public key is answered with it, whatever the mode."""
        if wanted == self.public_key_id:
            return self.public_key_id, self.public_key
        return self.current

    def rotate(self, mode: KeyMode, now: datetime) -> str:
        """Sign with `mode` from now on, certificates with a new one. Answers the new serial."""
        if mode is KeyMode.CERTIFICATE:
            self.certificates.append(_new_certificate(self.folder, now))
        self.mode = mode
        self._save()
        return self.current[0]

    def write_merchant_file(self, base_url: str) -> Path:
        in_public_key_mode = self.mode is KeyMode.PUBLIC_KEY
        file = MerchantFile(
            appid=self.appid,
            app_secret_path="app_secret.txt",  # noqa: S106 -- the name of a file.
            mchid=self.mchid,
            merchant_serial=self.merchant_serial,
            merchant_key_path="merchant_key.pem",
            apiv3_key_path="apiv3_key.txt",
            public_keys={self.public_key_id: "platform_public_key.pem"}
            if in_public_key_mode
            else {},
            pay_base_url=base_url,
            api_base_url=base_url,
        )
        path = self.folder / MERCHANT_FILE
        _write(path, msgspec.json.format(msgspec.json.encode(file)) + b"\n")
        return path

    def _save(self) -> None:
        record = _Record(
            mchid=self.mchid,
            appid=self.appid,
            merchant_serial=self.merchant_serial,
            public_key_id=self.public_key_id,
            certificate_serials=[certificate.serial for certificate in self.certificates],
            mode=self.mode,
        )
        _write(self.folder / _RECORD_FILE, msgspec.json.encode(record))


def open_home(folder: Path, now: datetime) -> Home:
    """Read the folder, or make it and every key in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / _RECORD_FILE).exists():
        _make(folder, now)
    record = msgspec.json.decode((folder / _RECORD_FILE).read_bytes(), type=_Record)
    return Home(
        folder=folder,
        mchid=record.mchid,
        appid=record.appid,
        app_secret=(folder / "app_secret.txt").read_text(encoding="ascii"),
        apiv3_key=(folder / "apiv3_key.txt").read_bytes(),
        merchant_serial=record.merchant_serial,
        merchant_key=_read_key(folder / "merchant_key.pem").public_key(),
        public_key_id=record.public_key_id,
        public_key=_read_key(folder / "platform_key.pem"),
        certificates=[_read_certificate(folder, serial) for serial in record.certificate_serials],
        mode=record.mode,
    )


@cache
def stranger() -> RSAPrivateKey:
    """A key that nobody knows, to forge with."""
    return _new_key()


def _make(folder: Path, now: datetime) -> None:
    _write_key(folder / "merchant_key.pem", _new_key())
    platform_key = _new_key()
    _write_key(folder / "platform_key.pem", platform_key)
    public = platform_key.public_key()
    public_pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write(folder / "platform_public_key.pem", public_pem)
    _write(folder / "apiv3_key.txt", secrets.token_hex(16).encode())
    _write(folder / "app_secret.txt", secrets.token_hex(16).encode())
    certificate = _new_certificate(folder, now)
    record = _Record(
        mchid="19" + _digits(8),
        appid="wx" + secrets.token_hex(8),
        merchant_serial=secrets.token_hex(20).upper(),
        public_key_id=PUBLIC_KEY_PREFIX + "0" + _digits(27),
        certificate_serials=[certificate.serial],
        mode=KeyMode.PUBLIC_KEY,
    )
    # Last, because it is what says that the folder is whole.
    _write(folder / _RECORD_FILE, msgspec.json.encode(record))


def _new_certificate(folder: Path, now: datetime) -> PlatformCertificate:
    key = _new_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "WeChat Pay simulator")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + _CERTIFICATE_LIFE)
        .sign(key, SHA256())
    )
    serial = f"{certificate.serial_number:040X}"
    _write_key(folder / f"certificate_{serial}_key.pem", key)
    _write(folder / f"certificate_{serial}.pem", certificate.public_bytes(Encoding.PEM))
    return _read_certificate(folder, serial)


def _read_certificate(folder: Path, serial: str) -> PlatformCertificate:
    pem = (folder / f"certificate_{serial}.pem").read_bytes()
    certificate = x509.load_pem_x509_certificate(pem)
    return PlatformCertificate(
        serial=serial,
        key=_read_key(folder / f"certificate_{serial}_key.pem"),
        pem=pem,
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
    )


def _new_key() -> RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _read_key(path: Path) -> RSAPrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


def _write_key(path: Path, key: RSAPrivateKey) -> None:
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and readable by nobody else."""
    draft = path.with_name(path.name + ".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))
