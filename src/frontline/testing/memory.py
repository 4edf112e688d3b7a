"""A house that never saw a database: whole books in memory, the same gather and decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from frontline.engine.feature import CommandSet
from frontline.engine.library import Library
from frontline.kernel.book import Book, BookT, Keys, Page
from frontline.kernel.ground import Because, Grounds
from frontline.kernel.words import Command, Decision, Moment

World = Mapping[type[Keys[Any]], Book]
"""Every book with all its rows, by its keys."""

Derived = Mapping[type[Keys[Any]], Callable[[World], Book]]
"""Books that are another book seen from a side, so they have no rows of their own."""


def turned(book: BookT) -> BookT:
    """The book as it would be loaded again: what had changed is now what was."""
    pages = {
        field.name: Page(getattr(book, field.name).rows()) for field in fields(cast("Any", book))
    }
    return cast("BookT", replace(cast("Any", book), **pages))


def content(world: World) -> dict[str, Any]:
    """All rows of all books, to compare."""
    return {
        f"{type(book).__name__}.{field.name}": getattr(book, field.name).rows()
        for book in world.values()
        for field in fields(cast("Any", book))
    }


class MemoryLoan:
    """Hands out whole books, whatever the keys. That the keys suffice is for the rows to prove."""

    def __init__(self, library: Library, world: World, derived: Derived) -> None:
        self._library = library
        self._world = world
        self._derived = derived

    async def __call__(self, keys: Keys[BookT], /) -> BookT:
        if (derive := self._derived.get(type(keys))) is not None:
            return cast("BookT", derive(self._world))
        return cast("BookT", self._world[type(keys)])

    async def grounds(self, becauses: Iterable[Because]) -> Grounds:
        kinds = {because.kind for because in becauses} & set(self._library.grounds)
        return {kind: await self(self._library.grounds[kind](())) for kind in kinds}


@dataclass(frozen=True, slots=True)
class Simulator:
    """Runs batches on worlds in memory."""

    library: Library
    derived: Derived

    def run(
        self, command_set: CommandSet[Any, Any], world: World, batch: Sequence[Command[Any]], moment: Moment
    ) -> tuple[Decision[Any], World]:
        """What was decided, and the world afterwards; the one before is left as it was."""
        copy = {keys: turned(book) for keys, book in world.items()}
        desk = _now(command_set.gather(batch, MemoryLoan(self.library, copy, self.derived)))
        decision = command_set.decide(desk, batch, moment)
        for book in copy.values():
            book.check()
        return decision, {keys: turned(book) for keys, book in copy.items()}


def _now(awaitable: Any) -> Any:
    """The result of a coroutine that never waits."""
    try:
        awaitable.send(None)
    except StopIteration as done:
        return done.value
    message = "gather waited for something other than a book"
    raise AssertionError(message)
