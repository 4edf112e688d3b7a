"""The calls of WeChat Pay v3 that a shop needs, and nothing between them and the wire.

Every call may raise `OutcomeUnknown`, `Throttled` or `ProviderRefused` (see `provider.py`).
Nothing is retried here: whoever calls knows whether asking again is right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from frontline.wechat.clock import Clock, Nonce, system_clock, system_nonce
from frontline.wechat.pay.keys import (
    Certificate,
    CertificatesUnusable,
    PlatformKeys,
    open_certificates,
)
from frontline.wechat.pay.shapes import (
    Complaint,
    H5Answer,
    PrepayAnswer,
    Refund,
    Transaction,
)
from frontline.wechat.pay.signing import SIGNATURE, Signer, pay_message, read_stamp, sign
from frontline.wechat.provider import (
    UNPROVEN_ANSWER,
    UNREADABLE_ANSWER,
    OutcomeUnknown,
    ProviderRefused,
    Throttled,
)
from frontline.wechat.wire import exchange, http_code

OUT_TRADE_NO = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
OUT_REFUND_NO = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
_CHINA = timezone(timedelta(hours=8))
_DESCRIPTION_BYTES_MAX = 127
_REASON_BYTES_MAX = 80
_DONE = (HTTPStatus.OK, HTTPStatus.NO_CONTENT)

ShapeT = TypeVar("ShapeT")


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who we are to WeChat. `public_keys` is empty for a merchant in certificate mode."""

    appid: str
    signer: Signer
    apiv3_key: bytes = field(repr=False)
    public_keys: Mapping[str, RSAPublicKey]

    @property
    def mchid(self) -> str:
        return self.signer.mchid


