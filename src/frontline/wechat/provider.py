"""What the shop asks of whoever collects its money, in the shop's own words.

Nothing here knows WeChat: `frontline.wechat.pay` is one provider behind this protocol. The same
`PaymentStatus` and `RefundStatus` come out of queries and of notices, so that one `settle()`
can take either. Only this file is imported by rules; it opens no connection.

Times are aware UTC. Amounts are minor units of `currency`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from frontline.kernel.words import Fen

# -- Faults -----------------------------------------------------------------------------


class ProviderFault(Exception):
    """The provider did not do as asked.

    ProviderFault
    |-- OutcomeUnknown     timeout, 5xx, unproven answer: may have been done; only a query tells
    |-- Throttled          not done: too many requests; wait, then ask again
    |-- ProviderRefused    not done: the request is wrong or not allowed; again will not help
    """

    code: str
    """The provider's own word for it, or one of ours below; for the log and the owner's screen."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message


class OutcomeUnknown(ProviderFault):
    """Never answer this with a new number: query under the same one, or ask again with it."""


class Throttled(ProviderFault):
    """Nothing was done."""


class ProviderRefused(ProviderFault):
    """Nothing was done."""


NO_ANSWER = "NO_ANSWER"
UNPROVEN_ANSWER = "UNPROVEN_ANSWER"  # Its signature is missing, stale or bad.
UNREADABLE_ANSWER = "UNREADABLE_ANSWER"


class NoticeRefusal(StrEnum):
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"  # No signature headers, or more than one; or not the documented JSON.
    STALE = "stale"
    SIGNTEST = "signtest"
    UNKNOWN_SERIAL = "unknown_serial"
    BAD_SIGNATURE = "bad_signature"
    UNDECRYPTABLE = "undecryptable"
    WRONG_MERCHANT = "wrong_merchant"


class NoticeRefused(Exception):
    """A notice that must have no effect. Answer 4xx; the true one will be sent again."""

    def __init__(self, reason: NoticeRefusal, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


# -- Paying -----------------------------------------------------------------------------


class Channel(StrEnum):
    JSAPI = "jsapi"  # Inside WeChat, mini-programs too.
    H5 = "h5"  # Any other browser on a phone.


class Prepay(msgspec.Struct, frozen=True, kw_only=True):
    out_trade_no: str
    """Our number of the payment: 6 to 32 of `[0-9A-Za-z_-|*]`, unique for ever."""
    amount: Fen
    currency: str = "CNY"
    description: str
    channel: Channel
    payer: str | None = None
    """openid; needed on JSAPI."""
    client_ip: str | None = None
    """Needed on H5."""
    expires_at: datetime


class PayParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What the shopper's device needs to open the payment sheet: one of the two is set."""

    prepay_id: str | None = None
    request_payment: dict[str, str] | None = None
    """For `wx.requestPayment`: timeStamp, nonceStr, package, signType, paySign (and appId)."""
    h5_url: str | None = None


class PaymentState(StrEnum):
    UNPAID = "unpaid"
    PAID = "paid"
    REFUNDED = "refunded"  # Was paid; some of it, or all, has gone back or is on its way.
    CLOSED = "closed"
    UNKNOWN_TO_PROVIDER = "unknown_to_provider"  # It never heard of it: nobody can pay it.


class PaymentStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider knows of one payment. Below `state`, None means "it did not say"."""

    out_trade_no: str
    state: PaymentState
    mchid: str
    appid: str | None = None
    amount: Fen | None = None
    currency: str | None = None
    payer: str | None = None
    transaction_id: str | None = None
    paid_at: datetime | None = None


class CloseOutcome(StrEnum):
    CLOSED = "closed"  # Now or before: no money can come.
    ALREADY_PAID = "already_paid"  # Query, then settle.
    UNKNOWN_TO_PROVIDER = "unknown_to_provider"  # Only a `prepare` still on its way could open it.


# -- Refunding --------------------------------------------------------------------------


class RefundRequest(msgspec.Struct, frozen=True, kw_only=True):
    out_trade_no: str
    out_refund_no: str
    """Our number of the refund, and its idempotency key: retry with the same, never a new one."""
    amount: Fen
    total: Fen
    """What the payment was, whole."""
    currency: str = "CNY"
    reason: str


class RefundState(StrEnum):
    PROCESSING = "processing"  # Accepted is not refunded.
    REFUNDED = "refunded"
    CLOSED = "closed"  # Not refunded, and will not be under this number.
    ABNORMAL = "abnormal"  # The payer's card will not take it: somebody must act.
    UNKNOWN_TO_PROVIDER = "unknown_to_provider"


class RefundStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider knows of one refund. Below `state`, None means "it did not say"."""

    out_refund_no: str
    state: RefundState
    mchid: str
    out_trade_no: str | None = None
    refund_id: str | None = None
    amount: Fen | None = None
    total: Fen | None = None
    currency: str | None = None
    """None in notices, which do not say it."""
    refunded_at: datetime | None = None


# -- Hearing ----------------------------------------------------------------------------


class PaymentNotice(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    """The same when the same notice is sent again."""
    status: PaymentStatus


class RefundNotice(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    """The same when the same notice is sent again."""
    status: RefundStatus


Headers = Mapping[str, str] | Sequence[tuple[str, str]] | Sequence[tuple[bytes, bytes]]
"""Pairs where the server has them: only pairs show that a header came twice."""


class PaymentProvider(Protocol):
    """Every call but `read_notice` may raise `ProviderFault`; none retries by itself."""

    async def prepare(self, prepay: Prepay) -> PayParameters: ...

    async def query(self, out_trade_no: str) -> PaymentStatus: ...

    async def close(self, out_trade_no: str) -> CloseOutcome: ...

    async def refund(self, request: RefundRequest) -> RefundStatus: ...

    async def query_refund(self, out_refund_no: str) -> RefundStatus: ...

    async def read_notice(self, headers: Headers, body: bytes) -> PaymentNotice | RefundNotice:
        """Prove and open a notice. Raises `NoticeRefused`.

        Raises `ProviderFault` when a key needed to judge it could not be fetched: answer 5xx,
        so that it is sent again.
        """
        ...
