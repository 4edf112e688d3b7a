"""What a feature tells the engine and the application about itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from frontline.engine.shelf import Shelf
from frontline.kernel.book import Keys
from frontline.kernel.load import Load
from frontline.kernel.text import Texts
from frontline.kernel.words import Command, Decision, Event, Moment, ShopId
from frontline.store.database import Database, Transaction

if TYPE_CHECKING:
    from frontline.engine.engine import Engine

RequestT = TypeVar("RequestT", bound=Command[Any])
DeskT = TypeVar("DeskT")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a command was answered with before, and the digest of the wish it was."""

    wish: int
    outcome: Any


Recall = Callable[[Transaction, Sequence[UUID]], Awaitable[Mapping[UUID, Answered]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSet(Generic[RequestT, DeskT]):
    """Commands that are answered in batches together, and the rules that answer them."""

    name: str
    commands: tuple[type[RequestT], ...]
    outcome: Any  # The union of all answers; a type form, which Python cannot yet type.
    gather: Callable[[Sequence[RequestT], Load], Awaitable[DeskT]]
    decide: Callable[[DeskT, Sequence[RequestT], Moment], Decision[Any]]
    recall: Recall | None = None
    """Reads earlier answers off the business rows; without it they are kept as answer rows."""
    lanes: int = 1
    """Batches at the database at once; more than one lets deciding overlap with storing."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What reactions may use: the engine, reads, time, and servers that are not ours."""

    engine: Engine
    database: Database
    now: Callable[[], datetime]
    services: Mapping[type, Any]  # By the protocol they keep.


class Later(Exception):
    """Raised by a reaction that found nothing to do yet: come back after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


Reaction = Callable[[Outside, ShopId, Any], Awaitable[None]]
"""Done outside any transaction after an event is committed; safe to do again."""

GatheredReaction = Callable[[Outside, ShopId, Sequence[Any]], Awaitable[None]]
"""The same for all events of one kind on a page of the outbox: one command for a crowd."""

GroundKeys = Callable[[Iterable[UUID]], Keys[Any]]
"""The keys of the book that answers for these `Because` ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Found by walking the folders; listed nowhere."""

    name: str
    texts: Texts = field(default_factory=dict)
    shelves: tuple[Shelf[Any, Any], ...] = ()
    command_sets: tuple[CommandSet[Any, Any], ...] = ()
    grounds: Mapping[str, GroundKeys] = field(default_factory=dict)
    reactions: Mapping[type[Event], Reaction] = field(default_factory=dict)
    gathered: Mapping[type[Event], GatheredReaction] = field(default_factory=dict)
    doors: tuple[Any, ...] = ()  # frontline.web.door.Door
    routes: tuple[Any, ...] = ()  # Litestar route handlers, for what is neither JSON nor the desk.
    pages: tuple[Any, ...] = ()  # frontline.web.pages.Page
    tiles: tuple[Any, ...] = ()  # frontline.web.pages.Tile
    find: Callable[..., Awaitable[Any]] | None = None
    """For the desk's search: (DeskVisit, words) -> Sequence[frontline.web.pages.Hit], at most 5."""
    beside: Callable[..., Awaitable[Any]] | None = None
    """For pages that say what they are about: (DeskVisit, frontline.web.pages.About) -> Beside."""
