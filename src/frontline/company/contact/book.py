"""Who spoke with which customer. Only ever added to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from frontline.company.contact.messages import SPOKEN, ContactId, How
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import MemberId, StaffId


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    id: ContactId
    staff_id: StaffId
    at: datetime
    how: How
    said: str
    member_id: MemberId | None


@dataclass(slots=True)
class ContactBook(Book):
    members: Page[MemberId, bool]  # Those of them that are there.
    contacts: list[Contact] = field(default_factory=list)

    def log(self, contact: Contact) -> None:
        self.contacts.append(contact)

    def check(self) -> None:
        assert not self.members.added()
        assert not self.members.altered()
        for contact in self.contacts:
            assert contact.how in SPOKEN
            assert contact.member_id is None or self.members.get(contact.member_id)


@dataclass(frozen=True, slots=True)
class ContactKeys(Keys[ContactBook]):
    member_ids: Iterable[MemberId]
