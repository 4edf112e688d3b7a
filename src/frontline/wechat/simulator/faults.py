"""The fault panel: what shall go wrong, at which call, how often."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec.structs import replace


class Call(StrEnum):
    PREPAY = "prepay"
    QUERY = "query"
    CLOSE = "close"
    REFUND = "refund"
    QUERY_REFUND = "query_refund"
    CERTIFICATES = "certificates"
    CODE2SESSION = "code2session"
    STABLE_TOKEN = "stable_token"  # noqa: S105 -- the name of a call.
    PHONE_NUMBER = "phone_number"
    PAGE_CODE = "page_code"
    PAYMENT_NOTICE = "payment_notice"
    REFUND_NOTICE = "refund_notice"


class Fault(StrEnum):
    DROP = "drop"  # The request is lost: nothing done, no answer. Notice: this attempt is lost.
    LOSE_ANSWER = "lose_answer"  # Done, but the answer is lost.
    DELAY = "delay"  # Done, told `seconds` later. Notice: sent that much later.
    SERVER_ERROR = "500"  # Not done.
    SERVER_ERROR_BUT_DONE = "500_but_done"
    TOO_MANY = "429"  # Not done.
    FORGE = "forge"  # Done, bad signature. Notice: a forged one comes first.
    SIGNTEST = "signtest"  # Done, WeChat's own bad signature. Notice: a probe comes first.
    NOT_ENOUGH = "not_enough"  # Refund: the merchant's balance is empty.
    ABNORMAL_REFUND = "abnormal_refund"  # Accepted, then ends ABNORMAL.
    CLOSED_REFUND = "closed_refund"  # Accepted, then ends CLOSED.
    DUPLICATE = "duplicate"  # Notice: `copies` more at the same time.
    REORDER = "reorder"  # Notice: held back until the next one has arrived.
    NEVER_NOTIFY = "never_notify"


NOTICES = frozenset({Call.PAYMENT_NOTICE, Call.REFUND_NOTICE})
PAY_CALLS = frozenset(
    {Call.PREPAY, Call.QUERY, Call.CLOSE, Call.REFUND, Call.QUERY_REFUND, Call.CERTIFICATES}
)
APP_CALLS = frozenset({Call.CODE2SESSION, Call.STABLE_TOKEN, Call.PHONE_NUMBER, Call.PAGE_CODE})
_REQUESTS = PAY_CALLS | APP_CALLS
FITS = {
    Fault.DROP: _REQUESTS | NOTICES,
    Fault.LOSE_ANSWER: _REQUESTS,
    Fault.DELAY: _REQUESTS | NOTICES,
    Fault.SERVER_ERROR: _REQUESTS,
    Fault.SERVER_ERROR_BUT_DONE: _REQUESTS,
    Fault.TOO_MANY: _REQUESTS,
    Fault.FORGE: PAY_CALLS | NOTICES,
    Fault.SIGNTEST: PAY_CALLS | NOTICES,
    Fault.NOT_ENOUGH: frozenset({Call.REFUND}),
    Fault.ABNORMAL_REFUND: frozenset({Call.REFUND}),
    Fault.CLOSED_REFUND: frozenset({Call.REFUND}),
    Fault.DUPLICATE: NOTICES,
    Fault.REORDER: NOTICES,
    Fault.NEVER_NOTIFY: NOTICES,
}
"""The calls a fault can befall."""


class Armed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fault: Fault
    call: Call | None = None
    """None: any call that it can befall."""
    count: Annotated[int, msgspec.Meta(ge=1)] = 1
    seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 1.0
    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class FaultPanel:
    def __init__(self) -> None:
        self.armed: list[Armed] = []

    def arm(self, armed: Armed) -> None:
        """Raises ValueError when that fault cannot befall that call."""
        if armed.call is not None and armed.call not in FITS[armed.fault]:
            message = f"{armed.fault} cannot befall {armed.call}"
            raise ValueError(message)
        self.armed.append(armed)

    def take(self, call: Call, *among: Fault) -> Armed | None:
        """Spend one of the first armed fault that befalls `call`."""
        for index, armed in enumerate(self.armed):
            hits = armed.call is call or (armed.call is None and call in FITS[armed.fault])
            if hits and armed.fault in among:
                left = armed.count - 1
                self.armed[index : index + 1] = [replace(armed, count=left)] if left else []
                return armed
        return None
