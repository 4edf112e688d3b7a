"""The merchant's account at the simulated WeChat: orders, what was paid, what went back.

Points that no document settles are marked (?) and listed in the README.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec.structs import replace

from frontline.wechat.clock import Clock
from frontline.wechat.pay.provider import require_notify_url
from frontline.wechat.pay.shapes import AwareDatetime, RefundState, TradeState
from frontline.wechat.simulator.entries import Notice, Refund, Trade
from frontline.wechat.simulator.home import Home
from frontline.wechat.simulator.refusals import Code, Refusal, Why
from frontline.wechat.simulator.shelf import Shelf

REFUNDS_MAX = 50
_PREPAY_LIFE = timedelta(hours=2)
_ORDER_LIFE_MIN = timedelta(minutes=1)
_ORDER_LIFE = timedelta(days=7)
_REFUND_WITHIN = timedelta(days=365)

Total = Annotated[int, msgspec.Meta(ge=1)]
OutTradeNo = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_\-|*]{6,32}$")]
OutRefundNo = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_\-|*@]{1,64}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=127)]


class NotPayable(Exception):
    """The payment sheet does not open, or does not close well; says why, to the payer."""


class OrderAmount(msgspec.Struct, frozen=True):
    total: Total
    currency: str = "CNY"


class Payer(msgspec.Struct, frozen=True):
    openid: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class SceneInfo(msgspec.Struct, frozen=True):
    payer_client_ip: str


class PrepayWish(msgspec.Struct, frozen=True, kw_only=True):
    appid: str
    mchid: str
    description: Text
    out_trade_no: OutTradeNo
    notify_url: str
    amount: OrderAmount
    time_expire: AwareDatetime | None = None
    payer: Payer | None = None
    scene_info: SceneInfo | None = None


class RefundAmount(msgspec.Struct, frozen=True):
    refund: Total
    total: Total
    currency: str


class RefundWish(msgspec.Struct, frozen=True, kw_only=True):
    out_refund_no: OutRefundNo
    out_trade_no: OutTradeNo
    amount: RefundAmount
    reason: str = ""
    notify_url: str | None = None


class Books:
    def __init__(self, home: Home, shelf: Shelf, clock: Clock) -> None:
        self._home = home
        self._shelf = shelf
        self._clock = clock
        self.trades = shelf.all(Trade)
        self.refunds = shelf.all(Refund)
        self.notices = shelf.all(Notice)
        self._by_prepay = {trade.prepay_id: trade.out_trade_no for trade in self.trades.values()}
        self._refunds_of: defaultdict[str, list[str]] = defaultdict(list)
        for refund in self.refunds.values():
            self._refunds_of[refund.out_trade_no].append(refund.out_refund_no)

    # -- The merchant's side -------------------------------------------------------------

    def prepay(self, wish: PrepayWish, trade_type: str) -> Trade:
        """Open an order; asked again with the same words, the same order."""
        now = self._clock()
        self._require_sound(wish, trade_type)
        known = self.trades.get(wish.out_trade_no)
        if known is None:
            time_expire = wish.time_expire or now + _ORDER_LIFE
            if time_expire < now + _ORDER_LIFE_MIN:
                raise Refusal(Code.PARAM_ERROR, Why.EXPIRES_TOO_SOON)
            trade = self._new_trade(wish, trade_type, now, time_expire)
            return self._keep_trade(trade)
        if known.state in (TradeState.SUCCESS, TradeState.REFUND):
            raise Refusal(Code.ORDERPAID)
        if known.state is TradeState.CLOSED:
            raise Refusal(Code.ORDER_CLOSED)
        # time_expire is not compared: the first one holds for ever.
        again = self._new_trade(wish, trade_type, known.created_at, known.time_expire)
        same = replace(again, prepay_id=known.prepay_id, prepay_until=known.prepay_until)
        if same != known:
            raise Refusal(Code.OUT_TRADE_NO_USED)
        if now < known.prepay_until:
            return known
        return self._keep_trade(replace(again, prepay_until=now + _PREPAY_LIFE))

    def trade(self, out_trade_no: str) -> Trade:
        found = self.trades.get(out_trade_no)
        if found is None:
            raise Refusal(Code.ORDER_NOT_EXIST)
        return found

    def close(self, out_trade_no: str) -> None:
        trade = self.trade(out_trade_no)
        if trade.state in (TradeState.SUCCESS, TradeState.REFUND):
            raise Refusal(Code.ORDERPAID)
        if trade.state is TradeState.CLOSED:
            raise Refusal(Code.ORDER_CLOSED)
        self._keep_trade(replace(trade, state=TradeState.CLOSED))

    def ask_refund(self, wish: RefundWish, fate: RefundState) -> Refund:
        """Accept a refund; asked again under its number with the same words, the same refund."""
        trade = self._refundable(wish)
        known = self.refunds.get(wish.out_refund_no)
        if known is not None:
            if (known.out_trade_no, known.amount) != (trade.out_trade_no, wish.amount.refund):
                raise Refusal(Code.INVALID_REQUEST, Why.AMOUNT_DIFFERS)
            if known.status is not RefundState.CLOSED:
                return known
        others = [self.refunds[number] for number in self._refunds_of[trade.out_trade_no]]
        others = [refund for refund in others if refund.out_refund_no != wish.out_refund_no]
        live = [refund for refund in others if refund.status is not RefundState.CLOSED]
        if wish.amount.refund + sum(refund.amount for refund in live) > trade.amount:
            raise Refusal(Code.INVALID_REQUEST, Why.MORE_THAN_LEFT)
        if len(others) >= REFUNDS_MAX:
            raise Refusal(Code.INVALID_REQUEST, Why.TOO_MANY_REFUNDS)
        if known is None:
            self._refunds_of[trade.out_trade_no].append(wish.out_refund_no)
        self._keep_trade(replace(trade, state=TradeState.REFUND))
        return self._keep_refund(self._new_refund(wish, trade, fate))

    def refund(self, out_refund_no: str) -> Refund:
        found = self.refunds.get(out_refund_no)
        if found is None:
            raise Refusal(Code.RESOURCE_NOT_EXISTS)
        return found

    # -- The payer's side, and time's ----------------------------------------------------

    def trade_of_prepay(self, prepay_id: str) -> Trade:
        out_trade_no = self._by_prepay.get(prepay_id)
        if out_trade_no is None or self.trades[out_trade_no].prepay_id != prepay_id:
            message = "预支付交易会话不存在或已失效 (unknown or stale prepay_id)"
            raise NotPayable(message)
        return self.trades[out_trade_no]

    def pay(self, trade: Trade, openid: str | None) -> Trade:
        now = self._clock()
        reasons = {
            TradeState.SUCCESS: "订单已支付 (already paid)",
            TradeState.REFUND: "订单已支付 (already paid)",
            TradeState.CLOSED: "订单已关闭 (closed)",
        }
        if trade.state in reasons:
            raise NotPayable(reasons[trade.state])
        if now >= trade.time_expire:
            message = "订单已过支付时间 (past time_expire)"
            raise NotPayable(message)
        if now >= trade.prepay_until:
            message = "预支付交易会话已失效 (prepay_id is older than two hours)"
            raise NotPayable(message)
        payer = openid or trade.openid
        if payer is None or (trade.openid is not None and payer != trade.openid):
            message = "支付者与下单用户不符 (not the openid of the order)"
            raise NotPayable(message)
        paid = replace(
            trade,
            state=TradeState.SUCCESS,
            openid=payer,
            transaction_id="42000" + f"{now:%Y%m%d}" + _digits(15),
            paid_at=now,
        )
        return self._keep_trade(paid)

    def end_refund(self, out_refund_no: str) -> Refund:
        refund = self.refunds[out_refund_no]
        return self._keep_refund(replace(refund, status=refund.fate, ended_at=self._clock()))

    def keep_notice(self, notice: Notice) -> Notice:
        self.notices[notice.id] = notice
        self._shelf.put(notice.id, notice)
        return notice

    # -- Inside --------------------------------------------------------------------------

    def _require_sound(self, wish: PrepayWish, trade_type: str) -> None:
        if wish.appid != self._home.appid or wish.mchid != self._home.mchid:
            raise Refusal(Code.APPID_MCHID_NOT_MATCH)
        if trade_type == "JSAPI" and wish.payer is None:
            raise Refusal(Code.PARAM_ERROR, Why.NO_PAYER)
        if trade_type == "MWEB" and wish.scene_info is None:
            raise Refusal(Code.PARAM_ERROR, Why.NO_SCENE)
        _require_url(wish.notify_url)

    def _new_trade(
        self, wish: PrepayWish, trade_type: str, created_at: datetime, time_expire: datetime
    ) -> Trade:
        now = self._clock()
        return Trade(
            out_trade_no=wish.out_trade_no,
            appid=wish.appid,
            mchid=wish.mchid,
            trade_type=trade_type,
            description=wish.description,
            amount=wish.amount.total,
            currency=wish.amount.currency,
            openid=None if wish.payer is None else wish.payer.openid,
            notify_url=wish.notify_url,
            created_at=created_at,
            time_expire=time_expire,
            prepay_id=f"wx{now:%d%H%M%S}{secrets.token_hex(13)}",
            prepay_until=now + _PREPAY_LIFE,
        )

    def _refundable(self, wish: RefundWish) -> Trade:
        if wish.notify_url is not None:
            _require_url(wish.notify_url)
        trade = self.trades.get(wish.out_trade_no)
        if trade is None:
            raise Refusal(Code.RESOURCE_NOT_EXISTS)
        if trade.paid_at is None:
            raise Refusal(Code.INVALID_REQUEST, Why.NOT_PAID)
        if wish.amount.total != trade.amount or wish.amount.currency != trade.currency:
            raise Refusal(Code.INVALID_REQUEST, Why.AMOUNT_DIFFERS)
        if self._clock() - trade.paid_at > _REFUND_WITHIN:
            raise Refusal(Code.INVALID_REQUEST, Why.PAID_TOO_LONG_AGO)
        return trade

    def _new_refund(self, wish: RefundWish, trade: Trade, fate: RefundState) -> Refund:
        assert trade.transaction_id is not None
        return Refund(
            out_refund_no=wish.out_refund_no,
            refund_id="5030" + _digits(25),
            out_trade_no=trade.out_trade_no,
            transaction_id=trade.transaction_id,
            amount=wish.amount.refund,
            total=wish.amount.total,
            currency=wish.amount.currency,
            reason=wish.reason,
            notify_url=wish.notify_url,
            created_at=self._clock(),
            fate=fate,
        )

    def _keep_trade(self, trade: Trade) -> Trade:
        self.trades[trade.out_trade_no] = trade
        self._by_prepay[trade.prepay_id] = trade.out_trade_no
        self._shelf.put(trade.out_trade_no, trade)
        return trade

    def _keep_refund(self, refund: Refund) -> Refund:
        self.refunds[refund.out_refund_no] = refund
        self._shelf.put(refund.out_refund_no, refund)
        return refund


def _require_url(url: str) -> None:
    try:
        require_notify_url(url)
    except ValueError as error:
        raise Refusal(Code.PARAM_ERROR, Why.BAD_NOTIFY_URL) from error


def _digits(count: int) -> str:
    return f"{secrets.randbelow(10**count):0{count}d}"
