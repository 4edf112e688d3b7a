"""Reading `merchant.json`: who we are to WeChat, and where its servers are.

The simulator writes such a file; a real merchant fills one in by hand. Paths in it are relative
to its own folder. Keys stay in files of their own, so that the file can be shown to someone.

    {
      "appid": "wx...", "app_secret_path": "app_secret.txt",
      "mchid": "19...", "merchant_serial": "5157...", "merchant_key_path": "merchant_key.pem",
      "apiv3_key_path": "apiv3_key.txt",
      "public_keys": {"PUB_KEY_ID_...": "platform_public_key.pem"},
      "pay_base_url": "https://api.mch.weixin.qq.com",
      "api_base_url": "https://api.weixin.qq.com"
    }
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)

from frontline.wechat.clock import Clock, Nonce, system_clock, system_nonce
from frontline.wechat.miniprogram import MiniProgram
from frontline.wechat.pay.client import Merchant, WeChatPay
from frontline.wechat.pay.provider import WeChatPayProvider
from frontline.wechat.pay.signing import Signer
from frontline.wechat.sheet import Sheet
from frontline.wechat.wire import client

_APIV3_KEY_BYTES = 32
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsInvalid(Exception):
    """Says what is wrong with the file; never shows what is in a key."""


class MerchantFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    appid: str
    app_secret_path: str
    mchid: str
    merchant_serial: str
    merchant_key_path: str
    apiv3_key_path: str
    public_keys: dict[str, str] = {}
    """Path by PUB_KEY_ID; empty in certificate mode."""
    pay_base_url: str = "https://api.mch.weixin.qq.com"
    api_base_url: str = "https://api.weixin.qq.com"


@dataclass(frozen=True, slots=True)
class Settings:
    merchant: Merchant
    app_secret: str = field(repr=False)
    pay_base_url: str
    api_base_url: str

    def sheet(self, *, http: httpx.AsyncClient | None = None) -> Sheet | None:
        """The payment page of the simulator; None when the servers are the real ones."""
        if not self.simulated:
            return None
        return Sheet(http or client(self.pay_base_url))

    @property
    def simulated(self) -> bool:
        """Whether money is collected by a simulator on this machine."""
        return urlsplit(self.pay_base_url).hostname in _LOOPBACK

    def provider(
        self,
        notify_url: str,
        *,
        http: httpx.AsyncClient | None = None,
        clock: Clock = system_clock,
        nonce: Nonce = system_nonce,
    ) -> WeChatPayProvider:
        http = http or client(self.pay_base_url)
        pay = WeChatPay(http, self.merchant, clock=clock, nonce=nonce)
        return WeChatPayProvider(pay, notify_url)

    def miniprogram(
        self, *, http: httpx.AsyncClient | None = None, clock: Clock = system_clock
    ) -> MiniProgram:
        http = http or client(self.api_base_url)
        return MiniProgram(http, self.merchant.appid, self.app_secret, clock=clock)


def load(path: Path) -> Settings:
    """Read and check the file and the keys it points at. Raises `SettingsInvalid`."""
    try:
        file = msgspec.json.decode(path.read_bytes(), type=MerchantFile)
        folder = path.parent
        apiv3_key = (folder / file.apiv3_key_path).read_bytes().strip()
        if len(apiv3_key) != _APIV3_KEY_BYTES:
            message = f"{file.apiv3_key_path}: an APIv3 key has {_APIV3_KEY_BYTES} bytes"
            raise SettingsInvalid(message)
        signer = Signer(
            file.mchid, file.merchant_serial, _private_key(folder / file.merchant_key_path)
        )
        public_keys = {id_: _public_key(folder / key) for id_, key in file.public_keys.items()}
        app_secret = (folder / file.app_secret_path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeError, msgspec.MsgspecError) as error:
        message = f"{path.name}: {error}"
        raise SettingsInvalid(message) from error
    merchant = Merchant(file.appid, signer, apiv3_key, public_keys)
    return Settings(merchant, app_secret, file.pay_base_url, file.api_base_url)


def _private_key(path: Path) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        message = f"{path.name}: not an RSA private key in PEM without a password"
        raise SettingsInvalid(message)
    return key


def _public_key(path: Path) -> RSAPublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey):
        message = f"{path.name}: not an RSA public key in PEM"
        raise SettingsInvalid(message)
    return key
