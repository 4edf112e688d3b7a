"""Talking with customers: what may be asked, what is answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, MemberId, NoEffect, StaffId

ContactId = NewType("ContactId", UUID)


class How(StrEnum):
    CHAT = "chat"
    PHONE = "phone"
    VISIT = "visit"
    REVIEW = "review"  # A review was answered; counted by itself.
    AFTERSALE = "aftersale"  # An after-sale case was answered; counted by itself.


SPOKEN = (How.CHAT, How.PHONE, How.VISIT)
"""What is logged by hand."""

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public."""

    CUSTOMER_UNKNOWN = "customer_unknown"
    CONTACT_IN_FUTURE = "contact_in_future"


TEXTS: Texts = {
    Refusal.CUSTOMER_UNKNOWN: Text(
        "没有这个客户，请核对手机号", "There is no such customer; look at the number again", 404
    ),
    Refusal.CONTACT_IN_FUTURE: Text(
        "时间不能晚于现在", "That is still to come; log it when you have spoken"
    ),
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal


class ContactLogged(msgspec.Struct, frozen=True, tag=True):
    contact_id: ContactId


Outcome = ContactLogged | Refused

# -- Asked ----------------------------------------------------------------------------


class LogContact(Command[ContactLogged | Refused], frozen=True, tag=True):
    """Somebody of the staff spoke with a customer. It takes the command's id."""

    staff_id: StaffId
    how: How  # One of SPOKEN.
    said: str  # What the customer said, in her words; may be empty.
    member_id: MemberId | None = None  # None: not a customer by name.
    at: datetime | None = None  # None: just now.


Request = LogContact
