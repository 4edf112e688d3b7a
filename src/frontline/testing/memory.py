"""A house that never saw a database: whole books in memory, the same gather and decide."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

from frontline.engine.feature import CommandSet
from frontline.engine.library import Library
from frontline.kernel.book import Book, BookT, Keys, Page
from frontline.kernel.ground import Because, Grounds
from frontline.kernel.words import Command, Decision, Moment

Content = dict[str, Any]
"""Rows by `Book.page`: a dict of rows by key; a tuple for what is only ever added to."""


@dataclass(frozen=True, slots=True)
class World:
    """Every book with all its rows, by its keys.

    Two books may hold the same page or log: each sees what the other did to it.
    """

    books: Mapping[type[Keys[Any]], Book]
    logs: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """What books only ever add to (steps, movements, transfers) and no rule reads again."""

    def book(self, keys: type[Keys[BookT]]) -> BookT:
        return cast("BookT", self.books[keys])

    def content(self) -> Content:
        rows: Content = dict(self.logs)
        for book in self.books.values():
            rows |= {name: page.rows() for name, page in _pages(book).items()}
        return rows

    def __or__(self, other: World) -> World:
        assert not self.books.keys() & other.books.keys(), "a book laid twice"
        return World({**self.books, **other.books}, {**self.logs, **other.logs})


Derived = Mapping[type[Keys[Any]], Callable[[World], Book]]
"""Books that are another book seen from a side, so they have no rows of their own."""


class _Loan:
    """Hands out whole books, whatever the keys. That the keys suffice is for the rows to prove."""

    def __init__(self, library: Library, world: World, derived: Derived) -> None:
        self._library = library
        self._world = world
        self._derived = derived

    async def __call__(self, keys: Keys[BookT], /) -> BookT:
        if (derive := self._derived.get(type(keys))) is not None:
            return cast("BookT", derive(self._world))
        return self._world.book(type(keys))

    async def grounds(self, becauses: Iterable[Because]) -> Grounds:
        kinds = {because.kind for because in becauses}
        return {
            kind: await self(keys(()))
            for kind, keys in self._library.grounds.items()
            if kind in kinds
        }


def turned(world: World) -> World:
    """The same world as it would be loaded again."""
    return World(_turned(world.books), world.logs)


@dataclass(frozen=True, slots=True)
class Simulator:
    """Runs batches on worlds in memory."""

    library: Library
    derived: Derived

    def run(
        self,
        command_set: CommandSet[Any, Any],
        world: World,
        batch: Sequence[Command[Any]],
        moment: Moment,
    ) -> tuple[Decision[Any], World]:
        """What was decided, and the world afterwards; the one before is left as it was."""
        copy = turned(world)
        desk = _now(command_set.gather(batch, _Loan(self.library, copy, self.derived)))
        decision = command_set.decide(desk, batch, moment)
        logs = dict(world.logs)
        for book in copy.books.values():
            book.check()
            for name, entries in _logs(book).items():
                logs[name] = (*logs.get(name, ()), *entries)
        return decision, World(_turned(copy.books), logs)


def _pages(book: Book) -> dict[str, Page[Any, Any]]:
    return {name: value for name, value in _fields(book).items() if isinstance(value, Page)}


def _logs(book: Book) -> dict[str, list[Any]]:
    return {name: value for name, value in _fields(book).items() if isinstance(value, list)}


def _fields(book: Book) -> dict[str, Any]:
    """Its fields, by `Book.field`."""
    kind = type(book).__name__
    return {f"{kind}.{one.name}": getattr(book, one.name) for one in fields(cast("Any", book))}


def _turned(books: Mapping[type[Keys[Any]], Book]) -> dict[type[Keys[Any]], Book]:
    """The books as they would be loaded again: what had changed is now what was."""
    renewed: dict[int, Any] = {}  # By the identity of what it was: shared pages stay shared.

    def turned(book: Book) -> Book:
        values = {}
        for one in fields(cast("Any", book)):
            value = getattr(book, one.name)
            assert isinstance(value, Page | list), f"{one.name} is neither rows nor a log"
            if id(value) not in renewed:
                renewed[id(value)] = Page(value.rows()) if isinstance(value, Page) else []
            values[one.name] = renewed[id(value)]
        return cast("Book", replace(cast("Any", book), **values))

    return {keys: turned(book) for keys, book in books.items()}


def _now(coroutine: Any) -> Any:
    """The result of a coroutine that never waits."""
    running = cast("Coroutine[Any, Any, Any]", coroutine)
    try:
        running.send(None)
    except StopIteration as done:
        return done.value
    running.close()
    message = "gather waited for something other than a book"
    raise AssertionError(message)
