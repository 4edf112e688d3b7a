"""Words every feature shares: money, identity, and the shape of a decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Generic, NewType, TypeVar
from uuid import UUID

import msgspec

Fen = NewType("Fen", int)
"""Money in the smallest unit of the shop's currency (1 yuan = 100 fen). Never a float."""

ShopId = NewType("ShopId", int)
MemberId = NewType("MemberId", UUID)
StaffId = NewType("StaffId", UUID)
SkuId = NewType("SkuId", UUID)
ProductId = NewType("ProductId", UUID)
OrderId = NewType("OrderId", UUID)

OutcomeT_co = TypeVar("OutcomeT_co", covariant=True)


class Command(msgspec.Struct, Generic[OutcomeT_co], frozen=True, kw_only=True, omit_defaults=True):
    """A wish, typed by what it is answered with.

    `id` is minted by whoever wishes and makes the wish safe to repeat. What a wish
    creates takes its id, so rules need no chance to name things.
    """

    id: UUID


_encode = msgspec.msgpack.Encoder().encode


def wish_of(command: Command[Any]) -> int:
    """What is wished for, in 63 bits: tells a repeated command from an id used twice."""
    return digest_of(command)


def digest_of(value: Any) -> int:
    """Of whatever can be written as MessagePack, in 63 bits: a bigint."""
    digest = blake2b(_encode(value), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


class NoEffect(msgspec.Struct, frozen=True):
    """An outcome that changed nothing: its answer need not be kept, it may be decided again."""


class SharedRefusal(StrEnum):
    ID_REUSED = "id_reused"
    CHANGED_SINCE = "changed_since"


class IdReused(NoEffect, frozen=True, tag=True):
    """The id of this command was used before, for another wish."""

    refusal: SharedRefusal = SharedRefusal.ID_REUSED


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact, written in the same transaction as the rows it speaks of."""


class Moment(msgspec.Struct, frozen=True):
    """All that a batch may know of time and chance; rules have no other source of either."""

    now: datetime  # Aware, UTC.
    seed: int


@dataclass(slots=True)
class Notes:
    """What rules want remembered beside the rows: facts to tell, commands to give later."""

    events: list[Event] = field(default_factory=list)
    timers: list[tuple[datetime, Command[Any]]] = field(default_factory=list)
    edits: list[tuple[UUID, StaffId | None]] = field(default_factory=list)

    def announce(self, event: Event) -> None:
        self.events.append(event)

    def wake(self, due_at: datetime, command: Command[Any]) -> None:
        """Ask for `command` at `due_at`. A hint: the rules must look again when it comes."""
        self.timers.append((due_at, command))

    def edited(self, thing_id: UUID, staff_id: StaffId | None) -> None:
        """Who changed this thing last; None: the house itself, as from a file."""
        self.edits.append((thing_id, staff_id))


@dataclass(frozen=True, slots=True)
class Decision(Generic[OutcomeT_co]):
    """What the rules made of one batch; what became of the rows stays in the books."""

    outcomes: tuple[OutcomeT_co, ...]  # One per command, in the order of the commands.
    notes: Notes
