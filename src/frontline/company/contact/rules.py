"""Writing down that one has spoken with a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from frontline.company.contact.book import Contact, ContactBook, ContactKeys
from frontline.company.contact.messages import (
    ContactId,
    ContactLogged,
    LogContact,
    Outcome,
    Refusal,
    Refused,
)
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes


async def gather(batch: Sequence[LogContact], load: Load) -> ContactBook:
    members = {one.member_id for one in batch if one.member_id is not None}
    return await load(ContactKeys(members))


def decide(book: ContactBook, batch: Sequence[LogContact], moment: Moment) -> Decision[Outcome]:
    return Decision(tuple(_log(book, one, moment.now) for one in batch), Notes())


def _log(book: ContactBook, command: LogContact, now: datetime) -> ContactLogged | Refused:
    if command.member_id is not None and book.members.get(command.member_id) is None:
        return Refused(Refusal.CUSTOMER_UNKNOWN)
    at = command.at or now
    if at > now:
        return Refused(Refusal.CONTACT_IN_FUTURE)
    contact = Contact(
        id=ContactId(command.id),
        staff_id=command.staff_id,
        at=at,
        how=command.how,
        said=command.said,
        member_id=command.member_id,
    )
    book.log(contact)
    return ContactLogged(contact.id)
