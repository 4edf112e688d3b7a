"""WeChat Pay as a `PaymentProvider`: its words become the shop's."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from frontline.kernel.words import Fen
from frontline.wechat.pay import shapes
from frontline.wechat.pay.client import WeChatPay
from frontline.wechat.pay.notice import open_notice
from frontline.wechat.pay.shapes import RefundHappening, TradeState, Transaction
from frontline.wechat.provider import (
    UNREADABLE_ANSWER,
    Channel,
    CloseOutcome,
    Headers,
    NoticeRefusal,
    NoticeRefused,
    OutcomeUnknown,
    PaymentNotice,
    PaymentProvider,
    PaymentState,
    PaymentStatus,
    PayParameters,
    Prepay,
    ProviderRefused,
    RefundNotice,
    RefundRequest,
    RefundState,
    RefundStatus,
)

# Old documents and new ones spell some codes differently, and servers have answered both.
_NO_SUCH_ORDER = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST"})
_NO_SUCH_REFUND = frozenset({"RESOURCE_NOT_EXISTS", "REFUND_NOT_EXISTS", "REFUNDNOTEXIST"})
_ORDER_PAID = frozenset({"ORDERPAID", "ORDER_PAID"})
_ORDER_CLOSED = frozenset({"ORDER_CLOSED", "ORDERCLOSED"})

_PAYMENT_STATES = {
    TradeState.SUCCESS: PaymentState.PAID,
    TradeState.REFUND: PaymentState.REFUNDED,
    TradeState.NOTPAY: PaymentState.UNPAID,
    TradeState.USERPAYING: PaymentState.UNPAID,
    TradeState.PAYERROR: PaymentState.UNPAID,
    TradeState.ACCEPT: PaymentState.UNPAID,
    TradeState.CLOSED: PaymentState.CLOSED,
    TradeState.REVOKED: PaymentState.CLOSED,
}
_REFUND_STATES = {
    shapes.RefundState.SUCCESS: RefundState.REFUNDED,
    shapes.RefundState.CLOSED: RefundState.CLOSED,
    shapes.RefundState.PROCESSING: RefundState.PROCESSING,
    shapes.RefundState.ABNORMAL: RefundState.ABNORMAL,
}
_MONEY_CAME = (PaymentState.PAID, PaymentState.REFUNDED)


class WeChatPayProvider(PaymentProvider):
    """`notify_url` hears of payments and refunds alike."""

    def __init__(self, client: WeChatPay, notify_url: str) -> None:
        require_notify_url(notify_url)
        self._client = client
        self._notify_url = notify_url

    async def prepare(self, prepay: Prepay) -> PayParameters:
        match prepay.channel:
            case Channel.JSAPI:
                assert prepay.payer is not None
                prepay_id = await self._client.prepay_jsapi(
                    out_trade_no=prepay.out_trade_no,
                    description=prepay.description,
                    amount=prepay.amount,
                    currency=prepay.currency,
                    openid=prepay.payer,
                    time_expire=prepay.expires_at,
                    notify_url=self._notify_url,
                )
                parameters = self._client.request_payment(prepay_id)
                return PayParameters(prepay_id=prepay_id, request_payment=parameters)
            case Channel.H5:
                assert prepay.client_ip is not None
                h5_url = await self._client.prepay_h5(
                    out_trade_no=prepay.out_trade_no,
                    description=prepay.description,
                    amount=prepay.amount,
                    currency=prepay.currency,
                    client_ip=prepay.client_ip,
                    time_expire=prepay.expires_at,
                    notify_url=self._notify_url,
                )
                return PayParameters(h5_url=h5_url)

    async def query(self, out_trade_no: str) -> PaymentStatus:
        try:
            transaction = await self._client.query(out_trade_no)
        except ProviderRefused as refused:
            if refused.code not in _NO_SUCH_ORDER:
                raise
            return PaymentStatus(
                out_trade_no=out_trade_no,
                state=PaymentState.UNKNOWN_TO_PROVIDER,
                mchid=self._client.merchant.mchid,
            )
        status = _payment_status(transaction)
        if status is None or not self._is_ours(transaction, out_trade_no):
            raise OutcomeUnknown(UNREADABLE_ANSWER, f"query of {out_trade_no}")
        return status

    async def close(self, out_trade_no: str) -> CloseOutcome:
        try:
            await self._client.close(out_trade_no)
        except ProviderRefused as refused:
            if refused.code in _ORDER_PAID:
                return CloseOutcome.ALREADY_PAID
            if refused.code in _ORDER_CLOSED:
                return CloseOutcome.CLOSED
            if refused.code in _NO_SUCH_ORDER:
                return CloseOutcome.UNKNOWN_TO_PROVIDER
            raise
        return CloseOutcome.CLOSED

    async def refund(self, request: RefundRequest) -> RefundStatus:
        refund = await self._client.refund(
            out_trade_no=request.out_trade_no,
            out_refund_no=request.out_refund_no,
            amount=request.amount,
            total=request.total,
            currency=request.currency,
            reason=request.reason,
            notify_url=self._notify_url,
        )
        return self._refund_status(refund, request.out_refund_no)

    async def query_refund(self, out_refund_no: str) -> RefundStatus:
        try:
            refund = await self._client.query_refund(out_refund_no)
        except ProviderRefused as refused:
            if refused.code not in _NO_SUCH_REFUND:
                raise
            return RefundStatus(
                out_refund_no=out_refund_no,
                state=RefundState.UNKNOWN_TO_PROVIDER,
                mchid=self._client.merchant.mchid,
            )
        return self._refund_status(refund, out_refund_no)

    async def read_notice(self, headers: Headers, body: bytes) -> PaymentNotice | RefundNotice:
        notice_id, happening = await open_notice(self._client, headers, body)
        if happening.mchid != self._client.merchant.mchid:
            raise NoticeRefused(NoticeRefusal.WRONG_MERCHANT, happening.mchid[:64])
        if isinstance(happening, RefundHappening):
            return RefundNotice(id=notice_id, status=_refund_happened(happening))
        if happening.appid != self._client.merchant.appid:
            raise NoticeRefused(NoticeRefusal.WRONG_MERCHANT, (happening.appid or "")[:64])
        status = _payment_status(happening)
        if status is None:
            raise NoticeRefused(NoticeRefusal.MALFORMED, "money came, but not how much")
        return PaymentNotice(id=notice_id, status=status)

    def _is_ours(self, transaction: Transaction, out_trade_no: str) -> bool:
        merchant = self._client.merchant
        return (
            transaction.out_trade_no == out_trade_no
            and transaction.mchid == merchant.mchid
            and transaction.appid in (merchant.appid, None)
        )

    def _refund_status(self, refund: shapes.Refund, out_refund_no: str) -> RefundStatus:
        if refund.out_refund_no != out_refund_no:
            raise OutcomeUnknown(UNREADABLE_ANSWER, f"refund {out_refund_no}")
        return RefundStatus(
            out_refund_no=refund.out_refund_no,
            state=_REFUND_STATES[refund.status],
            mchid=self._client.merchant.mchid,
            out_trade_no=refund.out_trade_no,
            refund_id=refund.refund_id,
            amount=Fen(refund.amount.refund),
            total=Fen(refund.amount.total),
            currency=refund.amount.currency,
            refunded_at=_utc(refund.success_time),
        )


def require_notify_url(url: str) -> None:
    """WeChat takes https without a query; plain http only makes sense to a simulator beside us."""
    parts = urlsplit(url)
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))
    if not secure or not parts.hostname or parts.query or parts.fragment:
        message = f"a notify URL is https, without query or fragment: {url}"
        raise ValueError(message)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def _payment_status(transaction: Transaction) -> PaymentStatus | None:
    """None when money came but it is not said how much: nothing could be settled on that."""
    state = _PAYMENT_STATES[transaction.trade_state]
    amount = transaction.amount
    if state in _MONEY_CAME and (amount is None or transaction.transaction_id is None):
        return None
    return PaymentStatus(
        out_trade_no=transaction.out_trade_no,
        state=state,
        mchid=transaction.mchid,
        appid=transaction.appid,
        amount=None if amount is None else Fen(amount.total),
        currency=None if amount is None else amount.currency,
        payer=None if transaction.payer is None else transaction.payer.openid,
        transaction_id=transaction.transaction_id,
        paid_at=_utc(transaction.success_time),
    )


def _refund_happened(happening: RefundHappening) -> RefundStatus:
    return RefundStatus(
        out_refund_no=happening.out_refund_no,
        state=_REFUND_STATES[happening.refund_status],
        mchid=happening.mchid,
        out_trade_no=happening.out_trade_no,
        refund_id=happening.refund_id,
        amount=Fen(happening.amount.refund),
        total=Fen(happening.amount.total),
        currency=happening.amount.currency,
        refunded_at=_utc(happening.success_time),
    )


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
