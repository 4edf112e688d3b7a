"""The payer's hands, and the rehearsal's: paying, cancelling, arming faults, reading the books."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec

from frontline.wechat.clock import Clock
from frontline.wechat.pay.signing import pay_message, verified
from frontline.wechat.simulator.app_doors import AppDoors
from frontline.wechat.simulator.books import Books, NotPayable
from frontline.wechat.simulator.entries import Trade
from frontline.wechat.simulator.exchange import Answer, Request, told
from frontline.wechat.simulator.faults import FITS, Armed, FaultPanel
from frontline.wechat.simulator.home import Home, KeyMode
from frontline.wechat.simulator.page import Screen, ended, page, way_back
from frontline.wechat.simulator.pay_doors import PayDoors


class PayWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the first three says what is paid; the third is checked as a phone would check it."""

    prepay_id: str | None = None
    out_trade_no: str | None = None
    request_payment: dict[str, str] | None = None
    openid: str | None = None


class RotateWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mode: KeyMode = KeyMode.CERTIFICATE


class PayerDoors:
    def __init__(  # noqa: PLR0913, PLR0917 -- what it is made of; made in one place.
        self,
        home: Home,
        books: Books,
        faults: FaultPanel,
        pay: PayDoors,
        app: AppDoors,
        clock: Clock,
    ) -> None:
        self._home = home
        self._books = books
        self._faults = faults
        self._pay = pay
        self._app = app
        self._clock = clock

    async def pay(self, request: Request) -> Answer:
        """What the payment sheet does when the payer has given the finger or the password."""
        wish = request.read(PayWish)
        try:
            trade = self._books.pay(self._wanted(wish), wish.openid)
        except NotPayable as error:
            answer = {"errMsg": "requestPayment:fail", "reason": str(error)}
            return told(answer, HTTPStatus.CONFLICT)
        self._pay.paid(trade)
        return told({"errMsg": "requestPayment:ok", "transaction_id": trade.transaction_id})

    async def open_page(self, request: Request) -> Answer:
        query = request.query()
        language = _language(request, query)
        redirect_url = way_back(query.get("redirect_url", ""), _host(request))
        try:
            trade = self._books.trade_of_prepay(query.get("prepay_id", ""))
        except NotPayable as error:
            return ended(Screen.FAILED, language, redirect_url, str(error))
        return page(trade, language, redirect_url)

    async def press_button(self, request: Request) -> Answer:
        form = request.form()
        language = _language(request, form)
        redirect_url = way_back(form.get("redirect_url", ""), _host(request))
        screen, reason = Screen.CANCELLED, ""
        if form.get("action") == "pay":
            screen, reason = self._press_pay(form.get("prepay_id", ""))
        if redirect_url and screen is not Screen.FAILED:
            return Answer(HTTPStatus.SEE_OTHER, headers={"location": redirect_url})
        return ended(screen, language, redirect_url, reason)

    async def arm(self, request: Request) -> Answer:
        try:
            self._faults.arm(request.read(Armed))
        except ValueError as error:  # msgspec's own are ValueErrors too.
            return told({"error": str(error)}, HTTPStatus.BAD_REQUEST)
        return await self.list_faults(request)

    async def list_faults(self, _: Request) -> Answer:
        fits = {fault: sorted(calls) for fault, calls in FITS.items()}
        return told({"armed": self._faults.armed, "faults": fits})

    async def clear_faults(self, request: Request) -> Answer:
        self._faults.armed.clear()
        return await self.list_faults(request)

    async def rotate(self, request: Request) -> Answer:
        serial = self._home.rotate(request.read(RotateWish).mode, self._clock())
        return told({"mode": self._home.mode, "serial": serial})

    async def read_books(self, _: Request) -> Answer:
        trades, refunds = self._books.trades.values(), self._books.refunds.values()
        totals = {
            "received": sum(trade.amount for trade in trades if trade.paid_at is not None),
            "refunded": sum(refund.amount for refund in refunds if refund.status == "SUCCESS"),
        }
        notices: list[dict[str, Any]] = [
            {name: value for name, value in msgspec.to_builtins(notice).items() if name != _LONG}
            for notice in self._books.notices.values()
        ]
        return told(
            {
                "mchid": self._home.mchid,
                "totals": totals,
                "trades": list(trades),
                "refunds": list(refunds),
                "notices": notices,
            }
        )

    # -- Inside --------------------------------------------------------------------------

    def _press_pay(self, prepay_id: str) -> tuple[Screen, str]:
        """Whoever presses twice has paid once."""
        try:
            trade = self._books.trade_of_prepay(prepay_id)
        except NotPayable as error:
            return Screen.FAILED, str(error)
        paid_before = trade.paid_at is not None
        try:
            payer = trade.openid or self._app.openid_of(prepay_id)
            self._pay.paid(self._books.pay(trade, payer))
        except NotPayable as error:
            return Screen.PAID if paid_before else Screen.FAILED, str(error)
        return Screen.PAID, ""

    def _wanted(self, wish: PayWish) -> Trade:
        if wish.request_payment is not None:
            return self._books.trade_of_prepay(self._prepay_id(wish.request_payment))
        if wish.prepay_id is not None:
            return self._books.trade_of_prepay(wish.prepay_id)
        trade = self._books.trades.get(wish.out_trade_no or "")
        if trade is None:
            message = "订单不存在 (no such order)"
            raise NotPayable(message)
        return trade

    def _prepay_id(self, parameters: dict[str, str]) -> str:
        names = ("timeStamp", "nonceStr", "package")
        message = pay_message(self._home.appid, *(parameters.get(name, "") for name in names))
        signature = parameters.get("paySign", "")
        if parameters.get("signType") != "RSA" or not verified(
            self._home.merchant_key, message, signature
        ):
            reason = "支付验证签名失败 (paySign)"
            raise NotPayable(reason)
        return parameters["package"].removeprefix("prepay_id=")


_LONG = "plaintext"


def _host(request: Request) -> str:
    """By which the payer came, where the shop shows the page; else none."""
    return request.headers.get("x-forwarded-host", "")


def _language(request: Request, chosen: dict[str, str]) -> str:
    wanted = chosen.get("lang") or request.headers.get("accept-language", "zh")
    return "en" if wanted.lower().startswith("en") else "zh"
