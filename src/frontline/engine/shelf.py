"""Shelves: where a book is taken from and put back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from frontline.kernel.book import Book, Keys
from frontline.kernel.locks import Lock
from frontline.store.database import Transaction

BookT = TypeVar("BookT", bound=Book)
KeysT = TypeVar("KeysT", bound=Keys[Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf(Generic[KeysT, BookT]):
    """How rows become a book and a book becomes rows.

    Without `store` the book is only read: it takes no locks and may be asked for at any time.
    """

    keys: type[KeysT]
    load: Callable[[Transaction, KeysT], Awaitable[BookT]]
    store: Callable[[Transaction, BookT], Awaitable[None]] | None = None
    lock: Lock = Lock.READ

    def __post_init__(self) -> None:
        assert (self.store is None) == (self.lock is Lock.READ)