class WeChatPay:
    """One merchant's line to WeChat Pay. The HTTP client's base URL says which server."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        merchant: Merchant,
        *,
        clock: Clock = system_clock,
        nonce: Nonce = system_nonce,
    ) -> None:
        self._http = http
        self.merchant = merchant
        self.clock = clock
        self._nonce = nonce
        self.keys = PlatformKeys(merchant.public_keys, self._certificates, clock)

    # -- Paying --------------------------------------------------------------------------

    async def prepay_jsapi(  # noqa: PLR0913 -- as many as WeChat asks for.
        self,
        *,
        out_trade_no: str,
        description: str,
        amount: int,
        currency: str,
        openid: str,
        time_expire: datetime,
        notify_url: str,
    ) -> str:
        """Answer the prepay_id, good for two hours."""
        wish = self._order(out_trade_no, description, amount, currency, time_expire, notify_url)
        wish["payer"] = {"openid": openid}
        answer = await self._call("POST", "/v3/pay/transactions/jsapi", wish)
        return _read(PrepayAnswer, answer).prepay_id

    async def prepay_h5(  # noqa: PLR0913 -- as many as WeChat asks for.
        self,
        *,
        out_trade_no: str,
        description: str,
        amount: int,
        currency: str,
        client_ip: str,
        time_expire: datetime,
        notify_url: str,
    ) -> str:
        """Answer the URL to send the shopper's browser to."""
        wish = self._order(out_trade_no, description, amount, currency, time_expire, notify_url)
        wish["scene_info"] = {"payer_client_ip": client_ip, "h5_info": {"type": "Wap"}}
        answer = await self._call("POST", "/v3/pay/transactions/h5", wish)
        return _read(H5Answer, answer).h5_url

    def request_payment(self, prepay_id: str) -> dict[str, str]:
        """Answer the parameters of `wx.requestPayment`, signed."""
        appid = self.merchant.appid
        timestamp, nonce = self._timestamp(), self._nonce()
        package = f"prepay_id={prepay_id}"
        message = pay_message(appid, timestamp, nonce, package)
        return {
            "appId": appid,
            "timeStamp": timestamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": sign(self.merchant.signer.key, message),
        }

    async def query(self, out_trade_no: str) -> Transaction:
        path = f"{_trade_path(out_trade_no)}?mchid={self.merchant.mchid}"
        return _read(Transaction, await self._call("GET", path))

    async def close(self, out_trade_no: str) -> None:
        path = f"{_trade_path(out_trade_no)}/close"
        await self._call("POST", path, {"mchid": self.merchant.mchid})

    # -- Refunding -----------------------------------------------------------------------

    async def refund(  # noqa: PLR0913 -- as many as WeChat asks for.
        self,
        *,
        out_trade_no: str,
        out_refund_no: str,
        amount: int,
        total: int,
        currency: str,
        reason: str,
        notify_url: str,
    ) -> Refund:
        """Ask for a refund. Accepted is not refunded: look at `status`."""
        assert OUT_TRADE_NO.fullmatch(out_trade_no)
        assert OUT_REFUND_NO.fullmatch(out_refund_no)
        assert 0 < amount <= total
        wish = {
            "out_trade_no": out_trade_no,
            "out_refund_no": out_refund_no,
            "reason": _cut(reason, _REASON_BYTES_MAX),
            "notify_url": notify_url,
            "amount": {"refund": amount, "total": total, "currency": currency},
        }
        return _read(Refund, await self._call("POST", "/v3/refund/domestic/refunds", wish))

    async def query_refund(self, out_refund_no: str) -> Refund:
        assert OUT_REFUND_NO.fullmatch(out_refund_no)
        path = f"/v3/refund/domestic/refunds/{quote(out_refund_no, safe='')}"
        return _read(Refund, await self._call("GET", path))

    # -- The wire ------------------------------------------------------------------------

    def _order(  # noqa: PLR0913, PLR0917 -- what both ways of paying share.
        self,
        out_trade_no: str,
        description: str,
        amount: int,
        currency: str,
        time_expire: datetime,
        notify_url: str,
    ) -> dict[str, Any]:
        assert OUT_TRADE_NO.fullmatch(out_trade_no)
        assert amount > 0
        return {
            "appid": self.merchant.appid,
            "mchid": self.merchant.mchid,
            "description": _cut(description, _DESCRIPTION_BYTES_MAX),
            "out_trade_no": out_trade_no,
            "time_expire": time_expire.astimezone(_CHINA).isoformat(timespec="seconds"),
            "notify_url": notify_url,
            "amount": {"total": amount, "currency": currency},
        }

    async def _call(self, method: str, path: str, wish: Mapping[str, Any] | None = None) -> bytes:
        """Answer the body, proved to be WeChat's."""
        response = await self._send(method, path, wish)
        complaint = _complaint(response)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise OutcomeUnknown(complaint.code, complaint.message)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise Throttled(complaint.code, complaint.message)
        await self._prove(response)
        if response.is_client_error:
            raise ProviderRefused(complaint.code, complaint.message)
        if response.status_code not in _DONE:
            raise OutcomeUnknown(http_code(response))
        return response.content

    async def _send(
        self, method: str, path: str, wish: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        body = b"" if wish is None else msgspec.json.encode(wish)
        headers = {"Accept": "application/json"}
        if wish is not None:
            headers["Content-Type"] = "application/json"
        for serial in self.merchant.public_keys:
            headers["Wechatpay-Serial"] = serial  # Which of its keys WeChat shall sign with.
        request = self._http.build_request(method, path, content=body, headers=headers)
        request.headers["Authorization"] = self.merchant.signer.authorization(
            method,
            request.url.raw_path,  # As it will travel, after httpx has escaped it.
            body,
            timestamp=self._timestamp(),
            nonce=self._nonce(),
        )
        return await exchange(self._http, request)

    async def _prove(self, response: httpx.Response) -> None:
        if response.is_client_error and SIGNATURE not in response.headers:
            return  # WeChat does not sign what it says to someone whose signature it refused.
        stamp = read_stamp(response.headers.multi_items())
        key = None if stamp is None else await self.keys.get(stamp.serial)
        if stamp is None or key is None or not stamp.is_fresh(self.clock()):
            raise OutcomeUnknown(UNPROVEN_ANSWER, "no signature, an unknown key, or stale")
        if not stamp.proves(key, response.content):
            raise OutcomeUnknown(UNPROVEN_ANSWER, "bad signature")

    async def _certificates(self) -> Mapping[str, Certificate]:
        response = await self._send("GET", "/v3/certificates")
        stamp = read_stamp(response.headers.multi_items())
        if response.status_code != HTTPStatus.OK or stamp is None:
            raise OutcomeUnknown(_complaint(response).code, "certificates")
        try:
            return open_certificates(response.content, stamp, self.merchant.apiv3_key, self.clock())
        except CertificatesUnusable as error:
            raise OutcomeUnknown(UNPROVEN_ANSWER, "certificates") from error

    def _timestamp(self) -> str:
        return str(int(self.clock().timestamp()))


def _trade_path(out_trade_no: str) -> str:
    assert OUT_TRADE_NO.fullmatch(out_trade_no)
    return f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}"


def _read(shape: type[ShapeT], body: bytes) -> ShapeT:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, ValueError) as error:
        raise OutcomeUnknown(UNREADABLE_ANSWER, str(error)) from error


def _complaint(response: httpx.Response) -> Complaint:
    nameless = Complaint(code=http_code(response))
    if response.is_success:
        return nameless
    try:
        complaint = msgspec.json.decode(response.content, type=Complaint)
    except (msgspec.MsgspecError, ValueError):
        return nameless
    return complaint if complaint.code else nameless


def _cut(text: str, bytes_max: int) -> str:
    """As much as WeChat takes, and no half character."""
    return text.encode()[:bytes_max].decode(errors="ignore")
