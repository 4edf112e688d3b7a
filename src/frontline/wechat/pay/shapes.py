"""WeChat Pay's JSON, as far as we read it. Their names, not ours."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

Money = Annotated[int, msgspec.Meta(ge=0)]
"""Minor units."""
AwareDatetime = Annotated[datetime, msgspec.Meta(tz=True)]


class TradeState(StrEnum):
    SUCCESS = "SUCCESS"
    REFUND = "REFUND"
    NOTPAY = "NOTPAY"
    CLOSED = "CLOSED"
    REVOKED = "REVOKED"
    USERPAYING = "USERPAYING"
    PAYERROR = "PAYERROR"
    ACCEPT = "ACCEPT"


class RefundState(StrEnum):
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"
    PROCESSING = "PROCESSING"
    ABNORMAL = "ABNORMAL"


class TransactionAmount(msgspec.Struct, frozen=True):
    total: Money
    currency: str = "CNY"
    payer_total: Money | None = None
    payer_currency: str | None = None


class Payer(msgspec.Struct, frozen=True):
    openid: str


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """A query's answer, and what a payment notice carries."""

    mchid: str
    out_trade_no: str
    trade_state: TradeState
    appid: str | None = None
    transaction_id: str | None = None
    trade_type: str | None = None
    trade_state_desc: str | None = None
    bank_type: str | None = None
    success_time: AwareDatetime | None = None
    payer: Payer | None = None
    amount: TransactionAmount | None = None


class RefundAmount(msgspec.Struct, frozen=True):
    total: Money
    refund: Money
    payer_total: Money | None = None
    payer_refund: Money | None = None
    currency: str | None = None


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to asking for a refund, and to querying it."""

    refund_id: str
    out_refund_no: str
    transaction_id: str
    out_trade_no: str
    status: RefundState
    amount: RefundAmount
    create_time: AwareDatetime | None = None
    success_time: AwareDatetime | None = None
    user_received_account: str | None = None


class RefundHappening(msgspec.Struct, frozen=True, kw_only=True):
    """What a refund notice carries."""

    mchid: str
    refund_id: str
    out_refund_no: str
    transaction_id: str
    out_trade_no: str
    refund_status: RefundState
    amount: RefundAmount
    success_time: AwareDatetime | None = None


class Resource(msgspec.Struct, frozen=True):
    algorithm: str
    ciphertext: str
    nonce: str
    associated_data: str = ""
    original_type: str = ""


class Envelope(msgspec.Struct, frozen=True):
    """A notice as it travels."""

    id: str
    event_type: str
    resource: Resource


class EncryptedCertificate(msgspec.Struct, frozen=True):
    algorithm: str
    nonce: str
    ciphertext: str
    associated_data: str = ""


class CertificateEntry(msgspec.Struct, frozen=True):
    serial_no: str
    effective_time: AwareDatetime
    expire_time: AwareDatetime
    encrypt_certificate: EncryptedCertificate


class CertificateList(msgspec.Struct, frozen=True):
    data: list[CertificateEntry]


class PrepayAnswer(msgspec.Struct, frozen=True):
    prepay_id: str


class H5Answer(msgspec.Struct, frozen=True):
    h5_url: str


class Complaint(msgspec.Struct, frozen=True):
    """The body of every 4xx and 5xx."""

    code: str = ""
    message: str = ""
