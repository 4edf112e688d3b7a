"""`/v3/...`: what a merchant's server may ask. Its signature has been verified before."""

from __future__ import annotations

import asyncio
import secrets
from http import HTTPStatus

import msgspec

from frontline.wechat.pay.shapes import RefundState
from frontline.wechat.pay.signing import AEAD, seal
from frontline.wechat.simulator.books import Books, PrepayWish, RefundWish
from frontline.wechat.simulator.entries import (
    Trade,
    refund_body,
    refund_happening,
    rfc3339,
    transaction_body,
)
from frontline.wechat.simulator.exchange import Answer, Request, told
from frontline.wechat.simulator.faults import Call, Fault, FaultPanel
from frontline.wechat.simulator.home import Home, PlatformCertificate
from frontline.wechat.simulator.notifier import Notifier
from frontline.wechat.simulator.refusals import Code, Refusal, Why

_FATES = {
    Fault.ABNORMAL_REFUND: RefundState.ABNORMAL,
    Fault.CLOSED_REFUND: RefundState.CLOSED,
}


class _MerchantNamed(msgspec.Struct, frozen=True):
    mchid: str


class PayDoors:
    def __init__(  # noqa: PLR0913, PLR0917 -- what it is made of; made in one place.
        self,
        home: Home,
        books: Books,
        faults: FaultPanel,
        notifier: Notifier,
        base_url: str,
        refund_seconds: float,
    ) -> None:
        self._home = home
        self._books = books
        self._faults = faults
        self._notifier = notifier
        self._base_url = base_url
        self._refund_seconds = refund_seconds

    async def prepay_jsapi(self, request: Request) -> Answer:
        trade = self._books.prepay(request.read(PrepayWish), "JSAPI")
        return told({"prepay_id": trade.prepay_id})

    async def prepay_h5(self, request: Request) -> Answer:
        trade = self._books.prepay(request.read(PrepayWish), "MWEB")
        return told({"h5_url": f"{self._base_url}/simulator/h5/pay?prepay_id={trade.prepay_id}"})

    async def query(self, request: Request, out_trade_no: str) -> Answer:
        self._require_ours(request.query().get("mchid"))
        return told(transaction_body(self._books.trade(out_trade_no)))

    async def close(self, request: Request, out_trade_no: str) -> Answer:
        self._require_ours(request.read(_MerchantNamed).mchid)
        self._books.close(out_trade_no)
        return Answer(HTTPStatus.NO_CONTENT)

    async def refund(self, request: Request) -> Answer:
        wish = request.read(RefundWish)
        if self._faults.take(Call.REFUND, Fault.NOT_ENOUGH):
            raise Refusal(Code.NOT_ENOUGH)
        known = self._books.refunds.get(wish.out_refund_no)
        is_new = known is None or known.status is RefundState.CLOSED
        armed = self._faults.take(Call.REFUND, *_FATES) if is_new else None
        fate = _FATES[armed.fault] if armed is not None else RefundState.SUCCESS
        refund = self._books.ask_refund(wish, fate)
        if is_new:
            self._notifier.start(self._end_refund(refund.out_refund_no))
        return told(refund_body(refund))

    async def query_refund(self, _: Request, out_refund_no: str) -> Answer:
        return told(refund_body(self._books.refund(out_refund_no)))

    async def certificates(self, _: Request) -> Answer:
        return told(
            {"data": [self._listed(certificate) for certificate in self._home.certificates]}
        )

    def paid(self, trade: Trade) -> None:
        """Tell the merchant."""
        happening = transaction_body(trade)
        self._notifier.announce(
            "TRANSACTION.SUCCESS", trade.out_trade_no, trade.notify_url, happening
        )

    def resume(self) -> None:
        """Finish what a restart interrupted."""
        for refund in list(self._books.refunds.values()):
            if refund.status is RefundState.PROCESSING:
                self._notifier.start(self._end_refund(refund.out_refund_no))

    # -- Inside --------------------------------------------------------------------------

    async def _end_refund(self, out_refund_no: str) -> None:
        await asyncio.sleep(self._refund_seconds)
        refund = self._books.end_refund(out_refund_no)
        if refund.notify_url is not None:
            happening = refund_happening(refund, self._home.mchid)
            event = f"REFUND.{refund.status}"
            self._notifier.announce(event, out_refund_no, refund.notify_url, happening)

    def _require_ours(self, mchid: str | None) -> None:
        if mchid != self._home.mchid:
            raise Refusal(Code.PARAM_ERROR, Why.OTHER_MERCHANT)

    def _listed(self, certificate: PlatformCertificate) -> dict[str, object]:
        nonce, associated = secrets.token_hex(6), "certificate"
        sealed = seal(self._home.apiv3_key, nonce.encode(), certificate.pem, associated.encode())
        return {
            "serial_no": certificate.serial,
            "effective_time": rfc3339(certificate.valid_from),
            "expire_time": rfc3339(certificate.valid_until),
            "encrypt_certificate": {
                "algorithm": AEAD,
                "nonce": nonce,
                "associated_data": associated,
                "ciphertext": sealed,
            },
        }
