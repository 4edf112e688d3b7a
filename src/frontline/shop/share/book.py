"""Shares, who opened them, and who was brought by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import MemberId, OrderId, ProductId
from frontline.shop.share.messages import Channel, CodeId, Kind, Visitor

TOUCHES_LOOKED_AT = 50
"""The last ones of a visitor; earlier ones cannot have brought anybody."""


class Key(msgspec.Struct, frozen=True):
    """What shares are signed with. The last one signs; all that are not withdrawn prove."""

    id: int
    secret: bytes
    made_at: datetime
    withdrawn: bool = False


class Share(msgspec.Struct, frozen=True):
    id: CodeId
    visitor: Visitor  # Where it was made first.
    member_id: MemberId | None  # None: by somebody who was not signed in.
    kind: Kind
    target: str
    channel: Channel
    made_at: datetime


class Touch(msgspec.Struct, frozen=True):
    """A visitor opened a share, once or more often."""

    visitor: Visitor
    code_id: CodeId
    member_id: MemberId | None  # Who was signed in, the last time somebody was.
    first_at: datetime
    last_at: datetime


class Bind(msgspec.Struct, frozen=True):
    """Who brought a member: decided once, when the member first signed in on a storefront."""

    member_id: MemberId
    visitor: Visitor
    at: datetime
    sharer_id: MemberId | None  # None: came by themselves.
    code_id: CodeId | None
    joined_at: datetime | None  # Of the two, where there are two: whoever brings joined earlier,
    sharer_joined_at: datetime | None  # so there is never a circle.


TouchKey = tuple[Visitor, CodeId]


@dataclass(slots=True)
class ShareBook(Book):
    keys: Page[int, Key]
    shares: Page[CodeId, Share]
    touches: Page[TouchKey, Touch]
    binds: Page[MemberId, Bind]
    owners: Page[Visitor, MemberId]  # Who signed in first on a storefront.

    def signing(self) -> Key | None:
        """The key that signs now."""
        return max(self.keys.rows().values(), key=lambda key: key.id, default=None)

    def proving(self) -> dict[int, bytes]:
        return {key.id: key.secret for key in self.keys.rows().values() if not key.withdrawn}

    def add_key(self, key: Key) -> None:
        assert self.keys.get(key.id) is None
        self.keys[key.id] = key

    def withdraw(self) -> None:
        for key in self.keys.rows().values():
            self.keys[key.id] = msgspec.structs.replace(key, withdrawn=True)

    def make(self, share: Share) -> None:
        assert self.shares.get(share.id) is None
        self.shares[share.id] = share

    def sharer(self, share: Share) -> MemberId | None:
        """Whose it is: also if its maker became a member only later."""
        return self.owners.get(share.visitor) if share.member_id is None else share.member_id

    def touch(
        self, visitor: Visitor, code_id: CodeId, member_id: MemberId | None, now: datetime
    ) -> bool:
        """Record it; whether this visitor had opened it before."""
        before = self.touches.get((visitor, code_id))
        if before is None:
            touch = Touch(visitor, code_id, member_id, now, now)
        else:
            touch = msgspec.structs.replace(
                before, member_id=member_id or before.member_id, last_at=now
            )
        self.touches[visitor, code_id] = touch
        return before is not None

    def touches_of(self, visitor: Visitor) -> list[Touch]:
        """The last ones, the latest first."""
        own = [touch for touch in self.touches.rows().values() if touch.visitor == visitor]
        own.sort(key=lambda touch: (touch.last_at, touch.code_id), reverse=True)
        return own[:TOUCHES_LOOKED_AT]

    def bind(self, bind: Bind) -> None:
        assert self.binds.get(bind.member_id) is None
        self.binds[bind.member_id] = bind
        if self.owners.get(bind.visitor) is None:
            self.owners[bind.visitor] = bind.member_id

    def check(self) -> None:
        for touch in self.touches.rows().values():
            assert touch.first_at <= touch.last_at
        for bind in self.binds.rows().values():
            brought = bind.sharer_id is not None
            assert brought == (bind.code_id is not None)
            assert brought == (bind.joined_at is not None) == (bind.sharer_joined_at is not None)
            if bind.joined_at is not None and bind.sharer_joined_at is not None:
                assert bind.sharer_joined_at < bind.joined_at


@dataclass(frozen=True, slots=True)
class ShareKeys(Keys[ShareBook]):
    """Always with the shop's keys. Whose the shares are is loaded with them."""

    code_ids: Iterable[CodeId] = ()
    touches: Iterable[TouchKey] = ()
    binding: Iterable[tuple[Visitor, MemberId]] = ()  # With the last touches of these visitors.


@dataclass(slots=True)
class WorthSharingBook(Book):
    """Read only: what there is that could be shared."""

    products: Page[ProductId, UUID]
    orders: Page[OrderId, MemberId]  # Whose they are.

    def check(self) -> None:
        assert not self.products.added()
        assert not self.orders.added()


@dataclass(frozen=True, slots=True)
class WorthSharingKeys(Keys[WorthSharingBook]):
    product_ids: Iterable[ProductId] = ()
    order_ids: Iterable[OrderId] = ()


@dataclass(slots=True)
class BuyerBook(Book):
    """Read only: who has ever paid for something, whether or not it was given back."""

    buyers: Page[MemberId, MemberId]

    def check(self) -> None:
        assert not self.buyers.added()


@dataclass(frozen=True, slots=True)
class BuyerKeys(Keys[BuyerBook]):
    member_ids: Iterable[MemberId]
