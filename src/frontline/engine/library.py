"""Books by their keys, lent out in the lock order of the house and put back in reverse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from frontline.engine.feature import GroundKeys
from frontline.engine.shelf import Shelf
from frontline.kernel.book import Book, BookT, Keys
from frontline.kernel.ground import Because, Grounds
from frontline.store.database import Transaction


class Library:
    def __init__(
        self, shelves: Sequence[Shelf[Any, Any]], *, grounds: Mapping[str, GroundKeys]
    ) -> None:
        """`shelves` and `grounds` in the order in which those of one place are locked."""
        ordered = sorted(shelves, key=lambda shelf: shelf.lock)
        self.shelves = {shelf.keys: shelf for shelf in ordered}
        self.ranks = {shelf.keys: rank for rank, shelf in enumerate(ordered)}
        self.grounds = grounds
        assert len(self.shelves) == len(shelves), "two shelves for one kind of keys"


class Loan:
    """The books of one batch: what `gather` asks for is loaded, and stored at the end."""

    def __init__(self, library: Library, transaction: Transaction) -> None:
        self._library = library
        self._transaction = transaction
        self._lent: list[tuple[Shelf[Any, Any], Book]] = []
        self._rank = -1

    async def __call__(self, keys: Keys[BookT], /) -> BookT:
        shelf = self._library.shelves[type(keys)]
        if shelf.store is not None:
            rank = self._library.ranks[type(keys)]
            assert self._rank < rank, f"{type(keys).__name__} asked for out of the lock order"
            self._rank = rank
        book = cast("BookT", await shelf.load(self._transaction, keys))
        self._lent.append((shelf, book))
        return book

    async def grounds(self, becauses: Iterable[Because]) -> Grounds:
        ids: defaultdict[str, set[UUID]] = defaultdict(set)
        for because in becauses:
            ids[because.kind].add(because.id)
        kinds = [kind for kind in self._library.grounds if kind in ids]
        return {kind: await self(self._library.grounds[kind](ids[kind])) for kind in kinds}

    async def store(self) -> None:
        for _, book in self._lent:
            book.check()
        for shelf, book in reversed(self._lent):
            if shelf.store is not None:
                await shelf.store(self._transaction, book)
