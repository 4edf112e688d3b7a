"""Members, where their orders go, and the codes that prove a phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import MemberId

ADDRESSES_MAX = 50
CODE_TRIES_MAX = 5
CODES_A_DAY_MAX = 10

# -- As a sale sees them ------------------------------------------------------------------


class Address(msgspec.Struct, frozen=True):
    """Copied into the order: a later change of the address book changes no order."""

    id: UUID
    member_id: MemberId
    name: str
    phone: str
    region_code: str  # Six digits of GB/T 2260; "" outside China.
    region: str  # As written on a parcel: province, city, district.
    detail: str


@dataclass(slots=True)
class AddressBook(Book):
    """Read only: what a sale needs of the address books of its buyers."""

    addresses: Page[UUID, Address]

    def of(self, member_id: MemberId, address_id: UUID) -> Address | None:
        """None also when it is somebody else's."""
        address = self.addresses.get(address_id)
        return address if address is not None and address.member_id == member_id else None

    def check(self) -> None:
        assert not self.addresses.added()
        assert not self.addresses.altered()


@dataclass(frozen=True, slots=True)
class AddressKeys(Keys[AddressBook]):
    address_ids: Iterable[UUID]


# -- As they themselves change them -------------------------------------------------------


class Member(msgspec.Struct, frozen=True):
    id: MemberId
    openid: str | None
    phone: str | None  # Proved by a code.
    nickname: str
    locale: str
    joined_at: datetime
    default_address_id: UUID | None = None


@dataclass(slots=True)
class MemberBook(Book):
    """Whoever changes an address has its member locked, so counting addresses is safe."""

    members: Page[MemberId, Member]
    addresses: Page[MemberId, tuple[Address, ...]]

    def by_openid(self, openid: str) -> Member | None:
        return next((one for one in self.members.rows().values() if one.openid == openid), None)

    def by_phone(self, phone: str) -> Member | None:
        return next((one for one in self.members.rows().values() if one.phone == phone), None)

    def join(self, member: Member) -> None:
        assert self.members.get(member.id) is None
        self.members[member.id] = member

    def change(self, member_id: MemberId, nickname: str | None, locale: str | None) -> Member:
        member = self.members[member_id]
        member = msgspec.structs.replace(
            member,
            nickname=member.nickname if nickname is None else nickname,
            locale=member.locale if locale is None else locale,
        )
        self.members[member_id] = member
        return member

    def addresses_of(self, member_id: MemberId) -> tuple[Address, ...]:
        return self.addresses.get(member_id) or ()

    def address(self, member_id: MemberId, address_id: UUID) -> Address | None:
        """None also when it is somebody else's."""
        own = self.addresses_of(member_id)
        return next((address for address in own if address.id == address_id), None)

    def put(self, address: Address) -> None:
        """Add it, or put it in the place of the one with its id."""
        own = {one.id: one for one in self.addresses_of(address.member_id)} | {address.id: address}
        self.addresses[address.member_id] = tuple(own[id_] for id_ in sorted(own))

    def prefer(self, member_id: MemberId, address_id: UUID | None) -> None:
        """Offer this address first."""
        self.members[member_id] = msgspec.structs.replace(
            self.members[member_id], default_address_id=address_id
        )

    def remove(self, member_id: MemberId, address_id: UUID) -> None:
        self.addresses[member_id] = tuple(
            one for one in self.addresses_of(member_id) if one.id != address_id
        )
        if self.members[member_id].default_address_id == address_id:
            self.prefer(member_id, None)

    def check(self) -> None:
        for member_id, own in self.addresses.rows().items():
            assert len({one.id for one in own}) == len(own) <= ADDRESSES_MAX
            assert all(one.member_id == member_id for one in own)
            preferred = self.members[member_id].default_address_id
            assert preferred is None or any(one.id == preferred for one in own)


@dataclass(frozen=True, slots=True)
class MemberKeys(Keys[MemberBook]):
    openids: Iterable[str] = ()
    phones: Iterable[str] = ()
    with_addresses: Iterable[MemberId] = ()
    """Members by their ids, and all their addresses."""


@dataclass(slots=True)
class AcquaintanceBook(Book):
    """Read only: which members there are, and what they are called."""

    members: Page[MemberId, Member]

    def check(self) -> None:
        assert not self.members.added()
        assert not self.members.altered()


@dataclass(frozen=True, slots=True)
class AcquaintanceKeys(Keys[AcquaintanceBook]):
    member_ids: Iterable[MemberId]


# -- Proving a phone ----------------------------------------------------------------------


class PhoneCode(msgspec.Struct, frozen=True):
    """The last code sent to a phone. The code itself is nowhere but in the message."""

    phone: str
    code_id: UUID  # Salts the digest.
    digest: bytes | None  # None: used up.
    asked_at: datetime
    tries: int  # Wrong ones.
    day_from: datetime  # Since then `day_count` codes were sent.
    day_count: int


@dataclass(slots=True)
class CodeBook(Book):
    codes: Page[str, PhoneCode]

    def send(self, code: PhoneCode) -> None:
        self.codes[code.phone] = code

    def miss(self, phone: str) -> int:
        """A wrong code was entered; how many tries are left."""
        code = self.codes[phone]
        self.codes[phone] = msgspec.structs.replace(code, tries=code.tries + 1)
        return CODE_TRIES_MAX - code.tries - 1

    def use_up(self, phone: str) -> None:
        self.codes[phone] = msgspec.structs.replace(self.codes[phone], digest=None)

    def check(self) -> None:
        for code in self.codes.rows().values():
            assert 0 <= code.tries <= CODE_TRIES_MAX
            assert 1 <= code.day_count <= CODES_A_DAY_MAX


@dataclass(frozen=True, slots=True)
class CodeKeys(Keys[CodeBook]):
    phones: Iterable[str]
